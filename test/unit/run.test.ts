import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, stopTree } from '../../src/runner/process-tree';
import { cli } from '../support/house';

describe('socketscope run and launch', function () {
  this.timeout(30_000);
  if (process.platform === 'win32') return;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  });
  const children: ChildProcessWithoutNullStreams[] = [];
  afterEach(async () => {
    const left = children.filter((child) => child.exitCode === null && child.signalCode === null);
    await stopTree({ roots: left.map((child) => child.pid!), graceMs: 0 });
    children.length = 0;
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, stdio: 'pipe' });
    children.push(child);
    return child;
  };
  /** Waits for a line of output that matches, and returns its first group. */
  const said = (child: ChildProcessWithoutNullStreams, pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      const look = (chunk: Buffer) => {
        text += chunk;
        const match = pattern.exec(text);
        if (match) resolve(match[1] ?? '');
      };
      child.stdout.on('data', look);
      child.stderr.on('data', look);
      child.once('exit', () => reject(new Error(`ended before it said ${pattern}: ${text}`)));
    });
  const ended = async (child: ChildProcessWithoutNullStreams) => {
    let stdout = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once('close', (...how) => resolve(how)));
    return { code, signal, stdout };
  };
  const SERVER = "const s = require('node:net').createServer().listen(0, () => console.log('pid', process.pid, '.'));";

  it('ends a program that never ends on Ctrl+C, and prints what happened so far', async () => {
    const child = start('run', file('server.cjs', SERVER), '--print');
    const pid = Number(await said(child, /pid (\d+) \./));
    const end = ended(child);
    child.kill('SIGINT');
    const { signal, stdout } = await end;
    assert.equal(signal, 'SIGINT');
    assert.match(stdout, /listen\(/);
    assert.equal(isAlive(pid), false);
  });

  it('ends the tree of a program that ignores Ctrl+C when it comes again', async () => {
    const stubborn = `for (const s of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(s, () => {});
      if (process.argv[2] === undefined) require('node:child_process').fork(__filename, ['child'], { detached: true });
      else console.log('pid', process.pid, '.');
      setInterval(() => {}, 1000);`;
    const child = start('run', file('stubborn.cjs', stubborn));
    const pid = Number(await said(child, /pid (\d+) \./));
    const end = ended(child);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { signal } = await end;
    assert.equal(signal, 'SIGKILL');
    assert.equal(isAlive(pid), false);
  });

  it('hands stdin on, starts the client when the server listens, and has the exit code of the first', async () => {
    file(
      'server.cjs',
      "const s = require('node:net').createServer((c) => { c.on('data', (d) => { console.log('got ' + d); c.end(); s.close(); process.exitCode = 5; }); }).listen(0, '127.0.0.1', () => require('node:fs').writeFileSync('port', String(s.address().port)));",
    );
    file(
      'client.cjs',
      "process.stdin.once('data', (d) => { const c = require('node:net').connect(Number(require('node:fs').readFileSync('port', 'utf8')), '127.0.0.1', () => c.write(d)); c.resume(); process.stdin.destroy(); });",
    );
    const child = start('run', 'server.cjs', '--then', 'client.cjs', '--out', 'run.socktrace');
    child.stdin.write('typed');
    const { code, stdout } = await ended(child);
    assert.equal(stdout, 'got typed\n');
    assert.equal(code, 5);
  });

  it('launch writes how the program ended, as a file that is whole', async () => {
    const runFolder = mkdtempSync(join(folder, 'run-'));
    for (const [name, text, code, signal] of [
      ['three.cjs', 'process.exit(3)', 3, null],
      ['killed.cjs', "process.kill(process.pid, 'SIGKILL')", null, 'SIGKILL'],
    ] as const) {
      const child = start('launch', '--run', runFolder, '--', file(name, text));
      const how = await ended(child);
      assert.deepEqual([how.code, how.signal], [code, signal]);
      const [note] = readdirSync(runFolder).filter((entry) => entry.endsWith('.ended'));
      const end = JSON.parse(readFileSync(join(runFolder, note!), 'utf8'));
      assert.deepEqual([end.code, end.signal], [code, signal]);
      assert.equal(note, `${end.pid}.ended`);
      rmSync(join(runFolder, note!));
    }
  });

  it('launch takes its order from the environment, which the program does not see', async () => {
    const runFolder = mkdtempSync(join(folder, 'run-'));
    const text = 'process.exit(process.env.SOCKETSCOPE_LAUNCH === undefined && process.argv[2] === "a b" ? 7 : 1)';
    const order = { run: runFolder, payload: 16, cwd: folder, program: file('ordered.cjs', text), args: ['a b'] };
    process.env.SOCKETSCOPE_LAUNCH = JSON.stringify(order);
    const child = start('launch', 'ordered.cjs');
    delete process.env.SOCKETSCOPE_LAUNCH;
    assert.equal((await ended(child)).code, 7);
    assert.equal(readdirSync(runFolder).filter((entry) => entry.endsWith('.ended')).length, 1);
  });

  it('launch passes signals on to the program', async () => {
    const runFolder = mkdtempSync(join(folder, 'run-'));
    const text = "process.on('SIGTERM', () => process.exit(9)); console.log('pid', process.pid, '.'); setInterval(() => {}, 1000);";
    const child = start('launch', '--run', runFolder, '--', file('polite.cjs', text));
    await said(child, /pid (\d+) \./);
    const end = ended(child);
    child.kill('SIGTERM');
    assert.equal((await end).code, 9);
  });

  it('collect ends when its parent closes its input, with a whole trace of what there is', async () => {
    const runFolder = mkdtempSync(join(folder, 'run-'));
    const collecting = start('collect', runFolder, '--out', 'live.socktrace', '--until-parent-closes');
    const launched = await ended(
      start(
        'launch',
        '--run',
        runFolder,
        '--',
        file('quick.cjs', "const s = require('node:net').createServer().listen(0, () => s.close());"),
      ),
    );
    assert.equal(launched.code, 0);
    const end = ended(collecting);
    collecting.stdin.end();
    assert.equal((await end).code, 0);
    const shown = await ended(start('show', 'live.socktrace'));
    assert.match(shown.stdout, /listen\(.*close\(.*exit: code 0/s);
  });
});
