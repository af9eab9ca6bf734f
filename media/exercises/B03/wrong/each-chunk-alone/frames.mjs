export function encode(payload) {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  payload.copy(frame, 4);
  return frame;
}

export function createDecoder(longest) {
  return {
    push(chunk) {
      const frames = [];
      let at = 0;
      while (chunk.length - at >= 4) {
        const length = chunk.readUInt32BE(at);
        if (length > longest) throw new RangeError('too long');
        frames.push(chunk.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
      return frames;
    },
  };
}
