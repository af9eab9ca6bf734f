export function encode(payload) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}

/** Keeps the chunks as they came, and puts them together when there are enough bytes. */
export function createDecoder(longest) {
  const chunks = [];
  let have = 0;
  let wanted = null;

  function take(count) {
    const all = Buffer.concat(chunks);
    chunks.length = 0;
    if (all.length > count) chunks.push(all.subarray(count));
    have = all.length - count;
    return all.subarray(0, count);
  }

  return {
    push(chunk) {
      chunks.push(chunk);
      have += chunk.length;
      const frames = [];
      for (;;) {
        if (wanted === null) {
          if (have < 4) return frames;
          wanted = take(4).readUInt32BE();
          if (wanted > longest) throw new RangeError(`${wanted} bytes are too many`);
        }
        if (have < wanted) return frames;
        frames.push(take(wanted));
        wanted = null;
      }
    },
  };
}
