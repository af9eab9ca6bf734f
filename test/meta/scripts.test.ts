import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, script } from '../support/house';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  problem?: string;
}

interface Ended {
  code: number | null;
  timedOut: boolean;
  error: Error | null;
}

describe('npm test', () => {
  let judge: (counts: object | null, ended: Ended, timeout: number) => Counts;
  let failureLines: (part: string, counts: object) => string[];
  before(async () => {
    ({ judge, failureLines } = await script<{ judge: typeof judge; failureLines: typeof failureLines }>('lib/parts.mjs'));
  });
  const ended = (code: number | null, timedOut = false): Ended => ({ code, timedOut, error: null });

  it('counts what the tests counted', () => {
    assert.deepEqual(judge({ passed: 3, failed: 0, skipped: 1 }, ended(0), 60_000), { passed: 3, failed: 0, skipped: 1 });
    assert.deepEqual(judge({ passed: 3, failed: 2, skipped: 0 }, ended(2), 60_000), { passed: 3, failed: 2, skipped: 0 });
  });

  it('lists at the end what failed and why, a line each', () => {
    const failures = [{ title: 'a > b', message: 'one\ntwo\nthree\nfour' }];
    assert.deepEqual(failureLines('unit', { passed: 3, failed: 1, skipped: 0, failures }), ['FAILED unit: a > b: one | two | three']);
    assert.deepEqual(
      failureLines('unit', { passed: 3, failed: 2, skipped: 0, failures, problem: 'it hung' }).at(-1),
      'FAILED unit: it hung',
    );
    assert.deepEqual(failureLines('lint', { passed: 0, failed: 1, skipped: 0 }), ['FAILED lint: see above']);
    assert.deepEqual(failureLines('lint', { passed: 1, failed: 0, skipped: 0 }), []);
  });

  it('takes a crash, a hang, an early end and an empty run for failures', () => {
    assert.equal(judge(null, ended(134), 60_000).failed, 1);
    assert.equal(judge({ passed: 3, failed: 0, skipped: 0 }, ended(1), 60_000).failed, 1);
    assert.equal(judge({ passed: 3, failed: 0, skipped: 0, complete: false }, ended(0), 60_000).failed, 1);
    assert.equal(judge({ passed: 0, failed: 0, skipped: 0 }, ended(0), 60_000).failed, 1);
    assert.match(judge({ passed: 3, failed: 0, skipped: 0 }, ended(null, true), 60_000).problem!, /kept running within 1 minutes/);
    assert.equal(judge(null, ended(null, true), 60_000).failed, 1);
  });
});

describe('setup', () => {
  it('installs when node_modules is not what the lock file asks for, and only then', async () => {
    const { packagesAreCurrent } = await script<{ packagesAreCurrent(lock: object, installed: object | null): boolean }>('setup.mjs');
    const lock = {
      packages: { '': {}, 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/b': { version: '2.0.0', optional: true } },
    };
    const installed = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'x' } } };
    assert.equal(packagesAreCurrent(lock, installed), true, 'an optional package of another platform may be missing');
    assert.equal(packagesAreCurrent(lock, null), false);
    assert.equal(packagesAreCurrent(lock, { packages: {} }), false);
    assert.equal(packagesAreCurrent(lock, { packages: { 'node_modules/a': { version: '1.0.1', integrity: 'x' } } }), false);
    assert.equal(packagesAreCurrent(lock, { packages: { ...installed.packages, 'node_modules/b': { version: '1.0.0' } } }), false);
    const real = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    assert.equal(packagesAreCurrent(real, JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8'))), true);
  });
});

describe('what npm cannot bring', () => {
  it('is named for the parts that need it, on Linux', async function () {
    if (process.platform !== 'linux') this.skip();
    const { missingPackages } = await script<{ missingPackages(parts: string[]): { name: string; why: string }[] }>('system-packages.mjs');
    const path = process.env.PATH;
    try {
      process.env.PATH = '/nowhere';
      const names = (...parts: string[]) => missingPackages(parts).map((item) => item.name);
      assert.ok(names('probe').includes('strace'));
      assert.deepEqual(names('language', 'unit'), []);
      for (const { name, why } of missingPackages(['probe', 'webview', 'e2e'])) assert.ok(why.length > 10, name);
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('what apt-get is asked for', () => {
  for (const [known, browser] of [
    [0, 'chromium-headless-shell'],
    [100, 'chromium'],
  ] as const) {
    it(`has ${browser} in it where ${known ? 'the small browser is unknown' : 'it is known'}`, function () {
      if (process.platform !== 'linux' || process.getuid?.() !== 0) this.skip();
      const folder = mkdtempSync(join(tmpdir(), 'socketscope-apt-'));
      try {
        writeFileSync(join(folder, 'apt-get'), `#!/bin/sh\necho "$@" >>'${join(folder, 'asked')}'\n`, { mode: 0o755 });
        writeFileSync(join(folder, 'apt-cache'), `#!/bin/sh\nexit ${known}\n`, { mode: 0o755 });
        const env = { PATH: folder, SOCKETSCOPE_CHROMIUM: '/nowhere/chromium', HOME: folder };
        const { stdout } = spawnSync(process.execPath, [join(root, 'scripts/system-packages.mjs')], { env, encoding: 'utf8' });
        const asked = readFileSync(join(folder, 'asked'), 'utf8').split('\n');
        assert.match(asked[1]!, new RegExp(`^install -y --no-install-recommends ${browser} .*strace -qq$`), stdout);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});

describe('processes that the scripts start', () => {
  interface Processes {
    start(command: string, args: string[], options?: object): ChildProcess;
    stop(child: ChildProcess, patience?: number): Promise<void>;
    tree(pid: number): number[];
    running(pid: number): boolean;
    run(command: string, args: string[], options?: object): Promise<{ code: number | null; output: string; timedOut: boolean }>;
  }
  let processes: Processes;
  before(async () => {
    processes = await script<Processes>('lib/processes.mjs');
  });

  /** A program with a child in a session of its own; both refuse SIGTERM; prints both ids. */
  const stubborn = `
    process.on('SIGTERM', () => {});
    const child = require('node:child_process').spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)"],
      { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => console.log(process.pid + ' ' + child.pid));
    setInterval(() => {}, 1000);`;

  it('end with their whole tree, also when they refuse to', async function () {
    if (process.platform === 'win32') this.skip();
    const child = processes.start(process.execPath, ['-e', stubborn], { stdio: ['ignore', 'pipe', 'inherit'] });
    const line = await new Promise<string>((done) => child.stdout!.once('data', (text) => done(String(text))));
    const pids = line.trim().split(' ').map(Number);
    assert.deepEqual(processes.tree(child.pid!), pids);
    const gone = new Promise((done) => child.once('exit', done));
    await processes.stop(child, 200);
    await gone;
    const deadline = Date.now() + 5000;
    while (pids.some(processes.running) && Date.now() < deadline) await new Promise((wake) => setTimeout(wake, 20));
    assert.deepEqual(pids.filter(processes.running), []);
  });

  it('are stopped after their time, and that is said', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socketscope-meta-'));
    try {
      const options = { cwd: folder, timeout: 1500, stdio: ['ignore', 'pipe', 'pipe'] };
      const { timedOut, output } = await processes.run(
        process.execPath,
        ['-e', 'console.log("here"); setInterval(() => {}, 1000)'],
        options,
      );
      assert.equal(timedOut, true);
      assert.equal(output.trim(), 'here');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
