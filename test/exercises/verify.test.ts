import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkFolders } from '../../src/exercises/check';
import { ExamProcess } from '../../src/exercises/exam-process';
import { listExercises } from '../../src/exercises/files/load';
import { confusionMatrix, verifyExercise } from '../../src/exercises/verify';
import { builtIn, copyOf, ours, ownExercise } from '../support/exercises';
import { cli, nodePath, root } from '../support/house';

/**
 * Each with its own seed. Programs of learners once: 130 variants with up to six runs each take minutes as it is. Predictions three times: one
 * run serves all their answers. `npm run verify:exercises -- --repeat 50` and the bench ask more.
 */
const REPEAT = process.env.SOCKETSCOPE_REPEAT;
const repeats = (type: string) => Number(REPEAT ?? (type === 'predict' ? 3 : 1));

describe('exercises hold what they promise', function () {
  this.timeout(480_000);
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
      const results = await verifyExercise(exercise, { cli, repeat: repeats(exercise.file.type), jobs: 2, node, nodeVersion: '24.0.0' });
      console.log(`      ${exercise.file.id}\n${confusionMatrix(results)}`);
      assert.deepEqual(
        results.filter(({ ok }) => !ok).map(({ variant, got }) => `${variant.kind} ${variant.name}: ${[...got.keys()].join(', ')}`),
        [],
      );
    });

  it('answers about one program are held against one run of it, with a verdict each', async () => {
    const exercise = ours('S01');
    const dirs = ['starter', 'solution', 'wrong/port-zero'].map((folder) => copyOf(exercise, folder));
    const exam = new ExamProcess(cli);
    try {
      const reports = await checkFolders(exam, [...dirs, '/no/such/folder'], { exercise, node });
      assert.deepEqual(
        reports.map(({ verdict }) => verdict),
        ['failed', 'passed', 'failed', 'ungraded'],
      );
      // It prints a port that the kernel chose.
      assert.equal(new Set(reports.slice(0, 3).map(({ scenarios }) => scenarios[0]?.stdout)).size, 1);
      assert.equal(reports[2]!.feedback?.id, 'port-zero');
      assert.match(reports[3]!.problem ?? '', /there is no such folder/);
      const [again] = await checkFolders(exam, [dirs[1]!], { exercise, node });
      assert.equal(again!.verdict, 'passed');
      assert.notEqual(again!.scenarios[0]!.stdout, reports[1]!.scenarios[0]!.stdout);
    } finally {
      await exam.close();
      for (const dir of dirs) rmSync(dir, { recursive: true });
    }
  });

  it('a check that was going on when it was called off is no verdict', async () => {
    const stop = new AbortController();
    const verifying = verifyExercise(ours('S02'), { cli, repeat: 1, jobs: 2, node, signal: stop.signal });
    stop.abort();
    for (const { got } of await verifying) assert.deepEqual([...got.keys()], []);
  });

  it('no style is forced: every write exercise has solutions with callbacks, an async iterator, a pipeline, and in TypeScript', () => {
    for (const { folder, file } of list.exercises) {
      if (file.type !== 'write') continue;
      const styles = join(folder, 'styles');
      const texts = readdirSync(styles, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name, parentPath }) => ({ name, text: readFileSync(join(parentPath, name), 'utf8') }));
      assert.ok((file.styles ?? []).length >= 3, `${file.id} has ${file.styles?.length ?? 0} styles`);
      assert.deepEqual(readdirSync(styles).sort(), (file.styles ?? []).map(({ name }) => name).sort());
      assert.ok(
        texts.some(({ name }) => /\.m?ts$/.test(name)),
        `${file.id}: none in TypeScript`,
      );
      for (const [what, pattern] of [
        ['callbacks', /\.on\(|createServer\(\(|createSocket\([^)]*, \(/],
        ['an async iterator', /for await/],
        ['a pipeline', /pipeline\(|\.pipe\(/],
      ] as const)
        assert.ok(
          texts.some(({ text }) => pattern.test(text)),
          `${file.id}: none with ${what}`,
        );
    }
  });

  it('what `exercises new` makes holds it, too, and each has four wrong solutions', async () => {
    const { workspace, exercise } = ownExercise('shout');
    try {
      const results = await verifyExercise(exercise, { cli, repeat: 1, jobs: 2, node, nodeVersion: '24.0.0' });
      console.log(`      new\n${confusionMatrix(results)}`);
      assert.ok(results.every(({ ok }) => ok));
    } finally {
      rmSync(workspace, { recursive: true });
    }
    for (const { file } of [exercise, ...list.exercises]) {
      assert.ok(file.wrong.length >= 4, `${file.id} has ${file.wrong.length} wrong solutions`);
    }
  });
});
