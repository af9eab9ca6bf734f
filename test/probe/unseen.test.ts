import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NEVER_SEEN, NOT_VISIBLE, notVisible } from '../../src/knowledge/not-visible';
import { nodePath, root, skip } from '../support/house';
import { traced as run } from '../support/traced';
import { plain, traced, versions } from './probe-run';

describe('what cannot be seen is said', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-unseen-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  for (const major of versions('20,22,24,26')) {
    const find = async (context: Mocha.Context) => (await nodePath(major)) ?? skip(context, `no Node ${major}`);
    /** What a program's only thread tells, without what is for the collector. */
    const facts = async (context: Mocha.Context, program: string, flags: string[] = []) => {
      const node = await find(context);
      const withProbe = await traced(node, program, [], { flags });
      const untraced = await plain(node, program, [], { flags });
      const clean = (text: string) => text.replace(/\(node:\d+\)|ws:\/\/\S+/g, '');
      assert.deepEqual(
        [withProbe.code, withProbe.stdout, clean(withProbe.stderr)],
        [untraced.code, untraced.stdout, clean(untraced.stderr)],
      );
      return withProbe.streams[0]!.facts;
    };

    it(`names that are looked up, by the system and by c-ares, Node ${major}`, async function () {
      const program = file(
        'names.cjs',
        `const dns = require('node:dns');
        dns.lookup('127.0.0.1', () => {});
        dns.lookup('localhost', () => {
          dns.promises.lookup('localhost').then(() => {
            const resolver = new dns.Resolver({ timeout: 50, tries: 1 });
            resolver.setServers(['127.0.0.1:9']);
            resolver.resolve4('socketscope.invalid', () => resolver.resolveTxt('socketscope.invalid', () => console.log('done')));
          });
        });`,
      );
      assert.deepEqual(await facts(this, program), [
        { what: 'getaddrinfo', name: 'localhost' },
        { what: 'c-ares', name: 'socketscope.invalid' },
      ]);
    });

    it(`an addon, process.binding, WASI, a debugger, Node ${major}`, async function () {
      // A real addon, where VS Code's server is installed.
      const watcher =
        '.vscode-test/code-server/node_modules/code-server/lib/vscode/node_modules/@parcel/watcher-linux-x64-glibc/watcher.node';
      const addon =
        process.platform === 'linux' && process.arch === 'x64' && existsSync(join(root, watcher))
          ? realpathSync(join(root, watcher))
          : null;
      const program = file(
        'inside.cjs',
        `process.noDeprecation = true;
        process.binding('tcp_wrap'); process.binding('tcp_wrap'); process.binding('fs');
        try { process.dlopen({ exports: {} }, ${JSON.stringify(join(folder, 'none.node'))}); } catch (error) { console.log(error.code); }
        ${addon ? `require(${JSON.stringify(addon)});` : ''}
        require('node:wasi');`,
      );
      const told = await facts(this, program, ['--inspect=127.0.0.1:0', '--no-warnings']);
      assert.deepEqual(told, [
        { what: 'inspector' },
        { what: 'binding', name: 'tcp_wrap' },
        ...(addon ? [{ what: 'addon', file: addon.slice(-200) }] : []),
        { what: 'wasi' },
      ]);
    });

    it(`nothing of a connection whose writes failed: all of them were seen, Node ${major}`, async function () {
      // Of a short string Node counts nothing when the write fails, of everything else all.
      const program = file(
        'failed.cjs',
        `const net = require('node:net');
        const ways = [
          (socket) => socket.write(Buffer.alloc(1000)),
          (socket) => socket.write('short'),
          (socket) => socket.write('x'.repeat(100000)),
          (socket) => { socket.cork(); socket.write('a'); socket.write(Buffer.alloc(9)); socket.uncork(); },
        ];
        let peer;
        const server = net.createServer((socket) => {
          socket.on('error', (error) => console.log(error.code)).on('close', next);
          peer.once('connect', () => setImmediate(() => { peer.resetAndDestroy(); ways.shift()(socket); }));
        }).listen(0, '127.0.0.1', next);
        function next() {
          if (ways.length === 0) server.close();
          else peer = net.connect(server.address().port, '127.0.0.1');
        }`,
      );
      assert.deepEqual(await facts(this, program), []);
    });

    it(`the end of a worker that was terminated, with its sockets, Node ${major}`, async function () {
      const node = await find(this);
      const program = file(
        'worker.cjs',
        `const { Worker, isMainThread, parentPort } = require('node:worker_threads');
        const net = require('node:net');
        if (isMainThread) new Worker(__filename).on('message', function () { this.terminate(); });
        else {
          const server = net.createServer(() => {}).listen(0, '127.0.0.1', () => {
            net.connect(server.address().port, '127.0.0.1');
            server.once('connection', () => parentPort.postMessage('now'));
          });
        }`,
      );
      const { trace } = await run(node, [program]);
      const closes = Array.from({ length: trace.size }, (_, index) => trace.event(index + 1)).filter(({ call }) => call === 'close');
      assert.deepEqual(
        closes.map(({ socket, result, provenance, args }) => [socket, result, provenance, args?.cause]),
        ['s1', 's2', 's3'].map((socket) => [socket, 0, 'derived', 'worker ended']),
      );
      assert.ok(trace.stateAt(trace.size).sockets.every(({ open }) => !open));
    });

    it(`what a process leaves open is closed with it: no call, no result, Node ${major}`, async function () {
      const node = await find(this);
      const program = file(
        'leaves.cjs',
        `const server = require('node:net').createServer().listen(0, '127.0.0.1', () => {
          require('node:dgram').createSocket('udp4').bind(0, '127.0.0.1', () => process.exit(3));
        });`,
      );
      const { trace, code } = await run(node, [program]);
      assert.equal(code, 3);
      const last = Array.from({ length: trace.size }, (_, index) => trace.event(index + 1)).filter(({ kind }) => kind !== 'state');
      assert.deepEqual(
        last.slice(-3).map(({ socket, kind, call, result, args }) => [socket, kind, call, result, args?.cause ?? args?.code]),
        [
          ['s1', 'call', 'close', null, 'process ended'],
          ['s2', 'call', 'close', null, 'process ended'],
          [null, 'exit', null, null, 3],
        ],
      );
    });
  }

  it('in words of one place, all of which stand in the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8').replace(/\s+/g, ' ');
    for (const [id, entry] of Object.entries(NOT_VISIBLE)) {
      assert.match(notVisible({ what: id, pid: 7, name: 'x', file: '/bin/x', command: 'y' }), /^Not (visible here|traced): .*\.$/, id);
      assert.ok(readme.includes(entry.what), `README: ${entry.what}`);
      assert.ok(readme.includes(entry.known), `README: ${entry.known}`);
    }
    for (const { what, known } of NEVER_SEEN) assert.ok(readme.includes(what) && readme.includes(known), `README: ${what}`);
    assert.equal(notVisible({ what: 'something newer' }), 'Not visible here: something newer.');
  });
});
