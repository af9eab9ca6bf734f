import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExerciseFile } from '../../src/contracts/exercises';
import type { JsonObject } from '../../src/contracts/trace';
import { checkExercise } from '../../src/exercises/check';
import { listExercises, readSchema } from '../../src/exercises/files/load';
import { newExercise } from '../../src/exercises/files/new-exercise';
import { schemaProblems } from '../../src/exercises/files/schema-check';
import { builtIn, copyOf, ours, ownExercise } from '../support/exercises';
import { cli } from '../support/house';

describe('files of exercises', function () {
  this.timeout(240_000);
  let workspace: string;
  let folder: string;
  let good: ExerciseFile;
  beforeEach(() => {
    const made = ownExercise('mine');
    workspace = made.workspace;
    folder = made.exercise.folder;
    good = made.exercise.file;
  });
  afterEach(() => rmSync(workspace, { recursive: true }));

  /** The one sentence about the broken exercise, while ours are all there. */
  const problem = (text: string): string => {
    writeFileSync(join(folder, 'exercise.json'), text);
    const list = listExercises({ builtIn, own: [join(workspace, '.socketscope', 'exercises')] });
    assert.ok(list.exercises.some(({ file }) => file.id === 'S01'));
    assert.equal(list.problems.length, 1, JSON.stringify(list.problems));
    return list.problems[0]!.sentence;
  };
  const changed = (change: object) => problem(JSON.stringify({ ...good, ...change }));

  it('names file and field of what is wrong', () => {
    assert.match(problem('{'), /mine\/exercise\.json: is not JSON/);
    assert.match(problem('[]'), /the file must be an object/);
    assert.match(changed({ version: 2 }), /comes from a newer Socketscope \(version 2, this one knows 1\)/);
    assert.match(changed({ title: undefined }), /the file has no "title"/);
    assert.match(changed({ colour: 'red' }), /has "colour", which there is no such field for/);
    assert.match(changed({ type: 'essay' }), /type must be one of predict, fix, write, lab/);
    assert.match(changed({ difficulty: 9 }), /difficulty must be at most 5/);
    assert.match(changed({ hints: ['one hint, long enough'] }), /hints must have exactly 3 entries/);
    assert.match(changed({ sources: [{ title: 'abc', url: 'ftp://x' }] }), /sources\[0\]\.url must look like/);
    assert.match(changed({ files: ['../../etc/passwd'] }), /files\[0\] must look like/);
    assert.match(changed({ id: 'other' }), /id is "other", the folder is "mine"/);
    assert.match(changed({ entry: 'client.mjs' }), /entry "client\.mjs" is not in files/);
    assert.match(changed({ wrong: [{ name: 'as-text', feedback: 'nope', says: 'something' }] }), /wrong\[0\] names the feedback "nope"/);
    assert.match(
      changed({ wrong: [{ name: 'nobody', feedback: 'bytes-changed', says: 'something' }] }),
      /there is no folder wrong\/nobody/,
    );
    assert.match(changed({ files: ['server.mjs', 'gone.mjs'] }), /files names "gone\.mjs", which is not in starter/);
    assert.match(changed({ type: 'predict' }), /there are no predictions/);
    rmSync(join(folder, 'exercise.json'));
    mkdirSync(join(folder, 'exercise.json'));
    assert.match(listExercises({ builtIn, own: [join(workspace, '.socketscope', 'exercises')] }).problems[0]!.sentence, /cannot be read/);
  });

  it('refuses an id that is there already, and names of new exercises that will not do', () => {
    const own = join(workspace, '.socketscope', 'exercises');
    newExercise('S01', workspace, builtIn);
    assert.match(listExercises({ builtIn, own: [own] }).problems[0]!.sentence, /the id S01 is that of/);
    assert.throws(() => newExercise('mine', workspace, builtIn), /is there already/);
    assert.throws(() => newExercise('../x', workspace, builtIn), /must be a letter, then letters/);
    assert.ok(existsSync(join(own, 'checks.d.ts')) && existsSync(join(own, 'exercise.schema.json')));
  });

  it('understands every word of its own schema, and no other', () => {
    assert.deepEqual(schemaProblems(good as unknown as JsonObject, readSchema(builtIn)), []);
    assert.throws(() => schemaProblems({}, { type: 'object', oneOf: [] }), /the schema uses "oneOf"/);
  });

  it('says in the report what is wrong with a checks.mjs, and what the learner has deleted', async () => {
    const dir = copyOf({ folder, origin: 'workspace', file: good }, 'solution');
    const path = join(folder, 'checks.mjs');
    const text = readFileSync(path, 'utf8');
    const says = async (changed: string) => {
      writeFileSync(path, changed);
      const report = await checkExercise({ exercise: { folder, origin: 'workspace', file: good }, dir, cli, timeLimit: 15_000 });
      assert.equal(report.verdict, 'ungraded');
      return report.problem!;
    };
    assert.match(await says('export default {'), /checks\.mjs: cannot be loaded/);
    assert.match(await says('export default {};'), /must have "scenarios" and "checks"/);
    assert.match(
      await says(text.replace("clients.peer.met('parts')", 'clients.peer.mat()')),
      /checks\.mjs:\d+: the check parts failed: .*not a function/,
    );
    assert.match(await says(text.replace("clients.peer.met('parts')", "'yes'")), /the check parts gave no verdict/);
    assert.match(
      await says(text.replace('test: ({ clients }) => clients.outcome', 'test: ({ clients }) => clients.outcome.nothing.at')),
      /the check alive failed/,
    );
    assert.match(await says(`process.exit(5);${text}`), /ended before it had a result \(exit code 5\)/);
    assert.match(await says(`while (true);${text}`), /took longer than 15 s and was stopped/);
    writeFileSync(path, text);
    rmSync(join(dir, 'server.mjs'));
    assert.match(await says(text), /server\.mjs: there is no such file; the exercise runs it/);
    rmSync(dir, { recursive: true });
  });

  it('refuses answers that cannot be understood', async () => {
    const dir = copyOf(ours('S01'), 'solution');
    for (const [text, says] of [
      ['{', /answers\.json: is not JSON/],
      ['{}', /has no "answers"/],
      ['{"version":3,"answers":{}}', /newer Socketscope \(version 3\)/],
    ] as const) {
      writeFileSync(join(dir, 'answers.json'), text);
      const report = await checkExercise({ exercise: ours('S01'), dir, cli });
      assert.equal(report.verdict, 'ungraded');
      assert.match(report.problem!, says);
    }
    rmSync(dir, { recursive: true });
  });
});
