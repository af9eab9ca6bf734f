import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { listExercises } from '../../src/exercises/files/load';
import { confusionMatrix, verifyExercise } from '../../src/exercises/verify';
import { builtIn, ownExercise } from '../support/exercises';
import { cli, nodePath, root } from '../support/house';

/** Each with its own seed. `npm run verify:exercises -- --repeat 50` and the bench ask more. */
const REPEAT = Number(process.env.SOCKETSCOPE_REPEAT ?? 1);

describe('exercises hold what they promise', function () {
  this.timeout(240_000);
  const list = listExercises({ builtIn });
  let node: string | undefined;
  before(async () => {
    node = (await nodePath(24)) ?? undefined;
  });

  it('every folder of media/exercises is a whole exercise', () => {
    assert.deepEqual(list.problems, []);
    const folders = readdirSync(builtIn, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'));
    assert.deepEqual(list.exercises.map(({ file }) => file.id).sort(), folders.map(({ name }) => name).sort());
  });

  it('checks.d.ts is the contract (else: cp src/contracts/exercise-checks.ts media/exercises/checks.d.ts)', () => {
    assert.equal(readFileSync(join(builtIn, 'checks.d.ts'), 'utf8'), readFileSync(join(root, 'src/contracts/exercise-checks.ts'), 'utf8'));
  });

  for (const exercise of list.exercises)
    it(`${exercise.file.id}: starter fails, solutions pass, every wrong one fails for its own reason`, async () => {
      const results = await verifyExercise(exercise, { cli, repeat: REPEAT, jobs: 2, node, nodeVersion: '24.0.0' });
      console.log(`      ${exercise.file.id}\n${confusionMatrix(results)}`);
      assert.deepEqual(
        results.filter(({ ok }) => !ok).map(({ variant, got }) => `${variant.kind} ${variant.name}: ${[...got.keys()].join(', ')}`),
        [],
      );
    });

  it('what `exercises new` makes holds it, too, and every write exercise has three further styles', async () => {
    const { workspace, exercise } = ownExercise('shout');
    try {
      const results = await verifyExercise(exercise, { cli, repeat: 1, jobs: 2, node, nodeVersion: '24.0.0' });
      console.log(`      new\n${confusionMatrix(results)}`);
      assert.ok(results.every(({ ok }) => ok));
    } finally {
      rmSync(workspace, { recursive: true });
    }
    for (const { file } of [exercise, ...list.exercises]) {
      if (file.type === 'write') assert.ok((file.styles ?? []).length >= 3, `${file.id} has ${file.styles?.length ?? 0} styles`);
      assert.ok(file.wrong.length >= 4, `${file.id} has ${file.wrong.length} wrong solutions`);
    }
  });
});
