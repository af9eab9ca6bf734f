import type { LoopKind, LoopSpan } from '../../../src/contracts/event-loop';
import type { LoopReadings, TraceReader } from '../../../src/contracts/trace-model';
import { shareWords, spanWords } from '../../../src/knowledge/loop-text';
import { splitAtReady } from '../../../src/trace/loop/callback';
import { kindOf, loopSpans, readingAt, readingsOf } from '../../../src/trace/loop/spans';
import { type Axis, toPos, toX, type View } from './axis';
import { withFolds } from './folds';

/** A piece of the lane of an event loop. */
export interface LoopPiece {
  x: number;
  width: number;
  kind: LoopKind;
  /** Share of its time in which the loop was busy, 0..1: how high a piece of both kinds is drawn. */
  busy: number;
  /** Step at its end: where a click goes. */
  to: number;
  /** What it stands for. */
  text: () => string;
}

/** Pixels of a column where stretches are closer than pixels. */
const COLUMN = 3;
/** Pixels that a stretch needs on average to be drawn on its own. */
const ROOM = 5;
/** A stretch shorter than this (ns) is not looked into further. */
const WORTH = 1e6;
/** Pieces whose shares differ by less than this look the same. */
const LEVELS = 8;

/** The pieces of a lane that lie in [0, width]. Work grows with the pixels, not with the trace. */
export function layoutLoop(reader: TraceReader, loop: LoopReadings, axis: Axis, view: View, width: number): LoopPiece[] {
  const count = readingsOf(reader, loop);
  const from = Math.max(0, axis.seqAt(toPos(view, 0)) - 1);
  const to = Math.min(reader.size, axis.seqAt(toPos(view, width)) + 1);
  const low = readingAt(loop, from, count);
  const high = Math.min(count, readingAt(loop, to, count) + 1);
  if (high - low > width / ROOM) return columns(reader, loop, axis, view, width, low, count);
  const x = (seq: number) => (seq === 0 ? startX(reader, loop, axis, view) : toX(view, axis.pos(seq)));
  const pieces: LoopPiece[] = [];
  for (const whole of loopSpans(reader, loop, from, to)) {
    const mixed = kindOf(whole) === 'both' && whole.end - whole.start >= WORTH;
    for (const span of mixed ? splitAtReady(reader, whole) : [whole]) {
      const left = Math.max(-2, x(span.from));
      const right = Math.min(width + 2, x(span.to));
      if (right > left) pieces.push({ x: left, width: right - left, ...pieceOf(span) });
    }
  }
  return pieces;
}

function pieceOf(span: LoopSpan): Omit<LoopPiece, 'x' | 'width'> {
  const kind = kindOf(span);
  const length = span.end - span.start;
  return { kind, busy: length > 0 ? 1 - span.waited / length : 1, to: span.to, text: () => spanWords(span, kind) };
}

/** Many stretches: for each column how much of its time the loop was busy, from the sums at its edges. */
function columns(reader: TraceReader, loop: LoopReadings, axis: Axis, view: View, width: number, low: number, count: number): LoopPiece[] {
  const pieces: LoopPiece[] = [];
  const timeAt = (i: number) => (i === 0 ? (reader.processes[loop.process]?.started ?? 0) : reader.time(loop.to[i - 1]!));
  let at = low;
  let left = at === 0 ? Math.max(-2, startX(reader, loop, axis, view)) : -2;
  for (let x = 0; x < width + COLUMN && at < count; x += COLUMN) {
    const next = readingAt(loop, axis.seqAt(toPos(view, x + COLUMN)), count);
    if (next <= at) continue;
    const length = timeAt(next) - timeAt(at);
    const waited = Math.min(length, loop.waitedBefore(next) - loop.waitedBefore(at));
    const busy = length > 0 ? Math.round((1 - waited / length) * LEVELS) / LEVELS : 1;
    const kind = busy === 1 ? 'busy' : busy === 0 ? 'waiting' : 'both';
    const right = Math.min(width + 2, x + COLUMN);
    const before = pieces.at(-1);
    const [a, b] = [at, next];
    if (before && before.busy === busy && before.x + before.width >= left) before.width = right - before.x;
    else if (right > left)
      pieces.push({
        x: left,
        width: right - left,
        kind,
        busy,
        to: loop.to[next - 1]!,
        text: () =>
          shareWords(1 - (loop.waitedBefore(b) - loop.waitedBefore(a)) / Math.max(1, timeAt(b) - timeAt(a)), timeAt(b) - timeAt(a)),
      });
    at = next;
    left = right;
  }
  return pieces;
}

/** Where a process began. */
function startX(reader: TraceReader, loop: LoopReadings, axis: Axis, view: View): number {
  const started = reader.processes[loop.process]?.started ?? 0;
  if (axis.kind === 'time') return toX(view, withFolds(axis.folds, started));
  let low = 1;
  let high = reader.size + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reader.time(middle) < started) low = middle + 1;
    else high = middle;
  }
  return toX(view, axis.pos(Math.max(0, low - 1)));
}

/** The piece under a pixel. */
export function pieceUnder(pieces: readonly LoopPiece[], x: number): LoopPiece | null {
  return pieces.find((piece) => x >= piece.x && x < piece.x + piece.width) ?? null;
}
