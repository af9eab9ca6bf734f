import type { TraceReader } from '../../../src/contracts/trace-model';
import { spanWords } from '../../../src/knowledge/loop-text';
import { kindOf, mainLoop, readingsOf, spanAt } from '../../../src/trace/loop/spans';
import { type LoopWait, loopWaits } from '../../../src/trace/loop/waits';
import { h } from '../../kit/dom';
import { duration } from '../layout/ticks';
import { programName } from '../layout/titles';
import { provenanceChip } from './provenance';

const NS = 'http://www.w3.org/2000/svg';
const WIDE = 1000;
const HIGH = 34;
/** Events beyond which this is not worked out, and waits that are listed. */
const MOST_EVENTS = 300_000;
const LISTED = 3;
/** Share of a wait without any event of the process from which on its loop is called busy. */
const MOSTLY = 0.8;

let cache: { reader: TraceReader; size: number; process: number; at: number; waits: LoopWait[] } | null = null;

/** Waits of a process, worked out again at most twice a second while a run grows. */
function waitsOf(reader: TraceReader, process: number): LoopWait[] {
  const same = cache?.reader === reader && cache.process === process;
  if (!cache || !same || (cache.size !== reader.size && performance.now() - cache.at > 500))
    cache = { reader, size: reader.size, process, at: performance.now(), waits: loopWaits(reader, process) };
  return cache.waits;
}

/** The event loop of a process: when something was ready for it, when its callback ran, and when it recorded nothing in between. */
export function loopView(reader: TraceReader, processIndex: number, step: number, goTo: (step: number) => void): HTMLElement | null {
  const process = reader.processes[processIndex];
  if (!process) return null;
  const section = h(
    'section',
    { class: 'loop', 'data-name': 'loop' },
    h('h3', { class: 'piece-title' }, `Event loop of ${programName(process.program)}, pid ${process.pid}`),
  );
  section.append(...loopNow(reader, processIndex, step));
  if (reader.size > MOST_EVENTS) {
    section.append(h('p', { class: 'faint' }, 'No reading here: the trace is too long to work this out while you step.'));
    return section;
  }
  const waits = waitsOf(reader, processIndex);
  if (waits.length === 0) {
    section.append(h('p', { class: 'faint' }, 'Nothing that a traced peer sent was ready for more than 1 ms before this program took it.'));
    return section;
  }
  const longest = [...waits].sort((a, b) => b.wait - a.wait).slice(0, LISTED);
  section.append(
    h(
      'p',
      { class: 'model-note' },
      provenanceChip('derived'),
      h(
        'span',
        { class: 'faint' },
        'Bars: ready, but not taken yet. Dark part: nothing at all was recorded of this program, so its loop was busy, or nobody read.',
      ),
    ),
    picture(reader, waits, step, goTo),
    ...longest.map((wait) => line(reader, wait, goTo)),
  );
  return section;
}

/** The lane of the event loop in words: what it did up to the step, and on the whole. */
function loopNow(reader: TraceReader, processIndex: number, step: number): HTMLElement[] {
  const loop = mainLoop(reader, processIndex);
  const count = loop ? readingsOf(reader, loop) : 0;
  if (!loop || count === 0) return [h('p', { class: 'faint' }, 'Node did not tell how long this event loop waited.')];
  const start = reader.processes[processIndex]!.started;
  const length = reader.time(loop.to[count - 1]!) - start;
  const span = step > 0 ? spanAt(reader, loop, step) : null;
  const whole = `Busy for at most ${duration(Math.max(0, length - loop.waitedBefore(count)))} of ${duration(length)}, up to step ${loop.to[count - 1]}: the last time that Node told.`;
  return [
    h('p', { 'data-name': 'loop-now' }, provenanceChip('derived'), ` ${whole}`),
    ...(span ? [h('p', {}, `At step ${step}: ${spanWords(span, kindOf(span))} (steps ${span.from} to ${span.to}).`)] : []),
  ];
}

function line(reader: TraceReader, wait: LoopWait, goTo: (step: number) => void): HTMLElement {
  const link = (seq: number) => {
    const button = h('button', { type: 'button', class: 'link' }, `step ${seq}`);
    button.addEventListener('click', () => goTo(seq));
    return button;
  };
  const busy = (wait.to - wait.from) / wait.wait >= MOSTLY;
  return h(
    'p',
    { class: 'loop-wait' },
    `${duration(wait.wait)}: ready at `,
    link(wait.ready),
    `, taken by ${reader.call(wait.ran) ?? 'the program'} at `,
    link(wait.ran),
    busy ? `; for ${duration(wait.to - wait.from)} of it nothing of this program ran` : '; in between the program did other things',
  );
}

function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** The waits over the time of the run; at most one bar for each unit of width, the longest. */
function picture(reader: TraceReader, waits: readonly LoopWait[], step: number, goTo: (step: number) => void): HTMLElement {
  const end = Math.max(1, reader.time(reader.size));
  const x = (t: number) => (t / end) * WIDE;
  const chart = svg('svg', {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    preserveAspectRatio: 'none',
    class: 'gauge-chart loop-chart',
    'aria-hidden': 'true',
  });
  const columns = new Map<number, LoopWait>();
  for (const wait of waits) {
    const at = Math.floor(x(reader.time(wait.ran)));
    if ((columns.get(at)?.wait ?? 0) < wait.wait) columns.set(at, wait);
  }
  for (const wait of columns.values()) {
    const ready = x(reader.time(wait.ready));
    const ran = x(reader.time(wait.ran));
    chart.append(
      svg('rect', { x: ready, y: 6, width: Math.max(1, ran - ready), height: 12, class: 'chart-maybe' }),
      svg('rect', { x: x(wait.from), y: 6, width: Math.max(0.5, x(wait.to) - x(wait.from)), height: 12, class: 'chart-sure' }),
      svg('line', { x1: ran, x2: ran, y1: 2, y2: 24, class: 'loop-ran', 'vector-effect': 'non-scaling-stroke' }),
    );
  }
  if (step > 0) {
    const now = x(reader.time(step));
    chart.append(svg('line', { x1: now, x2: now, y1: 0, y2: HIGH, class: 'chart-step', 'vector-effect': 'non-scaling-stroke' }));
  }
  const box = h('div', {
    class: 'gauge-box',
    role: 'img',
    'aria-label': `Waits over the run: ${waits.length} of more than 1 ms, the longest ${duration(waits.reduce((most, { wait }) => Math.max(most, wait), 0))}`,
  });
  box.append(chart as unknown as Node);
  box.addEventListener('click', (event) => {
    const rect = box.getBoundingClientRect();
    const t = ((event.clientX - rect.left) / rect.width) * end;
    const nearest = waits.reduce((best, wait) => (Math.abs(reader.time(wait.ran) - t) < Math.abs(reader.time(best.ran) - t) ? wait : best));
    goTo(nearest.ran);
  });
  return box;
}
