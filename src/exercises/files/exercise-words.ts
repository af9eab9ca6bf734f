/** The words of an exercise in another language: `exercise.de.json` beside exercise.json. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exercise, ExerciseFile, ExerciseWords } from '../../contracts/exercises';
import type { JsonObject, JsonValue } from '../../contracts/trace';
import { UserError } from '../../runner/program';
import { schemaProblems } from './schema-check';

/** The names under which something in the language of the editor may lie, the nearest first: `de-at`, `de`. None for English. */
export function languagesOf(language: string): string[] {
  const whole = language.toLowerCase();
  const short = whole.split('-')[0]!;
  // It goes into the name of a file.
  if (!/^[a-z0-9-]+$/.test(whole) || short === 'en') return [];
  return [...new Set([whole, short])];
}

/**
 * The exercise with the words of the first of these languages that it has; `schema` is that of WORDS_SCHEMA_FILE. What is not translated
 * stays as it is, and nothing that decides a verdict can be said there. Throws UserError when the file is not what it has to be.
 */
export function inWords(exercise: Exercise, languages: readonly string[], schema: JsonObject): Exercise {
  const path = languages.map((language) => join(exercise.folder, `exercise.${language}.json`)).find((each) => existsSync(each));
  if (path === undefined) return exercise;
  const words = readWords(path, schema);
  return { ...exercise, file: translated(exercise.file, words), titles: words.titles };
}

function translated(file: ExerciseFile, words: ExerciseWords): ExerciseFile {
  const { title = file.title, objective = file.objective, explanation = file.explanation, hints = file.hints } = words;
  const feedback = Object.fromEntries(Object.entries(file.feedback).map(([id, text]) => [id, { ...text, ...words.feedback?.[id] }]));
  const predictions = file.predictions?.map((prediction) => {
    const { question = prediction.question, explanation: why = prediction.explanation, options } = words.predictions?.[prediction.id] ?? {};
    const own = prediction.options?.map((option) => ({ ...option, text: options?.[option.id] ?? option.text }));
    return { ...prediction, question, explanation: why, ...(own && { options: own }) };
  });
  const moments = file.moments?.map((moment) => {
    const { question = moment.question, options } = words.moments?.[moment.fact] ?? {};
    return { ...moment, question, options: moment.options.map((option, n) => ({ ...option, ...options?.[n] })) };
  });
  return { ...file, title, objective, explanation, hints, feedback, ...(predictions && { predictions }), ...(moments && { moments }) };
}

function readWords(path: string, schema: JsonObject): ExerciseWords {
  let json: JsonValue;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UserError(`${path}: cannot be used, so the exercise stays in English: ${(error as Error).message}`);
  }
  const [problem] = schemaProblems(json, schema);
  if (problem !== undefined) throw new UserError(`${path}: ${problem}; the exercise stays in English`);
  return json as ExerciseWords;
}
