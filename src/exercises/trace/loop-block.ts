import { mainLoop, readingsOf, type TraceStore } from '../../trace';
import type { PeerLog } from '../peer/messages';
import { findEnd } from './peer-ends';

const MS = 1e6;

/**
 * The longest stretch (ms) in which nothing was recorded of the program while something of the peer waited for it: a connection that it
 * accepted later, or bytes that it read later. `seq`: the step with which the waiting ended, 0 for none.
 */
export function longestWait(trace: TraceStore, log: PeerLog, epoch: number): { value: number; seq: number } {
  const times: number[] = [];
  for (let seq = 1; seq <= trace.size; seq++) if (trace.kind(seq) !== 'kernel' && trace.kind(seq) !== 'state') times.push(trace.time(seq));
  let longest = { value: 0, seq: 0 };
  for (const end of log.ends) {
    const index = findEnd(trace, end);
    if (index < 0) continue;
    const own = [...trace.eventsOfSocket(index)];
    for (const entry of log.entries) {
      if (entry.connection !== end.id || !entry.ok || (entry.step !== 'write' && entry.step !== 'connect')) continue;
      const ready = entry.t - epoch;
      const taken = own.find((seq) => trace.time(seq) >= ready && (entry.step === 'connect' || trace.call(seq) === 'read'));
      if (taken === undefined) continue;
      const value = longestGap(times, ready, trace.time(taken)) / MS;
      if (value > longest.value) longest = { value, seq: taken };
    }
  }
  return { value: Math.round(longest.value), seq: longest.seq };
}

/** The longest stretch within from..to without one of `times` (ascending). */
function longestGap(times: readonly number[], from: number, to: number): number {
  let [last, longest] = [from, 0];
  for (const time of times) {
    if (time <= from) continue;
    if (time >= to) break;
    longest = Math.max(longest, time - last);
    last = time;
  }
  return Math.max(longest, to - last);
}

/** The share of the time between two steps in which the event loop of the program of the first one waited; null where that is not known. */
export function shareWaited(trace: TraceStore, from: number, to: number): number | null {
  if (from < 1 || to > trace.size || from >= to) return null;
  const loop = mainLoop(trace, trace.processIndex(from));
  const length = trace.time(to) - trace.time(from);
  if (loop === null || length <= 0) return null;
  let waited = 0;
  for (let i = readingsOf(trace, loop) - 1; i >= 0 && loop.to[i]! > from; i--) if (loop.to[i]! <= to) waited += loop.reading(i).waited;
  return Math.min(1, waited / length);
}
