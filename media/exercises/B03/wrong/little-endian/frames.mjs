// A frame is a length (4 bytes, unsigned, big-endian: the most significant byte first) and that many bytes.
const HEADER = 4;

/** The bytes of one frame that carries `payload` (a Buffer). */
export function encode(payload) {
  const frame = Buffer.allocUnsafe(HEADER + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  payload.copy(frame, HEADER);
  return frame;
}

/**
 * Takes bytes apart into frames. `push(chunk)` takes what one read brought and returns the payloads (Buffers) that are whole now.
 * It throws a RangeError as soon as a length is greater than `longest`.
 */
export function createDecoder(longest) {
  const header = Buffer.alloc(HEADER);
  let have = 0; // bytes of the header, then of the body, that have arrived
  let body = null; // null while the header is not whole

  return {
    push(chunk) {
      const frames = [];
      let at = 0;
      for (;;) {
        const into = body ?? header;
        const copied = chunk.copy(into, have, at);
        at += copied;
        have += copied;
        if (have < into.length) return frames; // the rest comes with a later read
        have = 0;
        if (body) {
          frames.push(body);
          body = null;
        } else {
          const length = header.readUInt32LE(0);
          if (length > longest) throw new RangeError(`a frame of ${length} bytes`);
          body = Buffer.allocUnsafe(length);
        }
      }
    },
  };
}
