export function encode(payload) {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  payload.copy(frame, 4);
  return frame;
}

export function createDecoder(longest) {
  let rest = Buffer.alloc(0);
  return {
    push(chunk) {
      rest = Buffer.concat([rest, chunk]);
      if (rest.length < 4) return [];
      const length = rest.readUInt32BE(0);
      if (length > longest) throw new RangeError('too long');
      if (rest.length < 4 + length) return [];
      const frame = rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
      return [frame];
    },
  };
}
