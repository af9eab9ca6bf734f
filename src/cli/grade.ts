/** `socketscope grade DIR [--exercise ID] [--jobs N] [--junit FILE] [--json]` */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CheckReport } from '../contracts/exercises';
import { gradeAll, submissionsIn } from '../exercises/grade';
import { junit } from '../exercises/junit';
import { UserError } from '../runner/program';
import type { Cli } from './cli';
import { allExercises, cliOf, oneExercise } from './exercise-tools';
import { parse, wholeNumber } from './options';

const OPTIONS = {
  exercise: { type: 'string' },
  jobs: { type: 'string' },
  junit: { type: 'string' },
  json: { type: 'boolean' },
  node: { type: 'string' },
  exercises: { type: 'string', multiple: true },
} as const;

export async function gradeCommand({ args, dist }: Cli): Promise<void> {
  const { values, positionals } = parse('grade', args, OPTIONS);
  const folder = positionals[0];
  if (folder === undefined) throw new UserError('grade: name the folder with the submissions');
  if (positionals.length > 1) throw new UserError(`grade: ${positionals[1]} is not expected; name one folder`);
  const list = allExercises(dist, values.exercises);
  const only = values.exercise === undefined ? null : oneExercise(list, values.exercise);
  const submissions = submissionsIn(resolve(folder), list.exercises, only);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  const width = Math.max(...submissions.map(({ name }) => name.length));
  const results = await gradeAll(submissions, {
    cli: cliOf(dist),
    jobs: wholeNumber('--jobs', values.jobs, 1, 64) ?? 2,
    node: values.node,
    signal: stop.signal,
    onReport: (name, report) => {
      if (!values.json) process.stdout.write(`${name.padEnd(width)}  ${line(report)}\n`);
    },
  });
  const reports = results.map(({ report }) => report);
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else {
    for (const note of new Set(reports.flatMap(({ notes }) => notes))) process.stdout.write(`note: ${note}\n`);
    const count = (verdict: string) => reports.filter((report) => report.verdict === verdict).length;
    process.stdout.write(`${count('passed')} passed, ${count('failed')} not yet, ${count('ungraded')} could not be graded\n`);
  }
  if (values.junit !== undefined) write(values.junit, junit(results));
  process.exitCode = reports.some(({ verdict }) => verdict === 'ungraded') ? 2 : 0;
}

/** One submission in a line: points, and the one thing to know. */
function line(report: CheckReport): string {
  const points = `${report.exercise} ${`${report.points}/${report.of}`.padStart(7)}`;
  if (report.verdict === 'passed') return `${points}  passed`;
  if (report.verdict === 'ungraded') return `${points}  could not be graded: ${report.problem}`;
  return `${points}  ${report.trouble ?? report.feedback?.broke ?? 'not yet'}`;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UserError(
      `--junit ${path}: cannot be written (${(error as NodeJS.ErrnoException).code}); name a file in a folder that is there`,
    );
  }
}
