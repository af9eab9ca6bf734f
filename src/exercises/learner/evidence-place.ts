import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Exercise } from '../../contracts/exercises';

/**
 * The learner's file behind a file of a trace. Node names files by their real path, the learner opened them by another; and predict exercises run the
 * program of starter/, of which the learner has a copy. What is neither stays as it is.
 */
export function learnersFile(file: string, exercise: Exercise, dir: string): string {
  const real = realPath(dir);
  if (file.startsWith(real + sep)) return join(dir, file.slice(real.length));
  const starter = realPath(join(exercise.folder, 'starter'));
  if (!file.startsWith(starter + sep)) return file;
  const copy = join(dir, file.slice(starter.length));
  return existsSync(copy) && same(copy, file) ? copy : file;
}

/** Lines of a copy that was changed are other lines. */
function same(a: string, b: string): boolean {
  try {
    return readFileSync(a).equals(readFileSync(b));
  } catch {
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
