/** Starts one program with the probe in it, its stdio its own, and records how the kernel says it ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { FaultSpec } from '../contracts/faults';
import { type LaunchEnd, PROBE_ENV } from '../contracts/probe-stream';
import { withProbe } from './node-options';
import { type NodeRuntime, nodeArguments, UserError } from './program';

/** What of a run is recorded, as far as somebody says so; else the probe's defaults hold. */
export interface Capture {
  /** Payload bytes kept per event, 0 to 65536, or all of them. */
  payload?: number | 'all';
  /** Bytes that the records of a run may take, all its processes together. */
  maxBytes?: number;
  /** False: the lines of calls that send are not looked up. */
  callSites?: boolean;
  /** Names and globs of programs that are not recorded. */
  ignore?: readonly string[];
}

export interface LaunchOptions extends Capture {
  /** Run folder where the probe writes its streams. */
  runFolder: string;
  /** Path of the probe's bundle (dist/probe.cjs). */
  probe: string;
  runtime: NodeRuntime;
  /** Absolute path of the script, and its arguments. */
  program: string;
  args: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Faults to put in; none when absent. */
  faults?: FaultSpec | null;
  /** 'inherit' (the default) or 'pipe' for tests. */
  stdio?: 'inherit' | 'pipe';
}

export interface Launched {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when the program has ended and `<pid>.ended` is written. */
  readonly ended: Promise<LaunchEnd>;
}

/** What `launch` is told in this variable, as JSON, where the command line would be shown to the learner (a terminal of VS Code). */
export const LAUNCH_ENV = 'SOCKETSCOPE_LAUNCH';

/** The value of LAUNCH_ENV. */
export interface LaunchOrder extends Capture {
  /** Run folder. */
  run: string;
  faults?: FaultSpec | null;
  cwd: string;
  /** Absolute path. */
  program: string;
  args: readonly string[];
}

/** The environment with which a program joins a run. Every Node process started from it joins, too. */
export function tracedEnvironment(options: Pick<LaunchOptions, 'runFolder' | 'probe' | 'faults' | 'env'> & Capture): NodeJS.ProcessEnv {
  const env = { ...(options.env ?? process.env) };
  env.NODE_OPTIONS = withProbe(env.NODE_OPTIONS, options.probe, options.runFolder);
  env[PROBE_ENV.run] = options.runFolder;
  const { payload, callSites, maxBytes, ignore, faults } = options;
  // What a traced shell was started with is not what this run asks for.
  for (const name of [PROBE_ENV.callSites, PROBE_ENV.maxBytes, PROBE_ENV.ignore, PROBE_ENV.faults]) delete env[name];
  if (payload !== undefined) env[PROBE_ENV.payload] = String(payload);
  if (callSites === false) env[PROBE_ENV.callSites] = 'off';
  if (maxBytes !== undefined) env[PROBE_ENV.maxBytes] = String(maxBytes);
  if (ignore !== undefined && ignore.length > 0) env[PROBE_ENV.ignore] = JSON.stringify(ignore);
  if (faults) env[PROBE_ENV.faults] = JSON.stringify(faults);
  return env;
}

/** Starts the program. Rejects with UserError when the runtime itself cannot be started. */
export function launch(options: LaunchOptions): Promise<Launched> {
  const { runtime, program, args } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(runtime.path, [...nodeArguments(program, runtime), program, ...args], {
      stdio: options.stdio ?? 'inherit',
      cwd: options.cwd,
      env: { ...tracedEnvironment(options), ...runtime.env },
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined)
        reject(new UserError(`${runtime.path}: cannot be started as Node (${error.code}); name another with --node`));
    });
    child.once('spawn', () => {
      const pid = child.pid!;
      const ended = new Promise<LaunchEnd>((done) => {
        child.once('exit', (code, signal) => {
          const end: LaunchEnd = { pid, time: Number(process.hrtime.bigint()), code, signal };
          writeEnd(options.runFolder, end);
          done(end);
        });
      });
      resolve({ child, pid, ended });
    });
  });
}

/** Writes `<pid>.ended` whole or not at all. The run folder may be gone (a stopped run); that is no failure of the program. */
function writeEnd(runFolder: string, end: LaunchEnd): void {
  try {
    const path = join(runFolder, `${end.pid}.ended`);
    writeFileSync(`${path}.tmp`, JSON.stringify(end));
    renameSync(`${path}.tmp`, path);
  } catch {
    // Nothing to tell anybody: the collector takes a vanished process as ended.
  }
}

/**
 * Passes the signals that reach this process on to the program. A terminal sends Ctrl+C (SIGINT) and Ctrl+\ (SIGQUIT) to the whole
 * foreground group, the program included, so there they are only kept from ending this process first. Returns a function that undoes it.
 */
export function forwardSignals(child: ChildProcess, terminal: boolean = process.stdin.isTTY === true): () => void {
  const signals: NodeJS.Signals[] = process.platform === 'win32' ? ['SIGINT', 'SIGBREAK'] : ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'];
  const handlers = signals.map((signal) => {
    const handler = () => {
      if (terminal && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
      if (process.platform !== 'win32') child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return () => {
    for (const { signal, handler } of handlers) process.off(signal, handler);
  };
}

/** Ends this process the way the program ended: same code, or the same signal (128 + its number where that is impossible). */
export function endLike(end: Pick<LaunchEnd, 'code' | 'signal'>): void {
  if (end.signal === null) {
    process.exitCode = end.code ?? 1;
    return;
  }
  const number = constants.signals[end.signal as NodeJS.Signals] ?? 0;
  process.exitCode = 128 + number;
  if (process.platform === 'win32') return;
  // A core dump of the launcher would say nothing: SIGABRT, SIGSEGV and the like are only reported by number.
  const dumps = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP', 'SIGQUIT', 'SIGSYS'];
  if (dumps.includes(end.signal)) return;
  process.removeAllListeners(end.signal);
  process.kill(process.pid, end.signal as NodeJS.Signals);
}
