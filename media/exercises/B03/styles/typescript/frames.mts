export interface Decoder {
  push(chunk: Uint8Array): Uint8Array[];
}

export function encode(payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, 4);
  return frame;
}

/** A state machine: the header is a number that grows byte by byte, the body an array that fills up. */
export function createDecoder(longest: number): Decoder {
  let length = 0;
  let headerBytes = 0;
  let body: Uint8Array | null = null;
  let filled = 0;

  function push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = 0;
    for (;;) {
      while (headerBytes < 4 && at < chunk.length) {
        length = length * 256 + chunk[at++]!;
        headerBytes++;
      }
      if (headerBytes < 4) return frames;
      if (length > longest) throw new RangeError(`a frame of ${length} bytes`);
      body ??= new Uint8Array(length);
      const part = chunk.subarray(at, at + length - filled);
      body.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < length) return frames;
      frames.push(body);
      body = null;
      length = headerBytes = filled = 0;
    }
  }
  return { push };
}
