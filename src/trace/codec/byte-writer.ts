const LIMIT = 2 ** 52 - 1;
const TEXT = new TextEncoder();

/** A growing run of bytes. */
export class ByteWriter {
  bytes = new Uint8Array(256);
  length = 0;

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const wider = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }

  u8(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.bytes[this.length++] = value & 255;
    this.bytes[this.length++] = (value >>> 8) & 255;
    this.bytes[this.length++] = (value >>> 16) & 255;
    this.bytes[this.length++] = value >>> 24;
  }

  /** A whole number >= 0 below 2^53. */
  varint(value: number): void {
    this.reserve(8);
    while (value >= 128) {
      this.bytes[this.length++] = (value % 128) | 128;
      value = value < 2147483648 ? value >>> 7 : Math.floor(value / 128);
    }
    this.bytes[this.length++] = value;
  }

  /** A whole number between -2^52 and 2^52; what is not is brought there. */
  signed(value: number): void {
    if (!Number.isInteger(value) || value > LIMIT || value < -LIMIT) value = Math.max(-LIMIT, Math.min(LIMIT, Math.trunc(value) || 0));
    this.varint(value < 0 ? -value * 2 - 1 : value * 2);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  text(text: string): void {
    this.raw(TEXT.encode(text));
  }
}
