const CHUNK = 1 << 20;

/** Payload bytes in chunks of 1 MiB; a payload is known by its number (1, 2, 3...; 0 is none). */
export class PayloadArena {
  private readonly chunks: Uint8Array[] = [];
  private used = 0;
  private places = new Uint32Array(3 * 256);
  private count = 0;
  /** Bytes kept so far. */
  bytes = 0;

  /** Copies bytes[start, end) and returns the payload's number. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const length = end - start;
    let chunk = this.chunks[this.chunks.length - 1];
    if (chunk === undefined || this.used + length > chunk.length) {
      chunk = new Uint8Array(Math.max(this.chunks.length === 0 ? 4096 : CHUNK, length));
      this.chunks.push(chunk);
      this.used = 0;
    }
    if (length < 48) for (let i = 0; i < length; i++) chunk[this.used + i] = bytes[start + i]!;
    else chunk.set(bytes.subarray(start, end), this.used);
    if (this.count * 3 === this.places.length) {
      const wider = new Uint32Array(3 * Math.ceil((this.places.length / 3) * 1.5));
      wider.set(this.places);
      this.places = wider;
    }
    const at = this.count * 3;
    this.places[at] = this.chunks.length - 1;
    this.places[at + 1] = this.used;
    this.places[at + 2] = length;
    this.used += length;
    this.bytes += length;
    this.count++;
    return this.count;
  }

  /** A view of the payload's bytes; do not change them. */
  get(payload: number): Uint8Array {
    const at = (payload - 1) * 3;
    const start = this.places[at + 1]!;
    return this.chunks[this.places[at]!]!.subarray(start, start + this.places[at + 2]!);
  }
}
