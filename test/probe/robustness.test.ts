import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { at, type Outcome, ops, placeOf, plain, probe, programs, traced, versions } from './probe-run';

const outcome = ({ stdout, stderr, code, signal }: Outcome) => ({
  stdout,
  stderr: stderr.replace(/\(node:\d+\)/g, '(node:PID)'),
  code,
  signal,
});

describe('the probe where it cannot work as usual', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-robust-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const major of versions('20,24')) {
    const find = async (context: Mocha.Context) => (await nodePath(major)) ?? skip(context, `no Node ${major}`);

    for (const [broken, reason] of [
      ['version', /is not one that this probe knows/],
      ['binding', /does not let the probe at its handles/],
      ['internals,datagrams', /has no TCP\.\(test\)/],
      ['shape,datagrams', /stream handles .* have another shape/],
      ['counters,datagrams', /do not tell \(test\)/],
    ] as const) {
      it(`falls back to the public API when its self-check fails (${broken}), Node ${major}`, async function () {
        const node = await find(this);
        const file = join(programs, 'echo.mjs');
        const untraced = await plain(node, file);
        const degraded = await traced(node, file, [], { env: { SOCKETSCOPE_TEST_BREAK: broken } });
        assert.deepEqual(outcome(degraded), outcome(untraced));
        const [stream] = degraded.streams;
        assert.equal(stream!.notices.length, 1);
        assert.match(stream!.notices[0]!, reason);
        assert.match(stream!.notices[0]!, /System calls are not visible here/);
        // Nothing is claimed of system calls.
        assert.ok(stream!.ops.every(({ op }) => op === 'api'));
        const write = stream!.ops.find(({ api }) => api === 'socket.write')!;
        assert.equal(at(write), placeOf(file, "write('hello')"));
        assert.equal(write.bytes, 5);
        assert.equal(stream!.exit, 0);
      });
    }

    it(`loses only what rests on a failing check, Node ${major}`, async function () {
      const node = await find(this);
      const check = async (name: string, broken: string) => {
        const file = join(programs, name);
        const untraced = await plain(node, file);
        const degraded = await traced(node, file, [], { env: { SOCKETSCOPE_TEST_BREAK: broken } });
        assert.deepEqual(outcome(degraded), outcome(untraced));
        const { notices, ops } = degraded.streams[0]!;
        return { notices, ops, kinds: new Set(ops.map(({ op }) => op)) };
      };
      const streamsGone = await check('udp.mjs', 'shape');
      assert.match(streamsGone.notices.join(), /^System calls of TCP and Unix-domain sockets are not visible here: .*\. Only calls of net/);
      assert.ok(streamsGone.kinds.has('send') && streamsGone.kinds.has('recv'));
      const datagramsGone = await check('udp.mjs', 'datagrams');
      assert.match(
        datagramsGone.notices.join(),
        /^System calls of UDP sockets are not visible here: Node .* has no UDP\.\(test\)\. Only calls of dgram/,
      );
      assert.deepEqual([...datagramsGone.kinds], ['api']);
      assert.ok(datagramsGone.ops.some(({ api, site }) => api === 'socket.send' && site !== null));
      const streamsLeft = await check('echo.mjs', 'datagrams');
      assert.ok(streamsLeft.kinds.has('accept') && streamsLeft.kinds.has('read'));
      const noTurns = await check('echo.mjs', 'loop');
      assert.match(noTurns.notices.join(), /EAGAIN/);
      assert.ok(noTurns.ops.every(({ args }) => args?.wake === undefined));
      const noLines = await check('echo.mjs', 'stacks');
      assert.match(noLines.notices.join(), /The lines of the program cannot be told here/);
      assert.ok(noLines.ops.every(({ site }) => site === null) && noLines.kinds.has('accept'));
      assert.ok(noLines.ops.some(({ api }) => api === 'socket.write'));
    });

    it(`stays silent about stdio in the fallback, Node ${major}`, async function () {
      const node = await find(this);
      const degraded = await traced(node, join(programs, 'stdin.mjs'), [], {
        stdin: 'typed\n',
        env: { SOCKETSCOPE_TEST_BREAK: 'version' },
      });
      assert.deepEqual(degraded.streams[0]!.ops, []);
    });

    it(`survives the permission model, Node ${major}`, async function () {
      const node = await find(this);
      const flags = [major < 24 ? '--experimental-permission' : '--permission', '--allow-fs-read=*', '--allow-fs-write=*'];
      if (major >= 25) flags.push('--allow-net');
      const file = join(programs, 'echo.cjs');
      const untraced = await plain(node, file, [], { flags });
      const degraded = await traced(node, file, [], { flags });
      assert.deepEqual(outcome(degraded), outcome(untraced));
      assert.match(degraded.streams[0]!.notices.join(), /does not let the probe at its handles/);
      // Where not even a file may be written there is nothing to be said, and nothing is broken.
      const strict = flags.filter((flag) => !flag.includes('write'));
      assert.deepEqual(outcome(await traced(node, file, [], { flags: strict })), outcome(await plain(node, file, [], { flags: strict })));
    });

    it(`survives frozen intrinsics, Node ${major}`, async function () {
      const node = await find(this);
      const flags = ['--frozen-intrinsics'];
      const file = join(programs, 'echo.cjs');
      const untraced = await plain(node, file, [], { flags });
      const frozen = await traced(node, file, [], { flags });
      assert.deepEqual(outcome(frozen), outcome(untraced));
      assert.equal(ops(frozen.streams[0]!, 'accept').length, 1);
      assert.ok(ops(frozen.streams[0]!, 'write').every(({ site }) => site?.file === file));
    });

    it(`does not matter when the run folder is gone, Node ${major}`, async function () {
      const node = await find(this);
      const file = join(programs, 'echo.cjs');
      const untraced = await plain(node, file);
      const env = { NODE_OPTIONS: `--require ${probe}` };
      const gone = await plain(node, file, [], { env: { ...env, SOCKETSCOPE_RUN: join(folder, 'gone') }, nodeOptions: '' });
      assert.deepEqual(outcome(gone), outcome(untraced));
    });

    it(`never writes into a descriptor that was its own, Node ${major}`, async function () {
      const node = await find(this);
      const file = join(folder, 'closer.cjs');
      // A program that closes every file it does not know; the next socket gets the number.
      writeFileSync(
        file,
        `const fs = require('node:fs'); const net = require('node:net');
        for (const fd of fs.readdirSync('/proc/self/fd')) {
          let target = ''; try { target = fs.readlinkSync('/proc/self/fd/' + fd); } catch {}
          if (target.endsWith('.probe')) fs.closeSync(Number(fd));
        }
        const server = net.createServer((socket) => socket.pipe(socket));
        server.listen(0, '127.0.0.1', () => {
          const socket = net.connect(server.address().port, '127.0.0.1', () => socket.end('clean'));
          let got = ''; socket.on('data', (chunk) => { got += chunk; });
          socket.on('close', () => { console.log(JSON.stringify(got)); server.close(); });
        });`,
      );
      const result = await traced(node, file);
      assert.equal(result.stdout, '"clean"\n');
      assert.equal(result.code, 0);
      assert.equal(result.stderr, '');
    });

    it(`does nothing without a run folder, Node ${major}`, async function () {
      const node = await find(this);
      const result = await plain(node, join(programs, 'functions.mjs'), [], { nodeOptions: `--require ${probe}` });
      assert.deepEqual(outcome(result), outcome(await plain(node, join(programs, 'functions.mjs'))));
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('takes no other package along', () => {
    assert.ok(probe.startsWith(root));
  });
});
