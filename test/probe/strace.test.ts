import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { traced } from '../support/traced';
import { type Comparison, compare, sum, traceView } from './strace-compare';
import { straceView } from './strace-parse';

/** STRACE_PROGRAMS (a folder), STRACE_ONLY (a part of the names) and NODES (a list of versions) try other programs and versions by hand. */
const folders = process.env.STRACE_PROGRAMS
  ? { 'by hand': process.env.STRACE_PROGRAMS }
  : { programs: join(root, 'test', 'probe', 'strace-programs'), 'held out': join(root, 'test', 'probe', 'strace-heldout') };
const only = process.env.STRACE_ONLY ?? '';
const FLAGS = ['-ff', '-qq', '--seccomp-bpf', '--absolute-timestamps=format:unix,precision:ns', '-yy', '-s', '0'];
const CALLS = ['-e', 'trace=network,read,write,readv,writev,close,%process', '-e', 'signal=none'];

/**
 * What is promised for a program, by the `// Class:` line at its head (net when it has none): percent of the main calls that are shown
 * and true, and of those that happened and are shown. `exact`: no difference at all, options and order too.
 * tls: C++ reads below JavaScript, so an end of file that libuv tells without a read may be taken for one.
 * http2: C++ reads and writes, only the sums of bytes are told. names: getaddrinfo and c-ares have sockets of their own, which are
 * not shown. What is shown must be true in every class.
 */
const PROMISES: Record<string, { precision: number; recall: number; exact: boolean }> = {
  net: { precision: 99.5, recall: 99, exact: true },
  tls: { precision: 99, recall: 95, exact: false },
  http2: { precision: 99.5, recall: 0, exact: false },
  names: { precision: 99.5, recall: 0, exact: false },
};

/** Calls that a program is known to lack, by the line `// Missing: close (why)`; they count as missing in the figures. */
const KNOWN = /^\/\/ Missing: ([\w, ]+) \(/m;

interface Program {
  file: string;
  class: string;
  /** Oldest Node that has what it is about. */
  since: number;
  /** Calls of which some are known to be missing. */
  missing: string[];
}

function program(file: string): Program {
  const head = readFileSync(file, 'utf8');
  const since = Number(/^\/\/ Since: (\d+)/m.exec(head)?.[1] ?? 0);
  return { file, class: /^\/\/ Class: (\w+)/m.exec(head)?.[1] ?? 'net', since, missing: KNOWN.exec(head)?.[1]?.split(', ') ?? [] };
}

/** Why strace cannot be used here; null when it can. */
function noStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is a Linux tool';
  const tried = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (tried.error) return 'strace is not installed (apt-get install strace)';
  return tried.status === 0 ? null : `strace may not trace here: ${tried.stderr.trim()}`;
}

/** Runs a program under strace with the probe in it, and compares the two process by process. */
async function both(node: string, file: string): Promise<Comparison> {
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-strace-'));
  const prefix = join(folder, 'calls');
  try {
    const run = await traced('strace', [...FLAGS, ...CALLS, '-o', prefix, node, file]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.result.dropped, 0);
    const truth = straceView(prefix);
    const shown = traceView(run.trace);
    const pids = new Set([...shown.keys(), ...[...truth].filter(([, { calls }]) => calls.length > 0).map(([pid]) => pid)]);
    return sum([...pids].map((pid) => compare(truth.get(pid), shown.get(pid))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Most of these programs wait most of the time: the next one runs while this one does. Returns how to get the outcome of a run by its number. */
function ahead<T>(runs: readonly (() => Promise<T>)[]): (index: number) => Promise<T> {
  const begun = new Map<number, Promise<T>>();
  const begin = (index: number): Promise<T> => {
    const outcome = begun.get(index) ?? runs[index]!();
    begun.set(index, outcome);
    return outcome;
  };
  return (index) => {
    // Its failure belongs to the test that asks for it.
    if (index + 1 < runs.length) begin(index + 1).catch(() => {});
    return begin(index);
  };
}

const percent = (part: number, of: number) => (of === 0 ? 100 : (100 * part) / of);
const row = (name: string, node: string, kind: string, found: Comparison): string[] => [
  name,
  node,
  kind,
  String(found.truth),
  String(found.shown),
  String(found.hits),
  percent(found.hits, found.shown).toFixed(1),
  percent(found.hits, found.truth).toFixed(1),
  String(found.inSums),
  `${found.sumHits}/${found.sums}`,
];

function print(table: readonly string[][]): void {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
  for (const cells of table)
    console.log(
      `      ${cells.map((cell, column) => (column < 1 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`,
    );
}

for (const [set, folder] of Object.entries(folders)) {
  describe(`the calls of a trace are those that strace sees: ${set}`, function () {
    this.timeout(20_000);
    const table: string[][] = [['program', 'Node', 'class', 'strace', 'trace', 'both', 'precision %', 'recall %', 'in sums', 'bytes']];
    const found: { node: number; class: string; comparison: Comparison }[] = [];
    let why: string | null = null;
    before(() => {
      why = noStrace();
    });

    const wanted = (process.env.NODES ?? '20,22,24,26').split(',').map(Number);
    const files = readdirSync(folder).filter((file) => /\.[mc]?[jt]s$/.test(file) && file.includes(only));
    const runs: (() => Promise<Comparison | null>)[] = [];
    const result = ahead(runs);
    for (const major of wanted) {
      for (const name of files) {
        const { file, class: kind, since, missing: known } = program(join(folder, name));
        if (major < since) continue;
        const run = runs.push(async () => {
          const node = await nodePath(major);
          return node === null ? null : both(node, file);
        });
        it(`${name} on Node ${major}`, async function () {
          if (why !== null) skip(this, why);
          const comparison = await result(run - 1);
          if (comparison === null) skip(this, `Node ${major} cannot be had`);
          const { truth, extra, disorder } = comparison;
          const missing = comparison.missing.filter((call) => !known.includes(/^\w+/.exec(call)![0]));
          table.push(row(name, String(major), kind, comparison));
          found.push({ node: major, class: kind, comparison });
          assert.ok(truth > 3, 'strace saw next to nothing');
          const promise = PROMISES[kind]!;
          if (promise.exact) assert.deepEqual({ missing, extra, disorder }, { missing: [], extra: [], disorder: [] });
          if (process.env.STRACE_SHOW) console.log({ missing, extra, disorder });
        });
      }
    }

    it('keeps what is promised, class by class', function () {
      if (found.length === 0) skip(this, why ?? 'no program ran');
      for (const node of new Set(found.map((one) => one.node)))
        for (const kind of new Set(found.map((one) => one.class))) {
          const all = sum(found.filter((one) => one.node === node && one.class === kind).map((one) => one.comparison));
          table.push(row(`all of ${kind}`, String(node), kind, all));
        }
      print(table);
      for (const kind of new Set(found.map((one) => one.class))) {
        const all = sum(found.filter((one) => one.class === kind).map((one) => one.comparison));
        const { precision, recall } = PROMISES[kind]!;
        assert.ok(percent(all.hits, all.shown) >= precision, `${kind}: precision ${percent(all.hits, all.shown)} %`);
        assert.ok(percent(all.hits, all.truth) >= recall, `${kind}: recall ${percent(all.hits, all.truth)} %`);
        if (kind !== 'names') assert.equal(all.sumHits, all.sums, `${kind}: sums of bytes`);
      }
    });
  });
}
