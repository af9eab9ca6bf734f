import type { Event, Where } from '../../contracts/exercise-checks';
import type { TraceStore } from '../../trace';

const holds = (wanted: string | string[] | undefined, value: string | null): boolean =>
  wanted === undefined || (value !== null && (typeof wanted === 'string' ? wanted === value : wanted.includes(value)));

/** Errors that are no failure: a non-blocking call that has to wait. */
const WAITS = new Set(['EINPROGRESS', 'EAGAIN', 'EWOULDBLOCK']);

/** The steps of a trace that a `Where` names, ascending. */
export function* matching(trace: TraceStore, where: Where = {}): Generator<number> {
  for (let seq = 1; seq <= trace.size; seq++) if (matches(trace, seq, where)) yield seq;
}

export function matches(trace: TraceStore, seq: number, where: Where): boolean {
  if (!holds(where.kind, trace.kind(seq)) || !holds(where.call, trace.call(seq)) || !holds(where.api, trace.api(seq))) return false;
  const error = trace.error(seq);
  if (!holds(where.error, error)) return false;
  if (where.ok === true && error !== null && !WAITS.has(error)) return false;
  if (where.provenance !== undefined && trace.provenance(seq) !== where.provenance) return false;
  const socket = trace.sockets[trace.socketIndex(seq)];
  if (where.socket !== undefined && socket?.id !== where.socket) return false;
  if (where.role !== undefined && socket?.role !== where.role) return false;
  if (where.buffer === undefined && where.and === undefined) return true;
  const event = trace.event(seq) as Event;
  return (where.buffer === undefined || event.buffer === where.buffer) && (where.and === undefined || where.and(event));
}
