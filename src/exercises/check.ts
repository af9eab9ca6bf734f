/** `checkExercise`: the one way to a verdict, for the command line, the editor, `grade` and `verify`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CheckReport, EXERCISE_VERSION, type Exercise } from '../contracts/exercises';
import { stopTree } from '../runner/process-tree';
import { nodeRuntime } from '../runner/program';
import { type Isolation, isolated } from './isolation';
import type { FromExam } from './run/exam-main';
import type { ExamOrder } from './run/examiner';
import type { Limits } from './run/limits';

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
const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

/** Checks a folder. Never rejects: what went wrong outside the learner's work is an `ungraded` report with a sentence. */
export async function checkExercise(options: CheckOptions): Promise<CheckReport> {
  const { exercise, dir } = options;
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory())
    return ungraded(options, `${dir}: there is no such folder; start the exercise, or name its folder with --dir`);
  const kept = options.traces;
  const traces = kept ?? mkdtempSync(join(tmpdir(), 'socketscope-check-'));
  const order: ExamOrder = {
    exercise,
    dir,
    seed: options.seed ?? 1,
    node: options.node,
    traces,
    keep: kept !== undefined,
    limits: options.limits,
  };
  try {
    return await exam(order, options);
  } finally {
    if (kept === undefined) rmSync(traces, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function exam(order: ExamOrder, options: CheckOptions): Promise<CheckReport> {
  const { cli, isolation, signal, timeLimit = TIME_LIMIT } = options;
  const own = nodeRuntime(undefined);
  const { command, notes } = isolated([own.path, cli, 'exercise-exam'], isolation);
  const child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...own.env } });
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr = (stderr + chunk).slice(-4096);
  });
  let why: string | null = null;
  const stop = (reason: string) => {
    why ??= reason;
    void end(child);
  };
  const abort = () => stop('the check was stopped');
  const timer = setTimeout(() => stop(`the check took longer than ${seconds(timeLimit)} and was stopped`), timeLimit);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await new Promise<CheckReport>((resolve) => {
      let report: CheckReport | null = null;
      child.on('message', (message: FromExam) => {
        report = message.report;
      });
      child.once('error', (error: NodeJS.ErrnoException) => resolve(ungraded(options, `the check cannot be started (${error.code})`)));
      child.once('spawn', () => child.send(order, () => {}));
      const ended = (code: number | null, how: NodeJS.Signals | null) => {
        if (report !== null && why === null) resolve({ ...report, notes: [...report.notes, ...notes] });
        else resolve(ungraded(options, why ?? `the check ended before it had a result (${how ?? `exit code ${code}`})${lastLine(stderr)}`));
      };
      child.once('close', ended);
      // 'close' does not come when the channel was closed on this side.
      child.once('exit', (code, how) => {
        if (why !== null) ended(code, how);
      });
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** Asks the process to end its programs and itself, then ends them. */
async function end(child: ChildProcess): Promise<void> {
  if (child.connected) child.disconnect();
  if (child.pid !== undefined) await stopTree({ roots: [child.pid], graceMs: 1500 });
  child.kill('SIGKILL');
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1);
  return line ? `: ${line.slice(0, 200)}` : '';
}

/** A report without a verdict. */
export function ungraded(options: Pick<CheckOptions, 'exercise' | 'dir'>, problem: string): CheckReport {
  const { id, title } = options.exercise.file;
  const nothing = {
    trouble: null,
    points: 0,
    of: 0,
    feedback: null,
    evidence: [],
    checks: [],
    predictions: [],
    scenarios: [],
    moments: [],
    notes: [],
    ms: 0,
  };
  return { version: EXERCISE_VERSION, exercise: id, title, dir: options.dir, verdict: 'ungraded', problem, ...nothing };
}
