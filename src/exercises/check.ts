/** `checkExercise`: the one way to a verdict, for the command line, the editor, `grade` and `verify`. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckReport, Exercise } from '../contracts/exercises';
import { ExamProcess } from './exam-process';
import type { Isolation } from './isolation';
import type { ExamOrder } from './run/examiner';
import type { Limits } from './run/limits';
import { ungraded } from './ungraded';

export interface CheckOptions {
  exercise: Exercise;
  /** Absolute folder with the learner's files. */
  dir: string;
  /** dist/cli.js: the check, the peer and the programs run in processes of their own that it starts. */
  cli: string;
  /** Same seed, same peer. Default 1. */
  seed?: number;
  /** The `node` of the learner's programs. */
  node?: string;
  /** Where the traces are to stay (`<scenario>.socktrace`); nowhere when absent. */
  traces?: string;
  /** Apart from the rest of the machine, as far as it lets us; `none` when absent. */
  isolation?: Isolation;
  limits?: Partial<Limits>;
  /** ms for everything, default 120000. */
  timeLimit?: number;
  signal?: AbortSignal;
}

const TIME_LIMIT = 120_000;

/** Checks a folder. Never rejects: what went wrong outside the learner's work is an `ungraded` report with a sentence. */
export async function checkExercise(options: CheckOptions): Promise<CheckReport> {
  const exam = new ExamProcess(options.cli, options.isolation);
  try {
    return (await checkFolders(exam, [options.dir], options))[0]!;
  } finally {
    await exam.close();
  }
}

/** Checks folders one after the other in a process that is there already, with one run for all where the exercise runs its own program. */
export async function checkFolders(
  exam: ExamProcess,
  dirs: string[],
  options: Omit<CheckOptions, 'dir' | 'cli' | 'isolation'>,
): Promise<CheckReport[]> {
  const { exercise, signal, timeLimit = TIME_LIMIT } = options;
  const problems = dirs.map((dir) =>
    statSync(dir, { throwIfNoEntry: false })?.isDirectory()
      ? null
      : `${dir}: there is no such folder; start the exercise, or name its folder with --dir`,
  );
  const there = dirs.filter((_, n) => problems[n] === null);
  const kept = options.traces;
  const traces = kept ?? mkdtempSync(join(tmpdir(), 'socketscope-check-'));
  const order: ExamOrder = {
    exercise,
    dirs: there,
    seed: options.seed ?? 1,
    node: options.node,
    traces,
    keep: kept !== undefined,
    limits: options.limits,
  };
  try {
    const result = there.length === 0 ? { reports: [] } : await exam.check(order, { timeLimit, signal });
    return dirs.map((dir, n) => {
      if (problems[n] !== null) return ungraded(exercise.file, dir, problems[n]!);
      return 'problem' in result ? ungraded(exercise.file, dir, result.problem) : result.reports[there.indexOf(dir)]!;
    });
  } finally {
    if (kept === undefined) rmSync(traces, { recursive: true, force: true, maxRetries: 3 });
  }
}
