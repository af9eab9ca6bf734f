import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExerciseWords } from '../../src/contracts/exercises';
import { checkExercise } from '../../src/exercises/check';
import { languagesOf } from '../../src/exercises/files/exercise-words';
import { listExercises, WORKSPACE_EXERCISES } from '../../src/exercises/files/load';
import { newExercise } from '../../src/exercises/files/new-exercise';
import { builtIn } from '../support/exercises';
import { cli } from '../support/house';

describe('an exercise in another language', () => {
  let workspace: string;
  let own: string;
  beforeEach(() => {
    workspace = mkdtempSync(join(tmpdir(), 'socketscope-words-'));
    own = join(workspace, WORKSPACE_EXERCISES);
    newExercise('shout', workspace, builtIn);
  });
  afterEach(() => rmSync(workspace, { recursive: true, force: true }));

  const write = (language: string, words: unknown) =>
    writeFileSync(join(own, 'shout', `exercise.${language}.json`), typeof words === 'string' ? words : JSON.stringify(words));
  const listed = (language?: string) => {
    const { exercises, problems } = listExercises({ builtIn, own: [own], language });
    return { exercise: exercises.find(({ file }) => file.id === 'shout')!, problems };
  };

  it('has the words of the nearest language, and its own where one is missing', () => {
    const english = listed().exercise;
    const id = Object.keys(english.file.feedback)[0]!;
    const words: ExerciseWords = { title: 'Rufe laut', feedback: { [id]: { broke: 'Kaputt.' } } };
    write('de', words);
    write('de-at', { title: 'Schrei' });
    assert.equal(listed('de-AT').exercise.file.title, 'Schrei');
    const { exercise, problems } = listed('de-CH');
    assert.deepEqual(problems, []);
    assert.equal(exercise.file.title, 'Rufe laut');
    assert.deepEqual(exercise.file.feedback[id], { ...english.file.feedback[id], broke: 'Kaputt.' });
    assert.deepEqual({ ...exercise.file, title: '', feedback: {} }, { ...english.file, title: '', feedback: {} });
    for (const language of ['en', 'en-GB', 'fr', undefined]) assert.deepEqual(listed(language).exercise, english, language);
  });

  it('stays in English when its words cannot be used, and says so; what decides a verdict cannot be said there', () => {
    for (const [words, what] of [
      ['{', /exercise\.de\.json: cannot be used, so the exercise stays in English: /],
      [{ title: 5 }, /exercise\.de\.json: title .*; the exercise stays in English$/],
      [{ entry: 'other.mjs' }, /exercise\.de\.json: .*entry.*; the exercise stays in English$/],
      [{ hints: ['eins'] }, /exercise\.de\.json: hints .*; the exercise stays in English$/],
      [{ feedback: { x: { misconception: 'M01' } } }, /exercise\.de\.json: feedback\.x.*; the exercise stays in English$/],
    ] as const) {
      write('de', words);
      const { exercise, problems } = listed('de');
      assert.equal(exercise.file.title, listed().exercise.file.title);
      assert.match(problems[0]!.sentence, what);
    }
  });

  it('is checked as in English, and the report has its words', async () => {
    const dir = join(workspace, 'work');
    cpSync(join(own, 'shout', 'starter'), dir, { recursive: true });
    const english = await checkExercise({ exercise: listed().exercise, dir, cli });
    const check = english.checks.find(({ status }) => status === 'failed')!;
    const { id } = english.feedback!;
    write('de', {
      title: 'Rufe laut',
      feedback: { [id]: { broke: 'Kaputt.', question: 'Warum?' } },
      titles: { [check.id]: 'Die Prüfung', [english.scenarios[0]!.id]: 'Der Lauf' },
    });
    const german = await checkExercise({ exercise: listed('de').exercise, dir, cli });
    assert.equal(german.verdict, english.verdict);
    assert.deepEqual(
      german.checks.map((each) => [each.id, each.status]),
      english.checks.map((each) => [each.id, each.status]),
    );
    assert.equal(german.feedback!.id, id);
    assert.equal(german.feedback!.broke, 'Kaputt.');
    assert.equal(german.feedback!.question, 'Warum?');
    assert.equal(german.checks.find((each) => each.id === check.id)!.title, 'Die Prüfung');
    assert.equal(german.scenarios[0]!.title, 'Der Lauf');
  }).timeout(60_000);

  it('is looked for by whole name and by language, never by what is no language', () => {
    assert.deepEqual(languagesOf('pt-BR'), ['pt-br', 'pt']);
    assert.deepEqual(languagesOf('de'), ['de']);
    for (const none of ['en', 'en-US', '../x', '']) assert.deepEqual(languagesOf(none), []);
  });
});
