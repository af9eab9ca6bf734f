/** Bytes that are no trace we can read: no trace at all, or one of a newer version. `message` is one sentence for the user. */
export class TraceFormatError extends Error {
  override readonly name = 'TraceFormatError';
}
