/** What a learner has done so far. Every function takes a Progress and gives back a new one; the caller keeps it. */
import {
  type CheckReport,
  EXERCISE_VERSION,
  type ExerciseFile,
  type ExerciseProgress,
  type Progress,
  type Review,
} from '../../contracts/exercises';
import { UserError } from '../../runner/program';
import { DAY, missed, remembered } from './review';

/** Days after which an exercise that was solved with the third hint comes back. */
const RETRY_DAYS = 3;

export const newProgress = (): Progress => ({ version: EXERCISE_VERSION, exercises: {}, reviews: {}, quiz: {} });

const NEW: ExerciseProgress = { state: 'new', hints: 0, attempts: 0, points: 0, of: 0 };

/** What is known of one exercise; of one that was never started: nothing. */
export const progressOf = (progress: Progress, id: string): ExerciseProgress => progress.exercises[id] ?? NEW;

const withExercise = (progress: Progress, id: string, change: Partial<ExerciseProgress>): Progress => ({
  ...progress,
  exercises: { ...progress.exercises, [id]: { ...progressOf(progress, id), ...change } },
});

/** It was started, in this folder. */
export function started(progress: Progress, id: string, dir: string, now: Date): Progress {
  const known = progressOf(progress, id);
  return withExercise(progress, id, {
    dir,
    started: known.started ?? now.toISOString(),
    state: known.state === 'new' ? 'started' : known.state,
  });
}

/**
 * A check has been made. Passing after the third hint is "passed with help" and comes back in three days; passing without it, also later,
 * is plain passed. A misconception that the feedback names is due for review tomorrow. What could not be graded changes nothing.
 */
export function checked(progress: Progress, report: CheckReport, file: Pick<ExerciseFile, 'misconceptions'>, now: Date): Progress {
  if (report.verdict === 'ungraded') return progress;
  const known = progressOf(progress, report.exercise);
  const better = known.of === 0 || report.points / report.of >= known.points / known.of;
  const best = better ? { points: report.points, of: report.of } : {};
  const attempt = { ...best, attempts: known.attempts + 1 };
  if (report.verdict === 'failed') {
    const next = withExercise(progress, report.exercise, { ...attempt, state: known.state === 'new' ? 'started' : known.state });
    return withReviews(next, misconceptionsOf(report), (review) => missed(review, now));
  }
  const helped = known.hints >= 3 || known.solutionShown === true;
  const retry = helped ? new Date(now.getTime() + RETRY_DAYS * DAY).toISOString() : undefined;
  const state = helped && known.state !== 'passed' ? ('passed-with-help' as const) : ('passed' as const);
  const next = withExercise(progress, report.exercise, { ...attempt, state, passed: known.passed ?? now.toISOString(), retry });
  const due = file.misconceptions.filter((id) => next.reviews[id] !== undefined && Date.parse(next.reviews[id].due) <= now.getTime());
  return withReviews(next, due, (review) => remembered(review!, now));
}

function withReviews(progress: Progress, ids: readonly string[], change: (review: Review | undefined) => Review): Progress {
  return { ...progress, reviews: { ...progress.reviews, ...Object.fromEntries(ids.map((id) => [id, change(progress.reviews[id])])) } };
}

/** Those of the feedback and of wrong predictions; "I don't know" is no misconception. */
function misconceptionsOf(report: CheckReport): string[] {
  const ids = [report.feedback, ...report.predictions.map(({ feedback }) => feedback)].flatMap((feedback) => feedback?.misconception ?? []);
  return [...new Set(ids)];
}

/** The next hint: its number (1 to 3), and the progress afterwards; null when all are open. */
export function nextHint(progress: Progress, id: string): { hint: 1 | 2 | 3; progress: Progress } | null {
  const { hints } = progressOf(progress, id);
  if (hints >= 3) return null;
  return { hint: (hints + 1) as 1 | 2 | 3, progress: withExercise(progress, id, { hints: hints + 1 }) };
}

/** Whether the solution may be shown: after passing, or when all hints are open. */
export function maySeeSolution(progress: Progress, id: string): boolean {
  const { state, hints } = progressOf(progress, id);
  return state === 'passed' || state === 'passed-with-help' || hints >= 3;
}

export const sawSolution = (progress: Progress, id: string): Progress => withExercise(progress, id, { solutionShown: true });

/** The exercise from the beginning, hints closed again; that it was passed once stays. For a re-try, too. */
export function restarted(progress: Progress, id: string): Progress {
  const { retry: _, solutionShown: __, ...known } = progressOf(progress, id);
  return { ...progress, exercises: { ...progress.exercises, [id]: { ...known, hints: 0 } } };
}

/** Exercises that were solved with help and whose time has come. */
export function retriesDue(progress: Progress, now: Date): string[] {
  return Object.entries(progress.exercises)
    .filter(([, { retry }]) => retry !== undefined && Date.parse(retry) <= now.getTime())
    .map(([id]) => id);
}

/** Where to go on: the exercise started last and not passed, else the first that was not passed; null when all are. */
export function goOnWith(progress: Progress, files: readonly Pick<ExerciseFile, 'id'>[]): string | null {
  const open = files.filter(({ id }) => !progressOf(progress, id).state.startsWith('passed'));
  const begun = open.filter(({ id }) => progressOf(progress, id).started !== undefined);
  begun.sort((a, b) => Date.parse(progressOf(progress, b.id).started!) - Date.parse(progressOf(progress, a.id).started!));
  return (begun[0] ?? open[0])?.id ?? null;
}

/** The file of a progress, to be kept or exported. */
export const writeProgress = (progress: Progress): string => `${JSON.stringify(progress, null, 2)}\n`;

/**
 * Reads it. Throws UserError, so that nobody writes over it, when it is no progress or comes from a newer version. Fields that this version
 * does not know stay.
 */
export function readProgress(text: string, name = 'progress.json'): Progress {
  let value: Partial<Progress> | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${name}: is not JSON (${(error as Error).message}); move it away to start anew`);
  }
  if (typeof value !== 'object' || value === null || typeof value.version !== 'number' || typeof value.exercises !== 'object')
    throw new UserError(`${name}: is no progress of Socketscope; move it away to start anew`);
  if (value.version > EXERCISE_VERSION)
    throw new UserError(`${name}: comes from a newer Socketscope (version ${value.version}); update Socketscope`);
  return { ...newProgress(), ...value, exercises: value.exercises ?? {}, reviews: value.reviews ?? {}, quiz: value.quiz ?? {} };
}
