/** `socketscope exercises verify [ID...] [--repeat N] [--jobs N]` */
import { spawnSync } from 'node:child_process';
import type { Exercise } from '../contracts/exercises';
import { confusionMatrix, verifyExercise } from '../exercises/verify';
import { UserError } from '../runner/program';
import type { Cli } from './cli';
import { allExercises, cliOf, oneExercise } from './exercise-tools';
import { parse, wholeNumber } from './options';

const OPTIONS = {
  repeat: { type: 'string' },
  jobs: { type: 'string' },
  node: { type: 'string' },
  exercises: { type: 'string', multiple: true },
} as const;

export async function verifyCommand({ args, dist }: Cli): Promise<void> {
  const { values, positionals } = parse('exercises verify', args, OPTIONS);
  const list = allExercises(dist, values.exercises);
  const chosen: Exercise[] = positionals.length > 0 ? positionals.map((id) => oneExercise(list, id)) : list.exercises;
  if (positionals.length === 0) for (const { sentence } of list.problems) process.stderr.write(`socketscope: ${sentence}\n`);
  const repeat = wholeNumber('--repeat', values.repeat, 1, 1000) ?? 1;
  const jobs = wholeNumber('--jobs', values.jobs, 1, 64) ?? 2;
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const nodeVersion = values.node === undefined ? undefined : versionOf(values.node);
  let wrong = positionals.length === 0 ? list.problems.length : 0;
  const began = Date.now();
  for (const exercise of chosen) {
    if (stop.signal.aborted) break;
    const results = await verifyExercise(exercise, { cli: cliOf(dist), repeat, jobs, node: values.node, nodeVersion, signal: stop.signal });
    process.stdout.write(`${exercise.file.id}  ${exercise.file.title}\n${confusionMatrix(results)}\n`);
    wrong += results.filter(({ ok }) => !ok).length;
  }
  const checks = `${chosen.length} ${chosen.length === 1 ? 'exercise' : 'exercises'}, ${repeat} ${repeat === 1 ? 'time' : 'times'} each, in ${((Date.now() - began) / 1000).toFixed(1)} s`;
  process.stdout.write(wrong === 0 ? `${checks}: every verdict is as expected\n` : `${checks}: ${wrong} not as expected\n`);
  process.exitCode = wrong === 0 && !stop.signal.aborted ? 0 : 1;
}

function versionOf(node: string): string {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: 5000 });
  if (!stdout) throw new UserError(`--node ${node}: cannot be started as Node; name the file of a node`);
  return stdout.trim().replace(/^v/, '');
}
