import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckReport, Exercise, Progress, QuizItem } from '../../src/contracts/exercises';
import { readAnswers, writeAnswer } from '../../src/exercises/answers';
import { listExercises } from '../../src/exercises/files/load';
import { learnersFile } from '../../src/exercises/learner/evidence-place';
import { exerciseView, forEditor, unanswered } from '../../src/exercises/learner/exercise-view';
import { KeptChecks } from '../../src/exercises/learner/kept-checks';
import { missingFiles, putStarter, resetFiles, solutionFiles } from '../../src/exercises/learner/learner-files';
import { newProgress } from '../../src/exercises/progress/progress';
import { QuizSession } from '../../src/exercises/progress/quiz-session';
import { nextInTrack, trackEnd, tracksOf } from '../../src/exercises/progress/tracks';
import { root } from '../support/house';

const { exercises } = listExercises({ builtIn: join(root, 'media', 'exercises') });
const exercise = (id: string): Exercise => exercises.find(({ file }) => file.id === id)!;
const now = new Date(2026, 10, 30, 10, 15, 2);

describe("the learner's files of an exercise", () => {
  let scratch: string;
  let dir: string;
  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(join(tmpdir(), 'sk-learner-')));
    dir = join(scratch, 'learn', 'B03');
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  it('are put where they are not, and never written over', () => {
    assert.deepEqual(putStarter(exercise('B03'), dir).sort(), ['frames.mjs', 'server.mjs']);
    writeFileSync(join(dir, 'server.mjs'), 'mine');
    rmSync(join(dir, 'frames.mjs'));
    assert.deepEqual(missingFiles(exercise('B03'), dir), ['frames.mjs']);
    assert.deepEqual(putStarter(exercise('B03'), dir), ['frames.mjs']);
    assert.equal(readFileSync(join(dir, 'server.mjs'), 'utf8'), 'mine');
  });

  it('may be TypeScript: then the entry is not missing', () => {
    putStarter(exercise('B03'), dir);
    rmSync(join(dir, 'server.mjs'));
    writeFileSync(join(dir, 'server.ts'), '// mine');
    assert.deepEqual(missingFiles(exercise('B03'), dir), []);
    const kept = resetFiles(exercise('B03'), dir, now)!;
    assert.deepEqual(readdirSync(kept).sort(), ['frames.mjs', 'server.ts']);
    assert.deepEqual(readdirSync(dir).sort(), ['before reset 2026-11-30 10.15.02', 'frames.mjs', 'server.mjs']);
  });

  it('a reset at the same second keeps both copies', () => {
    putStarter(exercise('B03'), dir);
    resetFiles(exercise('B03'), dir, now);
    assert.match(resetFiles(exercise('B03'), dir, now)!, / \(2\)$/);
  });

  it('a reset into a folder that cannot be written changes nothing', function () {
    if (process.getuid?.() === 0 || process.platform === 'win32') return this.skip();
    putStarter(exercise('B03'), dir);
    writeFileSync(join(dir, 'server.mjs'), 'mine');
    chmodSync(dir, 0o500);
    assert.throws(() => resetFiles(exercise('B03'), dir, now), /you may not write there/);
    chmodSync(dir, 0o700);
    assert.equal(readFileSync(join(dir, 'server.mjs'), 'utf8'), 'mine');
  });

  it('a reset that fails half way puts everything back', () => {
    putStarter(exercise('B03'), dir);
    writeFileSync(join(dir, 'server.mjs'), 'mine');
    const broken = { ...exercise('B03'), folder: join(scratch, 'nowhere') };
    assert.throws(() => resetFiles(broken, dir, now));
    assert.equal(readFileSync(join(dir, 'server.mjs'), 'utf8'), 'mine');
    assert.deepEqual(readdirSync(dir).sort(), ['frames.mjs', 'server.mjs']);
  });

  it('where a file is in the way: a sentence', () => {
    mkdirSync(join(scratch, 'learn'));
    writeFileSync(dir, '');
    assert.throws(() => putStarter(exercise('B03'), dir), /B03: a file is where the folder should be; choose another folder/);
  });

  it('the solution has those files that it changes', () => {
    assert.deepEqual(
      solutionFiles(exercise('S01')).map(({ name }) => name),
      ['answers.json'],
    );
  });

  it('answers are kept one by one; a file that was broken by hand stays', () => {
    putStarter(exercise('S01'), dir);
    assert.equal(unanswered(exercise('S01'), readAnswers(dir)).length, 6);
    writeAnswer(dir, 'port', { answer: 'zero', confidence: 2 });
    writeAnswer(dir, 'accept', { unknown: true });
    const answers = readAnswers(dir);
    assert.deepEqual(answers.answers.port, { answer: 'zero', confidence: 2 });
    assert.deepEqual(unanswered(exercise('S01'), answers), ['calls-at-a', 'calls-to-b', 'bind-does', 'state-at-b']);
    writeFileSync(join(dir, 'answers.json'), '{');
    assert.throws(() => writeAnswer(dir, 'port', { answer: 'chosen' }), /is not JSON/);
    assert.equal(readFileSync(join(dir, 'answers.json'), 'utf8'), '{');
    assert.deepEqual(readdirSync(dir).sort(), ['answers.json', 'listen.mjs'], 'nothing half written');
  });

  it("a file of a trace is the learner's: by its real path, and as a copy of the starting file", () => {
    putStarter(exercise('S01'), dir);
    const link = join(scratch, 'link');
    symlinkSync(dir, link, 'junction');
    assert.equal(learnersFile(join(dir, 'listen.mjs'), exercise('S01'), link), join(link, 'listen.mjs'));
    const starter = join(exercise('S01').folder, 'starter', 'listen.mjs');
    assert.equal(learnersFile(starter, exercise('S01'), link), join(link, 'listen.mjs'));
    writeFileSync(join(dir, 'listen.mjs'), '// changed');
    assert.equal(learnersFile(starter, exercise('S01'), link), starter, 'its lines are others');
    assert.equal(learnersFile('/elsewhere/x.mjs', exercise('S01'), link), '/elsewhere/x.mjs');
  });

  it('checks are kept with their traces, the last two', () => {
    const kept = new KeptChecks(join(scratch, 'checks'));
    assert.equal(kept.last('S01'), null);
    const folders = [1, 2, 3].map((points) => {
      const folder = kept.newFolder('S01', now);
      kept.keep(folder, { version: 1, exercise: 'S01', points } as CheckReport);
      return folder;
    });
    assert.deepEqual(
      folders.map((folder) => existsSync(folder)),
      [false, true, true],
    );
    // A window that closed during a check leaves a folder without a report.
    kept.newFolder('S01', now);
    assert.equal(kept.last('S01')?.report.points, 3);
    kept.forget('S01');
    assert.equal(kept.last('S01'), null);
  });
});

describe('the page of an exercise', () => {
  const facts = {
    exercise: exercise('S01'),
    readme: '# x',
    dir: 'learn/S01',
    progress: { state: 'started' as const, hints: 1, attempts: 0, points: 0, of: 0 },
    maySeeSolution: false,
    answers: { version: 1, answers: { port: { answer: 'zero' } } },
    running: null,
    report: null,
    stale: false,
    picked: new Map<number, number>(),
    next: null,
  };

  it('has no right answer, no feedback and no explanation before the run', () => {
    const view = exerciseView(facts);
    assert.equal(view.hints.opened.length, 1);
    assert.equal(view.hints.left, 2);
    assert.deepEqual(view.predictions.find(({ id }) => id === 'port')?.answer, { answer: 'zero' });
    assert.equal(view.explanation, null);
    assert.deepEqual(view.moments, []);
    const text = JSON.stringify(view.predictions);
    for (const { explanation } of exercise('S01').file.predictions!) assert.ok(!text.includes(explanation));
    assert.ok(!text.includes('feedback'));
  });

  it('leaves out what is for readers without the editor', () => {
    assert.equal(forEditor('# A\n\nDo it.\n\nWithout VS Code: write\n`answers.json`.\n\nGood luck.\n'), '# A\n\nDo it.\n\nGood luck.\n');
    for (const { folder, file } of exercises)
      assert.ok(!forEditor(readFileSync(join(folder, 'README.md'), 'utf8')).includes('socketscope check'), file.id);
  });

  it('asks at the steps of the run, and says whether the picked option is right', () => {
    const report = {
      predictions: [],
      checks: [],
      scenarios: [],
      moments: [{ fact: 'stateAtB', scenario: 'listen', seq: 7 }],
    } as unknown as CheckReport;
    const [open] = exerciseView({ ...facts, report }).moments;
    assert.deepEqual([open?.seq, open?.picked], [7, null]);
    assert.ok(!JSON.stringify(open).includes('right'));
    const [picked] = exerciseView({ ...facts, report, picked: new Map([[0, 1]]) }).moments;
    assert.equal(picked?.picked?.right, false);
    assert.match(picked?.picked?.says ?? '', /no second socket/);
  });
});

describe('tracks', () => {
  const passed = (...ids: string[]): Progress => ({
    ...newProgress(),
    exercises: Object.fromEntries(ids.map((id) => [id, { state: 'passed', hints: 0, attempts: 1, points: 1, of: 1 }])),
  });

  it('are in the order of their numbers', () => {
    assert.deepEqual(
      tracksOf(exercises).map(({ name }) => name[0]),
      ['1', '2', '3', '4', '5', '6', '7', '8'],
    );
  });

  it('go on with what is not passed, and end when all is', () => {
    assert.equal(nextInTrack(exercises, 'S01', passed('S01', 'S02'))?.file.id, 'S03');
    assert.equal(nextInTrack(exercises, 'S04', passed('S04', 'S02', 'S03'))?.file.id, 'S01', 'what was left out');
    assert.equal(nextInTrack(exercises, 'S04', passed('S01', 'S02', 'S03', 'S04')), null);
    const name = exercise('S01').file.track;
    assert.equal(trackEnd(exercises, name, passed('S01')), null);
    const progress = passed('S01', 'S02', 'S03', 'S04');
    progress.exercises.S02!.retry = '2026-12-03T00:00:00.000Z';
    const end = trackEnd(exercises, name, progress)!;
    assert.equal(end.can.length, 4);
    assert.deepEqual(
      end.again.map(({ id }) => id),
      ['S02'],
    );
    assert.equal(end.nextTrack?.id, 'B01');
    assert.equal(trackEnd(exercises, name, passed(...exercises.map(({ file }) => file.id)))?.nextTrack, null);
  });
});

describe('a round of the quiz', () => {
  const item = (id: string): QuizItem => ({
    id,
    concept: 'BUF-1',
    question: `Question ${id}?`,
    options: [
      { id: 'a', text: 'A', right: true, says: 'Yes.' },
      { id: 'b', text: 'B', says: 'No, b.' },
      { id: 'c', text: 'C', says: 'No, c.' },
    ],
    sources: [{ title: 'x', url: 'https://x.example' }],
  });
  const session = (random?: () => number) =>
    new QuizSession(
      [item('1'), item('2')],
      (_item, option) => ({ right: option === 'a', again: option === 'a' ? null : '2026-12-01' }),
      random,
    );

  it('says which option is right only after the answer, and keeps the first answer', () => {
    const quiz = session();
    assert.equal(quiz.view().picked, null);
    assert.ok(!JSON.stringify(quiz.view()).includes('right":true'));
    quiz.next();
    assert.equal(quiz.view().number, 1, 'not before an answer');
    quiz.answer('b');
    quiz.answer('a');
    assert.deepEqual(quiz.view().picked, { option: 'b', right: false, correct: 'a', says: 'No, b.', again: '2026-12-01' });
    quiz.next();
    quiz.answer(null);
    assert.deepEqual(quiz.view().picked, { option: null, right: false, correct: 'a', says: 'Yes.', again: '2026-12-01' });
    quiz.next();
    assert.deepEqual(quiz.view().score, {
      right: 0,
      of: 2,
      reviews: ['1', '2'].map((id) => ({ concept: `Question ${id}?`, due: '2026-12-01' })),
    });
  });

  it('shuffles: every place is as likely for the right option', () => {
    const places = [0, 0, 0];
    let seed = 1;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    for (let n = 0; n < 3000; n++)
      places[
        session(random)
          .view()
          .item!.options.findIndex(({ id }) => id === 'a')
      ]!++;
    for (const times of places) assert.ok(times > 900 && times < 1100, places.join());
  });
});
