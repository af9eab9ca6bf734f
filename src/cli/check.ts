/** `socketscope check EXERCISE [--dir DIR] [--json|--junit]` */
import { resolve } from 'node:path';
import { checkExercise } from '../exercises/check';
import { junit } from '../exercises/junit';
import { reportText } from '../exercises/report-text';
import { UserError } from '../runner/program';
import type { Cli } from './cli';
import { allExercises, cliOf, oneExercise } from './exercise-tools';
import { parse, wholeNumber } from './options';

const OPTIONS = {
  dir: { type: 'string' },
  json: { type: 'boolean' },
  junit: { type: 'boolean' },
  seed: { type: 'string' },
  traces: { type: 'string' },
  node: { type: 'string' },
  exercises: { type: 'string', multiple: true },
} as const;

/** Exit codes: 0 passed, 1 failed, 2 could not be graded. */
export const EXIT = { passed: 0, failed: 1, ungraded: 2 } as const;

export async function checkCommand({ args, dist }: Cli): Promise<void> {
  const { values, positionals } = parse('check', args, OPTIONS);
  const id = positionals[0];
  if (id === undefined) throw new UserError('check: name the exercise, such as B01; socketscope exercises lists them');
  if (positionals.length > 1) throw new UserError(`check: ${positionals[1]} is not expected; the folder to check goes after --dir`);
  if (values.json && values.junit) throw new UserError('check: --json and --junit exclude each other; choose one');
  const exercise = oneExercise(allExercises(dist, values.exercises), id);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const report = await checkExercise({
    exercise,
    dir: resolve(values.dir ?? '.'),
    cli: cliOf(dist),
    seed: wholeNumber('--seed', values.seed, 1, 2 ** 31 - 1),
    node: values.node,
    traces: values.traces === undefined ? undefined : resolve(values.traces),
    signal: stop.signal,
  });
  if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else if (values.junit) process.stdout.write(junit([{ name: '', report }]));
  else process.stdout.write(reportText(report));
  process.exitCode = EXIT[report.verdict];
}
