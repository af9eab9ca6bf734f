import type { Comparison } from '../../../src/contracts/compare';
import type { TraceDecoder, TraceReader } from '../../../src/contracts/trace-model';
import { compareTraces } from '../../../src/trace/compare';

/** The run that the one in the timeline is compared with, and how they differ. */
export class OtherRun {
  title = '';
  reader: TraceReader | null = null;
  /** Why it cannot be compared; '' when it can. */
  problem = '';
  private cache: { reader: TraceReader; size: number; comparison: Comparison } | null = null;

  constructor(private readonly newDecoder: () => TraceDecoder) {}

  clear(): void {
    this.title = '';
    this.reader = null;
    this.problem = '';
    this.cache = null;
  }

  /** A whole trace; one that was cut off counts up to its last whole event. */
  take({ title, bytes }: { title: string; bytes: ArrayBuffer }): void {
    this.clear();
    this.title = title;
    try {
      const decoder = this.newDecoder();
      decoder.push(new Uint8Array(bytes));
      this.reader = decoder.store;
    } catch (error) {
      this.problem = (error as Error).message;
    }
  }

  /** How this run (the second) differs from `reader` (the first); null without a second run. */
  compare(reader: TraceReader): Comparison | null {
    if (!this.reader) return null;
    if (this.cache?.reader !== reader || this.cache.size !== reader.size)
      this.cache = { reader, size: reader.size, comparison: compareTraces(reader, this.reader) };
    return this.cache.comparison;
  }
}
