/** Exercises of the clone and of tests, for the engine's tests. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Exercise, ExerciseFile } from '../../src/contracts/exercises';
import { loadExercise, readSchema } from '../../src/exercises/files/load';
import { newExercise } from '../../src/exercises/files/new-exercise';
import { root } from './house';

export const builtIn: string = join(root, 'media', 'exercises');

/** A new workspace with one exercise made by `exercises new`; `change` changes its exercise.json, `files` replaces files of it. */
export function ownExercise(
  id: string,
  change: Partial<ExerciseFile> = {},
  files: { [path: string]: string } = {},
): { workspace: string; exercise: Exercise } {
  const workspace = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  const folder = join(workspace, newExercise(id, workspace, builtIn));
  const path = join(folder, 'exercise.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return { workspace, exercise: loadExercise(folder, 'workspace', readSchema(builtIn)) };
}

/** One of ours. */
export const ours = (id: string): Exercise => loadExercise(join(builtIn, id), 'built-in', readSchema(builtIn));

/** A folder with one program, to be checked. */
export function submission(text: string, name = 'server.mjs'): string {
  const dir = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  writeFileSync(join(dir, name), text);
  return dir;
}

/** A copy of a folder of an exercise (`starter`, `solution`, `wrong/x`). */
export function copyOf(exercise: Exercise, folder: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  cpSync(join(exercise.folder, folder), dir, { recursive: true });
  return dir;
}
