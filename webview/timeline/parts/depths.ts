import type { TraceReader } from '../../../src/contracts/trace-model';
import { type DepthLine, depthsOf } from '../../../src/trace/depths';
import { h } from '../../kit/dom';
import { callLine } from './call-line';

const NAMES = { node: 'Node', call: 'System call', segment: 'Segment (model)', peer: 'Other end' } as const;

/** A step at its three depths, each unfolded from the one above; every line leads to its step. Null when there is only one. */
export function depths(reader: TraceReader, step: number, goTo: (step: number) => void): HTMLElement | null {
  const lines = depthsOf(reader, step);
  if (lines.length === 0) return null;
  return h(
    'ol',
    { class: 'depths' },
    ...lines.map((line) => h('li', { class: `depth-${line.depth}` }, ...content(reader, line, step, goTo))),
  );
}

function content(reader: TraceReader, line: DepthLine, step: number, goTo: (step: number) => void): HTMLElement[] {
  const go = h('button', { type: 'button', class: 'link', 'aria-current': line.step === step ? 'step' : null }, textOf(reader, line));
  go.addEventListener('click', () => goTo(line.step));
  return [h('span', { class: 'faint' }, NAMES[line.depth]), go, h('span', { class: 'faint' }, `step ${line.step.toLocaleString('en')}`)];
}

function textOf(reader: TraceReader, { depth, step, api, segment }: DepthLine): string {
  if (segment) return `${segment.flags.join(', ')}${segment.length > 0 ? `, ${segment.length.toLocaleString('en')} bytes` : ''}`;
  if (depth === 'node') return api ?? '';
  const event = reader.event(step);
  return `${depth === 'peer' && event.socket ? `${event.socket}: ` : ''}${callLine(event, 20)}`;
}
