/**
 * Error numbers that are the ordinary answer of a non-blocking socket, not a failure: connect(2) "EINPROGRESS",
 * read(2)/write(2) "EAGAIN". They are shown in the call, but nothing is painted as gone wrong.
 */
const ORDINARY = new Set(['EINPROGRESS', 'EAGAIN', 'EWOULDBLOCK']);

/** Whether an errno name means that something went wrong. */
export function isFailure(error: string | null): error is string {
  return error !== null && !ORDINARY.has(error);
}
