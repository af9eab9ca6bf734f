import type { GapLoop } from '../../contracts/event-loop';
import type { LoopReadings, TraceReader } from '../../contracts/trace-model';
import { splitAtReady } from './callback';
import { loopSpans } from './spans';

/**
 * What event loops did between two times (ns) with no event between them: of the loop that was busy longest, how long at least and at most. null where
 * no loop is known to have been busy and that of a program that ran is not known.
 */
export function loopInGap(trace: TraceReader, from: number, to: number): GapLoop | null {
  const first = lastBy(trace, from);
  const last = Math.min(trace.size, first + 1);
  let most: GapLoop | null = null;
  const known = new Set<number>();
  for (const loop of trace.loops) {
    const found = inLoop(trace, loop, from, to, first, last);
    if (found.covered <= 0) continue;
    if (found.covered >= to - from) known.add(loop.process);
    const high = Math.min(to - from, found.high + (to - from - found.covered));
    if (most === null || found.low > most.low || (found.low === most.low && high > most.high))
      most = { process: loop.process, low: found.low, high };
  }
  if (most && most.low > 0) return most;
  const all = trace.processes.every(
    ({ quiet, started, ended }, index) => quiet !== undefined || started >= to || (ended !== null && ended <= from) || known.has(index),
  );
  return all ? most : null;
}

/** How long a loop was busy in [from, to], within the stretches of it that are known. */
function inLoop(trace: TraceReader, loop: LoopReadings, from: number, to: number, first: number, last: number) {
  const sum = { low: 0, high: 0, covered: 0 };
  for (const whole of loopSpans(trace, loop, first, last))
    for (const span of splitAtReady(trace, whole)) {
      const part = Math.min(span.end, to) - Math.max(span.start, from);
      if (part <= 0) continue;
      const outside = span.end - span.start - part;
      sum.covered += part;
      // What was waited is counted at least, so only 0 says that the loop was busy.
      if (span.waited === 0) sum.low += part;
      sum.high += part - Math.max(0, span.waited - outside);
    }
  return sum;
}

/** The last step at or before a time; 0 when there is none. */
function lastBy(trace: TraceReader, time: number): number {
  let low = 1;
  let high = trace.size + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (trace.time(middle) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
