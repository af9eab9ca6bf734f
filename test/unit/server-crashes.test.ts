import assert from 'node:assert/strict';
import { ServerCrashes } from '../../src/vscode/language/server-crashes';

describe('a language server that ends by itself', () => {
  const RESTART = 2;
  const STAY_AWAY = 1;
  let said: string[];
  let time: number;
  let crashes: ServerCrashes;
  beforeEach(() => {
    said = [];
    time = 0;
    const keep = (text: string) => void said.push(text);
    crashes = new ServerCrashes(
      { warn: keep, error: keep },
      (message) => message,
      () => time,
    );
  });
  const end = (after: number) => {
    time += after;
    return crashes.closed().action;
  };

  it('is started again, and the learner is told once', () => {
    assert.deepEqual([1000, 60_000, 3_600_000].map(end), [RESTART, RESTART, RESTART]);
    assert.equal(said.length, 1);
    assert.match(said[0]!, /was started again/);
  });

  it('stays away after five times within three minutes, which is said with what to do', () => {
    assert.deepEqual([0, 1000, 1000, 1000, 1000].map(end), [RESTART, RESTART, RESTART, RESTART, STAY_AWAY]);
    assert.equal(said.length, 2);
    assert.match(said[1]!, /reload the window/);
  });

  it('may end five times in a longer time', () => {
    assert.ok([0, 60_000, 60_000, 60_000, 60_000, 60_000].map(end).every((action) => action === RESTART));
  });
});
