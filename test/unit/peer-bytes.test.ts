import assert from 'node:assert/strict';
import { GrowingBytes } from '../../src/exercises/peer/growing-bytes';
import { Random } from '../../src/exercises/peer/random';

describe('bytes of the hidden peer', () => {
  it('are the same for the same seed, drawn in one go or number by number', () => {
    for (const seed of [0, 1, 2, 77, 2 ** 31, 2 ** 32 - 1]) {
      const [whole, single] = [new Random(seed), new Random(seed)];
      for (const length of [1, 5, 1000])
        assert.deepEqual(
          [...whole.bytes(length)],
          Array.from({ length }, () => Math.floor(single.next() * 256)),
        );
      assert.equal(whole.next(), single.next());
    }
  });

  it('that come in pieces are one, whatever the pieces', () => {
    const all = new Random(3).bytes(10_000);
    const cut = new Random(4);
    const growing = new GrowingBytes();
    let got: Uint8Array = new Uint8Array(0);
    for (let at = 0; at < all.length; ) {
      const size = Math.min(cut.integer(0, 300), all.length - at);
      got = growing.add(all.subarray(at, at + size));
      at += size;
      assert.equal(Buffer.compare(got, all.subarray(0, at)), 0);
    }
    assert.equal(got.length, all.length);
  });
});
