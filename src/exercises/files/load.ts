/** Reads exercises from their folders. One that is broken is a sentence, and the others go on working. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXERCISE_VERSION, type Exercise, type ExerciseFile, type ExerciseList } from '../../contracts/exercises';
import type { JsonObject, JsonValue } from '../../contracts/trace';
import { UserError } from '../../runner/program';
import { inWords, languagesOf } from './exercise-words';
import { schemaProblems } from './schema-check';

/** Where a teacher's own exercises lie in a workspace. */
export const WORKSPACE_EXERCISES = '.socketscope/exercises';
export const SCHEMA_FILE = 'exercise.schema.json';
export const WORDS_SCHEMA_FILE = 'exercise-words.schema.json';

/** Larger than any exercise.json that somebody writes. */
const LARGEST = 1024 * 1024;

export interface ExerciseFolders {
  /** media/exercises of the installation, which has the schema, too. */
  builtIn: string;
  /** Absolute folders of workspaces, or the `.socketscope/exercises` in them by another name; those that do not exist are skipped. */
  own?: readonly string[];
  /** The language of the reader, `de` or `pt-br`: exercises that are translated come in it. English when absent. */
  language?: string;
}

/** All exercises; an id that is taken already is a problem of the later one. */
export function listExercises(folders: ExerciseFolders): ExerciseList {
  const list: ExerciseList = { exercises: [], problems: [] };
  const schema = readSchema(folders.builtIn);
  const taken = new Map<string, string>();
  const words = readSchema(folders.builtIn, WORDS_SCHEMA_FILE);
  const languages = languagesOf(folders.language ?? 'en');
  const places = [
    { folder: folders.builtIn, origin: 'built-in' as const },
    ...(folders.own ?? []).map((folder) => ({ folder, origin: 'workspace' as const })),
  ];
  for (const { folder, origin } of places) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder).sort()) {
      const own = join(folder, name);
      if (/^[._]/.test(name) || !isFolder(own)) continue;
      try {
        const exercise = loadExercise(own, origin, schema);
        const other = taken.get(exercise.file.id.toLowerCase());
        if (other !== undefined) throw new UserError(`${own}: the id ${exercise.file.id} is that of ${other}; give one of them another`);
        taken.set(exercise.file.id.toLowerCase(), own);
        // A translation that is broken takes nothing away.
        const at = list.exercises.push(exercise) - 1;
        list.exercises[at] = inWords(exercise, languages, words);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        list.problems.push({ folder: own, sentence: error.message });
      }
    }
  }
  // The tracks begin with their number; a teacher's own come after ours.
  const key = ({ origin, file }: Exercise) => `${origin === 'built-in' ? 0 : 1} ${file.track} ${file.id}`;
  list.exercises.sort((a, b) => key(a).localeCompare(key(b), 'en', { numeric: true }));
  return list;
}

/** The exercise of a folder. Throws UserError with file, field, what is wrong. */
export function loadExercise(folder: string, origin: Exercise['origin'], schema: JsonObject): Exercise {
  const path = join(folder, 'exercise.json');
  const file = parse(path);
  if (
    typeof file === 'object' &&
    file !== null &&
    !Array.isArray(file) &&
    typeof file.version === 'number' &&
    file.version > EXERCISE_VERSION
  )
    throw new UserError(
      `${path}: comes from a newer Socketscope (version ${file.version}, this one knows ${EXERCISE_VERSION}); update Socketscope`,
    );
  const [problem] = schemaProblems(file, schema);
  if (problem !== undefined) throw new UserError(`${path}: ${problem}`);
  const exercise: Exercise = { folder, origin, file: file as unknown as ExerciseFile };
  const wrong = crossProblems(exercise)[0];
  if (wrong !== undefined) throw new UserError(`${path}: ${wrong}`);
  return exercise;
}

/** The published schema. Throws UserError when the installation lacks it. */
export function readSchema(builtIn: string, name: string = SCHEMA_FILE): JsonObject {
  const path = join(builtIn, name);
  if (!existsSync(path)) throw new UserError(`${path}: is missing; install Socketscope again`);
  return JSON.parse(readFileSync(path, 'utf8'));
}

function parse(path: string): JsonValue {
  let text: string;
  try {
    if (statSync(path).size > LARGEST) throw new UserError(`${path}: is larger than 1 MiB; an exercise.json is a few pages`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === 'ENOENT'
        ? `${path}: is missing; make a new exercise with: socketscope exercises new ID`
        : `${path}: cannot be read (${code})`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: is not JSON: ${(error as Error).message}`);
  }
}

/** What no schema says: names that must be somewhere else, files that must be there. */
function crossProblems({ folder, file }: Exercise): string[] {
  const problems: string[] = [];
  const say = (condition: boolean, sentence: string) => {
    if (condition) problems.push(sentence);
  };
  say(basename(folder) !== file.id, `id is "${file.id}", the folder is "${basename(folder)}"; they must be the same`);
  say(!file.files.includes(file.entry), `entry "${file.entry}" is not in files`);
  const known = (id: string, where: string) =>
    say(file.feedback[id] === undefined, `${where} names the feedback "${id}", which "feedback" does not have`);
  for (const [index, { feedback }] of file.wrong.entries()) known(feedback, `wrong[${index}]`);
  for (const [index, prediction] of (file.predictions ?? []).entries()) {
    const at = `predictions[${index}]`;
    known(prediction.feedback, at);
    for (const rule of prediction.rules ?? []) known(rule.feedback, `${at}.rules`);
    for (const option of prediction.options ?? []) if (option.feedback !== undefined) known(option.feedback, `${at}.options`);
    say((prediction.fact === undefined) === (prediction.answer === undefined), `${at} must have either "fact" or "answer"`);
    say(prediction.kind !== 'number' && prediction.options === undefined, `${at} is of kind ${prediction.kind} and must have "options"`);
  }
  say(file.type === 'predict' && (file.predictions ?? []).length === 0, 'type is predict and there are no predictions');
  for (const name of file.files) say(!existsSync(join(folder, 'starter', name)), `files names "${name}", which is not in starter/`);
  for (const { name } of file.wrong)
    say(!isFolder(join(folder, 'wrong', name)), `wrong names "${name}", and there is no folder wrong/${name}`);
  for (const { name } of file.styles ?? [])
    say(!isFolder(join(folder, 'styles', name)), `styles names "${name}", and there is no folder styles/${name}`);
  for (const name of ['README.md', 'checks.mjs', 'solution']) say(!existsSync(join(folder, name)), `${name} is missing beside it`);
  return problems;
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
