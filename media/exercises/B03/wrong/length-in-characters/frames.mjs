export function encode(payload) {
  const text = payload.toString('utf8');
  const header = Buffer.alloc(4);
  header.writeUInt32BE(text.length, 0);
  return Buffer.concat([header, payload]);
}
const HEADER = 4;
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
          const length = header.readUInt32BE(0);
          if (length > longest) throw new RangeError(`a frame of ${length} bytes`);
          body = Buffer.allocUnsafe(length);
        }
      }
    },
  };
}
