export function encode(payload) {
  const frame = Buffer.alloc(payload.length + 4);
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, payload.length);
  frame.set(payload, 4);
  return frame;
}

// A generator is fed one byte range at a time and remembers where it stopped.
function* machine(longest) {
  let input = yield null;
  let at = 0;
  function* take(count) {
    const out = Buffer.alloc(count);
    let filled = 0;
    while (filled < count) {
      if (at === input.length) {
        input = yield null;
        at = 0;
        continue;
      }
      const n = Math.min(count - filled, input.length - at);
      out.set(input.subarray(at, at + n), filled);
      filled += n;
      at += n;
    }
    return out;
  }
  for (;;) {
    const length = (yield* take(4)).readUInt32BE(0);
    if (length > longest) throw new RangeError('frame too long');
    const frame = yield* take(length);
    input = (yield frame) ?? input;
  }
}

export function createDecoder(longest) {
  const running = machine(longest);
  running.next();
  return {
    push(chunk) {
      const frames = [];
      if (chunk.length === 0) return frames;
      let step = running.next(chunk);
      while (step.value) {
        frames.push(step.value);
        step = running.next();
      }
      return frames;
    },
  };
}
