/**
 * What the probe costs: the 64-byte echo and the 64 KiB stream, plain, traced without the lines of sends, traced in full (every line,
 * 256 payload bytes) and under strace, interleaved in one run so that a busy machine hits all of them. Each ratio is to the plain run just
 * before it. Wall clock only means something on a quiet machine; the CPU time of both ends (user and system) also on a busy one.
 * `node dist/test/bench/probe-overhead.bench.js [--rounds N] [--versions 20,24 | --node PATH] [--no-strace] [--only echo,stream,start]`, or BENCH_ROUNDS and
 * BENCH_VERSIONS in the environment (`npm run bench -- probe-overhead`); without either on the Node that runs it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { nodePath, root } from '../support/house';

const program = join(root, 'test/fixtures/bench/overhead.mjs');
const probe = join(root, 'dist/probe.cjs');
const STRACE = ['strace', '-f', '--seccomp-bpf', '-e', 'trace=network,read,write,close', '-o', '/dev/null'];
/** What it takes for strace to say what the probe says: end points, bytes, exact times, the calls that end and change descriptors. */
const STRACE_SAME = [
  ...['strace', '-ff', '--seccomp-bpf', '-qq', '--absolute-timestamps=format:unix,precision:ns', '-T', '-yy', '-xx', '-s', '256'],
  ...['-e', 'trace=network,read,write,readv,writev,close,%process', '-o', '/dev/null'],
];
const COUNTS = { echo: 20000, stream: 4000 };
const STARTS = 10;

type Kind = keyof typeof COUNTS;
const MODES = ['no lines', 'full', 'strace', 'strace, same facts'] as const;
type Mode = (typeof MODES)[number];
const isStrace = (mode: Mode | 'plain') => mode.startsWith('strace');

/** What the project asks of the median ratio. */
const GOALS: { [row: string]: { [mode in Mode]?: number } } = {
  'echo pinned': { 'no lines': 1.35, full: 1.9 },
  'stream pinned': { full: 1.25 },
  'echo unpinned': { full: 1.3 },
  'stream unpinned': { full: 1.3 },
};

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? process.env[`BENCH_${name.toUpperCase()}`] : process.argv[at + 1];
}

interface Cost {
  /** Wall-clock ns per round trip or chunk. */
  time: number;
  /** CPU us of both processes in all (not of strace). */
  cpu: number;
}

/** The environment of a run in this mode; `run` is its folder. */
function environment(mode: Mode | 'plain', run: string): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'SOCKETSCOPE_PAYLOAD', 'SOCKETSCOPE_CALL_SITES']) delete env[name];
  if (mode === 'full' || mode === 'no lines')
    Object.assign(env, { SOCKETSCOPE_RUN: run, NODE_OPTIONS: `--require ${JSON.stringify(probe)}` });
  if (mode === 'no lines') env.SOCKETSCOPE_CALL_SITES = 'off';
  return env;
}

async function measure(node: string, kind: Kind, mode: Mode | 'plain', pinned: boolean): Promise<Cost> {
  const run = mkdtempSync(join(tmpdir(), 'socketscope-bench-'));
  const tracer = mode === 'strace' ? STRACE : mode === 'strace, same facts' ? STRACE_SAME : [];
  const prefix = [...(pinned ? ['taskset', '-c', '0'] : []), ...tracer];
  const env = environment(mode, run);
  const start = (args: string[]) => {
    const [command, ...rest] = [...prefix, node, program, ...args];
    return spawn(command as string, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  };
  const count = String(isStrace(mode) ? COUNTS[kind] / 4 : COUNTS[kind]);
  try {
    const server = start(['server', kind, count]);
    const said = lines(server.stdout);
    const port = await said();
    const client = start(['client', kind, port, count]);
    const [time, cpu] = (await lines(client.stdout)()).split(' ').map(Number);
    const serverCpu = Number(await said());
    await Promise.all([server, client].map((child) => (child.exitCode === null ? new Promise((done) => child.once('close', done)) : null)));
    if (!(Number(time) > 0)) throw new Error(`no result from ${kind} ${mode}`);
    return { time: Number(time), cpu: Number(cpu) + serverCpu };
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

/** Returns a function that resolves with the next line. */
function lines(stream: Readable): () => Promise<string> {
  const reader = createInterface(stream)[Symbol.asyncIterator]();
  return async () => {
    const next = await reader.next();
    if (next.done) throw new Error('the program ended without a word');
    return next.value;
  };
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] as number;
const show = (values: number[]) => `${Math.min(...values).toFixed(2)} / ${median(values).toFixed(2)} / ${Math.max(...values).toFixed(2)}`;

async function compare(node: string, kind: Kind, pinned: boolean, modes: readonly Mode[], rounds: number): Promise<void> {
  const plain: Cost[] = [];
  const times = new Map<Mode, number[]>(modes.map((mode) => [mode, []]));
  const cpus = new Map<Mode, number[]>(modes.map((mode) => [mode, []]));
  for (let round = 0; round < rounds; round++) {
    for (const mode of modes) {
      const base = await measure(node, kind, 'plain', pinned);
      const cost = await measure(node, kind, mode, pinned);
      plain.push(base);
      times.get(mode)!.push(cost.time / base.time);
      cpus.get(mode)!.push(cost.cpu / base.cpu);
    }
  }
  const unit = median(plain.map(({ time }) => time)) / 1000;
  const cpu = median(plain.map(({ cpu }) => cpu)) / COUNTS[kind];
  const what = kind === 'echo' ? 'echo, 64-byte round trip' : 'stream, 64 KiB chunk';
  console.log(`\n${what}, ${pinned ? 'both ends on one core' : 'not pinned'}: plain ${unit.toFixed(1)} us, of CPU ${cpu.toFixed(1)} us`);
  console.log('                      wall clock            CPU time              goal');
  const goals = GOALS[`${kind} ${pinned ? 'pinned' : 'unpinned'}`]!;
  for (const mode of modes) {
    const time = times.get(mode)!;
    // The tracer's own time is not in that of its programs.
    const spent = isStrace(mode) ? '-' : show(cpus.get(mode)!);
    const goal = goals[mode];
    const verdict = goal === undefined ? '' : `<= ${goal.toFixed(2)} ${median(time) <= goal ? 'reached' : 'missed'} (wall)`;
    console.log(`  ${mode.padEnd(20)}${show(time).padEnd(22)}${spent.padEnd(22)}${verdict}`.trimEnd());
  }
  const full = median(times.get('full')!) - 1;
  for (const mode of modes.filter(isStrace)) {
    console.log(`  ${mode} adds ${((median(times.get(mode)!) - 1) / Math.max(full, 0.01)).toFixed(1)} times what the probe adds (goal: 4)`);
  }
}

/** Ms from start to end of an empty program. */
function startUp(node: string): void {
  const took: { [mode in 'plain' | 'full']: number[] } = { plain: [], full: [] };
  for (let round = 0; round < STARTS; round++) {
    for (const mode of ['plain', 'full'] as const) {
      const run = mkdtempSync(join(tmpdir(), 'socketscope-bench-'));
      const began = process.hrtime.bigint();
      spawnSync(node, [join(root, 'test/fixtures/bench/empty.mjs')], { env: environment(mode, run) });
      took[mode].push(Number(process.hrtime.bigint() - began) / 1e6);
      rmSync(run, { recursive: true, force: true });
    }
  }
  const added = median(took.full) - median(took.plain);
  console.log(`\nstart-up: plain ${median(took.plain).toFixed(1)} ms, with the probe +${added.toFixed(1)} ms (goal: 15)`);
}

async function benchNode(node: string, rounds: number, modes: readonly Mode[], pinnable: boolean): Promise<void> {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`\nProbe overhead, Node ${version}, ${rounds} rounds; ratios to plain: min / median / max`);
  const only = (option('only') ?? 'echo,stream,start').split(',');
  for (const pinned of pinnable ? [true, false] : [false]) {
    for (const kind of (['echo', 'stream'] as const).filter((each) => only.includes(each)))
      await compare(node, kind, pinned, modes, rounds);
  }
  if (only.includes('start')) startUp(node);
}

async function main(): Promise<void> {
  const rounds = Number(option('rounds') ?? 7);
  const has = (command: string) => spawnSync(command, ['-V']).status === 0;
  const strace = !process.argv.includes('--no-strace') && has('strace');
  const pinnable = has('taskset');
  if (!strace) console.log('skipped: strace (--no-strace, or not installed; on Debian: apt-get install strace)');
  if (!pinnable) console.log('skipped: pinned to one core (no taskset here)');
  const modes = MODES.filter((mode) => strace || !isStrace(mode));
  const versions = option('versions');
  if (versions === undefined) return benchNode(option('node') ?? process.execPath, rounds, modes, pinnable);
  for (const major of versions.split(',').map(Number)) {
    const node = await nodePath(major);
    if (node === null) console.log(`skipped: Node ${major} (cannot be had here)`);
    else await benchNode(node, rounds, modes, pinnable);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
