/** All words of the page of exercises in one place: English, or as the table that the host put into the page has them. */
import type { ExerciseProgress, ExerciseType, PredictionResult } from '../../src/contracts/exercises';
import { pageTable, translator } from '../kit/l10n';

const t = translator(pageTable());

const DIFFICULTY = [t('very easy'), t('easy'), t('medium'), t('hard'), t('very hard')];
const CONFIDENCE = [t('a guess'), t('unsure'), t('fairly sure'), t('sure')] as const;

const plural = (count: number, one: string, many: string) => (count === 1 ? t(one, count) : t(many, count));

/** For dates: that of the page's words. */
const language = (globalThis.document?.documentElement?.lang || 'en').replace(/^en$/, 'en-GB');

/** A day as people write it: "4 December"; the text itself when it is no time. */
function day(iso: string): string {
  const time = Date.parse(iso);
  return Number.isNaN(time) ? iso : new Date(time).toLocaleDateString(language, { day: 'numeric', month: 'long', timeZone: 'UTC' });
}

/** `1 A socket is born` as "Track 1: A socket is born"; a teacher's own track has its name alone. */
const track = (name: string) => {
  const [, number, rest] = /^(\d+)\s+(.*)$/s.exec(name) ?? [];
  return number === undefined ? name : t('Track {0}: {1}', number, rest!);
};

export const words = {
  page: t('Exercise'),
  loading: t('Opening the exercise...'),
  dots: '●',
  emptyDot: '○',
  difficulty: (level: number) => DIFFICULTY[Math.min(Math.max(Math.round(level), 1), 5) - 1]!,
  difficultySpoken: (level: number) => t('difficulty {0} of 5:', level),
  minutes: (minutes: number) => plural(minutes, 'about {0} minute', 'about {0} minutes'),
  type: { predict: t('Predict'), fix: t('Fix'), write: t('Write'), lab: t('Try out') } satisfies Record<ExerciseType, string>,
  track,
  state: {
    new: t('not started'),
    started: t('started'),
    passed: t('passed'),
    'passed-with-help': t('passed with help'),
  } satisfies Record<ExerciseProgress['state'], string>,
  facts: t('About this exercise'),
  folder: t('Your files:'),
  retry: (iso: string) => t('Try it again without help on {0}.', day(iso)),
  instructions: t('What to do'),
  sources: t('Sources'),

  next: t('What to do next'),
  start: t('Start'),
  startWhy: t('Copies the files of the exercise into a folder that you choose.'),
  check: t('Check'),
  checkWhy: t('Runs your program and says what it did.'),
  checkAgain: t('Check again'),
  checkAgainWhy: t('Changed something? Check again.'),
  staleWhy: t('Your files were changed after the last check.'),
  run: t('Run and compare'),
  runWhy: t('All questions are answered. Now see what happens.'),
  question: (number: number, of: number) => t('Question {0} of {1}', number, of),
  questionWhy: (answered: number, of: number) =>
    t('{0} of {1} answered. Say what you expect before the program runs; "I don\'t know" is an answer.', answered, of),
  compare: t('Explain the differences'),
  compareWhy: t('Look at your predictions beside what happened, then open the explanations.'),
  showMe: (seq: number) => t('Show me step {0}', seq),
  showMeWhy: t('See it in the timeline, change your program, then check again.'),
  nextExercise: (title: string) => t('Next: {0}', title),
  nextWhy: t('Passed. Well done.'),
  endOfTrack: t('Finish the track'),
  stop: t('Stop the check'),
  files: t('Open your files'),
  timeline: t('Open the timeline'),
  reset: t('Reset the exercise'),
  list: t('All exercises'),
  hint: (left: number) => t('Hint ({0} left)', left),
  lastHint: t('Last hint (1 left)'),
  lastHintWhy: t('With the last hint the exercise counts as passed with help, and you try it again in a few days.'),
  solution: t('Show the solution'),
  solutionClosed: t('The solution opens when you have passed, or when all hints are open.'),
  hints: t('Hints'),
  hintNumber: (number: number) => t('Hint {0}', number),
  hintsSay: (opened: number, left: number) =>
    left === 0
      ? t('All hints are open.')
      : opened === 0
        ? plural(left, '{0} hint can be opened.', '{0} hints can be opened.')
        : t('{0} more can be opened.', left),

  predictions: t('What do you expect?'),
  predictionsWhy: t('Answer before the program runs. Afterwards your answers stand beside what happened.'),
  dontKnow: t("I don't know"),
  confidence: t('How sure are you?'),
  confidenceLevel: (level: 1 | 2 | 3 | 4) => CONFIDENCE[level - 1]!,
  confidenceLevels: [1, 2, 3, 4] as const,
  number: t('Your number'),
  numberWrong: (text: string) => t('"{0}" is not a number. Write digits only, for example 3 or 2.5.', text.slice(0, 40)),
  changeAnswers: t('Change your answers'),
  yourOrder: t('Your order'),
  yourPath: t('Your path'),
  leftOut: t('Left out'),
  leftOutEmpty: t('All cards are in your order.'),
  orderEmpty: t('Nothing here yet. Add a card, or drag one here.'),
  orderHelp: t('Drag the cards, or use their buttons.'),
  up: (card: string) => t('Move {0} up', card),
  down: (card: string) => t('Move {0} down', card),
  remove: (card: string) => t('Leave {0} out', card),
  add: (card: string) => t('Add {0}', card),
  moved: (card: string, place: number, of: number) => t('{0}: place {1} of {2}', card, place, of),
  added: (card: string, place: number) => t('{0} added at place {1}', card, place),
  removed: (card: string) => t('{0} left out', card),

  comparison: t('Your prediction and what happened'),
  columns: [t('Question'), t('You expected'), t('What happened'), ''] as const,
  columnResult: t('Result'),
  result: {
    right: t('as expected'),
    wrong: t('different'),
    unknown: t('you did not know'),
    unanswered: t('not answered'),
  } satisfies Record<NonNullable<PredictionResult['status']>, string>,
  nothing: t('nothing'),
  none: t('none'),
  notSeen: t('The run did not show it.'),
  explanations: t('Explanations'),
  score: (right: number, of: number) => t('{0} of {1} as you expected.', right, of),

  verdict: t('The result'),
  passed: t('Passed'),
  failed: t('Not yet'),
  ungraded: t('Could not be checked'),
  points: (points: number, of: number) => (of === 1 ? t('{0} of {1} point', points, of) : t('{0} of {1} points', points, of)),
  stale: t('Old result: your files were changed after this check.'),
  evidenceHead: t('The steps that show it'),
  showStep: (seq: number) => t('Show me step {0} in the timeline', seq),
  showLine: (file: string, line: number) => `${file}:${line}`,
  showLineLong: (file: string) => t('Show the line in the editor: {0}', file),
  readCard: (card: string) => t('Read about {0}', card),
  checks: t('What was checked'),
  status: { passed: t('passed'), failed: t('failed'), skipped: t('skipped') },
  whatBroke: t('What broke here'),
  output: t('What the program did'),
  stdout: t('Standard output'),
  stderr: t('Error output'),
  printed: (bytes: number) => (bytes === 0 ? t('nothing printed') : t('with output')),
  seeRun: t('Show this run in the timeline'),
  notes: t('Notes'),
  running: (says: string) => t('Checking: {0}', says),
  verdictSpoken: (verdict: string, points: string) => t('The check is done. {0}: {1}.', verdict, points),

  moments: t('Look again'),
  momentsWhy: t('Go to the step in the timeline, then say why it happened.'),
  goToStep: (seq: number) => t('Go to step {0}', seq),
  right: t('right'),
  wrong: t('not so'),
  explanation: t('Why it passes'),

  quiz: t('Quiz'),
  quizPlace: (number: number, of: number) => t('Question {0} of {1}', number, of),
  answer: t('Answer'),
  answerWhy: t('Pick an answer, or say that you do not know.'),
  pickFirst: t('Pick an answer first.'),
  quizNext: t('Next question'),
  quizEnd: t('See the result'),
  quizRight: t('Right.'),
  quizWrong: t('Not so.'),
  quizUnknown: t('Good to say so.'),
  yours: t('your answer'),
  correct: t('the right answer'),
  again: (iso: string) => t('This comes back on {0}.', day(iso)),
  scoreHead: t('The quiz is done'),
  scoreLine: (right: number, of: number) => t('{0} of {1} right.', right, of),
  reviews: t('What comes back, and when'),
  review: (question: string, iso: string) => `${day(iso)}: ${question}`,
  noReviews: t('Nothing has to come back soon.'),
  another: t('Another quiz'),

  trackEnd: (name: string) => t('Done: {0}', track(name)),
  can: t('What you can do now'),
  canNothing: t('No exercise of this track was passed yet.'),
  againHead: t('To try again without help'),
  againItem: (iso: string) => t('on {0}', day(iso)),
  open: (title: string) => t('Open {0}', title),
  nextTrack: (title: string) => t('Begin: {0}', title),
  nextTrackWhy: (name: string) => t('The next one is {0}.', track(name)),
  allDone: t('This was the last track.'),
  takeQuiz: t('Quiz me'),
  problem: t('This cannot be shown'),
};
