import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { append, nextSeed, read, summary, type VerdictLine } from '../support/verdict-log';

const line: VerdictLine = {
  ...{ at: '2026-11-30T21:00:00.000Z', build: 'b1', commit: 'c1', node: '24.1.0', exercise: 'L02', variant: 'wrong destroys', seed: 1 },
  ...{ expected: 'reset', got: 'reset', ok: true, ms: 1500, load: 4, busy: true },
};

describe('the file of verdicts', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-verdicts-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('holds what every part has appended, and survives a line that was cut off', () => {
    const file = join(folder, 'a', 'verdicts.jsonl');
    assert.deepEqual(read(file), []);
    append(file, line);
    appendFileSync(file, '{"at":"2026-11-30T21:0\n');
    append(file, { ...line, seed: 2 });
    assert.deepEqual(read(file), [line, { ...line, seed: 2 }]);
  });

  it('gives the next part seeds that no earlier one had with the same build and Node', () => {
    const lines = [line, { ...line, seed: 7 }, { ...line, seed: 20, build: 'b0' }, { ...line, seed: 30, node: '20.1.0' }];
    assert.equal(nextSeed(lines, line), 8);
    assert.equal(nextSeed(lines, { ...line, exercise: 'S01' }), 1);
  });

  it('adds up one build only, counts the least repeated variant, and shows everything that was off', () => {
    const lines = [
      ...[1, 2, 3].map((seed) => ({ ...line, seed, load: seed })),
      ...[1, 2].map((seed) => ({ ...line, variant: 'starter', seed, busy: false })),
      { ...line, seed: 4, got: 'died', ok: false, ms: 9000 },
      { ...line, seed: 5, build: 'b0', got: 'passed', ok: false },
      { ...line, node: '9.0.0' },
    ];
    const text = summary(lines, 'b1').split('\n');
    assert.match(text[0]!, /^Node 9\.0\.0: 1 checks, 0 not as expected/);
    assert.match(text[3]!, /^Node 24\.1\.0: 6 checks, 1 not as expected; load 1\.0 \/ 3\.0 \/ 4\.0 .* 4 of them with one core kept busy$/);
    assert.match(text[5]!, /^L02 +2 +6 +1\.5 s +9\.0 s +wrong destroys: died \(seed 4\)$/);
    assert.equal(text.length, 6);
  });
});
