import assert from 'node:assert/strict';
import { DEFAULT_SETTINGS, type LanguageOptions, LENS_KINDS } from '../../src/contracts/lsp';
import type { System } from '../../src/knowledge';
import { JavaScriptSupport } from '../../src/language/javascript';
import { lensesOf } from '../../src/language/lenses';
import { GRAMMARS } from './support';

const support = new JavaScriptSupport(GRAMMARS);
const COMMANDS = { runAndTrace: 'run', showStep: 'step', openCard: 'card' };
const RUN = '▶ Run and trace';
const NOTHING_YET = 'no socket yet: socket() happens at listen()';

async function lenses(code: string, system: System = 'linux', commands: LanguageOptions['commands'] = COMMANDS) {
  const document = (await support.prepare('javascript'))(code);
  const options = { codeLens: true, commands, docs: '/docs', grammars: GRAMMARS };
  const found = lensesOf({ uri: 'file:///a.js', calls: document.calls(), facts: new Map(), trace: null, options, system });
  document.dispose();
  return found;
}

const titles = async (code: string, system?: System): Promise<string[]> =>
  (await lenses(code, system)).map(({ command, range }) => `${range.start.line}: ${command!.title}`);

const NET = "import net from 'net';\n";
const UDP = "import dgram from 'dgram';\n";
const TCP_CHAIN = 'socket → SO_REUSEADDR → bind → listen(511)';
const CONNECT = 'socket → connect (does not block) → SO_ERROR';

/** Code after its import on line 0, and what stands over line 1 (without the run lens). */
const LISTEN: [string, string][] = [
  ['net.createServer().listen(8080)', `${TCP_CHAIN} · port 8080 on :: (every address, IPv4 too)`],
  ["net.createServer().listen('8080')", `${TCP_CHAIN} · port 8080 on :: (every address, IPv4 too)`],
  ['net.createServer().listen()', `${TCP_CHAIN} · a port that the system chooses, on :: (every address, IPv4 too)`],
  ["net.createServer().listen(0, '127.0.0.1')", `${TCP_CHAIN} · a port that the system chooses, on 127.0.0.1 (this machine only)`],
  ["net.createServer().listen(80, '0.0.0.0', 10)", 'socket → SO_REUSEADDR → bind → listen(10) · port 80 on 0.0.0.0 (every IPv4 address)'],
  ["net.createServer().listen(80, '::1')", `${TCP_CHAIN} · port 80 on ::1 (this machine only)`],
  ["net.createServer().listen(80, '192.0.2.7')", `${TCP_CHAIN} · port 80 on 192.0.2.7`],
  ["net.createServer().listen(80, 'localhost')", `getaddrinfo → ${TCP_CHAIN} · port 80 on localhost (this machine only)`],
  ['net.createServer().listen(80, host)', 'getaddrinfo? → socket → SO_REUSEADDR → bind → listen(backlog) · port 80'],
  ['net.createServer().listen(80, () => {})', `${TCP_CHAIN} · port 80 on :: (every address, IPv4 too)`],
  ['net.createServer().listen(80, 0)', `${TCP_CHAIN} · port 80 on :: (every address, IPv4 too)`],
  [
    'net.createServer().listen({ port: 80, backlog: 5, ipv6Only: true })',
    'socket → SO_REUSEADDR → bind → listen(5) · port 80 on :: (every IPv6 address)',
  ],
  [
    "net.createServer().listen({ port: 80, host: '127.0.0.1', reusePort: true })",
    'socket → SO_REUSEADDR → SO_REUSEPORT → bind → listen(511) · port 80 on 127.0.0.1 (this machine only)',
  ],
  ["net.createServer().listen('/tmp/a.sock')", 'socket(AF_UNIX) → bind → listen(511) · /tmp/a.sock'],
  ["net.createServer().listen({ path: '/tmp/a.sock' })", 'socket(AF_UNIX) → bind → listen(511) · /tmp/a.sock'],
  ['net.createServer().listen(where)', 'socket → bind → listen(backlog)'],
  ['net.createServer().listen(where, "::1")', `${TCP_CHAIN} · on ::1 (this machine only)`],
  ['const port = process.env.PORT || 3000; net.createServer().listen(port)', 'socket → bind → listen(511)'],
  ['net.createServer().listen(process.argv[2])', 'socket → bind → listen(511)'],
  ['net.createServer().listen({ fd: 3 })', 'listen, on a socket that exists already'],
  ['net.createServer().listen(Number(process.env.PORT))', `${TCP_CHAIN} · on :: (every address, IPv4 too)`],
  ['net.createServer().listen(...args)', 'getaddrinfo? → socket → bind → listen(backlog)'],
  ['net.createServer().listen({ ...options })', 'getaddrinfo? → socket → bind → listen(backlog)'],
  ['const P = 9; net.createServer().listen(P)', `${TCP_CHAIN} · port 9 on :: (every address, IPv4 too)`],
  ['let P = 9; P = f(); net.createServer().listen(P, "::1")', `${TCP_CHAIN} · on ::1 (this machine only)`],
];

const OUTGOING: [string, string][] = [
  ['net.connect(8080)', `getaddrinfo → ${CONNECT} · to localhost:8080`],
  ["net.connect(8080, '127.0.0.1')", `${CONNECT} · to 127.0.0.1:8080`],
  ["net.connect({ port: 8080, host: '::1' })", `${CONNECT} · to [::1]:8080`],
  ["net.createConnection({ port: 8080, host: 'example.org' })", `getaddrinfo → ${CONNECT} · to example.org:8080`],
  ['net.connect({ port: 8080, host })', `getaddrinfo? → ${CONNECT}`],
  [
    "net.connect({ port: 1, host: '127.0.0.1', localPort: 2 })",
    'socket → SO_REUSEADDR → bind → connect (does not block) → SO_ERROR · to 127.0.0.1:1',
  ],
  ["net.connect('/tmp/a.sock')", 'socket(AF_UNIX) → connect · to /tmp/a.sock'],
  ["new net.Socket().connect(8080, '127.0.0.1')", `${CONNECT} · to 127.0.0.1:8080`],
  ["net.connect(Number(x), '127.0.0.1')", `${CONNECT} · to 127.0.0.1`],
];

const OVER_TLS: [string, string][] = [
  ["tls.connect(443, '127.0.0.1')", `${CONNECT}, then the TLS handshake · to 127.0.0.1:443`],
  ['tls.connect({ socket: s })', 'the TLS handshake, on a socket that exists already'],
];

const DATAGRAM: [string, string][] = [
  ["dgram.createSocket('udp4')", 'no socket yet: socket() happens at bind(), connect() or the first send()'],
  ["dgram.createSocket('udp4').bind(41234)", 'socket(SOCK_DGRAM) → bind · port 41234 on 0.0.0.0 (every IPv4 address)'],
  [
    "dgram.createSocket({ type: 'udp6' }).bind()",
    'socket(SOCK_DGRAM) → bind · a port that the system chooses, on :: (every address, IPv4 too)',
  ],
  [
    "dgram.createSocket('udp4').bind({ port: 9, address: '127.0.0.1' })",
    'socket(SOCK_DGRAM) → bind · port 9 on 127.0.0.1 (this machine only)',
  ],
  ['dgram.createSocket(options).bind(9)', 'socket(SOCK_DGRAM) → bind · port 9'],
];

describe('lenses before a run', () => {
  for (const [code, expected] of LISTEN) {
    it(code, async () => assert.deepEqual(await titles(NET + code), [`1: ${RUN}`, `1: ${expected}`]));
  }
  for (const [code, expected] of OUTGOING) {
    it(code, async () => assert.deepEqual(await titles(NET + code), [`1: ${RUN}`, `1: ${expected}`]));
  }
  for (const [code, expected] of OVER_TLS) {
    it(code, async () => assert.deepEqual(await titles(`import tls from 'tls';\n${code}`), [`1: ${RUN}`, `1: ${expected}`]));
  }
  for (const [code, expected] of DATAGRAM) {
    it(code, async () => assert.deepEqual(await titles(UDP + code), [`1: ${RUN}`, `1: ${expected}`]));
  }

  it('on macOS as on Linux, on Windows with the calls of Windows', async () => {
    const listen = `${NET}net.createServer().listen(1, '127.0.0.1');\nnet.connect(1, '127.0.0.1');`;
    assert.equal((await titles(listen, 'macos'))[1], `1: ${TCP_CHAIN} · port 1 on 127.0.0.1 (this machine only)`);
    assert.deepEqual((await titles(listen, 'windows')).slice(1), [
      '1: WSASocket → bind → listen(511) → AcceptEx · port 1 on 127.0.0.1 (this machine only)',
      '2: WSASocket → bind → ConnectEx · to 127.0.0.1:1',
    ]);
    const pipe = String.raw`net.createServer().listen('\\\\.\\pipe\\x')`;
    assert.equal((await titles(NET + pipe, 'windows'))[1], String.raw`1: CreateNamedPipe → ConnectNamedPipe · \\.\pipe\x`);
  });

  it('the run lens stands once: at the first server, else at the first connect', async () => {
    const both = `${NET}const c = net.connect(1);\nconst s = net.createServer();\nconst t = net.createServer();`;
    assert.deepEqual(
      (await titles(both)).filter((title) => title.endsWith(RUN)),
      [`2: ${RUN}`],
    );
    assert.deepEqual(
      (await titles(`${NET}f();\nnet.connect(1);\nnet.connect(2);`)).filter((title) => title.endsWith(RUN)),
      [`2: ${RUN}`],
    );
  });

  it('a server is offered a client, unless its file has both ends', async () => {
    const offered = async (code: string) =>
      (await lenses(code, 'linux', { ...COMMANDS, runWithClient: 'client' })).flatMap(({ command }) =>
        command!.command === 'client' ? [command] : [],
      );
    const server = await offered(`${NET}net.createServer().listen(1);`);
    assert.deepEqual(server, [{ title: 'with a client...', command: 'client', arguments: ['file:///a.js'] }]);
    assert.equal((await offered(`${UDP}dgram.createSocket('udp4').bind(1);`)).length, 1);
    assert.deepEqual(await offered(`${NET}net.createServer().listen(1);\nnet.connect(1);`), []);
    assert.deepEqual(await offered(`${UDP}dgram.createSocket('udp4').bind(1);\ndgram.createSocket('udp4').send('', 1);`), []);
    assert.deepEqual(await offered(`${NET}net.connect(1);`), []);
  });

  it('a server over several lines has its text on each line', async () => {
    assert.deepEqual(await titles(`${NET}const s = net.createServer();\ns.listen(1, '::1');`), [
      `1: ${RUN}`,
      `1: ${NOTHING_YET}`,
      `2: ${TCP_CHAIN} · port 1 on ::1 (this machine only)`,
    ]);
  });

  it('knows which createServer a typed field came from', async () => {
    const document = (await support.prepare('typescript'))(
      "import * as net from 'net';\nclass A { private s: net.Server = net.createServer(); go() { this.s.listen(1); } }\nconst t: net.Server = net.createServer();\nt.listen(2);",
    );
    const [first, listen, second, other] = document.calls();
    assert.ok(first!.origin !== null && second!.origin !== null && first!.origin !== second!.origin);
    assert.equal(listen!.origin, first!.origin);
    assert.equal(other!.origin, second!.origin);
    document.dispose();
  });

  const OTHERS: [string, string][] = [
    ["s.on('data', f)", 'any number of bytes per call: up to 65,536, cut anywhere'],
    ["s.write('a')", 'bytes are copied to the kernel; false: wait for drain'],
    ['s.end()', 'FIN after the queued bytes: shutdown(SHUT_WR)'],
    ['s.destroy()', 'close: FIN, or RST when received bytes are unread'],
    ['s.resetAndDestroy()', 'RST at once: SO_LINGER {1, 0} → close'],
    ['s.setTimeout(9)', 'an idle notice only: does not close; your writes restart it'],
    ['s.setKeepAlive(true)', "kernel probes: they prove the peer's kernel, not its program"],
    ['s.setNoDelay()', 'Nagle off for this sender: TCP_NODELAY'],
  ];
  for (const [code, expected] of OTHERS) {
    it(code, async () => assert.equal((await titles(`${NET}const s = net.connect(1);\n${code}`)).at(-1), `2: ${expected}`));
  }

  it('send, close and the connection event', async () => {
    assert.equal(
      (await titles(`${UDP}const s = dgram.createSocket('udp4');\ns.send('a', 1);`)).at(-1),
      '2: one send is one datagram, and it may be lost: sendmsg',
    );
    const server = `${NET}const v = net.createServer();\n`;
    assert.equal((await titles(`${server}v.close();`)).at(-1), '2: stops accepting; waits for the connections that are open');
    assert.equal(
      (await titles(`${server}v.on('connection', f);`)).at(-1),
      '2: a finished connection was taken off the accept queue: accept',
    );
  });

  it('the other events have none; calls that say the same on one line say it once', async () => {
    const code = `${NET}const s = net.connect(1);\ns.on('end', f); s.on('error', f);\ns.write('a'); s.write('b');`;
    assert.deepEqual((await titles(code)).slice(2), ['3: bytes are copied to the kernel; false: wait for drain']);
  });

  it('each kind can be turned off', async () => {
    const code =
      "import net from 'net';\nimport dgram from 'dgram';\nnet.createServer((s) => {\n s.on('data', (d) =>\n s.write(d));\n s.setTimeout(1);\n s.setKeepAlive();\n s.setNoDelay();\n s.end();\n}).close();\nconst v = net.createServer();\nv.listen(1);\nnet.connect(1);\ndgram.createSocket('udp4');";
    const document = (await support.prepare('javascript'))(code);
    const count = (hide: readonly string[]) => {
      const settings = { ...DEFAULT_SETTINGS, codeLens: { hide } };
      const options = {
        codeLens: true,
        commands: { runAndTrace: null, showStep: null, openCard: null },
        docs: '/docs',
        grammars: GRAMMARS,
        settings,
      };
      return lensesOf({ uri: 'file:///a.js', calls: document.calls(), facts: new Map(), trace: null, options, system: 'linux' }).length;
    };
    const all = count([]);
    for (const kind of LENS_KINDS) assert.ok(count([kind]) < all, kind);
    assert.equal(count(LENS_KINDS), 0);
    document.dispose();
  });

  it('clicks go to the card; an editor without our commands gets text only', async () => {
    const code = `${NET}net.createServer().listen(1);`;
    const [run, chain] = await lenses(code);
    assert.deepEqual(run!.command, { title: RUN, command: 'run', arguments: ['file:///a.js'] });
    assert.equal(chain!.command!.command, 'card');
    assert.deepEqual(chain!.command!.arguments, [{ id: 'listen' }]);
    const plain = await lenses(code, 'linux', { runAndTrace: null, showStep: null, openCard: null });
    assert.deepEqual(
      plain.map(({ command }) => command!.command),
      [''],
    );
  });
});
