import type { TraceEvent } from '../contracts/trace';

/**
 * Error numbers that are the ordinary answer of a non-blocking socket, not a failure: connect(2) "EINPROGRESS",
 * read(2)/write(2) "EAGAIN". They are shown in the call, but nothing is painted as gone wrong.
 */
export const ORDINARY: ReadonlySet<string> = new Set(['EINPROGRESS', 'EAGAIN', 'EWOULDBLOCK']);

/** The errno name when an event tells of something that went wrong, else null. A failed connect shows in getsockopt(SO_ERROR), which itself succeeds; an 'error' event names its code. */
export function failureIn(event: Pick<TraceEvent, 'error' | 'call' | 'api' | 'args'>): string | null {
  if (event.error !== null) return ORDINARY.has(event.error) ? null : event.error;
  if (event.api === 'error' && typeof event.args?.code === 'string') return event.args.code;
  if (event.call === 'getsockopt' && event.args?.option === 'SO_ERROR' && typeof event.args.value === 'string') return event.args.value;
  return null;
}
