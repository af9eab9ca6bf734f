import assert from 'node:assert/strict';
import { matchLines } from '../../src/language/line-match';

const match = (before: string, now: string): number[] => [...matchLines([...before], [...now])];

describe('lines after an edit', () => {
  const cases: [string, string, string, number[]][] = [
    ['nothing changed', 'abc', 'abc', [0, 1, 2]],
    ['a line added in front', 'abc', 'xabc', [-1, 0, 1, 2]],
    ['a line added at the end', 'abc', 'abcx', [0, 1, 2, -1]],
    ['a line changed', 'abc', 'axc', [0, -1, 2]],
    ['a line removed', 'abcd', 'abd', [0, 1, 3]],
    ['two places changed', 'abcdef', 'xbcdyf', [-1, 1, 2, 3, -1, 5]],
    ['a line moved up', 'abcd', 'acbd', [0, -1, 1, 3]],
    ['all changed', 'ab', 'xy', [-1, -1]],
    ['empty before', '', 'ab', [-1, -1]],
    ['equal lines around a change', 'a}b}c}', 'a}x}c}', [0, 1, -1, 3, 4, 5]],
  ];
  for (const [name, before, now, expected] of cases) {
    it(name, () => {
      const found = match(before, now);
      if (name === 'a line moved up') {
        // Either line may be the one that moved: one of them is kept, the other is not claimed.
        assert.equal(found.filter((line) => line === -1).length, 1);
        for (const [index, line] of found.entries()) assert.ok(line === -1 || before[line] === now[index]);
      } else assert.deepEqual(found, expected);
    });
  }

  it('never names a line that differs, never goes back, never names one twice (random texts)', () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 500; round++) {
      const before = Array.from({ length: random(30) }, () => String.fromCharCode(97 + random(8)));
      const now = [...before];
      for (let i = random(6); i > 0; i--)
        now.splice(random(now.length + 1), random(3), ...Array.from({ length: random(3) }, () => String.fromCharCode(97 + random(8))));
      const found = matchLines(before, now);
      let last = -1;
      found.forEach((line, index) => {
        if (line === -1) return;
        assert.equal(before[line], now[index]);
        assert.ok(line > last, `${before.join('')} ${now.join('')}: ${[...found]}`);
        last = line;
      });
    }
  });
});
