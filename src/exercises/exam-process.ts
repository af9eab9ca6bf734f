/** A process in which checks run, one after the other; what is wrong in a checks.mjs happens there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { CheckReport } from '../contracts/exercises';
import { stopTree } from '../runner/process-tree';
import { nodeRuntime } from '../runner/program';
import { type Isolation, isolated } from './isolation';
import type { FromExam } from './run/exam-main';
import type { ExamOrder } from './run/examiner';

/** The reports of an order, or why there are none, as a sentence. */
export type ExamResult = { reports: CheckReport[] } | { problem: string };

export interface ExamBounds {
  /** ms for the whole order. */
  timeLimit: number;
  signal?: AbortSignal;
}

const seconds = (ms: number) => `${Math.round(ms / 1000)} s`;

export class ExamProcess {
  private readonly child: ChildProcess;
  private readonly notes: string[];
  private readonly gone: Promise<string>;
  private stderr = '';
  private why: string | null = null;

  /** `cli`: dist/cli.js, beside which the program of this process lies. */
  constructor(cli: string, isolation?: Isolation) {
    const own = nodeRuntime(undefined);
    const { command, notes } = isolated([own.path, join(dirname(cli), 'exercise-exam.js')], isolation);
    this.notes = notes;
    this.child = spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...own.env } });
    this.child.stderr!.on('data', (chunk) => {
      this.stderr = (this.stderr + chunk).slice(-4096);
    });
    this.gone = new Promise((resolve) => {
      this.child.once('error', (error: NodeJS.ErrnoException) => resolve(`the check cannot be started (${error.code})`));
      const ended = (code: number | null, how: NodeJS.Signals | null) =>
        resolve(this.why ?? `the check ended before it had a result (${how ?? `exit code ${code}`})${lastLine(this.stderr)}`);
      this.child.once('close', ended);
      // 'close' does not come when the channel was closed on this side.
      this.child.once('exit', (code, how) => {
        if (this.why !== null) ended(code, how);
      });
    });
  }

  /** false: it can check nothing more. */
  get usable(): boolean {
    return this.why === null && this.child.connected;
  }

  /** Never rejects. One order at a time. */
  async check(order: ExamOrder, { timeLimit, signal }: ExamBounds): Promise<ExamResult> {
    const { child } = this;
    const abort = () => void this.end('the check was stopped');
    const timer = setTimeout(() => void this.end(`the check took longer than ${seconds(timeLimit)} and was stopped`), timeLimit);
    signal?.addEventListener('abort', abort, { once: true });
    let take: (message: FromExam) => void = () => {};
    try {
      const reports = new Promise<ExamResult>((resolve) => {
        take = ({ reports }) => resolve({ reports: reports.map((report) => ({ ...report, notes: [...report.notes, ...this.notes] })) });
        child.on('message', take);
      });
      const problem = this.gone.then((sentence) => ({ problem: sentence }));
      if (signal?.aborted) abort();
      else child.send(order, () => {});
      const result = await Promise.race([reports, problem]);
      return this.why === null ? result : await problem;
    } finally {
      child.off('message', take);
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Lets it go, and waits until it is gone with everything that it started. */
  async close(): Promise<void> {
    this.why ??= 'the check is over';
    if (this.child.connected) this.child.disconnect();
    // A checks.mjs may have left something behind that does not let it end.
    const timer = setTimeout(() => void this.end('the check is over'), 2000);
    await this.gone;
    clearTimeout(timer);
  }

  /** Asks it to end its programs and itself, then ends them. */
  private async end(why: string): Promise<void> {
    this.why ??= why;
    const { child } = this;
    if (child.connected) child.disconnect();
    if (child.pid !== undefined) await stopTree({ roots: [child.pid], graceMs: 1500 });
    child.kill('SIGKILL');
  }
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1);
  return line ? `: ${line.slice(0, 200)}` : '';
}
