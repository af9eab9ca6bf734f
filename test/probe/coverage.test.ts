import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from 'esbuild';
import { nodePath, root, skip } from '../support/house';
import { at, ops, placeOf, programs, type Stream, traced, versions } from './probe-run';

const samples = join(root, 'media', 'samples', 'echo');
const place = (name: string, text: string, nth = 1) => placeOf(join(programs, name), text, nth);
const text = (payload: Uint8Array | null | undefined) => Buffer.from(payload ?? []).toString();
const sequence = (stream: Stream, handle: number) => stream.ops.filter((op) => op.handle === handle).map(({ op }) => op);
const events = (stream: Stream) => stream.ops.filter(({ op }) => op === 'api').map(({ api, args }) => `${api} ${args?.event}`);

describe('what the records of a program contain', function () {
  this.timeout(30_000);
  for (const major of versions('20,22,24,26')) {
    const run = async (context: Mocha.Context, file: string, options: Parameters<typeof traced>[3] = {}) => {
      const node = await nodePath(major);
      if (node === null) skip(context, `no Node ${major}`);
      const result = await traced(node, file, [], options);
      assert.equal(result.code, 0, result.stderr);
      for (const stream of result.streams) {
        assert.equal(stream.process.node.split('.')[0], String(major));
        assert.equal(stream.exit, 0);
        // A close of a descriptor belongs to a handle that was opened, once.
        for (const { handle } of ops(stream, 'close')) assert.equal(ops(stream, 'close', handle).length, 1);
      }
      return result.streams;
    };

    it(`echo, both ends in one process, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'echo.mjs'));
      assert.ok(stream !== undefined);
      const [accept] = ops(stream, 'accept');
      const [connect] = ops(stream, 'connect');
      const [connected] = ops(stream, 'connected');
      assert.ok(accept !== undefined && connect !== undefined && connected !== undefined);
      const accepted = accept.args?.accepted as number;
      const listener = accept.handle;
      const socket = connect.handle;
      assert.deepEqual(
        sequence(stream, listener).filter((op) => op !== 'getsockname'),
        ['open', 'bind', 'listen', 'accept', 'close'],
      );
      const ends = ['shutdown', 'shutdownDone', 'close'];
      assert.deepEqual(
        sequence(stream, socket).filter((op) => op !== 'readStart' && op !== 'api'),
        ['open', 'connect', 'connected', 'write', 'read', 'shutdown', 'shutdownDone', 'read', 'close'],
      );
      assert.deepEqual(
        sequence(stream, accepted).filter((op) => op !== 'readStart'),
        ['read', 'write', 'read', ...ends],
      );
      // Names of both ends are mirrored.
      assert.deepEqual(connected.local, accept.remote);
      assert.deepEqual(connected.remote, accept.local);
      assert.ok(accept.result >= 0 && accept.result !== accept.fd);
      // Where it comes from.
      const listen = place('echo.mjs', "listen(0, '127.0.0.1'");
      assert.equal(at(ops(stream, 'bind')[0]!), `~${listen}`);
      assert.equal(at(ops(stream, 'listen')[0]!), `~${listen}`);
      assert.equal(at(accept), `~${listen}`);
      assert.equal(accept.api, 'server.listen');
      assert.equal(at(connect), `~${place('echo.mjs', 'connect(server.address')}`);
      assert.equal(connect.api, 'net.connect');
      assert.equal(at(ops(stream, 'write', socket)[0]!), place('echo.mjs', "write('hello')"));
      assert.equal(at(ops(stream, 'write', accepted)[0]!), place('echo.mjs', 'write(chunk)'));
      assert.equal(ops(stream, 'write', accepted)[0]!.api, 'socket.write');
      assert.equal(at(ops(stream, 'shutdown', socket)[0]!), place('echo.mjs', 'end()'));
      assert.equal(at(ops(stream, 'close', socket)[0]!), `~${place('echo.mjs', 'end()')}`);
      assert.equal(at(ops(stream, 'close', listener)[0]!), place('echo.mjs', 'close()'));
      // Nobody called this end: the FIN of the other side did it.
      assert.equal(at(ops(stream, 'shutdown', accepted)[0]!), null);
      assert.equal(ops(stream, 'shutdown', accepted)[0]!.api, null);
      assert.equal(text(ops(stream, 'read', accepted)[0]!.payload), 'hello');
      assert.equal(text(ops(stream, 'write', socket)[0]!.payload), 'hello');
      assert.deepEqual(
        ops(stream, 'read', accepted).map(({ result }) => result),
        [5, -4095],
      );
      assert.deepEqual(events(stream), ['net.createServer server created', 'net.connect connect called', 'socket.end end called']);
    });

    it(`datagrams, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'udp.mjs'));
      assert.ok(stream !== undefined);
      const sent = ops(stream, 'send').map(({ result, bytes, args }) => [result, bytes, args?.buffers]);
      assert.deepEqual(sent, [
        [5, 5, 1],
        [-90, 70_000, 1],
        [7, 7, 2],
        [0, 0, 1],
      ]);
      assert.deepEqual(
        ops(stream, 'recv').map(({ result, payload }) => [result, text(payload)]),
        [
          [5, 'hello'],
          [7, 'one two'],
          [0, ''],
        ],
      );
      assert.equal(at(ops(stream, 'send')[0]!), `~${place('udp.mjs', "send('hello'")}`);
      assert.equal(at(ops(stream, 'send')[1]!), `~${place('udp.mjs', 'send(Buffer.alloc')}`);
      const [client] = ops(stream, 'send');
      const [received] = ops(stream, 'recv');
      const bound = ops(stream, 'bind', client!.handle)[0]!;
      // The first send binds.
      assert.equal(at(bound), `~${place('udp.mjs', "send('hello'")}`);
      assert.ok(bound.local !== null && 'port' in bound.local && received!.remote !== null && 'port' in received!.remote);
      assert.equal(received!.remote.port, bound.local.port);
      const [connected] = ops(stream, 'udpConnect');
      assert.equal(connected!.result, 0);
      assert.deepEqual(connected!.remote, ops(stream, 'bind', received!.handle)[0]!.local);
      assert.equal(ops(stream, 'close').length, 2);
      assert.deepEqual(
        ops(stream, 'open').map((op) => at(op)),
        [1, 2].map((nth) => place('udp.mjs', "createSocket('udp4')", nth)),
      );
    });

    it(`Unix-domain socket, corked and encoded, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'unix.mjs'));
      assert.ok(stream !== undefined);
      const [connect] = ops(stream, 'connect');
      const writes = ops(stream, 'write', connect!.handle);
      assert.deepEqual(
        writes.map(({ bytes, args }) => [bytes, args?.buffers]),
        [
          [10, 3],
          [2, 1],
        ],
      );
      assert.deepEqual([...writes[0]!.payload!], [...Buffer.from('grün ', 'latin1'), ...Buffer.from('ab '), 0x00, 0xff]);
      assert.deepEqual([...writes[1]!.payload!], [0x78, 0]);
      // A corked chunk leaves later: its line is the cause.
      assert.equal(at(writes[0]!), `~${place('unix.mjs', "write('grün")}`);
      assert.equal(at(writes[1]!), place('unix.mjs', "end('x'"));
      const path = (ops(stream, 'bind')[0]!.local as { path: string }).path;
      assert.deepEqual(ops(stream, 'connected')[0]!.remote, { path });
      assert.deepEqual(ops(stream, 'accept')[0]!.local, { path });
    });

    it(`half-close, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'half-close.mjs'));
      assert.ok(stream !== undefined);
      const accepted = ops(stream, 'accept')[0]!.args?.accepted as number;
      assert.deepEqual(
        sequence(stream, accepted).filter((op) => op !== 'readStart' && op !== 'api'),
        ['read', 'read', 'write', 'write', 'shutdown', 'shutdownDone', 'close'],
      );
      assert.equal(at(ops(stream, 'shutdown', accepted)[0]!), place('half-close.mjs', "end('here')"));
    });

    it(`connections that fail, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'refused.mjs'));
      assert.ok(stream !== undefined);
      assert.deepEqual(
        ops(stream, 'connected').map(({ result }) => result),
        [-111, -2],
      );
      const errors = stream.ops.filter(({ api }) => api === 'error');
      assert.deepEqual(
        errors.map(({ args }) => args?.code),
        ['ECONNREFUSED', 'ENOENT', 'ENOTFOUND'],
      );
      assert.equal(at(errors[0]!), `~${place('refused.mjs', "connect(port, '127.0.0.1')")}`);
      // An error closes these, no line of the program does; the last one is destroyed by hand.
      const closes = ops(stream, 'close').map((op) => at(op));
      assert.deepEqual(closes, [place('refused.mjs', 'close(done)'), null, null, null, place('refused.mjs', 'destroy()')]);
    });

    it(`HTTP with its reads, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'http.mjs'));
      assert.ok(stream !== undefined);
      const accepted = ops(stream, 'accept').map(({ args }) => args?.accepted as number);
      const requests = accepted.flatMap((handle) => ops(stream, 'read', handle)).filter(({ result }) => result > 0);
      assert.deepEqual(
        requests.map(({ payload }) => text(payload).split(' ')[0]),
        ['GET', 'POST', 'GET'],
      );
      const answers = ops(stream, 'write', accepted[0]!);
      assert.equal(answers[0]!.api, 'response.end');
      assert.equal(at(answers[0]!)?.replace('~', ''), place('http.mjs', 'end(`'));
      assert.equal(at(ops(stream, 'connect')[0]!), `~${place('http.mjs', 'request({')}`);
      assert.equal(ops(stream, 'connect')[0]!.api, 'http.request');
    });

    it(`writes of which nothing is sent, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'lost-writes.mjs'));
      assert.ok(stream !== undefined);
      const lost = ops(stream, 'api').filter(({ args }) => args?.event === 'nothing sent');
      const handles = ops(stream, 'connect').map(({ handle }) => handle);
      const line = (text: string) => place('lost-writes.mjs', text);
      assert.deepEqual(
        lost.map((op) => [op.api, op.args?.code, op.args?.bytes, at(op), handles.indexOf(op.handle)]),
        [
          ['socket.write', 'ERR_STREAM_WRITE_AFTER_END', 4, line("write('more'"), -1],
          ['socket.write', 'ERR_STREAM_DESTROYED', 3, line('write(Buffer'), 0],
          ['socket.end', 'ERR_STREAM_DESTROYED', 2, line("end('ffff'"), 0],
          ['socket.end', 'ERR_STREAM_WRITE_AFTER_END', 4, line("end('late'"), 1],
        ],
      );
      const errors = ops(stream, 'api').filter(({ api }) => api === 'error');
      assert.deepEqual(errors.map(at), [`~${line("write('more'")}`, `~${line("end('late'")}`]);
      // Neither is a full buffer.
      assert.deepEqual(
        events(stream).filter((event) => /returned false|drain/.test(event)),
        [],
      );
    });

    it(`write() that returns false, and drain, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'drain.mjs'));
      assert.ok(stream !== undefined);
      const socket = ops(stream, 'connect')[0]!.handle;
      assert.deepEqual(
        events(stream).filter((event) => /returned|drain/.test(event)),
        ['socket.write returned false', 'socket.write returned false', 'drain drain', 'socket.write returned false', 'drain drain'],
      );
      const [, big] = ops(stream, 'write', socket);
      assert.equal(big!.args?.async, true);
      const written = big!.args?.written as number;
      assert.ok(written > 0 && written < 6_000_000 && big!.queue === 6_000_000 - written);
      assert.ok(big!.writable >= 6_000_000);
      assert.equal(ops(stream, 'writeDone', socket)[0]!.bytes, 6_000_000);
      const received = stream.ops.filter(({ op, handle, result }) => op === 'read' && handle !== socket && result > 0);
      assert.equal(
        received.reduce((sum, { bytes }) => sum + bytes, 0),
        12_000_002,
      );
      assert.ok(received.every(({ payload }) => payload!.length <= 256));
    });

    it(`timeout, options and reset, Node ${major}`, async function () {
      const [stream] = await run(this, join(programs, 'timeout.mjs'));
      assert.ok(stream !== undefined);
      const socket = ops(stream, 'connect')[0]!.handle;
      assert.ok(events(stream).includes('timeout timeout'));
      // Some versions set them twice: before there is a descriptor and after.
      const options = ops(stream, 'option', socket).slice(-2);
      assert.deepEqual(
        options.map(({ args }) => args?.name),
        ['noDelay', 'keepAlive'],
      );
      assert.equal(options[1]!.args?.delay, 1);
      assert.equal(at(ops(stream, 'reset', socket)[0]!), place('timeout.mjs', 'resetAndDestroy()'));
      assert.equal(ops(stream, 'close', socket).length, 0);
      assert.ok(stream.ops.some(({ api, args }) => api === 'error' && args?.code === 'ECONNRESET'));
    });

    it(`a child, a worker, a cluster; no IPC and no stdio, Node ${major}`, async function () {
      const family = await run(this, join(programs, 'child.mjs'));
      const parent = family[0]!;
      const child = family.find((stream) => ops(stream, 'connect').length > 0)!;
      assert.equal(family.length, 3);
      assert.equal(child.process.ppid, parent.process.pid);
      assert.deepEqual(ops(child, 'connected')[0]!.local, ops(parent, 'accept')[0]!.remote);
      for (const stream of family) assert.ok(ops(stream, 'open').every(({ args }) => args?.handle === 'tcp'));
      assert.equal(at(ops(child, 'connect')[0]!), `~${place('child.mjs', 'connect(port')}`);
      const [main, worker] = await run(this, join(programs, 'worker.mjs'));
      assert.equal(worker!.process.pid, main!.process.pid);
      assert.notEqual(worker!.process.threadId, 0);
      assert.equal(text(ops(worker!, 'write')[0]!.payload), 'round');
      const [primary, clustered] = await run(this, join(programs, 'cluster.mjs'));
      assert.equal(ops(primary!, 'accept').length, 1);
      const [received] = ops(clustered!, 'open').filter(({ args }) => args?.received === true);
      assert.deepEqual(received!.remote, ops(primary!, 'accept')[0]!.remote);
      assert.equal(text(ops(clustered!, 'write')[0]!.payload), 'from the worker');
    });

    it(`bytes below JavaScript are told at close, Node ${major}`, async function () {
      const [tls] = await run(this, join(programs, 'tls.cjs'));
      // The calls of TLS are seen, one by one.
      assert.ok(tls!.ops.every(({ args }) => args?.unseenRead === undefined));
      const [stream] = await run(this, join(programs, 'http2.mjs'));
      assert.ok(stream!.facts.some(({ what }) => what === 'below'));
      const closes = stream!.ops.filter(({ op, args }) => op === 'close' && Number(args?.unseenRead) > 0);
      assert.equal(closes.length, 2);
      const total = (key: string) => closes.reduce((sum, { args }) => sum + Number(args?.[key]), 0);
      // An end of HTTP/2 may be gone before it read the last two GOAWAY frames (17 bytes each); strace shows the same.
      const unread = total('unseenWritten') - total('unseenRead');
      assert.ok(unread === 0 || unread === 34, `${unread} bytes unread`);
    });

    it(`payload can be off or longer, Node ${major}`, async function () {
      const off = await run(this, join(programs, 'unix.mjs'), { env: { SOCKETSCOPE_PAYLOAD: '0' } });
      assert.ok(off[0]!.ops.every(({ payload }) => payload === null));
      const long = await run(this, join(programs, 'pipeline.mjs'), { env: { SOCKETSCOPE_PAYLOAD: '4096' } });
      assert.equal(Math.max(...ops(long[0]!, 'read').map(({ payload }) => payload?.length ?? 0)), 4096);
    });

    it(`a package in between, a tool in the process, a source map, Node ${major}`, async function () {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-sites-')));
      const write = (path: string, content: string) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), content);
        return join(folder, path);
      };
      try {
        write('node_modules/chatty/index.js', `module.exports = (socket) => socket.write('through a package');`);
        write(
          'node_modules/tsx/dist/client.js',
          `setImmediate(() => require('node:net').connect('/nonexistent/tsx').on('error', () => {}));`,
        );
        const main = write(
          'main.ts',
          `const net = require('node:net');
          require('tsx/dist/client.js');
          const chat: (socket: unknown) => void = require('chatty');
          const server = net.createServer((socket: { end(text: string): void }) => {
            socket.end('mapped');
          });
          server.listen(0, '127.0.0.1', () => {
            const socket = net.connect(server.address().port, '127.0.0.1', () => chat(socket));
            socket.on('data', () => server.close());
          });`,
        );
        const { code } = transformSync(readFileSync(main, 'utf8'), {
          loader: 'ts',
          sourcemap: 'inline',
          sourcefile: main,
          minifyWhitespace: true,
        });
        const [stream] = await run(this, write('main.js', code), { flags: ['--enable-source-maps'] });
        const writes = ops(stream!, 'write').sort((a, b) => a.bytes - b.bytes);
        assert.equal(at(writes[0]!), placeOf(main, "end('mapped')"));
        assert.equal(at(writes[1]!), `~${placeOf(main, 'chat(socket)')}`);
        assert.equal(writes[1]!.api, 'socket.write');
        // The tool's own pipe is not the program's.
        assert.deepEqual(ops(stream!, 'connect').length, 1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    if (major >= 24) {
      it(`TypeScript by type stripping, Node ${major}`, async function () {
        const [stream] = await run(this, join(programs, 'types.mts'));
        assert.ok(stream !== undefined);
        assert.equal(at(ops(stream, 'write')[0]!), place('types.mts', 'write(JSON'));
        assert.equal(at(ops(stream, 'connect')[0]!), `~${place('types.mts', "connect(port, '127")}`);
      });
    }
  }

  it('the sample, two processes', async function () {
    const node = await nodePath(24);
    if (node === null) skip(this, 'no Node 24');
    const free = net.createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const env = { PORT: String((free.address() as net.AddressInfo).port) };
    await new Promise((done) => free.close(done));
    let client: ReturnType<typeof traced> | undefined;
    const server = await traced(node, join(samples, 'server.mjs'), [], {
      env,
      started: (child) =>
        child.stdout?.once('data', () => {
          client = traced(node, join(samples, 'client.mjs'), [], { env });
        }),
    });
    assert.ok(client !== undefined);
    const [a, b] = [server, await client].map(({ streams }) => streams[0]!);
    assert.deepEqual(ops(b!, 'connected')[0]!.local, ops(a!, 'accept')[0]!.remote);
    assert.ok(ops(b!, 'connected')[0]!.time < ops(a!, 'read')[0]!.time, 'one clock');
  });
});
