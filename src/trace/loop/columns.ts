import type { LoopReadings, NewLoopReading } from '../../contracts/trace-model';

/** In the 16-bit columns: too big, see the side table. */
const WIDE = 0xffff;
const BLOCK = 64;

/**
 * The readings of one event loop, 13 bytes each. The time waited is kept with 24 bits of precision (0.00001 %), which is far better than the
 * times of the events that it is compared with.
 */
export class LoopColumns implements LoopReadings {
  count = 0;
  to = new Uint32Array(64);
  private waited = new Float32Array(64);
  private back = new Uint16Array(64);
  private turns = new Uint16Array(64);
  private resumed = new Uint8Array(64);
  /** ns waited before every BLOCK-th reading, as far as somebody asked. */
  private readonly sums: number[] = [];
  private readonly wide = new Map<string, number>();

  constructor(
    readonly process: number,
    readonly thread: number,
  ) {}

  /** A reading at event `to`. One at the same event replaces what is there. */
  push(to: number, { after, turns, waited, resumed }: Omit<NewLoopReading, 'pid'>): void {
    const { count } = this;
    if (count === this.to.length) this.resize(Math.ceil(count * 1.5));
    const i = count > 0 && this.to[count - 1] === to ? count - 1 : this.count++;
    this.to[i] = to;
    this.waited[i] = waited;
    this.back[i] = after === 0 ? 0 : this.narrow('b', i, to - after);
    this.turns[i] = this.narrow('t', i, turns);
    this.resumed[i] = resumed ? 1 : 0;
  }

  reading(i: number): Omit<NewLoopReading, 'pid'> {
    const back = this.read('b', this.back, i);
    return {
      thread: this.thread,
      after: back === 0 ? 0 : this.to[i]! - back,
      turns: this.read('t', this.turns, i),
      waited: this.waited[i]!,
      resumed: this.resumed[i] === 1,
    };
  }

  waitedBefore(i: number): number {
    const blocks = Math.floor(i / BLOCK);
    while (this.sums.length <= blocks) {
      const at = this.sums.length * BLOCK;
      let sum = this.sums.at(-1) ?? 0;
      if (this.sums.length > 0) for (let j = at - BLOCK; j < at; j++) sum += this.waited[j]!;
      this.sums.push(sum);
    }
    let sum = this.sums[blocks]!;
    for (let j = blocks * BLOCK; j < i; j++) sum += this.waited[j]!;
    return sum;
  }

  /** Index of the first reading that ends at `seq` or later; `count` when there is none. */
  from(seq: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.to[middle]! < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the reading that ends at `seq`; -1 when there is none. */
  at(seq: number): number {
    const i = this.from(seq);
    return i < this.count && this.to[i] === seq ? i : -1;
  }

  /** Makes room for `capacity` readings. */
  resize(capacity: number): void {
    const moved = <T extends Uint32Array | Float32Array | Uint16Array | Uint8Array>(from: T, to: T): T => {
      to.set(from.subarray(0, this.count) as T);
      return to;
    };
    this.to = moved(this.to, new Uint32Array(capacity));
    this.waited = moved(this.waited, new Float32Array(capacity));
    this.back = moved(this.back, new Uint16Array(capacity));
    this.turns = moved(this.turns, new Uint16Array(capacity));
    this.resumed = moved(this.resumed, new Uint8Array(capacity));
  }

  private narrow(column: string, i: number, value: number): number {
    if (value < WIDE) return value;
    this.wide.set(column + i, value);
    return WIDE;
  }

  private read(column: string, values: Uint16Array, i: number): number {
    const value = values[i]!;
    return value === WIDE ? (this.wide.get(column + i) ?? WIDE) : value;
  }
}
