import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROBE_ENV } from '../../src/contracts/probe-stream';
import { Collector, type CollectResult } from '../../src/runner/collector';
import { tracedEnvironment } from '../../src/runner/launch';
import { SocktraceDecoder, type TraceStore } from '../../src/trace';
import { cli, skip } from '../support/house';
import { gather } from '../support/output';
import { knowledge, probe } from '../support/traced';

/** Sends and echoes MESSAGES times 300 bytes, waits for a line of input where it is told to, and ends with code 7. */
const PROGRAM = `
const net = require('node:net');
const { fork } = require('node:child_process');
const many = Number(process.env.MESSAGES ?? 100);
const finish = () => { server.close(); process.exitCode = 7; };
const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  let got = 0, sent = 0;
  const send = () => client.write('x'.repeat(300));
  client.on('data', (chunk) => {
    got += chunk.length;
    if (got < 300 * (sent + 1)) return;
    sent++;
    if (sent === Math.floor(many / 2) && process.env.PAUSE) {
      process.stdin.once('data', () => { process.stdin.destroy(); send(); });
      console.log('half');
    } else if (sent < many) send();
    else client.end();
  });
  client.on('close', () => {
    console.log('done ' + got);
    console.error('said on stderr');
    if (!process.env.CHILD) return finish();
    const child = fork(__filename, [], { env: { ...process.env, CHILD: '', PAUSE: '', MESSAGES: '3' } });
    child.on('exit', (code) => { console.log('child ' + code); finish(); });
  });
  send();
});
`;

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

describe('when a trace cannot be written', function () {
  this.timeout(90_000);
  let folder: string;
  let program: string;
  const mounts: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-losses-'));
    program = join(folder, 'program.cjs');
    writeFileSync(program, PROGRAM);
  });
  afterEach(() => {
    for (const mount of mounts.splice(0)) spawnSync('umount', ['-l', mount]);
    rmSync(folder, { recursive: true, force: true });
  });

  const ended = async (child: ChildProcess): Promise<Ended> => {
    const output = gather(child);
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => child.once('close', (...how) => resolve(how)));
    return { code, signal, ...output };
  };
  const plainEnv = (more: NodeJS.ProcessEnv) => ({ ...process.env, NODE_OPTIONS: '', ...more });
  const run = (env: NodeJS.ProcessEnv, command: readonly string[] = [process.execPath, program], options: object = {}) =>
    spawn(command[0]!, command.slice(1), { stdio: 'pipe', env, ...options });
  const untraced = (env: NodeJS.ProcessEnv = {}) => {
    const child = run(plainEnv(env));
    child.stdin.end('go\n');
    return ended(child);
  };
  const probed = (runFolder: string, env: NodeJS.ProcessEnv = {}) => tracedEnvironment({ runFolder, probe, env: plainEnv(env) });
  const read = (file: string): { store: TraceStore; complete: boolean } => {
    const decoder = new SocktraceDecoder();
    decoder.push(readFileSync(file));
    const { complete, problem } = decoder.status();
    assert.equal(problem, null);
    return { store: decoder.store as TraceStore, complete };
  };
  const collected = async (runFolder: string): Promise<{ store: TraceStore; result: CollectResult }> => {
    const out = join(folder, 'out.socktrace');
    const result = await new Collector({ runFolder, out, knowledge, cwd: folder, kernel: false }).finish();
    const { store, complete } = read(out);
    assert.equal(complete, true);
    return { store, result };
  };
  /** A disk of so many KiB; null where none can be made. */
  const smallDisk = (context: Mocha.Context, size: number): string => {
    const mount = join(folder, 'disk');
    mkdirSync(mount);
    const made =
      process.platform === 'linux' && process.getuid?.() === 0
        ? spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'none', mount])
        : null;
    if (made?.status !== 0) skip(context, 'only root on Linux can make a small disk to fill');
    mounts.push(mount);
    return mount;
  };
  const count = (store: TraceStore, call: string) => {
    let found = 0;
    for (let seq = 1; seq <= store.size; seq++) if (store.call(seq) === call) found++;
    return found;
  };

  it('a full disk for the records: the program is untouched, and what is missing is counted exactly', async function () {
    const disk = smallDisk(this, 128);
    const env = { MESSAGES: '1000' };
    const whole = mkdtempSync(join(folder, 'whole-'));
    const plain = await untraced(env);
    assert.deepEqual(await ended(run(probed(whole, env))), plain);
    const all = await collected(whole);
    assert.equal(all.store.header.dropped, 0);
    const traced = await ended(run(probed(disk, env)));
    assert.deepEqual(traced, plain);
    assert.deepEqual([traced.code, traced.stdout], [7, 'done 300000\n']);
    const { store, result } = await collected(disk);
    assert.ok(result.dropped > 100, String(result.dropped));
    assert.equal(store.header.dropped, result.dropped);
    // Every echo is two writes and two reads: what is not there is counted.
    const moves = (of: TraceStore) => count(of, 'write') + count(of, 'read');
    assert.ok(Math.abs(moves(all.store) - moves(store) - result.dropped) < 60, `${moves(all.store)} - ${moves(store)} : ${result.dropped}`);
  });

  it('a full disk for the trace: the program is untouched, and the trace says that its end is missing', async function () {
    const disk = smallDisk(this, 64);
    const out = join(disk, 'full.socktrace');
    const env = plainEnv({ MESSAGES: '1000', TMPDIR: folder });
    const result = await ended(run(env, [process.execPath, cli, 'run', '--out', out, program]));
    const plain = await untraced({ MESSAGES: '1000' });
    assert.deepEqual([result.code, result.signal, result.stdout], [plain.code, plain.signal, plain.stdout]);
    const own = result.stderr.split('\n').filter((line) => line.startsWith('socketscope: '));
    assert.ok(result.stderr.startsWith(own[0]!) || result.stderr.startsWith(plain.stderr));
    assert.match(own.join('\n'), /full\.socktrace: the disk is full; free some space; the program runs on, its trace ends here/);
    const { store, complete } = read(out);
    assert.equal(complete, true);
    assert.match(store.header.notices.join(), /events that came later are not in this trace: it could not be written/);
    assert.ok(store.header.dropped > 100);
    assert.ok(store.size > 100);
  });

  it('a limit on the size of files (RLIMIT_FSIZE)', async function () {
    if (process.platform === 'win32') this.skip();
    const runFolder = mkdtempSync(join(folder, 'run-'));
    const env = { MESSAGES: '1000' };
    const limited = ['bash', '-c', 'ulimit -f 64; exec "$0" "$1"', process.execPath, program];
    const plain = await ended(run(plainEnv(env), limited));
    assert.deepEqual(await ended(run(probed(runFolder, env), limited)), plain);
    assert.equal(plain.code, 7);
    assert.ok((await collected(runFolder)).result.dropped > 100);
  });

  it('the folder of the run deleted in the middle: what runs goes on being traced, what starts later is named', async () => {
    const env = { PAUSE: '1', CHILD: '1' };
    const plain = await untraced(env);
    const runFolder = mkdtempSync(join(folder, 'run-'));
    const out = join(folder, 'out.socktrace');
    const said: string[] = [];
    const collector = new Collector({
      runFolder,
      out,
      knowledge,
      cwd: folder,
      kernel: false,
      onProblem: (sentence) => said.push(sentence),
    });
    const child = run(probed(runFolder, env));
    const end = ended(child);
    child.stdout.once('data', () => {
      // The collector has to have seen the stream: what was deleted before that is gone.
      while (collector.pids.length === 0) collector.pump();
      rmSync(runFolder, { recursive: true });
      child.stdin.write('go\n');
    });
    assert.deepEqual(await end, plain);
    await collector.finish();
    const { store } = read(out);
    assert.equal(count(store, 'write') >= 200, true);
    assert.equal(store.header.dropped, 0);
    assert.match(store.header.notices.join(), /folder of this run was deleted/);
    assert.match(said.join(), /deleted while it ran/);
    assert.match(store.processes[0]!.notices.join(), /Not traced: process \d+ \(node .*program\.cjs\) left no record/);
  });

  it('the whole folder for temporary files deleted under socketscope run', async () => {
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const env = plainEnv({ PAUSE: '1', CHILD: '1', TMPDIR: temporary });
    const child = run(env, [process.execPath, cli, 'run', '--print', program]);
    child.stdout.once('data', () => {
      rmSync(temporary, { recursive: true });
      child.stdin.write('go\n');
    });
    const { code, stdout, stderr } = await ended(child);
    const plain = await untraced({ PAUSE: '1', CHILD: '1' });
    assert.equal(code, plain.code);
    assert.equal(stdout, plain.stdout);
    for (const line of plain.stderr.split('\n')) assert.ok(stderr.includes(line));
    assert.match(stderr, /socketscope: .*(deleted|gone)/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });

  it('a trace that is deleted while the program runs', async () => {
    const out = join(folder, 'kept.socktrace');
    const child = run(plainEnv({ PAUSE: '1', TMPDIR: folder }), [process.execPath, cli, 'run', '--out', out, program]);
    child.stdout.once('data', () => {
      assert.ok(existsSync(out));
      rmSync(out);
      child.stdin.write('go\n');
    });
    const { code, stderr } = await ended(child);
    assert.equal(code, 7);
    assert.match(stderr, /kept\.socktrace: the trace was deleted while the program ran/);
  });

  it('the folder of the run made read-only: what runs goes on, what starts later is named', async function () {
    if (process.platform === 'win32') this.skip();
    const env = { PAUSE: '1', CHILD: '1' };
    const runFolder = mkdtempSync(join(folder, 'run-'));
    // Root may write everywhere.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    for (const path of [folder, runFolder]) spawnSync('chmod', ['0777', path]);
    const child = run(probed(runFolder, env), undefined, user);
    const end = ended(child);
    child.stdout.once('data', () => {
      spawnSync('chmod', ['0555', runFolder]);
      child.stdin.write('go\n');
    });
    assert.deepEqual(await end, await untraced(env));
    const { store } = await collected(runFolder);
    assert.equal(store.header.dropped, 0);
    assert.match(store.processes[0]!.notices.join(), /Not traced: process \d+ \(node .*program\.cjs\) left no record/);
  });

  it('all bytes are kept where they are wanted, and one large write does not use up a small run', async () => {
    const large = join(folder, 'large.cjs');
    writeFileSync(
      large,
      `const net = require('node:net');
      const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1', () => {
        const client = net.connect(server.address().port, '127.0.0.1', () => client.end(Buffer.alloc(3e6, 'abcdefg')));
        client.on('close', () => server.close());
      });`,
    );
    const stored = async (env: NodeJS.ProcessEnv) => {
      const runFolder = mkdtempSync(join(folder, 'run-'));
      assert.equal((await ended(run({ ...probed(runFolder), ...env }, [process.execPath, large]))).code, 0);
      return (await collected(runFolder)).store;
    };
    const bytes = (store: TraceStore, call: string) => {
      const parts: Uint8Array[] = [];
      for (let seq = 1; seq <= store.size; seq++) if (store.call(seq) === call) parts.push(store.event(seq).payload ?? new Uint8Array());
      return Buffer.concat(parts);
    };
    const sent = Buffer.alloc(3e6, 'abcdefg');
    const all = await stored({ [PROBE_ENV.payload]: 'all' });
    for (const call of ['write', 'read']) assert.ok(bytes(all, call).equals(sent), call);
    const off = await stored({ [PROBE_ENV.payload]: '0' });
    assert.equal(bytes(off, 'read').length, 0);
    assert.equal(off.header.payload, 0);
    assert.match(off.header.notices.join(), /Capture of bytes was off/);
    const small = await stored({ [PROBE_ENV.payload]: 'all', [PROBE_ENV.maxBytes]: String(1024 ** 2) });
    assert.equal(bytes(small, 'write').length, 64 * 1024);
    assert.ok(small.stateAt(small.size).sockets.every(({ open }) => !open));
  });

  it('several processes keep the size of a run together, and its states stay true', async () => {
    const runFolder = mkdtempSync(join(folder, 'run-'));
    const most = 1024 * 1024;
    const env = { ...probed(runFolder, { MESSAGES: '3000' }), [PROBE_ENV.maxBytes]: String(most) };
    const ends = await Promise.all([1, 2, 3].map(() => ended(run(env))));
    for (const { code, stdout } of ends) assert.deepEqual([code, stdout], [7, 'done 900000\n']);
    const sizes = spawnSync('du', ['-b', '--max-depth=0', runFolder], { encoding: 'utf8' }).stdout;
    assert.ok(Number.parseInt(sizes, 10) < most * 1.1, sizes);
    const { store, result } = await collected(runFolder);
    const { thinned } = store.header;
    assert.ok(thinned !== undefined && thinned.payloads > 0 && thinned.calls > 0 && thinned.since !== null && thinned.states === null);
    assert.equal(result.dropped, thinned.calls);
    assert.match(result.notices.join(), /three quarters of its size .*reads, writes and other calls from step \d+/s);
    // Every socket is known from birth to death, with the bytes that it moved.
    const last = store.stateAt(store.size);
    assert.equal(last.sockets.length, 9);
    for (const socket of last.sockets) {
      assert.ok(socket.state === 'CLOSED' || socket.state === 'TIME_WAIT', `${socket.id} ${socket.state}`);
      if (socket.role === 'listener') continue;
      assert.deepEqual([socket.bytesSent, socket.bytesReceived], [900_000, 900_000]);
      assert.deepEqual([socket.recvQ, socket.sendQ], [null, null]);
    }
    for (let seq = 1; seq <= store.size; seq++) assert.notEqual(store.error(seq), 'ECONNRESET');
  });
});
