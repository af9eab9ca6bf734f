/** `socketscope exercises [--json]`: the list; `exercises new ID`; `exercises verify [ID]`. */
import type { ExerciseList } from '../contracts/exercises';
import { newExercise } from '../exercises/files/new-exercise';
import { UserError } from '../runner/program';
import type { Cli } from './cli';
import { allExercises, builtInExercises } from './exercise-tools';
import { verifyCommand } from './exercises-verify';
import { parse } from './options';

export async function exercisesCommand({ args, dist }: Cli): Promise<void> {
  if (args[0] === 'verify') return verifyCommand({ args: args.slice(1), dist });
  const { values, positionals } = parse('exercises', args, { json: { type: 'boolean' }, exercises: { type: 'string', multiple: true } });
  if (positionals[0] === 'new') return newCommand(positionals.slice(1), dist);
  if (positionals.length > 0)
    throw new UserError(`exercises: ${positionals[0]} is not known here; it is "new" or "verify", or nothing for the list`);
  const list = allExercises(dist, values.exercises);
  process.stdout.write(values.json ? json(list) : text(list));
  for (const { sentence } of list.problems) process.stderr.write(`socketscope: ${sentence}\n`);
}

/** `exercises new ID`: a small exercise that works, to be changed. */
function newCommand(names: readonly string[], dist: string): void {
  const [id, more] = names;
  if (id === undefined) throw new UserError('exercises new: name the new exercise, such as echo-twice');
  if (more !== undefined) throw new UserError(`exercises new: ${more} is one name too many`);
  const folder = newExercise(id, process.cwd(), builtInExercises(dist));
  process.stdout.write(`${folder}\nChange it, then hold it against itself with: socketscope exercises verify ${id}\n`);
}

function json({ exercises, problems }: ExerciseList): string {
  const shown = exercises.map(
    ({ folder, origin, file: { id, title, track, type, difficulty, minutes, objective, concepts, misconceptions, files, entry } }) => ({
      id,
      title,
      track,
      type,
      difficulty,
      minutes,
      objective,
      concepts,
      misconceptions,
      files,
      entry,
      origin,
      folder,
    }),
  );
  return `${JSON.stringify({ exercises: shown, problems }, null, 2)}\n`;
}

function text({ exercises }: ExerciseList): string {
  const lines: string[] = [];
  let track = '';
  for (const { file } of exercises) {
    if (file.track !== track) lines.push('', file.track);
    track = file.track;
    lines.push(
      `  ${file.id.padEnd(6)} ${file.title.padEnd(44)} ${file.type.padEnd(8)} ${`${file.minutes} min`.padStart(7)}  ${'*'.repeat(file.difficulty)}`,
    );
  }
  return exercises.length === 0 ? 'There are no exercises.\n' : `${lines.join('\n').trim()}\n`;
}
