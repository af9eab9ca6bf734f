import * as vscode from 'vscode';
import { stopTree } from '../../runner/process-tree';
import { removeRunFolder } from '../../runner/run-folder';
import type { Collector } from './collector';
import type { RunningProgram } from './program-terminal';
import { TraceWatch } from './trace-watch';

/** VS Code tells of the end of a process a moment later, in a window that has just opened some seconds: so often, so long apart (ms), Stop looks. */
const LOOKS = 25;
const LOOK_MS = 200;

/** How a run ended. */
export interface RunOutcome {
  /** Ended by Stop, or because the window closes. */
  stopped: boolean;
  /** A sentence when the trace is incomplete. */
  problem: string | null;
  /** `started` is false when the terminal could not start it; `code` is null when nothing says how it ended. */
  programs: { program: string; started: boolean; code: number | null }[];
}

export interface RunParts {
  /** What the learner calls it: `server.mjs`, `Traced Terminal`. */
  title: string;
  /** Whether faults are put into it. */
  faults: boolean;
  trace: string;
  runFolder: string;
  collector: Collector;
}

/** One run: its programs, its collector and its trace. Live from the constructor until `ended`. */
export class TracedRun implements vscode.Disposable {
  readonly title: string;
  readonly faults: boolean;
  /** Path of the trace; it grows while the run is live. */
  readonly trace: string;
  readonly runFolder: string;
  readonly watch: TraceWatch;
  /** In ms since 1970. */
  readonly began = Date.now();
  /** Resolves when all programs have ended and the trace is complete. */
  readonly ended: Promise<RunOutcome>;
  /** Resolves when the first of its programs has ended. */
  readonly firstEnded: Promise<void>;
  private readonly programs: RunningProgram[] = [];
  private readonly results: RunOutcome['programs'] = [];
  private readonly collector: Collector;
  private terminal: vscode.Terminal | null = null;
  private running = 0;
  private stopped = false;
  private over = false;
  private ending: Promise<void> | null = null;
  private setFirstEnded: () => void = () => {};
  private setEnded: (outcome: RunOutcome) => void = () => {};

  constructor(parts: RunParts) {
    this.title = parts.title;
    this.faults = parts.faults;
    this.trace = parts.trace;
    this.runFolder = parts.runFolder;
    this.collector = parts.collector;
    this.watch = new TraceWatch(parts.trace);
    this.ended = new Promise((resolve) => {
      this.setEnded = resolve;
    });
    this.firstEnded = new Promise((resolve) => {
      this.setFirstEnded = resolve;
    });
  }

  get live(): boolean {
    return !this.over;
  }

  /** The script files that were started, in order. */
  get files(): string[] {
    return this.programs.map(({ program }) => program);
  }

  /** Takes a started program into the run; the run ends when its last program has. */
  add(program: RunningProgram): void {
    this.programs.push(program);
    this.running++;
    void program.ended.then(async ({ code }) => {
      // A closed terminal says nothing of the program, which may have ignored it.
      const pid = await program.started;
      if (pid !== null && code === null && !this.stopped) await stopTree({ roots: [pid] });
      this.results.push({ program: program.program, started: pid !== null, code });
      this.setFirstEnded();
      this.left();
    });
  }

  /** Holds the run open for a terminal, whose programs come and go. */
  hold(terminal: vscode.Terminal): void {
    this.terminal = terminal;
    this.running++;
    const listener = vscode.window.onDidCloseTerminal((closed) => {
      if (closed !== terminal) return;
      listener.dispose();
      this.left();
    });
  }

  /** Keeps the run from ending between a program that has ended and one that is about to start. Returns how to let go. */
  holdOpen(): () => void {
    this.running++;
    let held = true;
    return () => {
      if (held) this.left();
      held = false;
    };
  }

  /** Ends every program of the run with all that they started, then the trace. Resolves when none is left. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.stopPrograms();
    this.terminal?.dispose();
    // A launcher that was only just started had no program yet: look again until all have ended.
    const all = Promise.all(this.programs.map(({ ended }) => ended));
    for (let look = 0; look < LOOKS && !(await within(all, LOOK_MS)); look++) await this.stopPrograms();
    // VS Code has not told of their end. A terminal whose program has ended stays open and shows how; one whose process may be there is closed.
    for (const program of this.programs) if (!(await within(program.ended, 0))) program.terminate();
    await this.stopPrograms();
    await this.finish();
  }

  private async stopPrograms(): Promise<void> {
    const roots = (await Promise.all(this.programs.map(({ started }) => started))).filter((pid) => pid !== null);
    const shell = await this.terminal?.processId;
    for (const { pid, exit } of this.watch.store.processes) if (exit === null) roots.push(pid);
    // An interactive shell ignores SIGTERM; it ends with its terminal.
    const keep = [this.collector.pid, shell].filter((pid) => pid !== undefined);
    await stopTree({ roots, runFolder: this.runFolder, keep });
  }

  /** Shows the terminal of the program that was started last. */
  showTerminal(): void {
    if (this.terminal) this.terminal.show();
    else this.programs.at(-1)?.show();
  }

  dispose(): void {
    this.watch.dispose();
    if (!this.over) this.collector.kill();
  }

  private left(): void {
    this.running--;
    if (this.running === 0) void this.finish();
  }

  private finish(): Promise<void> {
    this.ending ??= (async () => {
      const failed = await this.collector.finish();
      const unread = await this.watch.finish();
      this.over = true;
      removeRunFolder(this.runFolder);
      this.setEnded({ stopped: this.stopped, problem: failed ?? unread, programs: this.results });
    })();
    return this.ending;
  }
}

/** Whether `promise` is settled now or `ms` later. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
