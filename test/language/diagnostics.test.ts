import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Diagnostic } from 'vscode-languageserver';
import type { RemarkData } from '../../src/contracts/lsp';
import { cli } from '../support/house';
import { COMMANDS, TestClient } from './lsp-client';

const URI = 'file:///nowhere/a.js';
const CODE =
  "import net from 'node:net';\nnet.createServer((s) => {\n  s.on('error', () => {});\n  s.on('data', (d) => s.write(JSON.parse(d).x));\n}).listen(1, '127.0.0.1', 9999);\n";
const codes = (found: readonly Diagnostic[]) => found.map(({ code, range }) => `${range.start.line}: ${code}`);

describe('diagnostics before a run', () => {
  let client: TestClient;
  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(() => client.stop());

  it('are information with a link to the card and the exercise in their data', async () => {
    await client.open(URI, CODE);
    const found = await client.diagnostics(URI);
    assert.deepEqual(codes(found), ['3: chunk-as-message', '4: huge-backlog']);
    const [first] = found;
    assert.equal(first!.severity, 3);
    assert.equal(first!.source, 'socketscope');
    assert.equal(first!.message, 'TCP hands you bytes, not messages. This chunk may hold half a message, or five.');
    assert.match(first!.codeDescription!.href, /^command:card\?%5B%7B%22id%22%3A%22recv%22/);
    const data = first!.data as RemarkData;
    assert.deepEqual([data.misconception, data.exercise, data.step], ['M02', 'B02', null]);
  });

  it('are at most one on a line, the weightiest', async () => {
    await client.open(URI, "import net from 'node:net';\nnet.createServer((s) => { s.write('x'); }).listen(1, '::', 9999);");
    assert.deepEqual(codes(await client.diagnostics(URI)), ['1: no-error-listener']);
  });

  it('follow edits, stay while the text is broken, and go with the document', async () => {
    await client.open(URI, CODE);
    await client.diagnostics(URI);
    const at = (line: number, character: number) => ({ line, character });
    await client.change(URI, { range: { start: at(4, 26), end: at(4, 30) }, text: '1' });
    assert.deepEqual(codes(await client.diagnostics(URI, (found) => found.length === 1)), ['3: chunk-as-message']);
    await client.close(URI);
    assert.deepEqual(await client.diagnostics(URI, (found) => found.length === 0), []);
  });

  it('are turned off by comment, by rule and as a whole, while the server runs', async () => {
    await client.open(URI, CODE);
    await client.diagnostics(URI);
    await client.settings({ diagnostics: { ignoreRules: ['M02'] } });
    assert.deepEqual(codes(await client.diagnostics(URI, (found) => found.length === 1)), ['4: huge-backlog']);
    await client.settings({ diagnostics: { ignoreRules: ['huge-backlog'] } });
    assert.deepEqual(codes(await client.diagnostics(URI, (found) => found[0]?.code === 'chunk-as-message')), ['3: chunk-as-message']);
    await client.settings({ diagnostics: { enabled: false } });
    assert.deepEqual(await client.diagnostics(URI, (found) => found.length === 0), []);
    await client.settings({ diagnostics: { enabled: true, ignoreRules: 'nonsense' } });
    assert.equal((await client.diagnostics(URI, (found) => found.length > 0)).length, 1);
  });

  it('can be excluded by an action', async () => {
    await client.open(URI, CODE);
    const [first] = await client.diagnostics(URI);
    const ignore = (await client.actions(URI, first!)).find(({ title }) => /^Do not say this here/.test(title))!;
    assert.deepEqual(ignore.edit!.changes![URI], [
      {
        range: { start: { line: 3, character: 0 }, end: { line: 3, character: 0 } },
        newText: '  // socketscope-ignore-next-line chunk-as-message\n',
      },
    ]);
  });

  it('offer the exercise only where the client has it', async () => {
    await client.open(URI, CODE);
    const [first] = await client.diagnostics(URI);
    assert.ok((await client.actions(URI, first!)).every(({ title }) => !/exercise/.test(title)));
    const other = await TestClient.start({ commands: { ...COMMANDS, startExercise: 'train' } });
    await other.open(URI, CODE);
    const train = (await other.actions(URI, (await other.diagnostics(URI))[0]!)).find(({ title }) => /exercise/.test(title))!;
    assert.deepEqual(train.command, { title: 'Train this: exercise B02', command: 'train', arguments: ['B02'] });
    await other.stop();
  });
});

/** Programs, what the run shows at which line (0-based), and what it must say. */
const RUNS: { name: string; code: string; expect: [number, RegExp][] }[] = [
  {
    name: 'chunks that were joined, an ignored false, a timeout, shared state',
    code: `import net from 'node:net';
let last;
const server = net.createServer((socket) => {
  last = socket;
  socket.setTimeout(20, () => console.log('idle'));
  socket.on('error', () => {});
  socket.on('data', (d) => {
    if (d.toString() === 'hello') socket.write('hi');
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const a = net.connect(port, '127.0.0.1');
  a.on('error', () => {});
  const big = Buffer.alloc(1 << 16);
  a.on('connect', () => {
    for (let i = 0; i < 1000; i++) a.write(big);
    a.end();
  });
  a.resume().on('close', () => {
    const b = net.connect(port, '127.0.0.1', () => { b.write('one'); b.write('two'); });
    b.on('error', () => {});
    const c = net.connect(port, '127.0.0.1', () => setTimeout(() => { b.end(); c.end(); server.close(); }, 60));
    c.on('error', () => {});
  });
});
`,
    expect: [
      [3, /Last run: 2 connections were open at one time\.$/],
      [4, /Last run: 'timeout' came \d+ times?; the socket was open for another [\d.]+ m?s\.$/],
      [6, /Last run: .*(ended inside a write of the peer|held more than one)/],
      [16, /Last run: write\(\) returned false [\d,]+ times?; up to \d+(\.\d)? MiB waited in memory\.$/],
      [22, /^Last run: \d connections? stayed open, the last for another .*: close\(\) only stops accepting\.$/],
    ],
  },
  {
    name: 'a port in use, nobody there, a reset that ended the program',
    code: `import net from 'node:net';
const first = net.createServer((socket) => { socket.write('x'); });
first.listen(0, '127.0.0.1', () => {
  const { port } = first.address();
  const second = net.createServer();
  second.on('error', () => {
    const nobody = net.connect(1, '127.0.0.1');
    nobody.on('error', () => {
      const s = net.connect(port, '127.0.0.1');
      s.on('data', () => s.resetAndDestroy());
    });
  });
  second.listen(port, '127.0.0.1');
});
`,
    expect: [
      [1, /Last run: ECONNRESET reached a socket, and the program ended with exit code 1\.$/],
      [6, /^Last run: a machine answered, and nothing listens at 127\.0\.0\.1:1 \(ECONNREFUSED\)\./],
      [12, /^Last run: a live socket has this address \(EADDRINUSE\)\. TIME_WAIT is not the reason/],
    ],
  },
  {
    name: 'a character that was cut, an end that did not come, datagrams that were lost',
    code: `import dgram from 'node:dgram';
import net from 'node:net';
const all = new Set();
const server = net.createServer((socket) => {
  all.add(socket);
  socket.on('end', () => all.delete(socket));
  socket.on('error', () => server.close(udp));
  let text = '';
  socket.on('data', (d) => {
    text += d;
    if (text.length > 99) socket.destroy();
    socket.write('got it');
  });
});
server.listen(0, '127.0.0.1', () => {
  const s = net.connect(server.address().port, '127.0.0.1', () => s.write(Buffer.from('é').subarray(0, 1)));
  s.on('error', () => {});
  s.on('data', () => s.resetAndDestroy());
});
function udp() {
  const inbox = dgram.createSocket('udp4');
  inbox.on('message', () => inbox.close());
  inbox.bind(0, '127.0.0.1', () => {
    const out = dgram.createSocket('udp4');
    for (let i = 0; i < 50; i++) out.send('x', inbox.address().port, '127.0.0.1', () => i === 49 && out.close());
  });
}
`,
    expect: [
      [5, /Last run: 1 of 1 connection closed without 'end'\.$/],
      [9, /Last run: 1 of 1 chunk ended inside a character\.$/],
      [22, /^Last run: \d+ datagrams were sent here, \d+ were read: a full receive buffer drops the rest, and nobody is told\.$/],
    ],
  },
  {
    name: 'messages that were joined without a delay, a timer that never rang, an answer after the end, a name with two addresses',
    code: `import net from 'node:net';
const use = () => {};
const server = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.setNoDelay(true);
  socket.on('data', (d) => { try { use(JSON.parse(d)); } catch {} });
  socket.setTimeout(5000, () => socket.destroy());
  const beat = setInterval(() => socket.write('ping'), 1000);
  socket.on('close', () => clearInterval(beat));
});
const late = net.createServer((socket) => {
  socket.on('error', () => {});
  socket.resume();
  socket.on('end', () => setTimeout(() => {
    socket.end('result');
    server.close();
    late.close();
  }, 10));
});
server.listen(0, '127.0.0.1', () => late.listen(0, '127.0.0.1', () => {
  const two = [{ address: '127.0.0.2', family: 4 }, { address: '127.0.0.1', family: 4 }];
  const a = net.connect({
    host: 'two.example', port: server.address().port, lookup: (_name, _options, done) => done(null, two),
  }, () => { a.write('{}'); a.write('[]'); a.end(); });
  a.on('error', () => {});
  a.resume().on('close', () => {
    const b = net.connect(late.address().port, '127.0.0.1');
    b.on('error', () => {});
    b.resume();
    b.end('question');
  });
}));
`,
    expect: [
      [4, /Last run: 1 of 1 chunk held more than one write of the peer\.$/],
      [6, /Last run: 'timeout' never came\.$/],
      [14, /Last run: nothing was sent \(ERR_STREAM_WRITE_AFTER_END\)\.$/],
      [21, /^Last run: the name has several addresses: 127\.0\.0\.2:\d+ gave ECONNREFUSED, then 127\.0\.0\.1:\d+ answered\.$/],
    ],
  },
  {
    name: 'a pipe whose reader went away, a write after the end, a refused connection inside try',
    code: `import fs from 'node:fs';
import net from 'node:net';
const server = net.createServer((socket) => {
  socket.on('error', second);
  fs.createReadStream('/dev/zero').pipe(socket);
});
server.listen(0, '127.0.0.1', () => {
  const a = net.connect(server.address().port, '127.0.0.1');
  a.on('error', () => {});
  a.once('data', () => a.resetAndDestroy());
});
function second() {
  server.close();
  const other = net.createServer((socket) => { socket.on('error', () => {}); socket.resume(); });
  other.listen(0, '127.0.0.1', () => {
    const { port } = other.address();
    const b = net.connect(port, '127.0.0.1');
    b.on('error', () => other.close(() => third(port)));
    b.end('bye');
    b.write('more');
  });
}
function third(port) {
  try {
    net.connect(port, '127.0.0.1').setNoDelay(true);
  } catch (error) {
    console.log(error);
  }
}
`,
    expect: [
      [4, /Last run: (ECONNRESET|EPIPE) reached a socket\.$/],
      [19, /Last run: nothing was sent \(ERR_STREAM_WRITE_AFTER_END\)\.$/],
      [24, /Last run: ECONNREFUSED reached a socket, and the program ended with exit code 1\.$/],
    ],
  },
];

describe('diagnostics after a run', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-remarks-')));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const [index, { name, code, expect }] of RUNS.entries()) {
    it(`say what happened: ${name}`, async () => {
      const file = join(folder, `program${index}.mjs`);
      const trace = join(folder, `${index}.socktrace`);
      writeFileSync(file, code);
      spawnSync(process.execPath, [cli, 'run', '--out', trace, file], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
      const uri = pathToFileURL(file).href;
      const client = await TestClient.start();
      await client.open(uri, code);
      await client.facts(trace);
      const found = await client.diagnostics(uri, (all) => all.some(({ message }) => /Last run/.test(String(message))));
      const all = found.map(({ range, message }) => `${range.start.line}: ${message}`).join('\n');
      for (const [line, text] of expect) {
        const one = found.find(({ range }) => range.start.line === line);
        assert.ok(one && text.test(String(one.message)), `line ${line}: ${text}\n${all}`);
        assert.match(one.relatedInformation![0]!.message, /^Step \d+ of the last run$/);
        const show = (await client.actions(uri, one)).find(({ command }) => command?.command === 'step')!;
        assert.deepEqual(show.command!.arguments, [(one.data as RemarkData).step]);
      }
      await client.stop();
    });
  }
});
