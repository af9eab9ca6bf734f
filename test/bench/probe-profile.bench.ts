/**
 * Where the time goes that the probe costs: a 64-byte echo and a 64 KiB stream, with its parts switched on one after the other, interleaved,
 * and the parts of its start. Each figure is the least of many short batches, which other work on the machine disturbs little.
 * `node dist/test/bench/probe-profile.bench.js [--rounds N] [--node PATH] [--only echo,stream,start]`, or `BENCH_ROUNDS=3 npm run bench -- probe-profile`.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../support/house';

const fixture = (name: string) => join(root, 'test/fixtures/bench', name);
const probe = join(root, 'dist/probe.cjs');
const COUNTS = { echo: 12000, stream: 8000 };

/** Each mode has what the one before it has, and one part more. */
const MODES = [
  { name: 'plain', probe: false, delivery: true, env: {} },
  { name: 'hooks and records', probe: true, delivery: false, env: { SOCKETSCOPE_CALL_SITES: 'off', SOCKETSCOPE_PAYLOAD: '0' } },
  { name: 'payload, 256 bytes', probe: true, delivery: false, env: { SOCKETSCOPE_CALL_SITES: 'off' } },
  { name: 'delivery: write(2)', probe: true, delivery: true, env: { SOCKETSCOPE_CALL_SITES: 'off' } },
  { name: 'lines of sends', probe: true, delivery: true, env: {} },
] as const;

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? process.env[`BENCH_${name.toUpperCase()}`] : process.argv[at + 1];
}

function inFolder<T>(action: (folder: string) => T): T {
  const folder = fs.mkdtempSync(join(tmpdir(), 'socketscope-bench-'));
  try {
    return action(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function run(node: string, args: string[], env: NodeJS.ProcessEnv): string {
  const clean = { ...process.env };
  for (const name of ['NODE_OPTIONS', 'SOCKETSCOPE_PAYLOAD', 'SOCKETSCOPE_CALL_SITES', 'SOCKETSCOPE_RUN']) delete clean[name];
  const done = spawnSync(node, args, { env: { ...clean, ...env }, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${args.join(' ')} failed: ${done.stderr}`);
  return done.stdout;
}

function measure(node: string, kind: keyof typeof COUNTS, mode: (typeof MODES)[number], counting = false): string[] {
  return inFolder((folder) => {
    const preload = [...(mode.delivery && !counting ? [] : [fixture('no-delivery.cjs')]), ...(mode.probe ? [probe] : [])];
    const args = [...preload.flatMap((file) => ['--require', file]), fixture('profile.mjs'), kind, String(COUNTS[kind])];
    const env = { ...mode.env, ...(mode.probe ? { SOCKETSCOPE_RUN: folder } : {}), ...(counting ? { COUNT_APPENDS: '1' } : {}) };
    return run(node, args, env).trim().split(/\s+/);
  });
}

/** Us of one write of so many bytes to the end of a file, and to /dev/null: the least of many batches. */
function appendCost(bytes: number): { file: number; nowhere: number } {
  return inFolder((folder) => {
    const best = (path: string) => {
      const fd = fs.openSync(path, 'w');
      const buffer = Buffer.alloc(bytes);
      let least = Number.POSITIVE_INFINITY;
      for (let batch = 0; batch < 200; batch++) {
        const began = process.hrtime.bigint();
        for (let i = 0; i < 200; i++) fs.writeSync(fd, buffer, 0, bytes);
        least = Math.min(least, Number(process.hrtime.bigint() - began) / 200_000);
      }
      fs.closeSync(fd);
      return least;
    };
    return { file: best(join(folder, 'file')), nowhere: best('/dev/null') };
  });
}

function profile(node: string, kind: keyof typeof COUNTS, rounds: number): void {
  const least = MODES.map(() => [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  for (let round = 0; round < rounds; round++) {
    for (const [index, mode] of MODES.entries()) {
      const took = measure(node, kind, mode).map(Number);
      least[index] = least[index]!.map((value, at) => Math.min(value, took[at]!));
    }
  }
  const appends = Number(measure(node, kind, MODES[3], true)[2]) / COUNTS[kind];
  const plain = least[0]!;
  console.log(
    `\n${kind === 'echo' ? 'echo, 64-byte round trip' : 'stream, 64 KiB chunk'}: us in the quickest batch, and in that of each twentieth`,
  );
  for (const [index, mode] of MODES.entries()) {
    const here = least[index]!;
    const before = least[index - 1];
    const part = before === undefined ? '' : here.map((value, at) => `+${(value - before[at]!).toFixed(1)}`).join(' / ');
    const ratio = here.map((value, at) => (value / plain[at]!).toFixed(2)).join(' / ');
    console.log(
      `  ${mode.name.padEnd(22)}${here
        .map((value) => value.toFixed(1))
        .join(' / ')
        .padEnd(16)}${part.padEnd(16)}${ratio}`.trimEnd(),
    );
  }
  const cost = appendCost(kind === 'echo' ? 160 : 352);
  console.log(
    `  ${appends.toFixed(2)} writes to the stream; one costs ${cost.file.toFixed(2)} us by itself (${cost.nowhere.toFixed(2)} to /dev/null)`,
  );
  console.log(
    `  floor with a write before the program goes on: ${((plain[0]! + appends * cost.file) / plain[0]!).toFixed(2)} without lines`,
  );
}

function startUp(node: string, rounds: number): void {
  const least = new Map<string, number>();
  for (let round = 0; round < rounds * 4; round++) {
    const said = inFolder((folder) => run(node, [fixture('start-parts.cjs'), probe, folder], {}));
    for (const line of said.trim().split('\n')) {
      const [name, took] = line.split('\t') as [string, string];
      least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, Number(took)));
    }
  }
  least.delete('(nothing)');
  console.log('\nstart-up: ms of each part in a process of its own, the least of all rounds');
  for (const [name, took] of least) console.log(`  ${name.padEnd(38)}${(took / 1000).toFixed(2)}`);
  console.log(`  ${'in all'.padEnd(38)}${([...least.values()].reduce((sum, took) => sum + took, 0) / 1000).toFixed(2)}`);
}

const node = option('node') ?? process.execPath;
const rounds = Number(option('rounds') ?? 5);
console.log(`Probe profile, ${run(node, ['--version'], {}).trim()}, ${rounds} rounds`);
const only = (option('only') ?? 'echo,stream,start').split(',');
for (const kind of ['echo', 'stream'] as const) if (only.includes(kind)) profile(node, kind, rounds);
if (only.includes('start')) startUp(node, rounds);
