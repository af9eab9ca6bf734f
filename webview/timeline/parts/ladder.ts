import type { SocketStateName } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { STATE_MEANING } from '../../../src/knowledge/meanings';
import type { Segment } from '../../../src/trace/segments';
import { h } from '../../kit/dom';
import { programName } from '../layout/titles';

/** Rows that are shown at most, around the step. */
const MOST = 120;

/** What the arrow says: `SYN  seq 0`, `data 14 B  seq 1  ack 1`. */
export function segmentText(segment: Segment): string {
  const flags = segment.flags.filter((flag) => flag !== 'PSH' && !(flag === 'ACK' && segment.length > 0));
  const name = segment.length > 0 ? [`data ${segment.length.toLocaleString('en')} B`, ...flags].join(' ') : flags.join('+');
  return `${name}  seq ${segment.seq.toLocaleString('en')}${segment.ack === null ? '' : `  ack ${segment.ack.toLocaleString('en')}`}`;
}

/** The last segment that had crossed at a step; -1 when none had. */
export function segmentAt(segments: readonly Segment[], step: number): number {
  return segments.findLastIndex((segment) => segment.step <= step);
}

/** The ladder of a connection: its segments as rungs between the two ends, with the states that they bring. */
export function ladderView(
  segments: readonly Segment[],
  names: { left: string; right: string },
  step: number,
  goTo: (step: number) => void,
): HTMLElement[] {
  const now = segmentAt(segments, step);
  const from = Math.max(0, Math.min(now - MOST / 2, segments.length - MOST));
  const shown = segments.slice(from, from + MOST);
  const before = segments[from - 1];
  let left: SocketStateName | null = before?.left ?? null;
  let right: SocketStateName | null = before?.right ?? null;
  const rows = shown.map((segment, i) => {
    const n = from + i;
    const row = rung(
      segment,
      { left: segment.left === left ? null : segment.left, right: segment.right === right ? null : segment.right },
      n <= now,
      segment.step === step || n === now,
      names,
    );
    left = segment.left;
    right = segment.right;
    row.querySelector('button')!.addEventListener('click', () => goTo(segment.step));
    return row;
  });
  const cut = shown.length < segments.length;
  return [
    h('div', { class: 'ladder-ends' }, h('strong', {}, names.left), h('strong', {}, names.right)),
    h('ol', { class: 'ladder', 'aria-label': `Segments between ${names.left} and ${names.right}` }, ...rows),
    ...(cut
      ? [h('p', { class: 'faint' }, `Showing segments ${from + 1} to ${from + shown.length} of ${segments.length.toLocaleString('en')}.`)]
      : []),
  ];
}

function rung(
  segment: Segment,
  changed: { left: SocketStateName | null; right: SocketStateName | null },
  past: boolean,
  now: boolean,
  names: { left: string; right: string },
): HTMLElement {
  const text = segmentText(segment);
  const [sender, receiver] = segment.from === 'left' ? [names.left, names.right] : [names.right, names.left];
  const states = [changed.left ? `${names.left} is ${changed.left}` : '', changed.right ? `${names.right} is ${changed.right}` : ''].filter(
    Boolean,
  );
  const state = (name: SocketStateName | null, side: string) =>
    h('span', { class: `rung-state ${side}`, title: name ? STATE_MEANING[name] : null }, name ?? '');
  const kind = segment.flags.includes('RST') ? ' reset' : segment.length > 0 ? ' data' : '';
  return h(
    'li',
    { class: `rung ${segment.from}${past ? '' : ' later'}${now ? ' now' : ''}${kind}`, 'data-step': segment.step },
    h(
      'button',
      {
        type: 'button',
        'aria-label': `${[changed.left, text, changed.right].filter(Boolean).join(' ')}. Step ${segment.step}: ${sender} to ${receiver}, ${text}${states.length ? `; ${states.join(', ')}` : ''}`,
        'aria-current': now ? 'step' : null,
        title: `Step ${segment.step}`,
      },
      state(changed.left, 'left'),
      ' ',
      h('span', { class: 'rung-way' }, h('span', { class: 'rung-text' }, text), h('span', { class: 'rung-line' })),
      ' ',
      state(changed.right, 'right'),
    ),
  );
}

/** The two ends by name: `s2 client.mjs`. */
export function endName(reader: TraceReader, socketIndex: number, fallback: string): string {
  const socket = reader.sockets[socketIndex];
  if (!socket) return fallback;
  const process = reader.processes.findLast(({ pid }) => pid === socket.pid);
  return `${socket.id} ${process ? programName(process.program) : ''}`.trim();
}
