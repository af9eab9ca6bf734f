import type { LoopKind, LoopSpan } from '../../contracts/event-loop';
import type { LoopReadings, TraceReader } from '../../contracts/trace-model';

/** Share of a span from which on it counts as one thing: what is left is the way into the callback and out of it, and the error of the times. */
const MOSTLY = 0.95;
/** A wait that a signal has cut short is counted from the signal on: some microseconds, rarely more than this (ns). */
const REST = 1e6;

/** What the loop did in a span. */
export function kindOf({ start, end, waited, turns }: Pick<LoopSpan, 'start' | 'end' | 'waited' | 'turns'>): LoopKind {
  if (turns === 0 || waited === 0) return 'busy';
  const share = waited / (end - start);
  if (share >= MOSTLY) return 'waiting';
  return waited < REST && share < 1 - MOSTLY ? 'unknown' : 'both';
}

/** The loop of a process's main thread; null when Node did not tell of it. */
export function mainLoop(trace: TraceReader, processIndex: number): LoopReadings | null {
  return trace.loops.find((loop) => loop.process === processIndex && loop.thread === 0) ?? null;
}

/** Readings of a loop at events that are there: one may come before its event does. */
export function readingsOf(trace: TraceReader, loop: LoopReadings): number {
  let { count } = loop;
  while (count > 0 && loop.to[count - 1]! > trace.size) count--;
  return count;
}

/** The span that reading `i` measures; null when its beginning is not known (a worker's start). */
export function spanBefore(trace: TraceReader, loop: LoopReadings, i: number): LoopSpan | null {
  const { after, turns, waited, resumed } = loop.reading(i);
  const to = loop.to[i]!;
  if (after === 0 && loop.thread !== 0) return null;
  const start = after === 0 ? (trace.processes[loop.process]?.started ?? 0) : trace.time(after);
  const end = Math.max(start, trace.time(to));
  // The clock is read before the loop's own count is: a wait can seem to be a little longer than its stretch.
  return { from: after, to, start, end, waited: Math.min(waited, end - start), turns, resumed };
}

/** The stretch between reading `i` and the last event of its turn, in which the loop did not wait; null when there is none. */
export function spanWithin(trace: TraceReader, loop: LoopReadings, i: number, count: number): LoopSpan | null {
  const from = loop.to[i]!;
  const to = i + 1 < count ? loop.reading(i + 1).after : from;
  if (to <= from) return null;
  return { from, to, start: trace.time(from), end: trace.time(to), waited: 0, turns: 0, resumed: false };
}

/** Index of the reading that ends at event `seq` or is the next after it; `count` when there is none. */
export function readingAt(loop: LoopReadings, seq: number, count: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (loop.to[middle]! < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The spans of a loop that touch the events from..to, in order. */
export function loopSpans(trace: TraceReader, loop: LoopReadings, from = 0, to = trace.size): LoopSpan[] {
  const count = readingsOf(trace, loop);
  const spans: LoopSpan[] = [];
  for (let i = Math.max(0, readingAt(loop, from, count) - 1); i < count; i++) {
    const before = spanBefore(trace, loop, i);
    if (before && before.from > to) break;
    const within = spanWithin(trace, loop, i, count);
    if (before && before.to >= from) spans.push(before);
    if (within && within.to >= from && within.from <= to) spans.push(within);
  }
  return spans;
}

/** The span in which step `seq` lies: that which ends at it, else that in which it is; null when there is none. */
export function spanAt(trace: TraceReader, loop: LoopReadings, seq: number): LoopSpan | null {
  return loopSpans(trace, loop, seq, seq).find((span) => span.from < seq && span.to >= seq) ?? null;
}
