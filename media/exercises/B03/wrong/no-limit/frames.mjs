export function encode(payload) {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  payload.copy(frame, 4);
  return frame;
}

export function createDecoder() {
  let rest = Buffer.alloc(0);
  return {
    push(chunk) {
      const frames = [];
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4) {
        const length = rest.readUInt32BE(0);
        if (rest.length < 4 + length) break;
        frames.push(rest.subarray(4, 4 + length));
        rest = rest.subarray(4 + length);
      }
      return frames;
    },
  };
}
