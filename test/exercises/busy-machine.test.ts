import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Exercise } from '../../src/contracts/exercises';
import { checkExercise } from '../../src/exercises/check';
import { copyOf, ownExercise } from '../support/exercises';
import { cli } from '../support/house';

describe('a computer that has no time for the program', function () {
  this.timeout(240_000);
  // The others do not say how long a process waited for a processor.
  if (process.platform !== 'linux') return;
  let workspace: string;
  let exercise: Exercise;
  const others: ChildProcess[] = [];
  before(() => {
    ({ workspace, exercise } = ownExercise('send-back'));
  });
  afterEach(() => {
    for (const one of others.splice(0)) one.kill('SIGKILL');
  });
  after(() => rmSync(workspace, { recursive: true }));

  /** A `node` that gets a processor when hardly anybody else wants one: SCHED_IDLE, and the same for its session where those share; sched(7). */
  function meekNode(): string {
    const path = join(mkdtempSync(join(workspace, 'meek-')), 'node');
    const session = 'for n in 1 2 3 4 5 6 7 8 9; do echo 19 > /proc/self/autogroup && break; sleep 0.1; done 2> /dev/null';
    writeFileSync(path, `#!/bin/sh\n${session}\nexec chrt --idle 0 '${process.execPath}' "$@"\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('gives no verdict on a right program, and says why', async () => {
    const dir = copyOf(exercise, 'solution');
    const node = meekNode();
    for (let n = 0; n < 4 * availableParallelism(); n++) others.push(spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    const report = await checkExercise({ exercise, dir, cli, node });
    assert.equal(report.verdict, 'ungraded', report.feedback?.broke);
    assert.match(report.problem!, /^this computer was too busy to judge: .* check again$/);
    assert.equal(report.feedback, null);
    rmSync(dir, { recursive: true });
  });

  it('changes nothing for a wrong program when there is time', async () => {
    const dir = copyOf(exercise, 'wrong/as-text');
    const report = await checkExercise({ exercise, dir, cli });
    assert.equal(report.verdict, 'failed');
    rmSync(dir, { recursive: true });
  });
});
