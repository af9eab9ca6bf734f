/** Events of one block; a power of two. */
const BLOCK = 64;
const SHIFT = 6;
/** A block reaches so far back before its first event, ns: streams of several processes are merged nearly in order. */
const BACK = 1e9;

/**
 * The times of events, whole nanoseconds in practice: four bytes each, beside eight for every 64. Events of a block that lie further apart than
 * 3.2 s, or have fractions, are kept in eight bytes each: whatever was put in comes out.
 */
export class TimeColumn {
  private offsets = new Uint32Array(1024);
  /** NaN: the block is in `apart`. */
  private bases = new Float64Array(1024 / BLOCK);
  private readonly apart = new Map<number, Float64Array>();

  /** Keeps the time of event `seq`; events come one after the other, from 1. */
  put(seq: number, time: number): void {
    const block = seq >>> SHIFT;
    if (seq % BLOCK === 0 || seq === 1) this.bases[block] = time - BACK;
    const base = this.bases[block]!;
    const offset = time - base;
    if (offset >= 0 && offset < 2 ** 32 && offset % 1 === 0 && base + offset === time) {
      this.offsets[seq] = offset;
      return;
    }
    let own = this.apart.get(block);
    if (own === undefined) {
      own = new Float64Array(BLOCK);
      for (let i = 0; i < seq % BLOCK; i++) own[i] = base + this.offsets[block * BLOCK + i]!;
      this.apart.set(block, own);
      this.bases[block] = Number.NaN;
    }
    own[seq % BLOCK] = time;
  }

  /** 0 before the first event. */
  at(seq: number): number {
    if (seq === 0) return 0;
    const time = this.bases[seq >>> SHIFT]! + this.offsets[seq]!;
    return Number.isNaN(time) ? (this.apart.get(seq >>> SHIFT)?.[seq % BLOCK] ?? Number.NaN) : time;
  }

  /** Makes room for events up to `capacity` - 1, of which those up to `length` - 1 are kept. */
  resize(capacity: number, length: number): void {
    const { offsets, bases } = this;
    this.offsets = new Uint32Array(capacity);
    this.offsets.set(offsets.length > length ? offsets.subarray(0, length) : offsets);
    this.bases = new Float64Array(Math.ceil(capacity / BLOCK));
    this.bases.set(bases.length > this.bases.length ? bases.subarray(0, this.bases.length) : bases);
  }
}
