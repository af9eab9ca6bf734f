/** Snippets whose socket calls must be found: `‸` stands before each name, the expected calls follow in order. */
export interface Snippet {
  name: string;
  code: string;
  expect: string[];
  language?: 'javascript' | 'typescript' | 'typescriptreact' | 'javascriptreact';
}

const hit = (name: string, code: string, expect: string, language?: Snippet['language']): Snippet => ({
  name,
  code,
  expect: expect.split(' | ').filter(Boolean),
  ...(language ? { language } : {}),
});

const NET = "import net from 'node:net';\n";

export const HITS: readonly Snippet[] = [
  hit('require net', "const net = require('net');\nnet.‸createServer();", 'net.createServer'),
  hit('require node:net', "const net = require('node:net');\nnet.‸connect(80);", 'net.connect'),
  hit('default import', `${NET}net.‸createConnection(1);`, 'net.createConnection'),
  hit('namespace import', "import * as sockets from 'net';\nsockets.‸createServer();", 'net.createServer'),
  hit('default of a namespace', "import * as ns from 'net';\nns.default.‸createServer();", 'net.createServer'),
  hit('named import', "import { createServer } from 'node:net';\n‸createServer();", 'net.createServer'),
  hit('renamed import', "import { connect as dial } from 'net';\n‸dial(8080);", 'net.connect'),
  hit('default and named import', "import net, { connect } from 'net';\n‸connect(1); net.‸connect(2);", 'net.connect | net.connect'),
  hit('import default as', "import { default as n } from 'net';\nn.‸connect(1);", 'net.connect'),
  hit(
    'destructured require',
    "const { createServer, connect: go } = require('net');\n‸createServer(); ‸go(1);",
    'net.createServer | net.connect',
  ),
  hit('dynamic import', "const net = await import('node:net');\nnet.‸createServer();", 'net.createServer'),
  hit('dynamic import, destructured', "const { connect } = await import('net');\n‸connect(1);", 'net.connect'),
  hit('dynamic import default, destructured', "const { default: n } = await import('net');\nn.‸connect(1);", 'net.connect'),
  hit('dynamic import then', "import('net').then((n) => n.‸connect(1));", 'net.connect'),
  hit('require in place', "require('net').‸createServer();", 'net.createServer'),
  hit(
    'createRequire',
    "import { createRequire } from 'module';\nconst require = createRequire(import.meta.url);\nrequire('net').‸connect(1);",
    'net.connect',
  ),
  hit('getBuiltinModule', "const net = process.getBuiltinModule('net');\nnet.‸connect(1);", 'net.connect'),
  hit('variable for a function', `${NET}const make = net.createServer;\n‸make();`, 'net.createServer'),
  hit('destructuring a module variable', `${NET}const { createServer: mk } = net;\n‸mk();`, 'net.createServer'),
  hit('server variable', `${NET}const server = net.‸createServer();\nserver.‸listen(1);`, 'net.createServer | server.listen'),
  hit(
    'declared, then assigned',
    `${NET}let server;\nfunction f() { server = net.‸createServer(); }\nfunction g() { server.‸listen(1); }`,
    'net.createServer | server.listen',
  ),
  hit('null first', `${NET}let s = null;\ns = net.‸connect(1);\ns.‸end();`, 'net.connect | socket.end'),
  hit('chained', `${NET}net.‸createServer().‸listen(8080);`, 'net.createServer | server.listen'),
  hit(
    'chained over lines',
    `${NET}net\n  .‸createServer()\n  .‸on('connection', (s) => s.‸end())\n  .‸listen(1);`,
    'net.createServer | server.on(connection) | socket.end | server.listen',
  ),
  hit(
    'listen gives the server',
    `${NET}const s = net.‸createServer().‸listen(1);\ns.‸close();`,
    'net.createServer | server.listen | server.close',
  ),
  hit('connection callback', `${NET}net.‸createServer((socket) => { socket.‸write('x'); });`, 'net.createServer | socket.write'),
  hit('connection callback without brackets', `${NET}net.‸createServer(c => c.‸destroy());`, 'net.createServer | socket.destroy'),
  hit(
    'function callback after options',
    `${NET}net.‸createServer({ allowHalfOpen: true }, function (c) { c.‸end(); });`,
    'net.createServer | socket.end',
  ),
  hit(
    'connection event',
    `${NET}const v = net.‸createServer();\nv.‸on('connection', (c) => c.‸resetAndDestroy());`,
    'net.createServer | server.on(connection) | socket.resetAndDestroy',
  ),
  hit(
    'named connection handler',
    `${NET}function handle(c) { c.‸write('hi'); }\nnet.‸createServer(handle);`,
    'socket.write | net.createServer',
  ),
  hit(
    'handler in a constant',
    `${NET}const handle = (c) => { c.‸write('hi'); };\nnet.‸createServer(handle);`,
    'socket.write | net.createServer',
  ),
  hit(
    'handler called with a socket',
    `${NET}function greet(c) { c.‸write('hi'); }\nnet.‸createServer((s) => greet(s));`,
    'socket.write | net.createServer',
  ),
  hit(
    'nested listeners',
    `${NET}net.‸createServer((s) => { s.‸on('data', (d) => { s.‸write(d); }); });`,
    'net.createServer | socket.on(data) | socket.write',
  ),
  hit(
    'this in a listener',
    `${NET}const s = net.‸connect(1);\ns.‸on('data', function (d) { this.‸write(d); });`,
    'net.connect | socket.on(data) | socket.write',
  ),
  hit('new Socket', `${NET}new net.‸Socket().‸connect(1);`, 'net.Socket | socket.connect'),
  hit(
    'new imported Socket',
    "import { Socket } from 'net';\nconst s = new ‸Socket();\ns.‸connect(1).‸setNoDelay(true);",
    'net.Socket | socket.connect | socket.setNoDelay',
  ),
  hit('new Server', `${NET}const s = new net.‸Server((c) => c.‸end());\ns.‸listen(1);`, 'net.createServer | socket.end | server.listen'),
  hit(
    'class field',
    `${NET}class A { server = net.‸createServer(); start() { this.server.‸listen(1); } }`,
    'net.createServer | server.listen',
  ),
  hit('private class field', `${NET}class A { #s = net.‸connect(1); stop() { this.#s.‸end(); } }`, 'net.connect | socket.end'),
  hit(
    'field set in the constructor',
    `${NET}class A { constructor() { this.s = net.‸connect(1); } stop() { this.s.‸destroy(); } }`,
    'net.connect | socket.destroy',
  ),
  hit(
    'object of a class of the file',
    `${NET}class A { s = net.‸createServer(); }\nconst a = new A();\na.s.‸listen(1);`,
    'net.createServer | server.listen',
  ),
  hit(
    'class that extends Server',
    `${NET}class Echo extends net.Server { go() { this.‸listen(1); } }\nnew Echo().‸listen(2);`,
    'server.listen | server.listen',
  ),
  hit(
    'property of an object',
    `${NET}const app = { server: net.‸createServer() };\napp.server.‸listen(1);`,
    'net.createServer | server.listen',
  ),
  hit(
    'property set later',
    `${NET}const app = {};\napp.server = net.‸createServer();\napp.server.‸listen(1);`,
    'net.createServer | server.listen',
  ),
  hit(
    'function that returns a server',
    `${NET}function make() { return net.‸createServer(); }\nmake().‸listen(1);`,
    'net.createServer | server.listen',
  ),
  hit(
    'either of two sockets',
    `${NET}const s = x ? net.‸connect(1) : net.‸connect(2);\ns.‸write('a');`,
    'net.connect | net.connect | socket.write',
  ),
  hit('optional calls', `${NET}let s;\ns = net?.‸connect?.(1);\ns?.‸write('a');`, 'net.connect | socket.write'),
  hit(
    'http server',
    "import http from 'http';\nhttp.‸createServer((req, res) => { req.socket.‸setTimeout(1); res.end(); }).‸listen(1);",
    'http.createServer | socket.setTimeout | server.listen',
  ),
  hit('https server', "const https = require('https');\nhttps.‸createServer({}).‸listen(443);", 'https.createServer | server.listen'),
  hit(
    'tls',
    "import tls from 'node:tls';\ntls.‸createServer({}, (s) => s.‸write('x')).‸listen(1);\ntls.‸connect(1);",
    'tls.createServer | socket.write | server.listen | tls.connect',
  ),
  hit(
    'http upgrade',
    "import http from 'http';\nconst s = http.‸createServer();\ns.on('upgrade', (req, socket) => socket.‸destroy());",
    'http.createServer | socket.destroy',
  ),
  hit('http2', "import http2 from 'http2';\nhttp2.‸createServer().‸listen(1);", 'http2.createServer | server.listen'),
  hit(
    'udp',
    "import dgram from 'node:dgram';\nconst s = dgram.‸createSocket('udp4');\ns.‸bind(1);\ns.‸send('x', 1);\ns.‸on('message', () => s.‸close());",
    'dgram.createSocket | dgram.bind | dgram.send | dgram.on(message) | dgram.close',
  ),
  hit(
    'udp, named import',
    "import { createSocket } from 'dgram';\n‸createSocket({ type: 'udp6' }).‸bind(1);",
    'dgram.createSocket | dgram.bind',
  ),
  hit('typed parameter', "import net from 'net';\nfunction f(s: net.Socket) { s.‸write('a'); }", 'socket.write', 'typescript'),
  hit(
    'typed by imported type',
    "import type { Server } from 'node:net';\nconst f = (s: Server | null) => s?.‸listen(1);",
    'server.listen',
    'typescript',
  ),
  hit(
    'typed field',
    "import * as net from 'net';\nclass A { private s?: net.Socket; go() { this.s!.‸end(); } }",
    'socket.end',
    'typescript',
  ),
  hit(
    'parameter property',
    "import * as net from 'net';\nclass A { constructor(private readonly s: net.Socket) {} go() { this.s.‸end(); } }",
    'socket.end',
    'typescript',
  ),
  hit(
    'import equals',
    "import net = require('net');\nconst s: net.Server = net.‸createServer();\ns.‸listen(1);",
    'net.createServer | server.listen',
    'typescript',
  ),
  hit('cast', "import * as net from 'net';\n(x as net.Socket).‸write('a');", 'socket.write', 'typescript'),
  hit('typed import of dgram', "import { Socket } from 'dgram';\nfunction f(s: Socket) { s.‸bind(1); }", 'dgram.bind', 'typescript'),
  hit('import type in place', "function f(s: import('net').Socket) { s.‸end(); }", 'socket.end', 'typescript'),
  hit('tsx', "import net from 'net';\nconst A = () => <div onClick={() => net.‸connect(1)} />;", 'net.connect', 'typescriptreact'),
  hit('jsx', "import net from 'net';\nconst A = () => <div onClick={() => net.‸connect(1)} />;", 'net.connect', 'javascriptreact'),
  hit('jsdoc parameter', "/** @param {import('net').Socket} s */\nfunction f(s) { s.‸write('a'); }", 'socket.write'),
  hit(
    'jsdoc parameter by module name',
    `${NET}/**\n * Says it.\n * @param {net.Socket} s\n */\nconst f = (s) => s.‸write('a');`,
    'socket.write',
  ),
  hit('jsdoc type', "/** @type {import('node:net').Server | null} */\nlet s = null;\nfunction f() { s.‸listen(1); }", 'server.listen'),
  hit(
    'jsdoc typedef',
    "/** @typedef {import('net').Socket} Socket */\n/** @param {Socket} s */\nfunction f(s) { s.‸end(); }",
    'socket.end',
  ),
  hit('outer meaning beside a shadow', `${NET}function f(net) { net.connect(1); }\nnet.‸connect(2);`, 'net.connect'),
  hit(
    'comments and spaces around a method',
    `${NET}const s = net.‸connect(1);\ns /* a */ . /* b */ ‸write /* c */ ('x'); s\n  // d\n  .‸end ();`,
    'net.connect | socket.write | socket.end',
  ),
  hit(
    'type arguments',
    "import net from 'net';\nconst s = net.‸connect(1);\ns.‸on<'data'>('data', f);",
    'net.connect | socket.on(data)',
    'typescript',
  ),
  hit('emoji and CRLF', `${NET}\r\nconst a = '😀'; net.‸connect(1);\r\n`, 'net.connect'),
  hit('byte order mark', `\uFEFF${NET}net.‸connect(1);`, 'net.connect'),
  hit(
    'dynamic import in an async function',
    "async function go() { const { createServer } = await import('node:net'); ‸createServer().‸listen(1); }",
    'net.createServer | server.listen',
  ),
  hit('static class field', `${NET}class A { static server = net.‸createServer(); }`, 'net.createServer'),
  hit(
    'jsdoc return of a parameter list',
    "/**\n * @param {string} name\n * @param {import('node:dgram').Socket} s\n */\nfunction f(name, s) { s.‸send(name, 1); }",
    'dgram.send',
  ),
  hit(
    'parameter with a default and a type',
    "import net from 'net';\nfunction f(s: net.Socket = net.‸connect(1)) { s.‸end(); }",
    'net.connect | socket.end',
    'typescript',
  ),
  hit(
    'two typed parameters',
    "import type { Server, Socket } from 'node:net';\nconst f = (v: Server, s: Socket) => { v.‸close(); s.‸destroy(); };",
    'server.close | socket.destroy',
    'typescript',
  ),
  hit(
    'socket of a response',
    "import http from 'http';\nhttp.‸createServer((req, res) => { res.socket.‸setNoDelay(true); });",
    'http.createServer | socket.setNoDelay',
  ),
  hit(
    'old name of the socket of a request',
    "import http from 'http';\nhttp.‸createServer((req) => { req.connection.‸setKeepAlive(true); });",
    'http.createServer | socket.setKeepAlive',
  ),
  hit(
    'typed request',
    "import type { IncomingMessage } from 'http';\nexport const f = (req: IncomingMessage) => req.socket.‸destroy();",
    'socket.destroy',
    'typescript',
  ),
  hit(
    'tls client',
    "import tls from 'tls';\nconst s = tls.‸connect({ port: 1, host: 'x' });\ns.‸on('data', f); s.‸write('x');",
    'tls.connect | socket.on(data) | socket.write',
  ),
  hit(
    'tls secureConnection',
    "import tls from 'tls';\nconst v = tls.‸createServer(o);\nv.on('secureConnection', (s) => s.‸end());",
    'tls.createServer | socket.end',
  ),
  hit(
    'tsx with a typed handler',
    "import net from 'net';\nconst f = (s: net.Socket) => s.‸end();\nexport const A = () => <p>{String(f)}</p>;",
    'socket.end',
    'typescriptreact',
  ),
];

/** Code that is being typed: what is complete is still found. */
export const UNFINISHED: readonly Snippet[] = [
  hit('open call', `${NET}const s = net.‸createServer();\ns.‸listen(`, 'net.createServer | server.listen'),
  hit('dot at the end', `${NET}const s = net.‸createServer();\ns.`, 'net.createServer'),
  hit('open callback', `${NET}net.‸createServer((c) => {\n  c.write('a');\n`, 'net.createServer'),
  hit('broken line between', `${NET}const s = net.‸createServer();\nconst = ;\ns.‸listen(1);`, 'net.createServer | server.listen'),
  hit('open string', `${NET}net.‸createServer();\nconst t = 'abc`, 'net.createServer'),
  hit('open import', "import net from 'net';\nnet.‸connect(1);\nimport {", 'net.connect'),
  hit('open object', `${NET}net.‸createServer();\nconst o = { a: 1,`, 'net.createServer'),
  hit('half a listener', `${NET}const s = net.‸connect(1);\ns.on('da`, 'net.connect'),
  hit('half a keyword', `${NET}net.‸connect(1);\nfunct`, 'net.connect'),
];
