import type { EventKind, Provenance } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { failureOf } from '../store/failures';
import { endOfTimeWait, type LaneIndex, visibleSpans } from '../store/lane-index';
import type { Matches } from '../store/matches';
import { type Arrow, layoutArrows, MOST_EVENTS } from './arrows';
import { type Axis, toPos, toX, type View } from './axis';
import { type Band, layoutBands } from './bands';
import { type Chart, layoutChart, readingOf } from './charts';
import { type Dense, layoutDense } from './dense';
import { foldedEvents } from './folded';
import { type Box, LabelPlacer } from './labels';
import { firstRowAt, type Row, type Rows, SOCKET_HEIGHT } from './lanes';
import { layoutLeads } from './leads';
import { type LoopPiece, layoutLoop } from './loop-lane';
import { layoutMissed, type Missed } from './missed';
import { END_BEHIND, type EndMark, layoutEnd, type RunEnd } from './run-end';
import { lowerBound } from './search';
import { clearTicks, type FoldMark, foldMarks, type Tick, ticks } from './ticks';

/** A drawn event. Coordinates are CSS pixels of the plot, x from its left edge, y from below the ruler. */
export interface Mark {
  seq: number;
  x: number;
  y: number;
  kind: EventKind;
  provenance: Provenance;
  failed: boolean;
  /** The name beside the mark; empty when there is no room for it. */
  text: string;
  textX: number;
  textY: number;
}

/** A row in view. */
export interface Lane {
  row: Row;
  y: number;
  height: number;
  marks: Mark[];
  /** Instead of marks, when events are closer than pixels. */
  dense: Dense | null;
  bands: Band[];
  /** A track for each buffer that was read, under the bands. */
  charts: Chart[];
  /** What an event loop did, in the lane of one. */
  loop: LoopPiece[];
  /** From when something was ready to the callback that got it, in the lane of the current step. */
  leads: { x: number; to: number; y: number }[];
  /** Steps of this lane, ascending. */
  events: ArrayLike<number>;
  /** `fd 21`, `fd 21, reused`; empty when not known. */
  descriptor: string;
  /** Holds the current step. */
  current: boolean;
  /** Places that its texts take. */
  boxes: readonly Box[];
}

export interface Scene {
  width: number;
  height: number;
  scrollY: number;
  step: number;
  cursorX: number;
  lanes: Lane[];
  arrows: Arrow[];
  /** Datagrams that did not arrive. */
  missed: Missed[];
  ticks: readonly Tick[];
  folds: FoldMark[];
  /** Where bookmarks are, x in pixels. */
  flags: number[];
  /** Where the run ended; null while it goes on, and when that is out of view. */
  end: EndMark | null;
  /** All that the picture depends on beside the step: a scene of the same can be changed into another. */
  basis: readonly unknown[];
}

/** All that a picture depends on. */
export interface SceneInput {
  reader: TraceReader;
  index: LaneIndex;
  rows: Rows;
  axis: Axis;
  view: View;
  scrollY: number;
  width: number;
  height: number;
  step: number;
  /** What the filter lets through; null: everything. What does not pass is not there. */
  passing: Matches | null;
  /** Steps with a bookmark, ascending. */
  bookmarks?: readonly number[];
  /** How the run ended, when it is over. */
  end?: RunEnd | null;
  /** Width of a text in the small font. */
  measure: (text: string) => number;
}

/** Offsets inside a socket's lane. */
export const MARK_Y = 22;
export const BAND_Y = 32;
export const BAND_HEIGHT = 16;
const PROCESS_MARK_Y = 14;
const LABEL_HEIGHT = 12;
/** Least average distance of two marks before a lane is drawn as density. */
const MARK_SPACING = 5;
/** Fewer marks than this are always drawn one by one. */
const CROWD = 24;

/** Where the mark of a step is: x by the axis, y by its row. Null when its row is not shown. */
export function markPlace(input: SceneInput, seq: number): { x: number; y: number } | null {
  const socket = input.reader.socketIndex(seq);
  const at = socket >= 0 ? input.rows.ofSocket[socket] : input.rows.ofProcess[input.reader.processIndex(seq)];
  const row = at === undefined ? undefined : input.rows.rows[at];
  if (!row) return null;
  const offset = row.kind === 'process' ? PROCESS_MARK_Y : input.reader.kind(seq) === 'state' ? BAND_Y : MARK_Y;
  return { x: toX(input.view, input.axis.pos(seq)), y: row.y - input.scrollY + offset };
}

/** The name of an event on the canvas. */
export function markText(reader: TraceReader, seq: number): string {
  const kind = reader.kind(seq);
  switch (kind) {
    case 'call':
      return reader.call(seq) ?? 'call';
    case 'api':
      return reader.api(seq)?.replace(/^.*\./, '') ?? 'api';
    case 'fault':
      // What was put in, in the learner's words: `dropped`, `split-read`. Its triangle and colour say that it was.
      return FAULT_NAMES[String(reader.event(seq).args?.fault)] ?? String(reader.event(seq).args?.fault ?? 'injected');
    case 'exit':
    case 'output':
    case 'kernel':
      return kind;
    case 'state':
    case 'buffer':
      return '';
  }
}

/** What became of a datagram. */
const FAULT_NAMES: Record<string, string> = { drop: 'dropped', duplicate: 'duplicated', reorder: 'overtaken', delay: 'delayed' };

/**
 * Lays out what is in view. Work grows with the pixels, not with the trace.
 * @param before the last scene: lanes that look the same at this step are taken from it as they are
 */
export function layoutScene(input: SceneInput, before: Scene | null = null): Scene {
  const { reader, axis, view, rows, width, height } = input;
  const from = axis.seqAt(toPos(view, -MARK_SPACING * 2));
  const to = Math.min(reader.size, axis.seqAt(toPos(view, width + MARK_SPACING * 2)));
  const placer = new LabelPlacer(4);
  const lanes: Lane[] = [];
  // Names stay on this side of the line at which the run ended.
  const edge = input.end ? toX(view, axis.pos(reader.size)) + END_BEHIND - 4 : Number.POSITIVE_INFINITY;
  const x = (seq: number) => toX(view, axis.pos(Math.min(seq, reader.size)) + (axis.kind === 'steps' && seq > reader.size ? 0.5 : 0));
  const { passing, measure, scrollY } = input;
  const basis = [reader, reader.size, axis.kind, view.scroll, view.scale, scrollY, width, height, passing, passing?.count, measure, edge];
  const old = before?.basis.every((one, i) => Object.is(one, basis[i])) ? before.lanes : [];
  for (let i = firstRowAt(rows.rows, scrollY); i < rows.rows.length; i++) {
    const row = rows.rows[i]!;
    const y = row.y - scrollY;
    if (y > height) break;
    const current = input.step > 0 && isCurrent(input, row);
    const same = current ? null : keptLane(input, old, row, y);
    if (same) {
      for (const box of same.boxes) placer.block(box);
      lanes.push(same);
      continue;
    }
    const taken = placer.taken.length;
    const events = eventsOf(input, row);
    const low = lowerBound(events, from);
    const high = lowerBound(events, to + 1, low);
    const folded = row.kind === 'quiet' || row.kind === 'programs';
    const tooMany = folded || high - low > width / MARK_SPACING || crowded(events, low, high, (seq) => toX(view, axis.pos(seq)));
    const spans =
      row.kind === 'socket'
        ? visibleSpans(input.index.spans[row.index] ?? [], reader.sockets[row.index]!.death, reader.size, (seq) =>
            endOfTimeWait(reader, seq),
          )
        : [];
    const bands = layoutBands(spans, x, width, input.measure);
    for (const band of bands)
      if (band.text) placer.block({ x: band.textX, y: y + BAND_Y, width: input.measure(band.text), height: BAND_HEIGHT });
    const marks = tooMany ? [] : layoutMarks(input, row, y, events, low, high, placer, edge);
    lanes.push({
      row,
      y,
      height: row.height,
      events,
      bands,
      charts:
        row.kind === 'socket' && row.height > SOCKET_HEIGHT
          ? (input.index.series[row.index] ?? []).map((series) =>
              layoutChart(series, axis, view, width, input.step, reader.sockets[row.index]!.death),
            )
          : [],
      marks,
      loop: row.kind === 'loop' ? layoutLoop(reader, reader.loops[row.index]!, axis, view, width) : [],
      leads: current ? layoutLeads(input, y + MARK_Y, marks) : [],
      dense: tooMany ? layoutDense(axis, view, width, events, low, high, failuresOf(input, row)) : null,
      descriptor: descriptorText(row.kind === 'socket' ? input.index.descriptors[row.index] : undefined),
      current,
      boxes: placer.taken.slice(taken),
    });
  }
  const end = layoutEnd(input.end, toX(view, axis.pos(reader.size)), input, placer);
  const folds = foldMarks(reader, axis, view, width, input.measure);
  const flags: number[] = [];
  for (const step of input.bookmarks ?? []) {
    const at = toX(view, axis.pos(step));
    if (step <= reader.size && at >= -6 && at <= width + 6) flags.push(at);
  }
  return {
    width,
    height,
    scrollY: input.scrollY,
    step: input.step,
    cursorX: toX(view, axis.pos(input.step)),
    lanes,
    missed: layoutMissed(input, from, to, MOST_EVENTS, placer),
    arrows: layoutArrows(input, from, to, placer),
    ticks: clearTicks(ticks(axis, view, width, axis.kind === 'steps' ? (reader.size < 10_000 ? 44 : 72) : 90), folds, input.measure),
    folds,
    flags,
    end,
    basis,
  };
}

/** The lane of a row as it was; of one with buffers with their readings at the step. Null when it has to be laid out. */
function keptLane({ index, reader, step }: SceneInput, old: readonly Lane[], row: Row, y: number): Lane | null {
  const lane = old.find((one) => one.y === y);
  if (!lane || lane.current) return null;
  for (const name of ['kind', 'index', 'height', 'open', 'members'] as const) if (lane.row[name] !== row[name]) return null;
  if (lane.charts.length === 0) return lane;
  const { death } = reader.sockets[row.index]!;
  const now = lane.charts.map((_, i) => readingOf(index.series[row.index]![i]!, step, death));
  if (lane.charts.every((chart, i) => chart.now === now[i])) return lane;
  return { ...lane, charts: lane.charts.map((chart, i) => ({ ...chart, now: now[i]! })) };
}

/** On the time axis a lane may have room on the whole and still be heaps of marks on top of each other. */
function crowded(events: ArrayLike<number>, low: number, high: number, x: (seq: number) => number): boolean {
  if (high - low < CROWD) return false;
  let apart = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = low; i < high; i++) {
    const at = x(events[i]!);
    if (at - last < MARK_SPACING) continue;
    apart++;
    last = at;
  }
  return apart < (high - low) * 0.6;
}

function failuresOf({ index, passing }: SceneInput, row: Row): readonly number[] {
  const failures = (row.kind === 'socket' && index.failuresOf[row.index]) || [];
  return passing ? failures.filter(passing.test) : failures;
}

/** The steps of a row that are shown. */
function eventsOf(input: SceneInput, row: Row): ArrayLike<number> {
  const { reader, passing } = input;
  if (row.kind === 'loop') return [];
  if (row.kind === 'quiet' || row.kind === 'programs') return passing ? [] : foldedEvents(reader, row);
  if (passing) return passing.of(row.kind, row.index);
  return row.kind === 'socket' ? reader.eventsOfSocket(row.index) : (input.index.ownEvents[row.index] ?? []);
}

const descriptorText = (one: { fd: number; reused: boolean } | undefined): string =>
  one ? `fd ${one.fd}${one.reused ? ', reused' : ''}` : '';

function isCurrent(input: SceneInput, row: Row): boolean {
  const { reader, step } = input;
  if (step > reader.size) return false;
  const socket = reader.socketIndex(step);
  if (row.kind === 'socket') return socket === row.index;
  return row.kind === 'process' && socket < 0 && reader.processIndex(step) === row.index;
}

function layoutMarks(
  input: SceneInput,
  row: Row,
  y: number,
  events: ArrayLike<number>,
  low: number,
  high: number,
  placer: LabelPlacer,
  edge: number,
): Mark[] {
  const { reader, view, axis } = input;
  const marks: Mark[] = [];
  for (let i = low; i < high; i++) {
    const seq = events[i]!;
    const kind = reader.kind(seq);
    const offset = row.kind === 'process' ? PROCESS_MARK_Y : kind === 'state' ? BAND_Y : MARK_Y;
    marks.push({
      seq,
      x: toX(view, axis.pos(seq)),
      y: y + offset,
      kind,
      provenance: reader.provenance(seq),
      failed: failureOf(reader, seq) !== null,
      text: '',
      textX: 0,
      textY: 0,
    });
  }
  // On a process's row the names stand between the marks.
  if (row.kind === 'process') for (const mark of marks) placer.block({ x: mark.x - 6, y: mark.y - 6, width: 12, height: 12 });
  // The current step and failures choose their places first; then calls; then the rest.
  const order = [...marks].sort((a, b) => rank(a, input.step) - rank(b, input.step) || a.seq - b.seq);
  for (const mark of order) {
    const text = markText(reader, mark.seq);
    if (!text) continue;
    const size = input.measure(text);
    const place = (left: number) => ({
      x: left,
      y: row.kind === 'process' ? mark.y - LABEL_HEIGHT / 2 : y + 2,
      width: size,
      height: LABEL_HEIGHT,
    });
    const boxes =
      row.kind !== 'process'
        ? [place(Math.min(mark.x - size / 2, edge - size))]
        : [mark.x + 12 + size <= edge ? place(mark.x + 12) : null, place(mark.x - 12 - size)].filter((one) => one !== null);
    // A text that the edge would cut says less than none; the current step keeps its name.
    const box = placer.takeFirst(boxes.filter((one) => mark.seq === input.step || (one.x >= 0 && one.x + size <= input.width)));
    if (!box) continue;
    mark.text = text;
    mark.textX = box.x;
    mark.textY = box.y + LABEL_HEIGHT - 2;
  }
  return marks;
}

function rank(mark: Mark, step: number): number {
  if (mark.seq === step) return 0;
  if (mark.failed || mark.kind === 'fault' || mark.kind === 'kernel') return 1;
  return mark.kind === 'call' || mark.kind === 'exit' ? 2 : 3;
}
