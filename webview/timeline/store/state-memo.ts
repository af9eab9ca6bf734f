import type { RunState, TraceReader } from '../../../src/contracts/trace-model';

/** State of all sockets at a step; worked out once per step, and only when a part that is seen asks for it. */
export class StateMemo {
  #kept: { reader: TraceReader; step: number; size: number; state: RunState } | null = null;

  at(reader: TraceReader, step: number): RunState {
    const size = step === 0 ? reader.size : 0;
    const kept = this.#kept;
    if (kept && kept.step === step && kept.reader === reader && kept.size === size) return kept.state;
    const state = reader.stateAt(step);
    this.#kept = { reader, step, size, state };
    return state;
  }
}
