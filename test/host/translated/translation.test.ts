import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExercisePage } from '../../../src/contracts/exercise-page';
import type { ExerciseFile } from '../../../src/contracts/exercises';
import { COMMANDS, SETTINGS } from '../../../src/contracts/ids';
import type { Parts } from '../../../src/extension';
import { root, script } from '../../support/house';
import { closeEverything, extension, next, parts, until, workspaceFolder } from '../support';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const json = <T>(...path: string[]): T => JSON.parse(readFileSync(join(root, ...path), 'utf8'));

/** Every text that package.json takes from package.nls.json: its key, and what the editor has made of it. */
function* named(raw: Json, made: unknown): Generator<{ key: string; text: unknown }> {
  if (typeof raw === 'string') {
    const key = /^%(.+)%$/.exec(raw)?.[1];
    // Where the editor wants to search in English, too, it keeps both.
    if (key !== undefined) yield { key, text: typeof made === 'object' ? (made as { value?: string } | null)?.value : made };
  } else if (typeof raw === 'object' && raw !== null)
    for (const [name, each] of Object.entries(raw)) yield* named(each, (made as { [name: string]: unknown } | undefined)?.[name]);
}

/** The window speaks another language, in which every text of the extension stands in brackets (scripts/vscode/translated-extension.mjs). */
describe('host: in another language', function () {
  this.timeout(120_000);
  let pseudo: (text: string) => string;
  let LANGUAGE: string;
  let EXERCISE: string;
  let all: Parts;
  let english: ExerciseFile;

  before(async () => {
    ({ pseudo, LANGUAGE, EXERCISE } = await script<{ pseudo(text: string): string; LANGUAGE: string; EXERCISE: string }>(
      'vscode/translated-extension.mjs',
    ));
    english = json('media', 'exercises', EXERCISE, 'exercise.json');
    all = await parts();
    await vscode.workspace
      .getConfiguration()
      .update(SETTINGS.exerciseFolder, join(workspaceFolder(), 'learn'), vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await vscode.workspace.getConfiguration().update(SETTINGS.exerciseFolder, undefined, vscode.ConfigurationTarget.Global);
    await closeEverything();
  });

  it('commands, views, settings and walkthrough have its words', () => {
    assert.equal(vscode.env.language, LANGUAGE);
    const words = json<Record<string, string>>('package.nls.json');
    const seen = [...named(json('package.json'), extension().packageJSON)];
    assert.deepEqual([...new Set(seen.map(({ key }) => key))].sort(), Object.keys(words).sort());
    for (const { key, text } of seen) assert.equal(text, pseudo(words[key]!), key);
  });

  it('messages have its words, with their values', async () => {
    assert.equal(all.exercises.service.library.whyNot('nope'), pseudo('There is no exercise "nope". Choose one from the list.'));
    const { sentence } = (await all.exercises.service.refusal(all.exercises.service.library.find(EXERCISE)!))!;
    assert.match(sentence, /^\[.+\]$/);
  });

  it('a translated exercise has them, on its page and in the feedback of a check', async () => {
    const { service, actions } = all.exercises;
    const sent = next<ExercisePage>(actions.panel.onDidSend);
    await vscode.commands.executeCommand(COMMANDS.startExercise, EXERCISE);
    const shown = await sent;
    assert.ok(shown.kind === 'exercise');
    const { title, objective, instructions, predictions } = shown.exercise;
    assert.deepEqual([title, objective], [pseudo(english.title), pseudo(english.objective)]);
    assert.match(instructions, /^# \[README\]/);
    for (const [n, { question, options }] of predictions.entries()) {
      assert.equal(question, pseudo(english.predictions![n]!.question));
      for (const option of options) assert.match(option.text, /^\[.*\]$/);
    }
    const wrong = english.wrong[0]!;
    const answers = readFileSync(join(root, 'media', 'exercises', EXERCISE, 'wrong', wrong.name, 'answers.json'), 'utf8');
    writeFileSync(join(workspaceFolder(), 'learn', EXERCISE, 'answers.json'), answers);
    await vscode.commands.executeCommand(COMMANDS.checkExercise, EXERCISE);
    await until('the end of the check', () => !service.checks.isRunning(EXERCISE), 60_000);
    const { report } = await service.view(service.library.find(EXERCISE)!);
    assert.equal(report?.feedback?.id, wrong.feedback);
    for (const part of ['broke', 'evidence', 'question'] as const) assert.match(report.feedback[part], /^\[.+\]$/s);
    assert.match(report.checks[0]!.title, /^\[.+\]$/);
  });

  it('an exercise without a translation stays in English', async () => {
    const { service } = all.exercises;
    const other = service.library.list.exercises.find(({ file }) => file.id !== EXERCISE)!;
    assert.deepEqual(other.file, json('media', 'exercises', other.file.id, 'exercise.json'));
    assert.deepEqual(service.library.list.problems, []);
  });
});
