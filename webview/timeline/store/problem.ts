import type { TraceDecoder } from '../../../src/contracts/trace-model';

/** What has to be said of a trace that is read to its end; null when all is well. */
export function problemOf(decoder: TraceDecoder): string | null {
  const dropped = decoder.store.header.dropped;
  return decoder.status().problem ?? (dropped > 0 ? `${dropped.toLocaleString('en')} events are missing from this trace.` : null);
}
