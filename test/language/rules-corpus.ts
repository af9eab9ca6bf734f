/** For each rule: where it must speak (`‸` before each place) and near misses where it must not. */
import type { RuleId } from '../../src/knowledge/rules';

export interface RuleCases {
  hits: readonly string[];
  silent: readonly string[];
}

const NET = "import net from 'node:net';\n";
const ERR = "s.on('error', (e) => console.error(e.code));";
/** A server whose connection listener (of socket `s`, with errors handled) is `body`. */
const server = (body: string, before = '') => `${NET}${before}net.createServer((s) => { ${ERR} ${body} }).listen(1);`;
const client = (body: string, before = '') => `${NET}${before}const s = net.connect(1, '127.0.0.1');\n${ERR}\n${body}`;

export const RULE_CASES: Readonly<Partial<Record<RuleId, RuleCases>>> = {
  'no-error-listener': {
    hits: [
      `${NET}net.‸createServer((s) => { s.write('hi'); }).listen(1);`,
      `${NET}const v = net.createServer();\nv.on(‸'connection', (s) => s.end('x'));\nv.listen(1);`,
      `${NET}const s = net.‸connect(1, '127.0.0.1');\ns.on('data', (d) => console.log(d.length));`,
      `${NET}const all = new Set();\nnet.‸createServer((s) => { all.add(s); s.on('close', () => all.delete(s)); }).listen(1);`,
      `${NET}class C { start() { this.s = net.‸connect(1, '127.0.0.1'); this.s.write('x'); } }`,
    ],
    silent: [
      server("s.write('hi');"),
      `${NET}net.createServer((s) => use(s)).listen(1);`,
      `${NET}import { pipeline } from 'node:stream';\nnet.createServer((s) => pipeline(s, s, () => {})).listen(1);`,
      `${NET}net.connect(1, '127.0.0.1').on('connect', go).on('error', fail);`,
      `${NET}export const s = net.connect(1);\ns.write('x');\nmodule.exports = s;`,
      `${NET}class C { start() { this.s = net.connect(1, '127.0.0.1'); this.s.on('error', (e) => this.fail(e)); } }`,
      `${NET}net.createServer(async (s) => { for await (const c of s) s.write(c); }).listen(1);`,
    ],
  },
  'chunk-as-message': {
    hits: [
      server("s.on(‸'data', (d) => { handle(JSON.parse(d)); });"),
      server("s.on(‸'data', (d) => { const m = JSON.parse(d.toString()); handle(m); });"),
      server("s.on(‸'data', (d) => { const text = d.toString().trim(); if (text === 'quit') s.end(); });"),
      client("s.once(‸'data', (d) => { if (String(d) === 'OK\\n') go(); });"),
      server("s.setEncoding('utf8'); s.on(‸'data', function (d) { switch (d.trim()) { case 'ping': s.write('pong'); } });"),
    ],
    silent: [
      server(
        "let r = ''; s.setEncoding('utf8'); s.on('data', (d) => { r += d; if (r.length > 99) s.destroy(); if (r.endsWith('\\n')) handle(JSON.parse(r)); });",
      ),
      server("s.on('data', (d) => { for (const line of decoder.feed(d)) handle(JSON.parse(line)); });"),
      server("s.on('data', (d) => { if (d.length === 0) return; total(d.length); });"),
      server("s.on('data', (d) => { if (d[0] === 0x16) tls(d); });"),
      "process.stdin.on('data', (d) => JSON.parse(d));\nimport 'node:net';",
    ],
  },
  'try-around-async': {
    hits: [
      `${NET}const v = net.createServer(f);\ntry { v.‸listen(80); } catch (e) { console.log('in use'); }`,
      `${NET}let s;\ntry { s = net.‸connect(1, '127.0.0.1'); s.setNoDelay(true); } catch (e) { console.log(e); }`,
    ],
    silent: [
      `${NET}const v = net.createServer(f);\nv.on('error', g);\ntry { v.listen(80); } catch (e) { console.log('bad port'); }`,
      `${NET}import { once } from 'node:events';\nasync function go() { const s = net.connect(1, '127.0.0.1'); try { await once(s, 'connect'); } catch (e) {} }`,
      `${NET}const v = net.createServer(f);\ntry { later(() => v.listen(80)); } catch (e) {}`,
    ],
  },
  'uncaught-exception': {
    hits: [server("s.end('x');", "process.on(‸'uncaughtException', (e) => { console.log('ignored', e); });\n")],
    silent: [
      server("s.end('x');", "process.on('uncaughtException', (e) => { console.log(e); process.exit(1); });\n"),
      server("s.end('x');", "process.on('uncaughtException', report);\n"),
      "process.on('uncaughtException', (e) => { console.log('ignored', e); });\nimport 'node:net';",
    ],
  },
  'answer-after-end': {
    hits: [
      server("s.resume(); s.on('end', () => { setTimeout(() => s.‸end('result'), 50); });"),
      server("s.resume(); s.on('end', async () => { const r = await work(); s.‸write(r); });"),
    ],
    silent: [
      server("s.resume(); s.on('end', () => s.end('result'));"),
      `${NET}net.createServer({ allowHalfOpen: true }, (s) => { ${ERR} s.resume(); s.on('end', () => setTimeout(() => s.end('x'), 50)); }).listen(1);`,
      server("s.resume(); s.on('end', async () => { await work(); s.end(); });"),
      client("s.on('end', () => setTimeout(() => s.end('x'), 5));"),
    ],
  },
  'write-after-end': {
    hits: [client("s.end('bye');\ns.‸write('more');"), server('s.end();\n// and now\ns.‸write(log);')],
    silent: [
      client("s.write('more');\ns.end('bye');"),
      server("if (bad) s.end('no'); else s.write('x');"),
      server("s.end('bye'); other.write('x');"),
    ],
  },
  'timeout-leaves-open': {
    hits: [
      client('s.‸setTimeout(1000);'),
      client("s.‸setTimeout(1000, () => console.log('too slow'));"),
      server("s.‸setTimeout(500); s.on('timeout', () => { console.log('idle'); });"),
    ],
    silent: [
      client('s.setTimeout(1000, () => s.destroy());'),
      client("s.setTimeout(1000);\ns.on('timeout', () => s.end('bye'));"),
      client('s.setTimeout(0);'),
      client('s.setTimeout(1000, onIdle);'),
      client("s.setTimeout(1000, () => reject(new Error('slow')));"),
      "import http from 'node:http';\nhttp.createServer((req, res) => { req.socket.setTimeout(1000); res.end(); }).listen(1);",
    ],
  },
  'cleanup-on-end': {
    hits: [
      server("all.add(s); s.on(‸'end', () => all.delete(s));", 'const all = new Set();\n'),
      server("const t = setInterval(() => s.write('x'), 9); s.on(‸'end', () => { clearInterval(t); });"),
    ],
    silent: [
      server("all.add(s); s.on('close', () => all.delete(s));", 'const all = new Set();\n'),
      server("all.add(s); s.on('end', () => all.delete(s)); s.on('close', () => all.delete(s));", 'const all = new Set();\n'),
      server("s.on('end', () => console.log('peer is done'));"),
    ],
  },
  'shared-state': {
    hits: [
      server('‸client = s;', 'let client;\n'),
      server("s.setEncoding('utf8'); s.on('data', (d) => { ‸text += d; if (text.length > 99) s.destroy(); });", "let text = '';\n"),
    ],
    silent: [
      server("let text = ''; s.setEncoding('utf8'); s.on('data', (d) => { text += d; if (text.length > 99) s.destroy(); });"),
      server('if (client) return s.end(); client = s;', 'let client;\n'),
      server('count += 1;', 'let count = 0;\n'),
      `${NET}let s;\nfunction go() { s = net.connect(1, '127.0.0.1'); ${ERR} }`,
    ],
  },
  'chunk-to-text': {
    hits: [
      server("let t = ''; s.on('data', (d) => { ‸t += d; if (t.length > 99) s.destroy(); });"),
      client("let t = '';\ns.on('data', (d) => { ‸t += d.toString(); });"),
      client("let t = '';\ns.on('data', (d) => { ‸t = t + d; });"),
      server("s.on('data', (d) => s.write(‸d.toString()));"),
    ],
    silent: [
      client("let t = '';\ns.setEncoding('utf8');\ns.on('data', (d) => { t += d; });"),
      client("let t = '';\ns.on('data', (d) => { t += decoder.write(d); });"),
      client('const c = [];\ns.on("data", (d) => c.push(d));'),
      client('let n = 0;\ns.on("data", (d) => { n += d.length; });'),
      server("s.on('data', (d) => s.write(d.toString('hex')));"),
      server('s.on("data", (d) => s.write(d));'),
      client("s.on('data', (d) => process.stdout.write(d));"),
    ],
  },
  'ignored-backpressure': {
    hits: [
      client('for (let i = 0; i < 100000; i++) s.‸write(big);'),
      client('const N = 5000;\nfor (let i = 0; i < N; i++) { s.‸write(big); }'),
      client('for (let i = 0; i < 64 * 1024; i++) s.‸write(big);'),
      client("const t = net.connect(2, '127.0.0.1');\nt.on('error', f);\ns.on('data', (d) => { t.‸write(d); });"),
    ],
    silent: [
      client('for (let i = 0; i < 10; i++) s.write(big);'),
      client("for (let i = 0; i < 100000; i++) if (!s.write(big)) await once(s, 'drain');"),
      client('for (let i = 0; i < 100000; i++) { if (s.writableNeedDrain) break; s.write(big); }'),
      server('for (const c of all) c.write(big);'),
      server("s.on('data', (d) => s.write(d));"),
      client("for (let i = 0; i < 100000; i++) s.write(big);\ns.on('drain', more);"),
      server("s.on('data', (d) => { let i; while ((i = next(d)) >= 0) s.write(reply(i)); });"),
    ],
  },
  'no-limit': {
    hits: [
      server("let b = Buffer.alloc(0); s.on('data', (d) => { ‸b = Buffer.concat([b, d]); use(b); });"),
      server("let t = ''; s.setEncoding('utf8'); s.on('data', (d) => { ‸t += d; });"),
      server("const parts = []; s.on('data', (d) => { ‸parts.push(d); });"),
    ],
    silent: [
      server("let b = Buffer.alloc(0); s.on('data', (d) => { b = Buffer.concat([b, d]); if (b.length > 1e6) s.destroy(); });"),
      server("const parts = []; let total = 0; s.on('data', (d) => { total += d.length; if (total > 9) s.destroy(); parts.push(d); });"),
      client("const parts = [];\ns.on('data', (d) => { parts.push(d); });"),
      server("s.on('data', (d) => { decoder.push(d); });"),
    ],
  },
  'pipe-without-errors': {
    hits: [
      `${NET}import fs from 'node:fs';\nnet.createServer((s) => { ${ERR} fs.createReadStream('x').‸pipe(s); }).listen(1);`,
      `${NET}net.createServer((a) => { a.on('error', f); const b = net.connect(2, '127.0.0.1'); a.‸pipe(b); b.‸pipe(a); b.on('close', g); b.once('connect', h); }).listen(1);`,
    ],
    silent: [
      `${NET}net.createServer((a) => { const b = net.connect(2, '127.0.0.1'); a.on('error', f); b.on('error', g); a.pipe(b); b.pipe(a); }).listen(1);`,
      server('s.pipe(s);'),
      "import fs from 'node:fs';\nimport 'node:net';\nfs.createReadStream('x').pipe(process.stdout);",
      `${NET}import fs from 'node:fs';\nnet.createServer((s) => { ${ERR} fs.createReadStream('x').on('error', f).pipe(s); }).listen(1);`,
    ],
  },
  'listener-in-loop': {
    hits: [
      client("for (const x of list) { s.‸on('drain', f); }"),
      server("s.on('data', (d) => { s.‸on('close', () => log(d.length)); });"),
    ],
    silent: [
      client("for (const x of list) { s.once('drain', f); }"),
      `${NET}for (const port of ports) { const s = net.connect(port, '127.0.0.1'); s.on('error', f); s.on('close', g); }`,
      server("s.on('data', f); s.on('close', g);"),
    ],
  },
  'reconnect-adds-listeners': {
    hits: [
      `${NET}const s = new net.Socket();\ns.on('error', f);\nfunction go() { s.connect(1, '127.0.0.1'); s.‸on('data', use); }\ns.on('close', () => setTimeout(go, 99));\ngo();`,
      `${NET}const s = new net.Socket();\ns.on('error', f);\nconst go = () => { s.‸on('connect', hi); s.connect(1, '127.0.0.1'); };\ns.on('close', go);\ngo();`,
    ],
    silent: [
      `${NET}function go() { const s = net.connect(1, '127.0.0.1'); s.on('error', f); s.on('data', use); s.on('close', () => setTimeout(go, 99)); }\ngo();`,
      `${NET}const s = new net.Socket();\ns.on('error', f);\ns.on('data', use);\nfunction go() { s.connect(1, '127.0.0.1'); }\ns.on('close', () => setTimeout(go, 99));\ngo();`,
      `${NET}const s = new net.Socket();\ns.on('error', f);\nfunction go() { s.connect(1, '127.0.0.1'); s.on('data', use); }\ngo();`,
    ],
  },
  'unlink-before-listen': {
    hits: [
      `${NET}import fs from 'node:fs';\nfs.‸unlinkSync('/tmp/a.sock');\nnet.createServer(f).listen('/tmp/a.sock');`,
      `${NET}import { rmSync } from 'node:fs';\nconst path = '/tmp/a.sock';\n‸rmSync(path, { force: true });\nnet.createServer(f).listen({ path });`,
    ],
    silent: [
      `${NET}import fs from 'node:fs';\nfs.unlinkSync('/tmp/b.txt');\nnet.createServer(f).listen('/tmp/a.sock');`,
      `${NET}import fs from 'node:fs';\nconst p = '/tmp/a.sock';\nconst probe = net.connect(p);\nprobe.on('error', () => { fs.unlinkSync(p); net.createServer(f).listen(p); });`,
      `${NET}import fs from 'node:fs';\nconst v = net.createServer(f).listen('/tmp/a.sock');\nprocess.on('exit', () => fs.unlinkSync('/tmp/a.sock'));`,
    ],
  },
  'blocking-call': {
    hits: [
      server("s.on('data', (d) => s.end(‸crypto.pbkdf2Sync(d, 'salt', 1e6, 32, 'sha1')));", "import crypto from 'node:crypto';\n"),
      server("s.end(‸execSync('make'));", "import { execSync } from 'node:child_process';\n"),
    ],
    silent: [
      server('s.end(key);', "import crypto from 'node:crypto';\nconst key = crypto.scryptSync('a', 'b', 32);\n"),
      server("s.on('data', (d) => crypto.pbkdf2(d, 'salt', 1e6, 32, 'sha1', (e, k) => s.end(k)));", "import crypto from 'node:crypto';\n"),
    ],
  },
  'end-as-message-end': {
    hits: [
      client(
        "let n = 0;\ns.write('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n');\ns.on('data', (d) => { n += d.length; });\ns.on(‸'end', () => done(n));",
      ),
    ],
    silent: [
      client("s.write('GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n');\ns.on('data', f);\ns.on('end', g);"),
      client("s.write('GET / HTTP/1.0\\r\\n\\r\\n');\ns.on('data', f);\ns.on('end', g);"),
      client("s.end('GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n');\ns.on('data', f);\ns.on('end', g);"),
    ],
  },
  'wildcard-as-destination': {
    hits: [`${NET}net.‸connect(80, '0.0.0.0').on('error', f);`, `${NET}net.‸connect({ port: 80, host: '::' }).on('error', f);`],
    silent: [`${NET}net.createServer(f).listen(80, '0.0.0.0');`, `${NET}net.connect(80, '127.0.0.1').on('error', f);`],
  },
  'aggregate-error': {
    hits: [
      `${NET}const s = net.connect(80, 'localhost');\ns.‸on('error', (e) => console.error(e.message));`,
      `${NET}const s = net.connect(80);\ns.‸on('error', (e) => { console.log('failed: ' + e.message); });`,
    ],
    silent: [
      `${NET}const s = net.connect(80, '127.0.0.1');\ns.on('error', (e) => console.error(e.message));`,
      `${NET}const s = net.connect(80, 'localhost');\ns.on('error', (e) => console.error(e.code, e.message));`,
      `${NET}const s = net.connect('/tmp/a.sock');\ns.on('error', (e) => console.error(e.message));`,
      `${NET}const s = net.connect(80, process.argv[2]);\ns.on('error', (e) => console.error(e.message));`,
    ],
  },
  'write-is-delivery': {
    hits: [
      client("s.‸write('x', () => console.log('message delivered'));"),
      client("s.‸end('x', () => { console.log(`server received it`); });"),
    ],
    silent: [
      client("s.write('x', () => console.log('sent'));"),
      client("s.write('x', (e) => { if (e) console.log('not delivered'); });"),
      client("s.write('received');"),
    ],
  },
  'datagram-is-delivery': {
    hits: [
      "import dgram from 'node:dgram';\nconst u = dgram.createSocket('udp4');\nu.‸send('x', 1, 'h', () => console.log('the server received it'));",
    ],
    silent: ["import dgram from 'node:dgram';\nconst u = dgram.createSocket('udp4');\nu.send('x', 1, 'h', () => u.close());"],
  },
  'own-writes-restart-timer': {
    hits: [client("s.‸setTimeout(5000, () => s.destroy());\nsetInterval(() => s.write('ping\\n'), 1000);")],
    silent: [
      client("s.setTimeout(5000, () => s.destroy());\nsetInterval(() => s.write('ping\\n'), 10000);"),
      client("s.setTimeout(5000, () => s.destroy());\nsetInterval(() => other.write('ping\\n'), 1000);"),
    ],
  },
  'keep-alive-as-health-check': {
    hits: [
      client('// tells us when the server hangs\ns.‸setKeepAlive(true, 1000);'),
      client('s.‸setKeepAlive(true); // detect a dead server'),
    ],
    silent: [
      client('s.setKeepAlive(true, 1000);'),
      client('// the server may hang\ns.setKeepAlive(false);'),
      client('// keeps NAT entries\ns.setKeepAlive(true);'),
    ],
  },
  'no-delay-as-framing': {
    hits: [server("s.‸setNoDelay(true); s.on('data', (d) => handle(JSON.parse(d)));")],
    silent: [
      server("s.setNoDelay(true); s.on('data', (d) => s.write(d));"),
      server("s.setNoDelay(false); s.on('data', (d) => handle(JSON.parse(d)));"),
    ],
  },
  'huge-backlog': {
    hits: [`${NET}net.createServer(f).‸listen(1, '127.0.0.1', 10000);`, `${NET}net.createServer(f).‸listen({ port: 1, backlog: 65535 });`],
    silent: [`${NET}net.createServer(f).listen(1, '127.0.0.1', 4096);`, `${NET}net.createServer(f).listen(10000);`],
  },
  'state-per-worker': {
    hits: [
      "import cluster from 'node:cluster';\nimport http from 'node:http';\nlet visits = 0;\nif (cluster.isPrimary) cluster.fork();\nelse http.createServer((req, res) => { ‸visits++; res.end(String(visits)); }).listen(1);",
    ],
    silent: [
      "import http from 'node:http';\nlet visits = 0;\nhttp.createServer((req, res) => { visits++; res.end(String(visits)); }).listen(1);",
      "import cluster from 'node:cluster';\nimport http from 'node:http';\nlet visits = 0;\nif (cluster.isPrimary) cluster.fork();\nelse http.createServer((req, res) => { visits++; process.send(visits); res.end(); }).listen(1);",
    ],
  },
};
