import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { traced } from '../support/traced';
import { type Comparison, compare, sum, traceCalls } from './strace-compare';
import { straceCalls } from './strace-parse';

/** STRACE_PROGRAMS and NODES (a list of versions) try other programs and versions by hand. */
const programs = process.env.STRACE_PROGRAMS ?? join(root, 'test', 'probe', 'strace-programs');
const FLAGS = ['-ff', '-qq', '--seccomp-bpf', '--absolute-timestamps=format:unix,precision:ns', '-yy', '-s', '0'];
const CALLS = ['-e', 'trace=network,read,write,readv,writev,close,%process', '-e', 'signal=none'];

/** Why strace cannot be used here; null when it can. */
function noStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is a Linux tool';
  const tried = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (tried.error) return 'strace is not installed (apt-get install strace)';
  return tried.status === 0 ? null : `strace may not trace here: ${tried.stderr.trim()}`;
}

/** Runs a program under strace with the probe in it, and compares the two process by process. */
async function both(node: string, program: string): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-strace-'));
  const prefix = join(folder, 'calls');
  try {
    const run = await traced('strace', [...FLAGS, ...CALLS, '-o', prefix, node, program]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.result.dropped, 0);
    const truth = straceCalls(prefix);
    const shown = traceCalls(run.trace);
    const pids = new Set([...shown.keys(), ...[...truth].filter(([, calls]) => calls.length > 0).map(([pid]) => pid)]);
    return sum([...pids].map((pid) => compare(truth.get(pid) ?? [], shown.get(pid) ?? [])));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the calls of a trace are those that strace sees', function () {
  this.timeout(20_000);
  const table: string[][] = [['program', 'Node', 'strace', 'trace', 'both', 'precision %', 'recall %']];
  let why: string | null = null;
  before(() => {
    why = noStrace();
  });
  after(() => {
    if (table.length === 1) return;
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
    for (const row of table)
      console.log(
        `      ${row.map((cell, column) => (column < 1 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`,
      );
  });

  const wanted = (process.env.NODES ?? '20,24').split(',').map(Number);
  for (const major of wanted) {
    for (const name of readdirSync(programs).filter((file) => /\.[mc]js$/.test(file))) {
      it(`${name} on Node ${major}`, async function () {
        if (why !== null) skip(this, why);
        const node = await nodePath(major);
        if (node === null) skip(this, `Node ${major} cannot be had`);
        const { truth, shown, hits, missing, extra, disorder } = await both(node, join(programs, name));
        const percent = (of: number) => (of === 0 ? '-' : ((100 * hits) / of).toFixed(1));
        table.push([name, String(major), String(truth), String(shown), String(hits), percent(shown), percent(truth)]);
        assert.ok(truth > 3, 'strace saw next to nothing');
        assert.deepEqual({ missing, extra, disorder }, { missing: [], extra: [], disorder: [] });
      });
    }
  }
});
