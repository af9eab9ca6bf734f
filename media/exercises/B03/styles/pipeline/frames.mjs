import { Transform } from 'node:stream';

export function encode(payload) {
  const frame = Buffer.alloc(4 + payload.length);
  frame.writeUInt32BE(payload.length);
  payload.copy(frame, 4);
  return frame;
}

export function createDecoder(longest) {
  let rest = Buffer.alloc(0);
  return {
    push(chunk) {
      rest = Buffer.concat([rest, chunk]);
      const frames = [];
      while (rest.length >= 4) {
        const length = rest.readUInt32BE();
        if (length > longest) throw new RangeError(`a frame of ${length} bytes`);
        if (rest.length < 4 + length) break;
        frames.push(rest.subarray(4, 4 + length));
        rest = rest.subarray(4 + length);
      }
      return frames;
    },
  };
}

/** Bytes in, answers out. */
export class Answers extends Transform {
  #decoder = createDecoder(1024 * 1024);

  _transform(chunk, _encoding, done) {
    try {
      for (const frame of this.#decoder.push(chunk)) this.push(encode(Buffer.concat([Buffer.from('ok '), frame])));
      done();
    } catch (error) {
      done(error);
    }
  }
}
