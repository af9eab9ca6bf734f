import type { TraceReader } from '../../../src/contracts/trace-model';
import { failureIn, ORDINARY } from '../../../src/knowledge/failures';

export { failureIn };

/** The same by step, without reading the whole event where that is not needed. */
export function failureOf(reader: TraceReader, seq: number): string | null {
  const error = reader.error(seq);
  if (error !== null) return ORDINARY.has(error) ? null : error;
  return reader.call(seq) === 'getsockopt' || reader.api(seq) === 'error' ? failureIn(reader.event(seq)) : null;
}
