import type { RunState, TraceReader } from '../../../src/contracts/trace-model';

/** State at a step and at the one before it; worked out once per step for all parts that show it. */
export class StateMemo {
  #kept: { reader: TraceReader; step: number; size: number; before: RunState; after: RunState } | null = null;

  at(reader: TraceReader, step: number): { before: RunState; after: RunState } {
    const size = step === 0 ? reader.size : 0;
    const kept = this.#kept;
    if (kept && kept.step === step && kept.reader === reader && kept.size === size) return kept;
    const after = reader.stateAt(step);
    this.#kept = { reader, step, size, before: step > 0 ? reader.stateAt(step - 1) : after, after };
    return this.#kept;
  }
}
