import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checkExercise } from '../../src/exercises/check';
import { listExercises } from '../../src/exercises/files/load';
import { builtIn } from '../support/exercises';
import { cli } from '../support/house';

describe('a check that is stopped', function () {
  this.timeout(60_000);
  const exercise = listExercises({ builtIn }).exercises.find(({ file }) => file.id === 'S02')!;
  const options = { exercise, dir: join(exercise.folder, 'starter'), cli };

  it('by its time says so, and its result comes', async () => {
    const report = await checkExercise({ ...options, timeLimit: 1 });
    assert.equal(report.verdict, 'ungraded');
    assert.match(report.problem ?? '', /took longer than 0 s/);
  });

  it('by who asked for it, too', async () => {
    const stop = new AbortController();
    const checking = checkExercise({ ...options, signal: stop.signal });
    stop.abort();
    const report = await checking;
    assert.equal(report.verdict, 'ungraded');
    assert.equal(report.problem, 'the check was stopped');
  });
});
