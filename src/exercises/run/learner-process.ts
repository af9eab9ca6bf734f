/** A program under test: traced, in a process group of its own, with limits on what it uses. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { FaultSpec } from '../../contracts/faults';
import type { LaunchEnd } from '../../contracts/probe-stream';
import { tracedEnvironment } from '../../runner/launch';
import { type NodeRuntime, nodeArguments } from '../../runner/program';
import { beyond, type Limits, type UsageWatch } from './limits';

export interface LearnerOptions {
  runFolder: string;
  probe: string;
  runtime: NodeRuntime;
  /** Absolute. */
  program: string;
  /** Where it is started: an empty folder, so that what it writes under a relative name lies there. */
  cwd: string;
  args: readonly string[];
  env: { [name: string]: string };
  faults: FaultSpec | null;
  payload: number;
  /** Most bytes of its records. */
  maxBytes: number;
  limits: Limits;
  usage: UsageWatch;
  onOutput: (text: string) => void;
  onEnd: (end: LaunchEnd) => void;
}

/** Bytes of each output that are kept. */
const KEPT = 256 * 1024;
const LOOK_EVERY = 50;

export class LearnerProcess {
  stdout = '';
  stderr = '';
  /** Which limit it went beyond; null for none. */
  limit: string | null = null;
  /** How it ended; null while it runs. */
  end: LaunchEnd | null = null;
  readonly began = Date.now();
  private printed = 0;
  private readonly watch: NodeJS.Timeout;

  private constructor(
    private readonly child: ChildProcess,
    private readonly options: LearnerOptions,
  ) {
    for (const name of ['stdout', 'stderr'] as const) child[name]!.on('data', (chunk: Buffer) => this.output(name, chunk));
    // A program that is gone takes no input.
    child.stdin!.on('error', () => {});
    child.once('exit', (code, signal) => {
      clearInterval(this.watch);
      this.end = { pid: child.pid!, time: Number(process.hrtime.bigint()), code, signal };
      options.onEnd(this.end);
    });
    options.usage.add(child.pid!, options.runFolder);
    this.watch = setInterval(() => this.look(), LOOK_EVERY);
  }

  /** Starts it. Rejects with the reason, as a sentence, when the operating system does not. */
  static start(options: LearnerOptions): Promise<LearnerProcess> {
    const { runtime, program, args, cwd } = options;
    const node = [runtime.path, ...nodeArguments(program, runtime), program, ...args];
    // setrlimit(2) by a small program of util-linux: it becomes the program, so the process id stays.
    const command =
      process.platform === 'linux' && existsSync('/usr/bin/prlimit')
        ? ['/usr/bin/prlimit', `--fsize=${options.limits.file}`, '--core=0', ...node]
        : node;
    return new Promise((resolve, reject) => {
      const child = spawn(command[0]!, command.slice(1), {
        cwd,
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own: nothing that it does to its group reaches us.
        detached: process.platform !== 'win32',
        env: environment(options),
      });
      child.once('error', (error: NodeJS.ErrnoException) => reject(new Error(`${runtime.path} cannot be started as Node (${error.code})`)));
      child.once('spawn', () => resolve(new LearnerProcess(child, options)));
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  signal(name: NodeJS.Signals): void {
    if (this.end === null) this.child.kill(name);
  }

  /** Ends it at once, with its process group. */
  kill(): void {
    clearInterval(this.watch);
    try {
      if (process.platform === 'win32') this.child.kill('SIGKILL');
      else process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  }

  /** Nobody listens to its output any more: a grandchild may hold the pipes open for ever. */
  dispose(): void {
    clearInterval(this.watch);
    this.child.stdin!.destroy();
    this.child.stdout!.destroy();
    this.child.stderr!.destroy();
  }

  private output(name: 'stdout' | 'stderr', chunk: Buffer): void {
    this.printed += chunk.length;
    if (this[name].length < KEPT) this[name] = (this[name] + chunk.toString()).slice(0, KEPT);
    const { limits, onOutput } = this.options;
    if (this.printed <= limits.output) onOutput(chunk.toString());
    else this.stop(`it printed more than ${Math.round(limits.output / 1024 / 1024)} MiB`);
  }

  private look(): void {
    const used = this.options.usage.look(this.options.runFolder);
    const problem = used && beyond(used, this.options.limits);
    if (problem) this.stop(problem);
  }

  private stop(limit: string): void {
    this.limit ??= limit;
    this.kill();
  }
}

/** What the program sees of ours: PORT 0 and HOST unless the exercise says otherwise; nothing of the surrounding session. */
function environment(options: LearnerOptions): NodeJS.ProcessEnv {
  const { runFolder, probe, faults, payload, maxBytes, runtime } = options;
  const own: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env))
    if (!/^(SOCKETSCOPE_|NODE_|npm_|VSCODE_|ELECTRON_|FORCE_COLOR|PORT$|HOST$)/.test(name)) own[name] = value;
  const env = { ...own, NO_COLOR: '1', HOST: '127.0.0.1', PORT: '0', ...runtime.env, ...options.env };
  return tracedEnvironment({ runFolder, probe, faults, payload, maxBytes, env });
}
