import type { TraceReader } from '../contracts/trace-model';
import { upTo } from './search';

/** First event of a socket: the step where it was born. 0 when it has none. */
export function firstOfSocket(trace: TraceReader, socketIndex: number): number {
  return trace.eventsOfSocket(socketIndex)[0] ?? 0;
}

/** The socket's next event after step `seq`; 0 when there is none. */
export function nextOnSocket(trace: TraceReader, socketIndex: number, seq: number): number {
  const events = trace.eventsOfSocket(socketIndex);
  return events[upTo(events, seq)] ?? 0;
}

/** The socket's last event before step `seq`; 0 when there is none. */
export function previousOnSocket(trace: TraceReader, socketIndex: number, seq: number): number {
  const events = trace.eventsOfSocket(socketIndex);
  return events[upTo(events, seq - 1) - 1] ?? 0;
}

/** Searches from step `seq`, that one not included, in a direction; 0 when nothing is found. */
export function search(trace: TraceReader, seq: number, direction: 1 | -1, wanted: (seq: number) => boolean): number {
  for (let at = seq + direction; at >= 1 && at <= trace.size; at += direction) if (wanted(at)) return at;
  return 0;
}

/** Errors that are no news: a non-blocking call that has to wait. */
const EXPECTED = new Set(['EINPROGRESS', 'EAGAIN', 'EWOULDBLOCK']);

/** Whether the event failed for real (not EINPROGRESS, not EAGAIN). */
export function isFailure(trace: TraceReader, seq: number): boolean {
  const error = trace.error(seq);
  return error !== null && !EXPECTED.has(error);
}

/** Next (or, with -1, previous) event that failed; 0 when there is none. */
export function nextError(trace: TraceReader, seq: number, direction: 1 | -1 = 1): number {
  return search(trace, seq, direction, (at) => isFailure(trace, at));
}

/** Next (or, with -1, previous) change of state, of one socket or of any; 0 when there is none. */
export function nextStateChange(trace: TraceReader, seq: number, direction: 1 | -1 = 1, socketIndex = -1): number {
  return search(trace, seq, direction, (at) => trace.stateTo(at) !== null && (socketIndex < 0 || trace.socketIndex(at) === socketIndex));
}

/** The events of a call site, ascending. */
export function eventsOfSite(trace: TraceReader, siteId: number): Uint32Array {
  const found: number[] = [];
  for (let seq = 1; seq <= trace.size; seq++) if (trace.siteId(seq) === siteId) found.push(seq);
  return Uint32Array.from(found);
}

/** The events of every call site, by site id: one pass. */
export function eventsBySite(trace: TraceReader): number[][] {
  const found: number[][] = Array.from({ length: trace.siteCount }, () => []);
  for (let seq = 1; seq <= trace.size; seq++) {
    const site = trace.siteId(seq);
    if (site >= 0) found[site]!.push(seq);
  }
  return found;
}
