export const encode = (payload) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(payload.length);
  return Buffer.concat([header, payload]);
};

export const createDecoder = (longest) => {
  let chunks = [];
  let size = 0;
  const peek = (count) => {
    const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    chunks = [all];
    return all.subarray(0, count);
  };
  let wanted = -1;
  return {
    push: (chunk) => {
      const out = [];
      chunks.push(chunk);
      size += chunk.length;
      while (true) {
        if (wanted < 0) {
          if (size < 4) break;
          wanted = peek(4).readUInt32BE();
          if (wanted > longest) throw new RangeError('too long');
        }
        if (size < 4 + wanted) break;
        out.push(Buffer.from(peek(4 + wanted).subarray(4)));
        chunks = [chunks[0].subarray(4 + wanted)];
        size -= 4 + wanted;
        wanted = -1;
      }
      return out;
    },
  };
};
