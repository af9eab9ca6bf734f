/** `socketscope run`: launches programs and collects them in one process. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { FaultSpec } from '../contracts/faults';
import type { LaunchEnd } from '../contracts/probe-stream';
import { Collector, type CollectResult } from './collector';
import { type Capture, type Launched, launch } from './launch';
import { stopTree } from './process-tree';
import { type NodeRuntime, UserError } from './program';
import { createRunFolder, removeRunFolder } from './run-folder';
import type { CallKnowledge } from './translate';

export interface RunOptions extends Capture {
  /** Absolute paths; the first gets `args`. Each further one starts when somebody listens, or when the one before has ended. */
  programs: readonly string[];
  args: readonly string[];
  /** The trace to write; a file in the run folder, handed to `use` before it goes away, when absent. */
  out?: string;
  probe: string;
  runtime: NodeRuntime;
  knowledge: CallKnowledge;
  /** Faults to put into the programs. */
  faults?: FaultSpec | null;
  cwd?: string;
  /** Sentences for the user (stderr). */
  say: (sentence: string) => void;
  /** Called with the finished trace file. */
  use?: (file: string) => void | Promise<void>;
}

export interface RunResult extends CollectResult {
  /** How the first program ended. */
  end: LaunchEnd;
}

const PUMP_EVERY = 15;
/** How long a program may take to end after Ctrl+C before its tree is ended, when nobody can press it again (ms). */
const PATIENCE = 3000;
/** How long children that outlive their programs are still followed (ms). */
const STRAGGLERS = 1000;

/** Runs the programs to their end. Throws UserError when the first one cannot be started. */
export async function run(options: RunOptions): Promise<RunResult> {
  const runFolder = createRunFolder();
  const launched: Launched[] = [];
  const collector = new Collector({
    runFolder,
    out: options.out ?? `${runFolder}/run.socktrace`,
    knowledge: options.knowledge,
    cwd: options.cwd ?? process.cwd(),
    limit: options.maxBytes,
    onProblem: options.say,
    onReachable: options.programs.length > 1 ? () => startAll() : undefined,
  });
  const pump = pumping(collector);
  const waiting = options.programs.slice(1);
  let stopped = false;
  const ends: Promise<LaunchEnd>[] = [];
  let starting = Promise.resolve();

  const start = async (program: string, args: readonly string[]): Promise<LaunchEnd> => {
    const { probe, runtime, payload, maxBytes, ignore, faults, cwd } = options;
    const one = await launch({ runFolder, probe, runtime, program, args, payload, maxBytes, ignore, faults, cwd });
    launched.push(one);
    void one.ended.then((end) => collector.programEnded(end));
    return one.ended;
  };
  /** Starts the next waiting program; `because` says why it does not wait any longer. */
  const startNext = () => {
    const program = waiting.shift();
    if (program === undefined || stopped) return;
    starting = starting.then(() => {
      const end = start(program, []);
      ends.push(end);
      end.then(
        (how) => ended(program, how),
        (error: unknown) => options.say(error instanceof UserError ? error.message : String(error)),
      );
    });
  };
  const startAll = () => {
    while (waiting.length > 0 && !stopped) startNext();
  };
  const ended = (program: string, end: LaunchEnd) => {
    if (waiting.length === 0 || stopped) return;
    // What the program did in its last moment may still have to be read: it may have listened, and be gone.
    pump.now();
    if (waiting.length === 0) return;
    const how = end.signal === null ? `exit code ${end.code}` : end.signal;
    options.say(`${basename(program)} ended (${how}) without a listening or bound socket; ${basename(waiting[0]!)} starts all the same`);
    startNext();
  };

  const stop = stopping(
    () => launched,
    runFolder,
    collector,
    options.say,
    () => {
      stopped = true;
    },
  );
  try {
    const first = start(options.programs[0]!, options.args);
    const end = await first.then((how) => {
      ended(options.programs[0]!, how);
      return how;
    });
    await allOf(ends, () => starting);
    for (const until = Date.now() + STRAGGLERS; collector.running.length > 0 && Date.now() < until && !stopped; )
      await new Promise((resolve) => setTimeout(resolve, PUMP_EVERY));
    await stop.done();
    pump.stop();
    const result = await collector.finish();
    // A trace that is gone has been told of; the program's exit code is what counts.
    const trace = options.out ?? `${runFolder}/run.socktrace`;
    if (existsSync(trace)) await options.use?.(trace);
    return { ...result, end };
  } finally {
    pump.stop();
    stop.dispose();
    removeRunFolder(runFolder);
  }
}

/** Waits for all, also for those that are added while waiting. A program that could not be started counts as ended. */
async function allOf(ends: readonly Promise<LaunchEnd>[], starting: () => Promise<void>): Promise<void> {
  for (let count = -1; count !== ends.length; ) {
    count = ends.length;
    await starting();
    await Promise.allSettled(ends);
  }
}

function pumping(collector: Collector) {
  let timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  let stopped = false;
  const turn = () => {
    if (stopped) return;
    timer = collector.pump() ? setImmediate(turn) : setTimeout(turn, PUMP_EVERY);
  };
  timer = setTimeout(turn, PUMP_EVERY);
  return {
    now: () => {
      while (collector.pump());
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer as NodeJS.Timeout);
      clearImmediate(timer as NodeJS.Immediate);
    },
  };
}

/**
 * Ctrl+C and friends. A terminal has sent Ctrl+C to the programs, too, so they can end as they like; whoever does not is ended with its
 * whole tree by a second Ctrl+C, or after a while where nobody can press it again.
 */
function stopping(
  launched: () => readonly Launched[],
  runFolder: string,
  collector: Collector,
  say: (sentence: string) => void,
  onStop: () => void,
) {
  let asked = 0;
  let stopped: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const force = () => {
    onStop();
    stopped = stopTree({ roots: [...launched().map((one) => one.pid), ...collector.pids], runFolder });
  };
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const handler = () => {
      onStop();
      asked++;
      const terminal = process.stdin.isTTY === true && signal === 'SIGINT';
      if (asked > 1) {
        force();
        return;
      }
      if (!terminal) for (const { child } of launched()) child.kill(signal);
      timer = setTimeout(() => (terminal ? say('still running; press Ctrl+C again to end it') : force()), terminal ? 1000 : PATIENCE);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return {
    /** Resolves when what was being ended has ended. After Ctrl+C nothing of the run is left behind. */
    done: async () => {
      clearTimeout(timer);
      if (asked > 0) force();
      await stopped;
    },
    dispose: () => {
      clearTimeout(timer);
      for (const { signal, handler } of handlers) process.off(signal, handler);
    },
  };
}
