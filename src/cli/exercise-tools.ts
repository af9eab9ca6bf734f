/** Where exercises are, for the commands about them. */
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Exercise, ExerciseList } from '../contracts/exercises';
import { listExercises, WORKSPACE_EXERCISES } from '../exercises/files/load';
import { UserError } from '../runner/program';

/** media/exercises beside dist/. */
export const builtInExercises = (dist: string): string => join(dist, '..', 'media', 'exercises');
export const cliOf = (dist: string): string => join(dist, 'cli.js');

/** Ours, those of the current folder, and those of `--exercises DIR`. Throws UserError when a DIR that was named is not there. */
export function allExercises(dist: string, more: readonly string[] = []): ExerciseList {
  for (const folder of more)
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new UserError(`--exercises ${folder}: there is no such folder; name the one in which the folders of the exercises are`);
  const own = [resolve(WORKSPACE_EXERCISES), ...more.map((folder) => resolve(folder))];
  return listExercises({ builtIn: builtInExercises(dist), own: [...new Set(own)] });
}

/** The exercise with this id, in capitals or not. Throws UserError that says why it cannot be had. */
export function oneExercise(list: ExerciseList, id: string): Exercise {
  const found = list.exercises.find(({ file }) => file.id.toLowerCase() === id.toLowerCase());
  if (found !== undefined) return found;
  const broken = list.problems.find(({ folder }) => folder.toLowerCase().replaceAll('\\', '/').endsWith(`/${id.toLowerCase()}`));
  throw new UserError(broken?.sentence ?? `${id}: there is no such exercise; socketscope exercises lists them`);
}
