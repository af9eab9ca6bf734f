import { type CheckReport, EXERCISE_VERSION, type ExerciseFile } from '../contracts/exercises';

/** A report without a verdict, and nothing in it but why: `problem` is a sentence, or null for one that is still to be filled. */
export function ungraded({ id, title }: Pick<ExerciseFile, 'id' | 'title'>, dir: string, problem: string | null): CheckReport {
  return {
    version: EXERCISE_VERSION,
    exercise: id,
    title,
    dir,
    verdict: 'ungraded',
    problem,
    trouble: null,
    points: 0,
    of: 0,
    feedback: null,
    evidence: [],
    checks: [],
    predictions: [],
    scenarios: [],
    moments: [],
    notes: [],
    ms: 0,
  };
}
