/** Snippets in which nothing may be found: other things of the same names, and receivers that are only probable. */
const NET = "import net from 'node:net';\n";

export interface SilentSnippet {
  name: string;
  code: string;
  language?: 'javascript' | 'typescript';
}

const silent = (name: string, code: string, language?: SilentSnippet['language']): SilentSnippet => ({
  name,
  code,
  ...(language ? { language } : {}),
});

export const SILENT: readonly SilentSnippet[] = [
  silent('no module at all', 'net.createServer().listen(1);'),
  silent('listen of an unknown object', `${NET}app.listen(3000);`),
  silent('express', "import net from 'net';\nimport express from 'express';\nconst app = express();\napp.listen(3000);"),
  silent('fs.close', "import fs from 'fs';\nimport net from 'net';\nfs.close(1); fs.write(1, 'a');"),
  silent('array push and others', `${NET}const a = [];\na.push(1); a.end; a.on = 1;`),
  silent('a local function named connect', `${NET}function connect() {}\nconnect(1);`),
  silent('a local function named createServer', `${NET}const createServer = () => ({ listen() {} });\ncreateServer().listen(1);`),
  silent('a parameter named net', `${NET}function f(net) { net.connect(1); }`),
  silent('a shadow in a block', `${NET}{ const net = fake(); net.connect(1); }`),
  silent('a var that hoists', `${NET}function f() { net.connect(1); var net; }`),
  silent('a catch parameter', `${NET}try {} catch (net) { net.connect(1); }`),
  silent('a loop variable', `${NET}for (const net of list) net.connect(1);`),
  silent('a class of that name', "import 'net';\nclass Socket { connect() {} }\nnew Socket().connect(1);"),
  silent('another module', "import net from './net';\nnet.createServer();"),
  silent('another package', "import net from 'net-utils';\nimport 'node:net';\nnet.connect(1);"),
  silent('mongoose', "import mongoose from 'mongoose';\nimport 'net';\nmongoose.connect('x');"),
  silent('fs stream', "import fs from 'fs';\nimport 'net';\nconst s = fs.createWriteStream('a');\ns.write('x'); s.end(); s.destroy();"),
  silent('process.stdout', `${NET}process.stdout.write('x'); process.on('exit', f);`),
  silent('http response', "import http from 'http';\nfunction f(req, res) { res.write('a'); res.end(); }"),
  silent('event emitter', "import { EventEmitter } from 'events';\nimport 'net';\nnew EventEmitter().on('data', f);"),
  silent('Function.prototype.bind', `${NET}const f = g.bind(null); f.bind(1);`),
  silent('Array method connect of a member', `${NET}db.pool.connect(1);`),
  silent('reassigned to something unknown', `${NET}let s = net;\ns = other();\ns.connect(1);`),
  silent('one of two kinds', `${NET}let s = x ? net : other;\ns.connect(1);`),
  silent('a parameter that only looks like one', `${NET}function f(socket) { socket.write('a'); }`),
  silent(
    'a handler that is also called otherwise',
    `${NET}export const use = (h) => h;\nfunction handle(c) { c.write('a'); }\nuse(handle);`,
  ),
  silent('a default value is not certain', `${NET}function f(n = net) { n.connect(1); }`),
  silent('destructured with a default', "import 'net';\nconst { connect = other } = require('./x');\nconnect(1);"),
  silent('in a comment', `${NET}// net.connect(1)\n/* net.createServer() */`),
  silent('in a string', `${NET}const t = "net.connect(1)";`),
  silent('in a template', `${NET}const t = \`net.connect(1)\`;`),
  silent('in a regular expression', `${NET}const r = /net.connect(1)/;`),
  silent('not called', `${NET}const f = net.connect; const g = net.createServer;`),
  silent('isIP and others', `${NET}net.isIP('::1'); net.getDefaultAutoSelectFamily();`),
  silent('a method named listen of own class', `${NET}class A { listen() {} }\nnew A().listen(1);`),
  silent('own override of listen', `${NET}class A extends net.Server { listen() {} go() { this.listen(1); } }\nnew A().listen(1);`),
  silent(
    'a typed parameter of another class',
    "import type { Socket } from 'socket.io';\nimport 'net';\nfunction f(s: Socket) { s.write('a'); }",
    'typescript',
  ),
  silent(
    'a type with the same name',
    "import 'net';\ninterface Socket { write(x: string): void }\nfunction f(s: Socket) { s.write('a'); }",
    'typescript',
  ),
  silent('a union of two', "import net from 'net';\nfunction f(s: net.Socket | Other) { s.write('a'); }", 'typescript'),
  silent('any', "import net from 'net';\nfunction f(s: any) { s.write('a'); }", 'typescript'),
  silent('type of an array', "import net from 'net';\nfunction f(s: net.Socket[]) { s.end(); s.write('a'); }", 'typescript'),
  silent('jsdoc of another type', "import 'net';\n/** @param {import('ws').WebSocket} s */\nfunction f(s) { s.send('a'); s.close(); }"),
  silent('a required module that is shadowed', "import 'net';\nfunction f(require) { require('net').connect(1); }"),
  silent('own property of the same name', `${NET}const o = { connect() {} };\no.connect(1);`),
  silent('a field of two kinds', `${NET}class A { s = make(); constructor() { this.s = net; } go() { this.s.connect(1); } }`),
  silent('someone else sets the property', `${NET}const o = { n: net };\no.n = other();\no.n.connect(1);`),
  silent('an object spread', `${NET}const o = { ...other };\no.net.connect(1);`),
  silent('an unknown event', `${NET}const a = b;\na.on('connection', (s) => s.write('x'));`),
  silent('two declarations', "import 'net';\nvar net = require('net');\nvar net = other;\nnet.connect(1);"),
  silent('map iteration', `${NET}const m = new Map();\nfor (const [k, s] of m) { s.write('x'); s.end(); }`),
  silent('a WebSocket of the browser', `${NET}const ws = new WebSocket('ws://x');\nws.send('a'); ws.close();`),
  silent('a Map named net', "import 'node:net';\nconst net = new Map();\nnet.connect(1);"),
  silent('a dynamic import of something else', "import 'net';\nconst n = await import('./net.js');\nn.connect(1);"),
  silent('a dynamic import whose name is computed', `${NET}const n = await import(name);\nn.connect(1);`),
  silent('a promise that was not waited for', "import 'net';\nconst n = import('net');\nn.connect(1);"),
  silent('a response of fetch', `${NET}const r = await fetch('x');\nr.body.on('data', f); r.end();`),
  silent(
    'a child process',
    "import 'net';\nimport cp from 'child_process';\nconst c = cp.spawn('x');\nc.stdin.write('a'); c.stdin.end(); c.stdout.on('data', f);",
  ),
  silent('a socket of socket.io', "import 'http';\nio.on('connection', (socket) => { socket.on('data', f); socket.send('x'); });"),
  silent('a class field without a value', `${NET}class A { s; go() { this.s.write('x'); } }`),
  silent('a field that another class has', `${NET}class A { s = net; }\nclass B { go() { this.s.connect(1); } }`),
  silent('a parameter typed as unknown', "import net from 'net';\nfunction f(s: unknown) { (s as any).write('a'); }", 'typescript'),
  silent('a generic parameter', "import net from 'net';\nfunction f<T>(s: T) { s.write('a'); }", 'typescript'),
  silent('JSDoc of another type', "import 'net';\n/** @param {import('stream').Writable} s */\nfunction f(s) { s.write('a'); }"),
  silent(
    'a request, not its socket',
    "import http from 'http';\nhttp.get('x', (res) => { res.on('data', f); res.on('end', g); res.setTimeout(1); });",
  ),
  silent('computed method names', `${NET}net['con' + 'nect'](1); net[method](2);`),
];
