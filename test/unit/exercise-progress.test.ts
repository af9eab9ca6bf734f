import assert from 'node:assert/strict';
import type { CheckReport, Prediction, QuizItem } from '../../src/contracts/exercises';
import { scorePrediction } from '../../src/exercises/predictions';
import {
  checked,
  goOnWith,
  maySeeSolution,
  newProgress,
  nextHint,
  progressOf,
  readProgress,
  restarted,
  retriesDue,
  started,
  writeProgress,
} from '../../src/exercises/progress/progress';
import { answered, pickItems, readQuiz } from '../../src/exercises/progress/quiz';
import { reviewsDue } from '../../src/exercises/progress/review';

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n));
const none = {
  evidence: [],
  checks: [],
  predictions: [],
  scenarios: [],
  moments: [],
  notes: [],
  ms: 1,
  problem: null,
  trouble: null,
  dir: '/x',
  title: 'T',
  version: 1,
};
const failed = (misconception: string | null): CheckReport => ({
  ...none,
  exercise: 'B02',
  verdict: 'failed',
  points: 1,
  of: 4,
  feedback: { id: 'f', misconception, broke: '', evidence: '', question: '', card: null },
});
const passed: CheckReport = { ...none, exercise: 'B02', verdict: 'passed', points: 4, of: 4, feedback: null };
const file = { misconceptions: ['M02'] };

describe('progress of a learner', () => {
  it('counts attempts, keeps the best points and passes', () => {
    let progress = started(newProgress(), 'B02', '/home/x/B02', day(0));
    progress = checked(progress, failed(null), file, day(0));
    assert.deepEqual([progressOf(progress, 'B02').state, progressOf(progress, 'B02').points], ['started', 1]);
    progress = checked(progress, passed, file, day(1));
    const { state, attempts, points, of, retry } = progressOf(progress, 'B02');
    assert.deepEqual({ state, attempts, points, of, retry }, { state: 'passed', attempts: 2, points: 4, of: 4, retry: undefined });
    progress = checked(progress, failed(null), file, day(2));
    assert.deepEqual([progressOf(progress, 'B02').state, progressOf(progress, 'B02').points], ['passed', 4]);
  });

  it('opens three hints; passing after the third is with help, comes back in three days, and counts when solved alone', () => {
    let progress = started(newProgress(), 'B02', '/x', day(0));
    assert.equal(maySeeSolution(progress, 'B02'), false);
    for (const hint of [1, 2, 3]) {
      const next = nextHint(progress, 'B02')!;
      assert.equal(next.hint, hint);
      progress = next.progress;
    }
    assert.equal(nextHint(progress, 'B02'), null);
    assert.equal(maySeeSolution(progress, 'B02'), true);
    progress = checked(progress, passed, file, day(0));
    assert.equal(progressOf(progress, 'B02').state, 'passed-with-help');
    assert.deepEqual(retriesDue(progress, day(2)), []);
    assert.deepEqual(retriesDue(progress, day(3)), ['B02']);
    progress = checked(restarted(progress, 'B02'), passed, file, day(3));
    assert.equal(progressOf(progress, 'B02').state, 'passed');
    assert.deepEqual(retriesDue(progress, day(30)), []);
  });

  it('reviews what was missed after 1, 3, 7 and 21 days', () => {
    let progress = checked(newProgress(), failed('M02'), file, day(0));
    let now = 0;
    for (const gap of [1, 3, 7, 21]) {
      assert.deepEqual(reviewsDue(progress, day(now + gap - 1)), [], `before ${gap} days`);
      now += gap;
      assert.deepEqual(reviewsDue(progress, day(now)), ['M02'], `after ${gap} days`);
      progress = checked(progress, passed, file, day(now));
    }
    assert.deepEqual(reviewsDue(progress, day(now + 1000)), []);
    progress = checked(progress, failed('M02'), file, day(now));
    assert.deepEqual(reviewsDue(progress, day(now + 1)), ['M02']);
    assert.equal(progress.reviews.M02!.misses, 2);
  });

  it('changes nothing for what could not be graded, and goes on where one left off', () => {
    const before = started(started(newProgress(), 'S01', '/a', day(0)), 'B02', '/b', day(1));
    assert.equal(checked(before, { ...passed, verdict: 'ungraded' }, file, day(1)), before);
    const files = [{ id: 'S01' }, { id: 'B01' }, { id: 'B02' }];
    assert.equal(goOnWith(before, files), 'B02');
    assert.equal(goOnWith(checked(before, passed, file, day(2)), files), 'S01');
    assert.equal(goOnWith(newProgress(), files), 'S01');
    assert.equal(goOnWith(checked(before, passed, file, day(2)), [{ id: 'B02' }]), null);
  });

  it('survives being written and read, keeps what it does not know, and refuses what is none or newer', () => {
    const progress = checked(newProgress(), failed('M02'), file, day(0));
    assert.deepEqual(readProgress(writeProgress(progress)), progress);
    assert.equal((readProgress('{"version":1,"exercises":{},"later":5}') as unknown as { later: number }).later, 5);
    assert.throws(() => readProgress('{'), /progress\.json: is not JSON/);
    assert.throws(() => readProgress('[]'), /is no progress/);
    assert.throws(() => readProgress('{"version":2,"exercises":{}}'), /newer Socketscope \(version 2\)/);
  });
});

const item = (id: string, concept: string): QuizItem => ({
  id,
  concept,
  question: 'How many?',
  options: [
    { id: 'a', text: 'one', right: true, says: 'yes' },
    { id: 'b', text: 'two', misconception: 'M04', says: 'no' },
    { id: 'c', text: 'three', says: 'no' },
  ],
  sources: [{ title: 'listen(2)', url: 'https://man7.org' }],
});

describe('quiz', () => {
  it('reads items and says what is wrong with them', () => {
    const text = (...items: unknown[]) => JSON.stringify({ version: 1, items });
    assert.equal(readQuiz(text(item('q1', 'QUE-1')), 'q.json').length, 1);
    assert.throws(() => readQuiz('x', 'q.json'), /q\.json: is not JSON/);
    assert.throws(() => readQuiz('{"version":9,"items":[]}', 'q.json'), /newer/);
    assert.throws(() => readQuiz(text({ ...item('q1', 'A-1'), question: '' }), 'q.json'), /items\[0\] \(q1\) has no "question"/);
    assert.throws(() => readQuiz(text({ ...item('q1', 'A-1'), options: item('q', '').options.slice(1) }), 'q.json'), /exactly one right/);
    assert.throws(() => readQuiz(text(item('q1', 'A-1'), item('q1', 'A-1')), 'q.json'), /q1 is there twice/);
  });

  it('asks first what is due, then what is new, then what is weak', () => {
    const items = [item('strong', 'A-1'), item('weak', 'A-2'), item('new', 'A-3'), item('due', 'A-4')];
    let progress = newProgress();
    progress = answered(progress, items[3]!, null, day(0)).progress;
    progress = answered(progress, items[0]!, 'a', day(0)).progress;
    progress = answered(progress, items[1]!, 'c', day(20)).progress;
    assert.deepEqual(
      pickItems(items, progress, day(1), 4).map(({ id }) => id),
      ['due', 'new', 'weak', 'strong'],
    );
  });

  it('ties a wrong answer to its misconception and brings it back tomorrow', () => {
    const first = answered(newProgress(), item('q', 'QUE-1'), 'b', day(0));
    assert.equal(first.right, false);
    assert.deepEqual(Object.keys(first.progress.reviews), ['M04']);
    assert.deepEqual(first.progress.quiz.q, { right: 0, wrong: 1, picked: { b: 1 } });
    const second = answered(first.progress, item('q', 'QUE-1'), 'a', day(1));
    assert.equal(second.right, true);
    assert.equal(second.progress.reviews.M04!.step, 1);
    assert.deepEqual(Object.keys(answered(newProgress(), item('q', 'QUE-1'), null, day(0)).progress.reviews), ['QUE-1']);
  });
});

describe('predictions', () => {
  const order: Prediction = {
    id: 'o',
    question: '?',
    kind: 'order',
    options: ['socket', 'bind', 'listen', 'accept'].map((id) => ({ id, text: id.toUpperCase() })),
    fact: 'f',
    feedback: 'usual',
    rules: [
      { includes: 'accept', feedback: 'too-early' },
      { sequence: ['listen', 'bind'], feedback: 'turned' },
      { lacks: 'bind', feedback: 'no-bind' },
    ],
    explanation: '',
  };
  const actual = ['socket', 'bind', 'listen'];
  const score = (given: string[]) => scorePrediction(order, { answer: given, confidence: 3 }, actual);

  it('scores an order against the run and finds the typical mistake', () => {
    assert.equal(score(actual).result.status, 'right');
    assert.equal(score(actual).result.confidence, 3);
    assert.equal(score(['socket', 'bind', 'listen', 'accept']).feedback, 'too-early');
    assert.equal(score(['socket', 'listen', 'bind']).feedback, 'turned');
    assert.equal(score(['socket', 'listen']).feedback, 'no-bind');
    assert.equal(score(['bind', 'socket', 'listen']).feedback, 'usual');
    assert.equal(score(['bind', 'socket', 'listen']).facts.given, 'BIND, SOCKET, LISTEN');
  });

  it('takes "I don\'t know" and no answer for what they are', () => {
    assert.equal(scorePrediction(order, { unknown: true }, actual).result.status, 'unknown');
    assert.equal(scorePrediction(order, undefined, actual).result.status, 'unanswered');
    assert.equal(score([]).result.status, 'unanswered');
    assert.equal(scorePrediction(order, { answer: actual }, null).result.status, 'wrong');
  });

  it('takes numbers within the tolerance, and rules for ranges; choices have their own feedback', () => {
    const number: Prediction = { ...order, kind: 'number', tolerance: 2, rules: [{ from: 700, to: 800, feedback: 'mss' }] };
    assert.equal(scorePrediction(number, { answer: 15 }, 17).result.status, 'right');
    assert.equal(scorePrediction(number, { answer: 14 }, 17).feedback, 'usual');
    assert.equal(scorePrediction(number, { answer: 719 }, 17).feedback, 'mss');
    const choice: Prediction = {
      ...order,
      kind: 'choice',
      rules: [],
      options: [
        { id: 'a', text: 'A' },
        { id: 'b', text: 'B', feedback: 'own' },
      ],
    };
    assert.equal(scorePrediction(choice, { answer: 'b' }, 'a').feedback, 'own');
    assert.equal(scorePrediction(choice, { answer: 'a' }, 'a').feedback, null);
  });
});
