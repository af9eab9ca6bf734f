/** The learner's copy of an exercise: `<folder>/<ID>/`. Nothing here writes outside of the folder that it is given. */
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Exercise } from '../../contracts/exercises';
import { UserError } from '../../runner/program';
import { entryIn } from '../files/entry';

/** Puts the starting files into `dir`, as far as they are not there. Returns those that were put. Throws UserError when that cannot be done. */
export function putStarter(exercise: Exercise, dir: string): string[] {
  return inFolder(dir, () => missingFiles(exercise, dir).filter((name) => copyNew(exercise, name, dir)));
}

/** The files of the exercise that are not in `dir`. A program in TypeScript stands for the entry. */
export function missingFiles({ file }: Exercise, dir: string): string[] {
  return file.files.filter((name) => !existsSync(join(dir, name)) && !(name === file.entry && entryIn(dir, name) !== null));
}

/**
 * The starting files again. What the learner wrote moves into a folder named after the time, inside `dir`; returns that folder, null when there was
 * nothing to keep. Throws UserError when the folder cannot be written; then everything is where it was.
 */
export function resetFiles(exercise: Exercise, dir: string, now: Date): string | null {
  return inFolder(dir, () => {
    const { files, entry } = exercise.file;
    // Another style of the entry would be run instead of the starting file's.
    const other = entryIn(dir, entry);
    const old = [...new Set([...files, ...(other === null ? [] : [other])])].filter((name) => existsSync(join(dir, name)));
    const kept = old.length > 0 ? join(dir, freeName(dir, `before reset ${stamp(now)}`)) : null;
    const moved: string[] = [];
    try {
      for (const name of old) {
        mkdirSync(dirname(join(kept!, name)), { recursive: true });
        renameSync(join(dir, name), join(kept!, name));
        moved.push(name);
      }
      for (const name of files) copyNew(exercise, name, dir);
    } catch (error) {
      for (const name of moved) renameSync(join(kept!, name), join(dir, name));
      if (kept !== null) rmSync(kept, { recursive: true, force: true });
      throw error;
    }
    return kept;
  });
}

/** `2026-11-30 10.15.02`, in the learner's time zone: no colon, which Windows does not have in names. */
export function stamp(now: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
}

/** The file of the solution for each of the exercise's files that it changes, by name. */
export function solutionFiles({ folder, file }: Exercise): { name: string; path: string }[] {
  const found = file.files.map((name) => ({ name, path: join(folder, 'solution', name) }));
  return found.filter(({ path }) => existsSync(path));
}

function copyNew({ folder }: Exercise, name: string, dir: string): boolean {
  const to = join(dir, name);
  mkdirSync(dirname(to), { recursive: true });
  try {
    copyFileSync(join(folder, 'starter', name), to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function freeName(dir: string, name: string): string {
  const taken = new Set(readdirSync(dir));
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
  return free;
}

function inFolder<T>(dir: string, write: () => T): T {
  try {
    mkdirSync(dir, { recursive: true });
    return write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${dir}: ${WHY[code] ?? `cannot be written (${code})`}; choose another folder for exercises, or free this one`);
  }
}

const WHY: Record<string, string> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'is on a disk that can only be read',
  ENOSPC: 'its disk is full',
  ENOTDIR: 'a file is where the folder should be',
  EEXIST: 'a file is where the folder should be',
};
