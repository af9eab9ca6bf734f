class Decoder {
  #limit;
  #held = Buffer.alloc(0);
  constructor(limit) {
    this.#limit = limit;
  }
  *#whole() {
    while (this.#held.length >= 4) {
      const size = this.#held.readUInt32BE(0);
      if (size > this.#limit) throw new RangeError(`length ${size}`);
      if (this.#held.length < 4 + size) return;
      yield Buffer.from(this.#held.subarray(4, 4 + size));
      this.#held = this.#held.subarray(4 + size);
    }
  }
  push(chunk) {
    this.#held = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    return [...this.#whole()];
  }
}

export function encode(payload) {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(payload.length, 0);
  return Buffer.concat([size, payload]);
}

export function createDecoder(longest) {
  return new Decoder(longest);
}
