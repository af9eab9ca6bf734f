/** Grades a folder of submissions, so many at a time, each apart from the others. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckReport, Exercise } from '../contracts/exercises';
import { UserError } from '../runner/program';
import { checkExercise } from './check';
import { inParallel } from './parallel';

export interface Submission {
  /** Whose it is: the name of the folder. */
  name: string;
  dir: string;
  exercise: Exercise;
}

export interface GradeOptions {
  cli: string;
  jobs: number;
  node?: string;
  signal?: AbortSignal;
  onReport?: (name: string, report: CheckReport) => void;
}

/**
 * The submissions of a folder. With an exercise every folder in it is one; without, every `NAME/EXERCISE` whose name is that of an exercise.
 * Throws UserError when there are none.
 */
export function submissionsIn(folder: string, exercises: readonly Exercise[], only: Exercise | null): Submission[] {
  if (!isFolder(folder)) throw new UserError(`${folder}: there is no such folder; name the one with the submissions`);
  const found: Submission[] = [];
  for (const name of foldersIn(folder)) {
    const dir = join(folder, name);
    if (only !== null) found.push({ name, dir, exercise: only });
    else
      for (const inner of foldersIn(dir)) {
        const exercise = exercises.find(({ file }) => file.id.toLowerCase() === inner.toLowerCase());
        if (exercise !== undefined) found.push({ name, dir: join(dir, inner), exercise });
      }
  }
  if (found.length > 0) return found;
  const why =
    only === null
      ? 'has no folders NAME/EXERCISE in it; name the exercise with --exercise ID when every folder is one submission'
      : 'has no folders in it';
  throw new UserError(`${folder}: ${why}`);
}

/** Checks each. A submission that does its worst is a failed one with a sentence; the others and this process go on. */
export function gradeAll(submissions: readonly Submission[], options: GradeOptions): Promise<{ name: string; report: CheckReport }[]> {
  const { cli, node, signal, onReport } = options;
  return inParallel(submissions, options.jobs, async ({ name, dir, exercise }) => {
    const report = await checkExercise({ exercise, dir, cli, node, signal, isolation: 'network' });
    onReport?.(name, report);
    return { name, report };
  });
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
const foldersIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.') && isFolder(join(folder, name)))
    .sort();
