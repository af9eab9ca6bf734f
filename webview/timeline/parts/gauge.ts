import type { Reading, TraceReader } from '../../../src/contracts/trace-model';
import type { BufferSeries } from '../../../src/trace';
import { h } from '../../kit/dom';
import { provenanceSign } from './provenance';

const NS = 'http://www.w3.org/2000/svg';
/** Units of a chart's width; it is stretched to the room there is. */
const WIDE = 1000;
const HIGH = 36;
/** Moments that are marked at most, and the room that one's word needs, in units of the chart. */
const MOST_MOMENTS = 200;
const ROOM_FOR_WORD = 90;

/** A moment that is marked on a chart. */
export interface Moment {
  seq: number;
  kind: 'full' | 'drain';
}

export interface GaugeInput {
  title: string;
  owner: string;
  /** What it means, for the tooltip. */
  what: string;
  series: BufferSeries;
  /** Steps that the chart spans, both included. */
  from: number;
  to: number;
  step: number;
  moments: readonly Moment[];
  goTo(step: number): void;
}

const UNITS: Record<BufferSeries['unit'], [string, string]> = {
  bytes: ['byte', 'bytes'],
  memory: ['byte of kernel memory', 'bytes of kernel memory'],
  connections: ['connection', 'connections'],
  datagrams: ['datagram', 'datagrams'],
};

/** The reading that holds at a step; null when there is none yet, or it is not known there. */
export function readingAt(series: BufferSeries, step: number): Reading | null {
  return series.points.findLast((point) => point.seq <= step)?.reading ?? null;
}

/** `0 bytes`, `up to 65,536 bytes`, `10 to 40 bytes`. */
export function readingWords(reading: Reading, unit: BufferSeries['unit']): string {
  const { low, high } = reading;
  const count = (n: number) => n.toLocaleString('en');
  const name = UNITS[unit][high === 1 ? 0 : 1];
  if (low === high) return `${count(high)} ${name}`;
  return low === 0 ? `up to ${count(high)} ${name}` : `${count(low)} to ${count(high)} ${name}`;
}

/** One buffer: what it holds at the step as a bar, and over the run as a chart; or why there is no reading. */
export function gauge(input: GaugeInput): HTMLElement {
  const { series, step } = input;
  const now = readingAt(series, step);
  const most = series.points.reduce((max, { reading }) => Math.max(max, reading?.high ?? 0), 0);
  const value = now
    ? readingWords(now, series.unit)
    : series.none
      ? null
      : series.points[0] && series.points[0].seq > step
        ? 'nothing yet'
        : 'not known at this step';
  const head = h(
    'div',
    { class: 'gauge-head', title: input.what },
    h('strong', {}, input.title),
    h('span', { class: 'faint' }, input.owner),
    now ? provenanceSign(now.provenance) : '',
    h('span', { class: `gauge-value${now ? '' : ' faint'}` }, value ?? ''),
    most > 0
      ? h(
          'span',
          { class: 'gauge-most faint', title: 'The most in this run: the height of the chart' },
          `most ${most.toLocaleString('en')}`,
        )
      : null,
  );
  const element = h('div', { class: `gauge${now && now.high > 0 ? ' filled' : ''}`, 'data-buffer': series.name }, head);
  if (series.none) {
    element.append(h('p', { class: 'faint gauge-none' }, series.none));
    return element;
  }
  const bar = h('div', { class: 'gauge-bar', 'aria-hidden': 'true' });
  const part = (amount: number) => `${most > 0 ? (amount / most) * 100 : 0}%`;
  const sure = h('span', { class: 'gauge-sure' });
  sure.style.width = part(now?.low ?? 0);
  const maybe = h('span', { class: 'gauge-maybe' });
  maybe.style.left = part(now?.low ?? 0);
  maybe.style.width = part((now?.high ?? 0) - (now?.low ?? 0));
  bar.append(sure, maybe);
  element.append(bar, most > 0 ? chart(input, most) : h('p', { class: 'faint gauge-none' }, 'Empty in the whole run.'));
  return element;
}

function svg(tag: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/** The series over its steps: sure below, possible above it, the step as a line, and the moments as signs. */
function chart(input: GaugeInput, most: number): HTMLElement {
  const { series, from, to, step } = input;
  const span = Math.max(1, to - from + 1);
  const x = (seq: number) => (Math.max(0, Math.min(seq - from, span)) / span) * WIDE;
  const y = (amount: number) => HIGH - 1 - (amount / most) * (HIGH - 3);
  const area = (pick: (reading: Reading) => number) => {
    let path = `M0 ${HIGH}`;
    let last = HIGH;
    for (const { seq, reading } of series.points) {
      const level = reading ? y(pick(reading)) : HIGH;
      path += `L${x(seq).toFixed(1)} ${last.toFixed(1)}L${x(seq).toFixed(1)} ${level.toFixed(1)}`;
      last = level;
    }
    return `${path}L${WIDE} ${last.toFixed(1)}L${WIDE} ${HIGH}Z`;
  };
  const picture = svg('svg', { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'none', class: 'gauge-chart', 'aria-hidden': 'true' });
  picture.append(
    svg('path', { d: area((reading) => reading.high), class: 'chart-maybe' }),
    svg('path', { d: area((reading) => reading.low), class: 'chart-sure' }),
    svg('line', { x1: x(step), x2: x(step), y1: 0, y2: HIGH, class: 'chart-step', 'vector-effect': 'non-scaling-stroke' }),
  );
  const box = h('div', {
    class: 'gauge-box',
    role: 'img',
    'aria-label': `${input.title} over steps ${from} to ${to}: at most ${readingWords({ low: most, high: most, provenance: 'derived' }, series.unit)}`,
  });
  box.append(picture as unknown as Node);
  box.addEventListener('click', (event) => {
    const rect = box.getBoundingClientRect();
    input.goTo(Math.max(1, Math.min(to, Math.round(from + ((event.clientX - rect.left) / rect.width) * span))));
  });
  if (input.moments.length === 0) return box;
  const row = h('div', { class: 'moments' });
  const shown = input.moments.filter(({ seq }) => seq >= from && seq <= to).slice(0, MOST_MOMENTS);
  for (const [i, { seq, kind }] of shown.entries()) {
    const at = x(seq);
    const room = (shown[i + 1] ? x(shown[i + 1]!.seq) : WIDE) - at;
    const words = kind === 'full' ? `write() returned false, step ${seq}` : `'drain', step ${seq}`;
    const button = h(
      'button',
      { type: 'button', class: `moment moment-${kind}${seq === step ? ' now' : ''}`, title: words, 'aria-label': words },
      room < ROOM_FOR_WORD ? (kind === 'full' ? '×' : '✓') : kind === 'full' ? 'false' : 'drain',
    );
    button.style.left = `${(at / WIDE) * 100}%`;
    button.addEventListener('click', () => input.goTo(seq));
    row.append(button);
  }
  return h('div', {}, box, row);
}

/** The steps at which write() returned false, and 'drain' came. */
export function momentsOf(reader: TraceReader, socketIndex: number): Moment[] {
  const found: Moment[] = [];
  if (socketIndex < 0) return found;
  for (const seq of reader.eventsOfSocket(socketIndex)) {
    if (reader.kind(seq) !== 'api') continue;
    const api = reader.api(seq);
    if (api === 'drain') found.push({ seq, kind: 'drain' });
    else if (api === 'socket.write' && reader.event(seq).args?.event === 'returned false') found.push({ seq, kind: 'full' });
  }
  return found;
}
