/** Runs the closing and failing scenarios of test/fixtures/programs/states and holds their states against the kernel's tracepoint. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Collector } from '../../src/runner/collector';
import { launch } from '../../src/runner/launch';
import { nodeRuntime } from '../../src/runner/program';
import { createRunFolder, removeRunFolder } from '../../src/runner/run-folder';
import { decodeWhole, type TraceStore } from '../../src/trace';
import { root } from './house';
import type { KernelSocket, StateTracepoint } from './state-tracepoint';
import { knowledge, probe } from './traced';

export const SCENARIOS = [
  'client-first',
  'server-first',
  'server-first-silent',
  'at-once-end',
  'at-once-data',
  'at-once-destroy',
  'server-reset',
  'client-reset',
  'refused',
  'half-open',
  'half-close-big',
  'big-then-end',
  'slow-reader-destroy',
  'unread',
  'never-read',
  'kill',
  'kill-unread',
  'client-kill',
  'exit',
  'worker',
  'write-after-close',
  'destroy-now',
  'destroy-early',
  'destroy-at-once',
  'listen-close',
  'never-accepted',
  'max-connections',
  'http',
  'keep-alive-idle',
  'dual-stack',
  'many',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** Which ends are traced. */
export type Ends = 'both' | 'server' | 'client';

/** One socket of the trace against the kernel's. */
export interface Compared {
  socket: string;
  ours: string[];
  kernel: string[] | null;
  exact: boolean;
  /** A state of it stayed open between two. */
  open: boolean;
  contradicted: boolean;
}

export interface Outcome {
  trace: TraceStore;
  compared: Compared[];
}

const folder = join(root, 'test/fixtures/programs/states');
const LONGEST = 20_000;
/** ms. A socket that the kernel never ends (nobody answers its FIN) is compared as it is then. */
const SETTLES = 2_000;

/** Runs one scenario. `kernel: false` works the states out from the calls alone. Throws when a program does not end. */
export async function runScenario(
  scenario: Scenario,
  ends: Ends,
  oracle: StateTracepoint,
  options: { kernel?: boolean } = {},
): Promise<Outcome> {
  oracle.clear();
  const programs = (['server', 'client'] as const).map((end) => ({
    program: join(folder, `${end}.mjs`),
    traced: ends === 'both' || ends === end,
  }));
  const trace = await runPrograms(programs, { SCENARIO: scenario }, options);
  return { trace, compared: await settled(trace, oracle) };
}

/**
 * The comparison once the kernel has ended every socket of it. What it still does after its program is gone takes a moment; on a busy
 * machine, where it waits for its turn, a longer one.
 */
async function settled(trace: TraceStore, oracle: StateTracepoint): Promise<Compared[]> {
  for (const began = Date.now(); ; await new Promise((resolve) => setTimeout(resolve, 10))) {
    const compared = compare(trace, oracle.sockets());
    if (compared.every(({ kernel }) => kernel?.at(-1) === 'CLOSED') || Date.now() - began > SETTLES) return compared;
  }
}

/**
 * Runs programs at the same time, some of them traced, while their records are collected, as a live run does. They share a file name
 * PORT_FILE. Throws when one does not end.
 */
export async function runPrograms(
  programs: readonly { program: string; traced: boolean }[],
  more: NodeJS.ProcessEnv,
  options: { kernel?: boolean } = {},
): Promise<TraceStore> {
  const runFolder = createRunFolder();
  const out = join(runFolder, 'run.socktrace');
  const env = { ...process.env, NODE_OPTIONS: '', PORT_FILE: join(runFolder, 'port'), ...more };
  const collector = new Collector({ runFolder, out, knowledge, cwd: root, kernel: options.kernel });
  // As `run` does: between two turns others run, and `ss` can be heard.
  let timer: NodeJS.Timeout | undefined;
  const pump = () => {
    timer = setTimeout(pump, collector.pump() ? 0 : 15);
  };
  pump();
  const children: { kill(signal: NodeJS.Signals): boolean }[] = [];
  const start = async ({ program, traced }: { program: string; traced: boolean }) => {
    if (!traced) {
      const child = spawn(process.execPath, [program], { env, stdio: 'ignore' });
      children.push(child);
      await new Promise((resolve) => child.once('exit', resolve));
      return;
    }
    const launched = await launch({ runFolder, probe, runtime: nodeRuntime(undefined), program, args: [], env, cwd: root, stdio: 'pipe' });
    children.push(launched.child);
    await launched.ended;
  };
  let late: NodeJS.Timeout | undefined;
  try {
    await Promise.race([
      Promise.all(programs.map(start)),
      new Promise<never>((_, reject) => {
        late = setTimeout(() => reject(new Error(`${JSON.stringify(more)}: a program does not end`)), LONGEST);
      }),
    ]);
    clearTimeout(timer);
    await collector.finish();
    return decodeWhole(readFileSync(out)).store;
  } finally {
    clearTimeout(late);
    clearTimeout(timer);
    for (const child of children) child.kill('SIGKILL');
    removeRunFolder(runFolder);
  }
}

/** The states of each connected or connecting socket, with the kernel's. One without a name of its own is found by its remote port and path. */
export function compare(trace: TraceStore, kernel: readonly KernelSocket[]): Compared[] {
  const left = [...kernel];
  const take = (wanted: (socket: KernelSocket) => boolean) => {
    const at = left.findIndex(wanted);
    return at < 0 ? null : left.splice(at, 1)[0]!;
  };
  const rows = trace.sockets.flatMap((info, index) => {
    if (info.role === 'listener' || info.remote === null || !('port' in info.remote) || info.protocol.startsWith('udp')) return [];
    const states = [...trace.eventsOfSocket(index)].filter((seq) => trace.stateTo(seq) !== null);
    const path = states.map((seq) => trace.stateTo(seq) as string).filter((state, i, all) => state !== all[i - 1]);
    return [{ info, index, path, open: openAt(trace, states) }];
  });
  rows.sort((a, b) => Number(a.info.local === null) - Number(b.info.local === null));
  return rows.map(({ info, index, path, open }) => {
    const remote = (info.remote as { port: number }).port;
    const local = info.local !== null && 'port' in info.local ? info.local.port : 0;
    const found =
      local > 0
        ? take((socket) => socket.local === local && socket.remote === remote)
        : (take((socket) => socket.remote === remote && same(path, socket.path)) ?? take((socket) => socket.remote === remote));
    const contradicted = [...trace.eventsOfSocket(index)].some((seq) => trace.event(seq).args?.contradicts !== undefined);
    return {
      socket: info.id,
      ours: path,
      kernel: found?.path ?? null,
      exact: found !== null && same(path, found.path),
      open,
      contradicted,
    };
  });
}

/** Whether the last state names an alternative. */
function openAt(trace: TraceStore, states: readonly number[]): boolean {
  const last = states.at(-1);
  return last !== undefined && trace.event(last).args?.or !== undefined;
}

/**
 * The kernel has no tracepoint for TIME_WAIT: it tells CLOSE when the full socket goes, from FIN_WAIT_2 or CLOSING. Whoever waits in
 * FIN_WAIT_2 without its program is kept in small, too, and may still be there.
 */
function same(ours: readonly string[], kernel: readonly string[]): boolean {
  const small = kernel.at(-1) === 'CLOSED' && (kernel.at(-2) === 'FIN_WAIT_2' || kernel.at(-2) === 'CLOSING');
  if (!small) return ours.join(' ') === kernel.join(' ');
  const path = ours.at(-1) === 'TIME_WAIT' || ours.at(-1) === 'CLOSED' ? ours.slice(0, -1) : ours;
  const before = path.at(-1) === 'TIME_WAIT' ? path.slice(0, -1) : path;
  return before.join(' ') === kernel.slice(0, -1).join(' ');
}
