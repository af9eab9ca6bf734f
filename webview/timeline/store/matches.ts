import type { TraceReader } from '../../../src/contracts/trace-model';

/** The steps that pass a filter, by lane. Every event is looked at once, as it arrives. */
export class Matches {
  /** Those that pass, ascending. */
  readonly all: number[] = [];
  /** By socket index, and by process index for what belongs to no socket; ascending. */
  readonly ofSocket: (number[] | undefined)[] = [];
  readonly ofProcess: (number[] | undefined)[] = [];
  #size = 0;

  constructor(readonly test: (seq: number) => boolean) {}

  /** Looks at the events that came since the last call. */
  update(reader: TraceReader): void {
    for (let seq = this.#size + 1; seq <= reader.size; seq++) {
      if (!this.test(seq)) continue;
      this.all.push(seq);
      const socket = reader.socketIndex(seq);
      const lanes = socket >= 0 ? this.ofSocket : this.ofProcess;
      const lane = socket >= 0 ? socket : reader.processIndex(seq);
      if (lane < 0) continue;
      lanes[lane] ??= [];
      lanes[lane]!.push(seq);
    }
    this.#size = reader.size;
  }

  /** How many pass. */
  get count(): number {
    return this.all.length;
  }

  /** The steps of a lane that pass. */
  of(kind: 'socket' | 'process', index: number): readonly number[] {
    return (kind === 'socket' ? this.ofSocket : this.ofProcess)[index] ?? [];
  }
}
