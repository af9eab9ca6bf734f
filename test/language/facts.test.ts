import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ShowStepArgs } from '../../src/contracts/lsp';
import { cli } from '../support/house';
import { markdown, TestClient } from './lsp-client';

const PROGRAM = `import dgram from 'node:dgram';
import net from 'node:net';
const server = net.createServer((socket) => {
  socket.on('data', (chunk) => socket.write(chunk));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const first = net.connect(port, '127.0.0.1', () => first.write('hello'));
  first.on('data', () => first.end());
  first.on('close', () => {
    for (let i = 0; i < 2; i++) net.connect(port, '127.0.0.1').on('connect', function () { this.end('bye'); });
  });
  let closed = 0;
  server.on('connection', (socket) => socket.on('close', () => { if (++closed === 3) server.close(refuse); }));
  function refuse() {
    net.connect(port, '127.0.0.1').on('error', datagrams);
  }
});
function datagrams() {
  const udp = dgram.createSocket('udp4');
  udp.on('message', () => udp.close());
  udp.bind(0, '127.0.0.1', () => udp.send('x', udp.address().port, '127.0.0.1'));
}
`;
/** 0-based lines of the program. */
const LINE = { create: 2, listen: 5, first: 7, twice: 10, refused: 15, udp: 19, bind: 21 };

describe('lenses and hovers after a run', function () {
  this.timeout(30_000);
  let folder: string;
  let file: string;
  let trace: string;
  let uri: string;
  let client: TestClient;
  let port: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-facts-')));
    file = join(folder, 'program.mjs');
    trace = join(folder, 'run.socktrace');
    uri = pathToFileURL(file).href;
    writeFileSync(file, PROGRAM);
    const run = spawnSync(process.execPath, [cli, 'run', '--out', trace, file], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    assert.equal(run.status, 0, run.stderr);
    const listening = events().find(({ call }) => call === 'listen')!;
    port = String((listening.local as { port: number }).port);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(() => client.stop());

  /** The trace as its JSON export, by seq. */
  function events(): Record<string, unknown>[] {
    const { stdout } = spawnSync(process.execPath, [cli, 'export', trace, '--to', 'json'], { encoding: 'utf8' });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  async function title(line: number): Promise<string> {
    const found = (await client.lenses(uri)).filter(({ range, command }) => range.start.line === line && command!.command !== 'run');
    assert.ok(found.length >= 1, `lenses on line ${line}`);
    return found[0]!.command!.title;
  }

  const insert = (line: number, text: string) => ({ range: { start: { line, character: 0 }, end: { line, character: 0 } }, text });

  it('say what happened at each call', async () => {
    await client.open(uri, PROGRAM);
    await client.facts(trace);
    assert.equal(await title(LINE.create), '3 accepted, 3 closed, 0 open');
    assert.equal(await title(LINE.listen), `LISTEN 127.0.0.1:${port}, 3 accepted`);
    assert.match(await title(LINE.first), new RegExp(`^ESTABLISHED 127\\.0\\.0\\.1:\\d+ ↔ :${port}, closed$`));
    assert.equal(await title(LINE.twice), '2 connections: 2 ESTABLISHED');
    assert.equal(await title(LINE.refused), `ECONNREFUSED 127.0.0.1:${port}`);
    assert.match(await title(LINE.bind), /^BOUND 127\.0\.0\.1:\d+, 1 received, 1 sent$/);
    assert.equal(client.refreshes, 1);
  });

  it('of a port in use and of a Unix-domain socket', async () => {
    const other = join(folder, 'other.mjs');
    const text = `import net from 'node:net';
const a = net.createServer((c) => c.end());
const b = net.createServer();
a.listen(process.env.UDS, () => {
  b.on('error', () => net.connect(process.env.UDS).resume().on('close', () => a.close()));
  b.listen(process.env.UDS);
});
`;
    writeFileSync(other, text);
    const uds = join(folder, 'x.sock');
    const saved = join(folder, 'other.socktrace');
    const env = { ...process.env, UDS: uds };
    const run = spawnSync(process.execPath, [cli, 'run', '--out', saved, other], { cwd: folder, encoding: 'utf8', timeout: 20_000, env });
    assert.equal(run.status, 0, run.stderr);
    const found = pathToFileURL(other).href;
    await client.open(found, text);
    await client.facts(saved);
    const titles = (await client.titles(found)).map((title) => title.replace(/another [\d.]+ m?s$/, 'another T'));
    assert.deepEqual(titles.slice(1), [
      '1: 1 accepted, 1 closed, 0 open',
      '1: 1 × shutdown, 1 × close, CLOSED',
      '2: no socket yet: socket() happens at listen()',
      `3: LISTEN ${uds}, 1 accepted`,
      `4: CONNECTED ${uds}, closed`,
      '4: 1 connection stayed open, the last for another T',
      '5: EADDRINUSE',
    ]);
  });

  it('make calls certain that the source leaves open', async () => {
    const open = join(folder, 'open.mjs');
    const text = `import http from 'node:http';
const servers = [1, 2].map(() => http.createServer((request, response) => response.end()));
for (const server of servers) server.listen(0, '127.0.0.1', done);
let listening = 0;
function done() {
  if (++listening === 1) return;
  const url = 'http://127.0.0.1:' + servers[0].address().port;
  http.get(url, { agent: false }, (response) => response.resume().on('close', stop));
}
function stop() {
  for (const server of servers) server.close();
}
`;
    writeFileSync(open, text);
    const saved = join(folder, 'open.socktrace');
    const run = spawnSync(process.execPath, [cli, 'run', '--out', saved, open], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    assert.equal(run.status, 0, run.stderr);
    const found = pathToFileURL(open).href;
    await client.open(found, text);
    assert.deepEqual(await client.titles(found), ['1: ▶ Run and trace', '1: no socket yet: socket() happens at listen()']);
    await client.facts(saved);
    const titles = await client.titles(found);
    assert.match(titles[2]!, /^2: LISTEN 127\.0\.0\.1:\d+ and 1 more, 1 accepted$/);
    assert.match(titles[3]!, /^7: ESTABLISHED 127\.0\.0\.1:\d+ ↔ :\d+, closed$/);
    assert.match(titles[4]!, /^10: /);
    assert.equal(titles.length, 5);
    assert.match(markdown(await client.hover(found, 2, 40)), /^What your last run did here: \*\*`server\.listen\(\)`\*\*/);
    await client.change(found, { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, text: ' ' });
    assert.equal((await client.titles(found)).length, 4, 'a changed line is not certain any more');
  });

  it('lead to the step', async () => {
    await client.open(uri, PROGRAM);
    await client.facts(trace);
    const lens = (await client.lenses(uri)).find(({ range }) => range.start.line === LINE.refused)!;
    assert.equal(lens.command!.command, 'step');
    const { trace: named, step } = lens.command!.arguments![0] as ShowStepArgs;
    assert.equal(named, trace);
    const event = events()[step]!;
    assert.equal(event.seq, step);
    assert.equal((event.args as { value: string }).value, 'ECONNREFUSED');
  });

  it('stand in the hover, with a link', async () => {
    await client.open(uri, PROGRAM);
    await client.facts(trace);
    const listen = markdown(await client.hover(uri, LINE.listen, 9));
    assert.match(listen, /- In your last run: \*\*LISTEN 127\.0\.0\.1:\d+, 3 accepted\*\* \[step \d+\]\(command:step\?%5B%7B/);
    assert.ok(listen.split('\n').length <= 12, listen);
    assert.match(markdown(await client.hover(uri, 3, 39)), /In your last run: \*\*3 × write \\\(11 bytes\\\)\*\*/);
  });

  it('move with edits, and are marked where the line changed', async () => {
    await client.open(uri, PROGRAM);
    await client.facts(trace);
    await client.change(uri, insert(0, '// new\n\n'), insert(LINE.listen + 2, '  // here too\n'));
    const moved = LINE.listen + 3;
    assert.equal(await title(moved), `LISTEN 127.0.0.1:${port}, 3 accepted`);
    const changed = { range: { start: { line: moved, character: 14 }, end: { line: moved, character: 15 } }, text: '8080' };
    await client.change(uri, changed);
    assert.equal(await title(moved), `LISTEN 127.0.0.1:${port}, 3 accepted (before your edit)`);
    assert.match(markdown(await client.hover(uri, moved, 9)), /In your last run \(before your edit\): /);
    assert.equal(await title(LINE.create + 2), '3 accepted, 3 closed, 0 open (before your edit)');
    assert.equal(await title(LINE.refused + 3), `ECONNREFUSED 127.0.0.1:${port}`);
    await client.change(uri, { range: { start: { line: moved, character: 14 }, end: { line: moved, character: 18 } }, text: '0' });
    assert.equal(await title(moved), `LISTEN 127.0.0.1:${port}, 3 accepted`);
  });

  it('of a new call are not invented', async () => {
    await client.open(uri, PROGRAM);
    await client.facts(trace);
    await client.change(uri, insert(2, "net.connect(1, '127.0.0.1');\n"));
    assert.equal(await title(2), 'socket → connect (does not block) → SO_ERROR · to 127.0.0.1:1');
  });

  it('are forgotten with the run', async () => {
    await client.open(uri, PROGRAM);
    await client.facts(trace);
    await client.facts(null);
    assert.equal(await title(LINE.create), 'no socket yet: socket() happens at listen()');
  });

  it('are marked when the file was saved after the run began', async () => {
    const copy = join(folder, 'saved.mjs');
    const saved = join(folder, 'saved.socktrace');
    writeFileSync(copy, PROGRAM);
    const run = spawnSync(process.execPath, [cli, 'run', '--out', saved, copy], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    assert.equal(run.status, 0, run.stderr);
    const later = new Date(Date.now() + 5000);
    utimesSync(copy, later, later);
    const other = pathToFileURL(copy).href;
    await client.open(other, PROGRAM);
    await client.facts(saved);
    const titles = await client.titles(other);
    assert.ok(
      titles.some((text) => /LISTEN .* \(before your edit\)$/.test(text)),
      titles.join('\n'),
    );
  });

  it('grow while the trace does, and a cut trace gives what it has', async () => {
    const bytes = readFileSync(trace);
    const live = join(folder, 'live.socktrace');
    await client.open(uri, PROGRAM);
    writeFileSync(live, bytes.subarray(0, 20));
    await client.facts(live);
    assert.equal(await title(LINE.create), 'no socket yet: socket() happens at listen()');
    let listened = 0;
    for (let at = 20; at < bytes.length; at += 400) {
      appendFileSync(live, bytes.subarray(at, at + 400));
      await client.facts(live);
      if ((await title(LINE.listen)).startsWith('LISTEN')) listened++;
      else assert.equal(listened, 0, 'a fact that was there is gone');
    }
    assert.ok(listened > 1);
    assert.equal(await title(LINE.listen), `LISTEN 127.0.0.1:${port}, 3 accepted`);
  });
});
