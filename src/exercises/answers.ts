import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, type Answers, EXERCISE_VERSION } from '../contracts/exercises';
import { UserError } from '../runner/program';
import { writeWhole } from './files/write-whole';

export const ANSWERS_FILE = 'answers.json';

/** The predictions in a learner's folder; none when there is no file. Throws UserError for a file that cannot be understood. */
export function readAnswers(folder: string): Answers {
  const path = join(folder, ANSWERS_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { version: EXERCISE_VERSION, answers: {} };
  }
  let value: Partial<Answers> | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: is not JSON (${(error as Error).message}); put it right or reset the exercise`);
  }
  if (typeof value !== 'object' || value === null || typeof value.answers !== 'object' || value.answers === null)
    throw new UserError(`${path}: has no "answers"; reset the exercise to start again`);
  if ((value.version ?? EXERCISE_VERSION) > EXERCISE_VERSION)
    throw new UserError(`${path}: comes from a newer Socketscope (version ${value.version}); update Socketscope`);
  return value as Answers;
}

/** Keeps one answer in the file of a folder, and the others as they are. Throws UserError when the file cannot be understood or written. */
export function writeAnswer(folder: string, prediction: string, answer: Answer): void {
  const known = readAnswers(folder);
  const next: Answers = { ...known, version: EXERCISE_VERSION, answers: { ...known.answers, [prediction]: answer } };
  const path = join(folder, ANSWERS_FILE);
  try {
    writeWhole(path, `${JSON.stringify(next, null, 2)}\n`);
  } catch (error) {
    throw new UserError(`${path}: cannot be written (${(error as NodeJS.ErrnoException).code}); check the folder and its permissions`);
  }
}
