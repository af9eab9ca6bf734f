const CHUNK = 1 << 20;
/** Payloads start at multiples of this, so that a number can stand for a place in 16 GiB. */
const UNIT = 4;
const UNITS = CHUNK / UNIT;
/** Before the bytes: their count, u32 little-endian. */
const LENGTH = 4;

/** Payload bytes in chunks of 1 MiB; a payload is known by a number (0 is none) that says where it is. */
export class PayloadArena {
  private readonly chunks: Uint8Array[] = [];
  private used = 0;
  /** Bytes kept so far. */
  bytes = 0;

  /** Copies bytes[start, end) and returns the payload's number. */
  add(bytes: Uint8Array, start = 0, end = bytes.length): number {
    const length = end - start;
    let chunk = this.chunks[this.chunks.length - 1];
    if (chunk === undefined || this.used + LENGTH + length > chunk.length) {
      // The first chunk is small (most traces are), and a payload that needs more gets a chunk of its own.
      chunk = new Uint8Array(Math.max(this.chunks.length === 0 ? 4096 : CHUNK, LENGTH + length));
      this.chunks.push(chunk);
      this.used = 0;
    }
    const place = (this.chunks.length - 1) * UNITS + this.used / UNIT + 1;
    let at = this.used;
    for (let rest = length, i = 0; i < LENGTH; i++, rest >>>= 8) chunk[at++] = rest & 255;
    if (length < 48) for (let i = start; i < end; i++) chunk[at++] = bytes[i]!;
    else chunk.set(bytes.subarray(start, end), at);
    this.used = Math.ceil((this.used + LENGTH + length) / UNIT) * UNIT;
    this.bytes += length;
    return place;
  }

  /** A view of the payload's bytes; do not change them. */
  get(payload: number): Uint8Array {
    const chunk = this.chunks[Math.floor((payload - 1) / UNITS)]!;
    const at = ((payload - 1) % UNITS) * UNIT;
    const length = (chunk[at]! | (chunk[at + 1]! << 8) | (chunk[at + 2]! << 16) | (chunk[at + 3]! << 24)) >>> 0;
    return chunk.subarray(at + LENGTH, at + LENGTH + length);
  }
}
