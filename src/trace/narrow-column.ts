/** Whole numbers from 0 to 2^32 - 1, in the fewest bytes that hold all of them so far: one, two or four each. */
export class NarrowColumn {
  values: Uint8Array | Uint16Array | Uint32Array = new Uint8Array(1024);
  private most = 255;

  /** Keeps a number; there must be room for it. */
  put(at: number, value: number): void {
    if (value > this.most) this.widen(value);
    this.values[at] = value;
  }

  /** Makes room for `capacity` numbers, of which the first `length` are kept. */
  resize(capacity: number, length: number): void {
    const { values, most } = this;
    this.values = room(most, capacity);
    this.values.set(values.length > length ? values.subarray(0, length) : values);
  }

  private widen(value: number): void {
    const { values } = this;
    this.most = value > 65_535 ? 2 ** 32 - 1 : 65_535;
    this.values = room(this.most, values.length);
    this.values.set(values);
  }
}

function room(most: number, capacity: number): NarrowColumn['values'] {
  return most > 65_535 ? new Uint32Array(capacity) : most > 255 ? new Uint16Array(capacity) : new Uint8Array(capacity);
}
