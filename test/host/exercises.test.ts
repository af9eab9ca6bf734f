import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ExercisePage, ExerciseView } from '../../src/contracts/exercise-page';
import type { Answers, CheckReport } from '../../src/contracts/exercises';
import { COMMANDS, INTERNAL_COMMANDS, SETTINGS } from '../../src/contracts/ids';
import { newExercise } from '../../src/exercises/files/new-exercise';
import type { Parts } from '../../src/extension';
import { ExerciseService } from '../../src/vscode/exercises/exercise-service';
import { ProgressFile } from '../../src/vscode/exercises/progress-file';
import { extensionPaths } from '../../src/vscode/paths';
import { Settings } from '../../src/vscode/settings';
import { root } from '../support/house';
import { closeEverything, extension, isRunning, next, parts, RecordedMessages, until, workspaceFolder } from './support';

const media = join(root, 'media', 'exercises');
const answersOf = (folder: string): Answers => JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'));

/** What a verdict is made of: everything but times, seeds of the machine and places of traces. */
const verdict = ({ verdict: said, points, of, feedback, checks, trouble }: CheckReport) => ({
  said,
  points,
  of,
  feedback: feedback?.id ?? null,
  trouble,
  checks: checks.map(({ id, status, feedback: own }) => ({ id, status, feedback: own?.id ?? null })),
});

/** The same folder, checked by the command line. */
function checkedByCli(id: string, dir: string): Promise<CheckReport> {
  return new Promise((done, fail) =>
    execFile(process.execPath, [join(root, 'dist', 'cli.js'), 'check', id, '--dir', dir, '--json'], (error, stdout) => {
      if (stdout === '') fail(error);
      else done(JSON.parse(stdout));
    }),
  );
}

describe('host: exercises', function () {
  this.timeout(120_000);
  let all: Parts;
  let exercises: Parts['exercises'];
  let learn: string;

  const folder = (id: string) => join(learn, id);
  const exercise = (id: string) => exercises.service.library.find(id)!;
  const page = (): Promise<ExerciseView> => exercises.service.view(exercise(exercises.actions.panel.exercise!));
  const idle = (id: string) => until('the end of the check', () => !exercises.service.checks.isRunning(id), 60_000);

  before(async () => {
    all = await parts();
    exercises = all.exercises;
    learn = join(workspaceFolder(), 'learn');
    await vscode.workspace.getConfiguration().update(SETTINGS.exerciseFolder, learn, vscode.ConfigurationTarget.Global);
  });
  after(async () => {
    await vscode.workspace.getConfiguration().update(SETTINGS.exerciseFolder, undefined, vscode.ConfigurationTarget.Global);
    await closeEverything();
  });

  it('S01 starts: its files, the program on the left, the page beside, no right answer in it', async () => {
    const sent = next<ExercisePage>(exercises.actions.panel.onDidSend);
    await vscode.commands.executeCommand(COMMANDS.startExercise, 'S01');
    const shown = await sent;
    assert.ok(shown.kind === 'exercise');
    assert.equal(shown.exercise.id, 'S01');
    assert.equal(shown.exercise.progress.state, 'started');
    assert.match(shown.exercise.dir ?? '', /learn.S01$/);
    assert.match(shown.exercise.instructions, /^# What does one line of listen/);
    assert.deepEqual(readdirSync(folder('S01')).sort(), ['answers.json', 'listen.mjs']);
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === join(folder('S01'), 'listen.mjs'));
    assert.equal(editor?.viewColumn, vscode.ViewColumn.One);
    assert.equal(exercises.actions.panel.column, vscode.ViewColumn.Two);
    assert.equal(shown.exercise.predictions.length, 6);
    for (const { result, options } of shown.exercise.predictions) {
      assert.equal(result, null);
      for (const option of options) assert.deepEqual(Object.keys(option), ['id', 'text']);
    }
    assert.equal(shown.exercise.explanation, null);
  });

  const lenses = async () => {
    const uri = vscode.Uri.file(join(folder('S01'), 'listen.mjs'));
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
    return found.map(({ command }) => command?.title ?? '');
  };

  const hoverAtListen = async (): Promise<string> => {
    const uri = vscode.Uri.file(join(folder('S01'), 'listen.mjs'));
    const found = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, new vscode.Position(4, 10));
    return found.flatMap(({ contents }) => (contents as vscode.MarkdownString[]).map(({ value }) => value)).join('\n');
  };

  it('nothing over its lines tells what is to be predicted', async () => {
    await until('the language server', () => all.language.ready());
    await until('a hover', async () => (await hoverAtListen()).includes('after you have predicted'));
    assert.doesNotMatch(await hoverAtListen(), /bind|`server\.listen/);
    assert.deepEqual(
      (await lenses()).filter((title) => /bind|Run and trace/.test(title)),
      [],
    );
  });

  it('S01 is not run before every question has an answer; answers are kept in answers.json', async () => {
    const { panel } = exercises.actions;
    const refusal = await exercises.service.refusal(exercise('S01'));
    assert.match(refusal?.sentence ?? '', /6 questions of S01 have no answer yet.*"I don't know" is an answer/);
    assert.equal(await vscode.commands.executeCommand(COMMANDS.checkExercise), null);
    assert.equal((await page()).report, null);
    const right: Answers = JSON.parse(readFileSync(join(media, 'S01', 'solution', 'answers.json'), 'utf8'));
    for (const [prediction, answer] of Object.entries(right.answers))
      panel.receive({ type: 'answer', prediction, answer: { ...answer, confidence: 3 } });
    panel.receive({ type: 'answer', prediction: 'state-at-b', answer: { answer: 'ESTABLISHED', confidence: 4 } });
    await until('the last answer', () => answersOf(folder('S01')).answers['state-at-b']?.answer === 'ESTABLISHED');
    assert.equal(answersOf(folder('S01')).answers.accept?.confidence, 3);
    assert.equal(await exercises.service.refusal(exercise('S01')), null);
  });

  it('S01 with a wrong answer fails with its feedback, side by side with what happened, as the command line says', async () => {
    exercises.actions.panel.receive({ type: 'act', action: 'check' });
    await until('the check', () => exercises.service.checks.isRunning('S01'));
    assert.ok((await page()).running);
    await idle('S01');
    const view = await until('the report', async () => ((await page()).report ? page() : null));
    assert.equal(view.report?.verdict, 'failed');
    assert.equal(view.report?.feedback?.id, 'wrong-state');
    const state = view.predictions.find(({ id }) => id === 'state-at-b')?.result;
    assert.deepEqual([state?.status, state?.given, state?.actual], ['wrong', 'ESTABLISHED', 'LISTEN']);
    await until('the lenses, now that it has run', async () => (await lenses()).some((title) => title.includes('bind')));
    await until('the hover, too', async () => (await hoverAtListen()).includes('bind'));
    assert.equal(view.predictions.filter(({ result }) => result?.status === 'right').length, 5);
    assert.equal(view.moments.length, 1);
    assert.equal(view.explanation, null);
    const { report } = exercises.service.checks.report(exercise('S01'), folder('S01'));
    assert.deepEqual(verdict(report!), verdict(await checkedByCli('S01', folder('S01'))));
  });

  it('"show me" opens the timeline at the step, in the column of the page, and marks the line of the learner\'s own copy', async () => {
    const { evidence } = (await page()).report!;
    const stepped = next(all.timelines.onDidStep, ({ step }) => step === evidence[0]!.seq);
    exercises.actions.panel.receive({ type: 'step', scenario: evidence[0]!.scenario, seq: evidence[0]!.seq });
    const { view, site } = await stepped;
    assert.match(view.trace.uri.fsPath, /exercises.checks.S01.*listen\.socktrace$/);
    assert.equal(view.panel.viewColumn, vscode.ViewColumn.Two);
    if (site !== null) assert.equal(site.file, join(folder('S01'), 'listen.mjs'));
    exercises.actions.panel.receive({ type: 'moment', index: 0, option: 1 });
    const moment = await until('the answer', async () => (await page()).moments[0]?.picked);
    assert.equal(moment.right, false);
  });

  it('S01 with right answers passes: explanation, progress, and what comes next', async () => {
    exercises.actions.panel.receive({ type: 'answer', prediction: 'state-at-b', answer: { answer: 'LISTEN', confidence: 2 } });
    await until('the answer', () => answersOf(folder('S01')).answers['state-at-b']?.answer === 'LISTEN');
    await until('a stale report', async () => (await page()).report?.stale);
    const report = await exercises.actions.check(exercise('S01'));
    assert.equal(report?.verdict, 'passed');
    const view = await page();
    assert.match(view.explanation ?? '', /createServer makes only a JavaScript object/);
    assert.equal(view.progress.state, 'passed');
    assert.equal(view.progress.attempts, 2);
    assert.equal(view.report?.stale, false);
    assert.equal(view.next?.id, 'S02');
    const kept = JSON.parse(readFileSync(exercises.service.progress.path, 'utf8'));
    assert.equal(kept.exercises.S01.state, 'passed');
    // Traces of two checks at most.
    assert.equal(readdirSync(join(exercises.service.progress.path, '..', 'checks', 'S01')).length, 2);
  });

  it('S04, to be written: the starter fails in the Testing view, at the line that shows it, with the step to open', async () => {
    await exercises.actions.start('S04');
    const entry = join(folder('S04'), 'server.mjs');
    const { tests } = exercises;
    tests.fill();
    const item = tests.item('S04')!;
    assert.equal(item.uri?.fsPath, entry);
    assert.ok(item.range, 'a place for the run button');
    assert.equal(tests.item('U01')?.uri, undefined, 'not started, and listed');
    assert.ok(tests.item('U01')!.children.size > 0, 'its questions are checks');
    const results = await recorded(() => tests.run(new vscode.TestRunRequest([item]), new vscode.CancellationTokenSource().token));
    const { report } = exercises.service.checks.report(exercise('S04'), folder('S04'));
    assert.equal(report?.feedback?.id, 'no-address');
    assert.equal(results.get('S04')?.outcome, 'failed');
    for (const { id, status } of report!.checks) assert.equal(results.get(`S04/${id}`)?.outcome, status, id);
    const message = results.get('S04')!.message!;
    const text = (message.message as vscode.MarkdownString).value;
    assert.match(text, new RegExp(`command:${INTERNAL_COMMANDS.showStep}\\?`));
    const { line } = report!.evidence[0]!.site!;
    assert.match(readFileSync(entry, 'utf8').split('\n')[line - 1]!, /listen\(/, 'the line that proves it');
    assert.equal(message.location?.uri.fsPath, entry);
    assert.equal(message.location!.range.start.line + 1, line);
    // The same line has a remark, which says what broke and not what to do.
    const remarks = vscode.languages.getDiagnostics(vscode.Uri.file(entry)).filter(({ code }) => code === 'S04');
    assert.deepEqual(
      remarks.map(({ range }) => range.start.line + 1),
      [line],
    );
    assert.equal(remarks[0]?.source, 'Socketscope');
    assert.ok(remarks[0]?.message.includes(report!.feedback!.broke));
    // The menu of the message goes to the step.
    const stepped = next(all.timelines.onDidStep, ({ step }) => step === report!.evidence[0]!.seq);
    await vscode.commands.executeCommand(COMMANDS.showEvidence, { test: item, message });
    assert.match((await stepped).view.trace.uri.fsPath, /checks.S04/);
    // Typing takes the remark away: it is about another text.
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(entry));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// mine\n'));
    await until('no remark', () => vscode.languages.getDiagnostics(vscode.Uri.file(entry)).every(({ code }) => code !== 'S04'));
  });

  it('L02, to be repaired: starter and solution have the verdict of the command line; what is typed is saved before', async () => {
    await exercises.actions.start('L02');
    const entry = join(folder('L02'), 'server.mjs');
    const failed = await exercises.actions.check(exercise('L02'));
    assert.equal(failed?.feedback?.id, 'answer-lost');
    assert.deepEqual(verdict(failed!), verdict(await checkedByCli('L02', folder('L02'))));
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(entry));
    const solution = readFileSync(join(media, 'L02', 'solution', 'server.mjs'), 'utf8');
    await editor.edit((edit) => edit.replace(new vscode.Range(0, 0, editor.document.lineCount, 0), solution));
    await until('an unsaved file', () => editor.document.isDirty);
    const passed = await vscode.commands.executeCommand<CheckReport>(COMMANDS.checkExercise);
    assert.equal(editor.document.isDirty, false);
    assert.equal(passed?.exercise, 'L02', 'the exercise of the active file');
    assert.equal(passed?.verdict, 'passed');
    assert.deepEqual(verdict(passed), verdict(await checkedByCli('L02', folder('L02'))));
  });

  it('a run of the Testing view is cancelled with every process', async () => {
    await exercises.actions.start('S02');
    const pids = join(folder('S02'), 'pids.txt');
    writeFileSync(
      join(folder('S02'), 'server.mjs'),
      `import { spawn } from 'node:child_process';\nimport { writeFileSync } from 'node:fs';\n` +
        `process.on('SIGTERM', () => {});\nprocess.on('SIGHUP', () => {});\n` +
        `const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: 'ignore' });\n` +
        `writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid + '.');\nsetInterval(() => {}, 1000);\n`,
    );
    const cancel = new vscode.CancellationTokenSource();
    const running = recorded(() => exercises.tests.run(new vscode.TestRunRequest([exercises.tests.item('S02')!]), cancel.token));
    const started = await until('both programs', () => {
      const text = existsSync(pids) ? readFileSync(pids, 'utf8') : '';
      return text.endsWith('.') ? text.slice(0, -1).split(' ').map(Number) : null;
    });
    assert.equal(started.length, 2);
    cancel.cancel();
    const results = await running;
    assert.equal(results.get('S02')?.outcome, 'skipped');
    assert.deepEqual(started.filter(isRunning), []);
    assert.equal(exercises.service.checks.isRunning('S02'), false);
    assert.equal(exercises.service.checks.report(exercise('S02'), folder('S02')).report, null, 'no verdict');
  });

  it('a second check of the same exercise stops the first', async () => {
    const first = exercises.service.check(exercise('S04'));
    await until('the first', () => exercises.service.checks.isRunning('S04'));
    const second = await exercises.service.check(exercise('S04'));
    assert.equal(await first, null);
    assert.equal(second?.verdict, 'failed');
  });

  it("a teacher's exercise of the workspace is listed, started and graded; a broken one is one sentence", async () => {
    newExercise('shout', workspaceFolder(), media);
    const broken = join(workspaceFolder(), '.socketscope', 'exercises', 'broken');
    mkdirSync(broken, { recursive: true });
    writeFileSync(join(broken, 'exercise.json'), '{ "version": 99 }');
    await until('the exercise', () => exercises.service.library.find('shout'));
    await until('the problem', () => exercises.service.library.list.problems.length === 1);
    assert.match(exercises.service.library.list.problems[0]!.sentence, /newer Socketscope \(version 99/);
    assert.match(exercises.service.library.whyNot('broken'), /newer Socketscope/);
    const { tree } = exercises;
    const roots = tree.getChildren();
    assert.deepEqual(roots.at(-1), { kind: 'problems' });
    const problem = tree.getTreeItem(tree.getChildren({ kind: 'problems' })[0]!);
    assert.match(String(problem.tooltip), /newer Socketscope/);
    await exercises.actions.start('shout');
    assert.equal((await exercises.actions.check(exercise('shout')))?.verdict, 'failed');
    for (const name of readdirSync(join(exercise('shout').folder, 'solution')))
      writeFileSync(join(folder('shout'), name), readFileSync(join(exercise('shout').folder, 'solution', name), 'utf8'));
    assert.equal((await exercises.actions.check(exercise('shout')))?.verdict, 'passed');
    // A track of one: its end is a page of its own.
    exercises.actions.panel.receive({ type: 'act', action: 'next' });
    const end = await until('the end of the track', () => exercises.actions.panel.what?.kind === 'track-end');
    assert.ok(end);
    rmSync(broken, { recursive: true });
    await until('no problem', () => exercises.service.library.list.problems.length === 0);
  });

  it('the view has tracks with states in words', () => {
    const { tree } = exercises;
    const items = tree.getChildren().map((node) => tree.getTreeItem(node));
    assert.ok(items.some(({ label }) => label === '1 A socket is born'));
    const first = tree.getChildren().find((node) => node.kind === 'track' && node.track.name === '1 A socket is born')!;
    const rows = tree.getChildren(first).map((node) => tree.getTreeItem(node));
    assert.match(String(rows[0]?.description), /^passed · 10 min$/);
    assert.match(rows[0]?.accessibilityInformation?.label ?? '', /^S01, What does one line.*, predict, 10 min, difficulty 1 of 5, passed$/);
    assert.equal(rows[0]?.contextValue, 'exercise started');
  });

  it('the quiz asks, says why, and brings back what was missed', async () => {
    await vscode.commands.executeCommand(COMMANDS.quiz);
    const { panel } = exercises.actions;
    assert.deepEqual(panel.what, { kind: 'quiz' });
    const first = exercises.quiz.view()!;
    assert.equal(first.number, 1);
    panel.receive({ type: 'quiz-answer', option: null });
    const answered = exercises.quiz.view()!;
    assert.equal(answered.picked?.right, false);
    assert.ok(answered.picked?.again, 'it comes back');
    for (let n = first.of; n > 0; n--) {
      if (n < first.of) panel.receive({ type: 'quiz-answer', option: null });
      panel.receive({ type: 'quiz-next' });
    }
    assert.deepEqual([exercises.quiz.view()?.score?.right, exercises.quiz.view()?.score?.of], [0, first.of]);
    assert.equal(exercises.quiz.view()?.score?.reviews.length, first.of);
    assert.equal(exercises.service.progress.value.quiz[first.item!.id]?.wrong, 1);
  });

  /** What a run of the Testing view said of each item. */
  async function recorded(run: () => Promise<void>): Promise<Map<string, { outcome: string; message?: vscode.TestMessage }>> {
    const results = new Map<string, { outcome: string; message?: vscode.TestMessage }>();
    const { controller } = exercises.tests;
    const create = controller.createTestRun;
    controller.createTestRun = (...args) => {
      const real = create.apply(controller, args);
      const outcomes = ['passed', 'failed', 'skipped', 'errored'];
      return new Proxy(real, {
        get: (target, name: keyof vscode.TestRun) => {
          const value = target[name];
          if (typeof value !== 'function') return value;
          return (item: vscode.TestItem, message?: vscode.TestMessage) => {
            if (outcomes.includes(name)) results.set(item.id, { outcome: name, message });
            return (value as (...all: unknown[]) => unknown).call(target, item, message);
          };
        },
      });
    };
    try {
      await run();
    } finally {
      controller.createTestRun = create;
    }
    return results;
  }
});

describe('host: exercises, what is refused and what is asked', function () {
  this.timeout(60_000);
  let scratch: string;
  let messages: RecordedMessages;
  let service: ExerciseService;
  let trusted: boolean;
  let chosen: string | null;

  const exercise = (id: string) => service.library.find(id)!;

  beforeEach(() => {
    scratch = mkdtempSync(join(tmpdir(), 'sk-exercises-'));
    messages = new RecordedMessages();
    trusted = true;
    chosen = join(scratch, 'learn');
    const paths = extensionPaths(extension().extensionPath);
    const storage = join(scratch, 'storage');
    service = new ExerciseService({
      paths,
      settings: new Settings(),
      messages,
      storage,
      trusted: () => trusted,
      folder: async () => chosen,
    });
  });
  afterEach(async () => {
    await service.checks.stopAll();
    service.dispose();
    await closeEverything();
    rmSync(scratch, { recursive: true, force: true });
  });

  const said = () => messages.said.map(({ text }) => text);

  it('an id that nobody has, and a folder that nobody chose', async () => {
    assert.equal(service.need('X99'), null);
    assert.deepEqual(said(), ['There is no exercise "X99". Choose one from the list.']);
    chosen = null;
    assert.equal(await service.start(exercise('S01')), null);
    assert.equal(service.dirOf(exercise('S01')), null);
  });

  it('a check in a workspace that is not trusted; starting and reading work', async () => {
    trusted = false;
    assert.ok(await service.start(exercise('B02')));
    assert.equal(await service.check(exercise('B02')), null);
    assert.match(said()[0]!, /only in a trusted workspace/);
    assert.deepEqual(Object.keys(messages.said[0]!.actions), ['Manage Workspace Trust']);
    assert.equal((await service.view(exercise('B02'))).report, null);
  });

  it('a folder that cannot be written', async () => {
    mkdirSync(join(scratch, 'learn'));
    writeFileSync(join(scratch, 'learn', 'B02'), 'a file where the folder should be');
    assert.equal(await service.start(exercise('B02')), null);
    assert.match(said()[0]!, /a file is where the folder should be; choose another folder/);
    assert.equal(service.stateOf(exercise('B02')).state, 'new');
  });

  it('a file that the learner deleted, and a folder that is gone; both come back', async () => {
    const dir = (await service.start(exercise('B02')))!;
    rmSync(join(dir, 'server.mjs'));
    assert.equal(await service.check(exercise('B02')), null);
    assert.match(said()[0]!, /server\.mjs is missing in .*can be put back/);
    await messages.said[0]!.actions['Put It Back']!();
    assert.ok(existsSync(join(dir, 'server.mjs')));
    rmSync(dir, { recursive: true });
    assert.equal(await service.check(exercise('B02')), null);
    assert.match(said()[1]!, /The folder .* is gone/);
    await messages.said[1]!.actions['Start Exercise']!();
    assert.ok(existsSync(join(dir, 'server.mjs')));
  });

  it('starting again overwrites nothing; reset asks, and keeps what was written in a dated folder', async () => {
    const dir = (await service.start(exercise('B02')))!;
    const file = join(dir, 'server.mjs');
    writeFileSync(file, '// mine\n');
    await service.start(exercise('B02'));
    assert.equal(readFileSync(file, 'utf8'), '// mine\n');
    service.hint(exercise('B02'));
    assert.equal(await service.reset(exercise('B02')), false, 'dismissed');
    assert.equal(readFileSync(file, 'utf8'), '// mine\n');
    messages.answer = 'Reset';
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), '// typed\n'));
    await until('an unsaved file', () => editor.document.isDirty);
    assert.equal(await service.reset(exercise('B02')), true);
    assert.equal(readFileSync(file, 'utf8'), readFileSync(join(media, 'B02', 'starter', 'server.mjs'), 'utf8'));
    const kept = readdirSync(dir).find((name) => /^before reset \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d$/.test(name))!;
    assert.equal(readFileSync(join(dir, kept, 'server.mjs'), 'utf8'), '// mine\n// typed\n');
    assert.equal(service.stateOf(exercise('B02')).hints, 0);
  });

  it('the solution opens after passing or after the last hint; before, it says what is missing', async () => {
    await service.start(exercise('B02'));
    assert.equal(service.solution(exercise('B02')), false);
    assert.match(said()[0]!, /opens when you have passed, or after the last hint; 3 hints are still closed/);
    for (const opened of [1, 2, 3]) {
      assert.equal(service.hint(exercise('B02')), true);
      assert.equal((await service.view(exercise('B02'))).hints.opened.length, opened);
    }
    assert.equal(service.hint(exercise('B02')), false);
    assert.equal(service.solution(exercise('B02')), true);
    assert.equal(service.stateOf(exercise('B02')).solutionShown, true);
  });

  it('answers.json that was broken by hand: one sentence, and nothing is written over', async () => {
    const dir = (await service.start(exercise('S01')))!;
    writeFileSync(join(dir, 'answers.json'), '{ oh');
    await assert.rejects(service.view(exercise('S01')), /answers\.json: is not JSON .*reset the exercise/);
    await service.answer(exercise('S01'), 'port', { answer: 'zero' });
    assert.equal(readFileSync(join(dir, 'answers.json'), 'utf8'), '{ oh');
    assert.match(said()[0]!, /answers\.json: is not JSON/);
  });

  it('a program that ends at once: the sentence of the check', async () => {
    const dir = (await service.start(exercise('S04')))!;
    writeFileSync(join(dir, 'server.mjs'), 'process.exit(3);\n');
    const report = await service.check(exercise('S04'));
    assert.equal(report?.verdict, 'failed');
    assert.match((await service.view(exercise('S04'))).report?.trouble ?? '', /exit code 3/);
  });

  it('progress that cannot be understood is set aside; that of a newer version is left alone', () => {
    const path = join(scratch, 'progress.json');
    writeFileSync(path, '{ "version": 1, "exer');
    const broken = new ProgressFile(path, messages);
    assert.deepEqual(broken.value.exercises, {});
    assert.match(said()[0]!, /begins anew\. The old file is kept as .*set aside/);
    broken.update((known) => ({ ...known, exercises: { S01: { state: 'started', hints: 0, attempts: 0, points: 0, of: 0 } } }));
    assert.equal(new ProgressFile(path, messages).value.exercises.S01?.state, 'started');
    const aside = readdirSync(scratch).find((name) => name.startsWith('progress set aside'))!;
    assert.equal(readFileSync(join(scratch, aside), 'utf8'), '{ "version": 1, "exer');

    writeFileSync(path, '{ "version": 7, "exercises": {} }');
    const newer = new ProgressFile(path, messages);
    newer.update((known) => ({ ...known, exercises: { S01: { state: 'passed', hints: 0, attempts: 1, points: 1, of: 1 } } }));
    assert.equal(newer.value.exercises.S01?.state, 'passed', 'known until the window closes');
    assert.equal(readFileSync(path, 'utf8'), '{ "version": 7, "exercises": {} }');
    assert.match(said()[1]!, /newer Socketscope.*not saved/);
  });

  it('two windows keep one progress', () => {
    const path = join(scratch, 'progress.json');
    const [one, two] = [new ProgressFile(path, messages), new ProgressFile(path, messages)];
    const begun = { state: 'started' as const, hints: 0, attempts: 0, points: 0, of: 0 };
    one.update((known) => ({ ...known, exercises: { ...known.exercises, S01: begun } }));
    two.update((known) => ({ ...known, exercises: { ...known.exercises, S02: begun } }));
    assert.deepEqual(Object.keys(one.value.exercises), ['S01', 'S02']);
    assert.deepEqual(said(), []);
  });
});
