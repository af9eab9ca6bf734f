/** Numbers that look random and are the same for the same seed (mulberry32, public domain, Tommy Ettinger 2017). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** 0 <= n < 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    // The same numbers as next() * 256, without a detour by fractions: scripts ask for megabytes.
    let state = this.state | 0;
    for (let n = 0; n < length; n++) {
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      bytes[n] = (t ^ (t >>> 14)) >>> 24;
    }
    this.state = state >>> 0;
    return bytes;
  }

  /** Sizes that add up to `length`: 2 to 6 parts of at least one byte. */
  cuts(length: number): number[] {
    const parts = Math.min(length, this.integer(2, 6));
    const ends = new Set<number>();
    while (ends.size < parts - 1) ends.add(this.integer(1, length - 1));
    const sorted = [0, ...[...ends].sort((a, b) => a - b), length];
    return sorted.slice(1).map((end, index) => end - sorted[index]!);
  }
}
