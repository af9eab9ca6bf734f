/**
 * What the probe costs: the 64-byte echo and the 64 KiB stream, plain, traced and under strace, interleaved in one run so that
 * a busy machine hits all of them. Prints the ratio to the plain run just before it as min, median and max.
 * `node dist/test/bench/probe-overhead.bench.js [--rounds N] [--node PATH] [--no-strace]`
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const root = resolve(__dirname, '../../..');
const program = join(root, 'test/fixtures/bench/overhead.mjs');
const probe = join(root, 'dist/probe.cjs');
const STRACE = ['strace', '-f', '--seccomp-bpf', '-e', 'trace=network,read,write,close', '-o', '/dev/null'];
const COUNTS = { echo: 20000, stream: 4000 };

type Kind = keyof typeof COUNTS;
type Mode = 'plain' | 'traced' | 'strace';

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at === -1 ? undefined : process.argv[at + 1];
}

interface Cost {
  /** Wall-clock ns per round trip or chunk. */
  time: number;
  /** CPU us of both processes in all (not of strace). */
  cpu: number;
}

async function measure(node: string, kind: Kind, mode: Mode, pinned: boolean): Promise<Cost> {
  const run = mkdtempSync(join(tmpdir(), 'socketscope-bench-'));
  const prefix = [...(pinned ? ['taskset', '-c', '0'] : []), ...(mode === 'strace' ? STRACE : [])];
  const env = { ...process.env };
  delete env.NODE_OPTIONS;
  if (mode === 'traced') Object.assign(env, { SOCKETSCOPE_RUN: run, NODE_OPTIONS: `--require ${JSON.stringify(probe)}` });
  const start = (args: string[]) => {
    const [command, ...rest] = [...prefix, node, program, ...args];
    return spawn(command as string, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  };
  const count = String(mode === 'strace' ? COUNTS[kind] / 4 : COUNTS[kind]);
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

async function main(): Promise<void> {
  const node = option('--node') ?? process.execPath;
  const rounds = Number(option('--rounds') ?? 7);
  const has = (command: string) => spawnSync(command, ['-V']).status === 0;
  const strace = !process.argv.includes('--no-strace') && has('strace');
  const modes: Mode[] = strace ? ['traced', 'strace'] : ['traced'];
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`Probe overhead, Node ${version}, ${rounds} rounds; ratio to plain: min / median / max`);
  if (!strace) console.log('skipped: strace (--no-strace, or not installed; on Debian: apt-get install strace)');
  for (const pinned of [true, false]) {
    if (pinned && !has('taskset')) {
      console.log('skipped: pinned to one core (no taskset here)');
      continue;
    }
    for (const kind of ['echo', 'stream'] as const) {
      const plain: number[] = [];
      const cpu: number[] = [];
      const ratios = new Map<Mode, number[]>(modes.map((mode) => [mode, []]));
      for (let round = 0; round < rounds; round++) {
        for (const mode of modes) {
          const base = await measure(node, kind, 'plain', pinned);
          const cost = await measure(node, kind, mode, pinned);
          plain.push(base.time);
          ratios.get(mode)?.push(cost.time / base.time);
          if (mode === 'traced') cpu.push(cost.cpu / base.cpu);
        }
      }
      const what = `${kind === 'echo' ? 'echo 64 B ' : 'stream 64 KiB'} ${pinned ? 'both on one core' : 'not pinned'}`;
      console.log(
        `${what}: plain ${(median(plain) / 1000).toFixed(1)} us; ${[...ratios].map(([mode, list]) => `${mode} ${show(list)}`).join('; ')}; traced, CPU time ${show(cpu)}`,
      );
    }
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
