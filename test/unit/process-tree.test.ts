import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PROBE_ENV } from '../../src/contracts/probe-stream';
import { isAlive, stopTree } from '../../src/runner/process-tree';

/** A program that ignores SIGTERM and SIGINT, starts `depth` generations of itself and prints every pid. */
const STUBBORN = `
  const { spawn } = require('node:child_process');
  const depth = Number(process.argv[1]), detached = process.argv[2] === 'detached';
  process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); process.on('SIGHUP', () => {});
  setInterval(() => {}, 1000);
  console.log(process.pid);
  if (depth > 0) {
    const child = spawn(process.execPath, ['-e', process.env.PROGRAM, String(depth - 1), process.argv[2] ?? ''], { stdio: ['ignore', 'inherit', 'inherit'], detached });
    if (process.argv[3] === 'leave') child.once('spawn', () => setTimeout(() => process.exit(0), 300));
  }
`;

/** Everything that a test started; what a failed test leaves is ended, too. */
const started = new Set<number>();

async function start(
  runFolder: string,
  args: string[],
  generations: number,
): Promise<{ child: ChildProcess; pids: number[]; exit: Promise<unknown> }> {
  const child = spawn(process.execPath, ['-e', STUBBORN, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, PROGRAM: STUBBORN, NODE_OPTIONS: '', [PROBE_ENV.run]: runFolder },
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const pids: number[] = [];
  for await (const line of createInterface({ input: child.stdout! })) {
    pids.push(Number(line));
    started.add(Number(line));
    if (pids.length === generations) break;
  }
  return { child, pids, exit };
}

describe('Stop', function () {
  this.timeout(20_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  });
  afterEach(() => {
    for (const pid of started) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    started.clear();
    rmSync(folder, { recursive: true });
  });

  it('ends a program that ignores SIGTERM, with its children and grandchildren', async () => {
    const { pids } = await start(folder, ['3'], 4);
    assert.equal(pids.filter(isAlive).length, 4);
    assert.deepEqual(await stopTree({ roots: [pids[0]!], runFolder: folder, graceMs: 100 }), []);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it('finds grandchildren that are detached and whose parent is gone', async function () {
    if (process.platform !== 'linux') this.skip();
    const { pids, exit } = await start(folder, ['2', 'detached', 'leave'], 3);
    await exit;
    assert.deepEqual(pids.map(isAlive), [false, true, true]);
    assert.deepEqual(await stopTree({ roots: [pids[0]!], runFolder: folder, graceMs: 100 }), []);
    assert.deepEqual(pids.filter(isAlive), []);
  });

  it('lets a program end by itself on SIGTERM', async () => {
    const program = "process.on('SIGTERM', () => process.exit(7)); console.log(process.pid); setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, ['-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: '', [PROBE_ENV.run]: folder },
    });
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    assert.deepEqual(await stopTree({ roots: [child.pid!], runFolder: folder, graceMs: 10_000 }), []);
    assert.equal(await ended, 7);
  });

  it('leaves processes alone that it is told to keep, that started it, and that are of another run', async function () {
    if (process.platform !== 'linux') this.skip();
    const other = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
    const kept = await start(folder, ['0'], 1);
    const stranger = await start(other, ['0'], 1);
    try {
      // The pid of a process that is not of this run: given out anew since.
      const roots = [process.ppid, process.pid, stranger.pids[0]!, kept.pids[0]!];
      assert.deepEqual(await stopTree({ roots, runFolder: folder, keep: kept.pids, graceMs: 50 }), []);
      assert.equal(isAlive(kept.pids[0]!), true);
      assert.equal(isAlive(stranger.pids[0]!), true);
    } finally {
      kept.child.kill('SIGKILL');
      stranger.child.kill('SIGKILL');
      rmSync(other, { recursive: true });
    }
  });
});
