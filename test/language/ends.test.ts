import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CompletionItem, Location } from 'vscode-languageserver';
import { OTHER_END } from '../../src/contracts/lsp';
import { cli } from '../support/house';
import { TestClient } from './lsp-client';
import { placeAt, unmark } from './support';

const NET = "import net from 'node:net';\nimport dgram from 'node:dgram';\n";
const SERVER = `${NET}const port = Number(process.env.PORT ?? 0);
const server = net.createServer((socket) => socket.end('hi'));
server.listen(port, '127.0.0.1', async () => {
  process.env.REAL = String(server.address().port);
  await import('./client.mjs');
});
`;
const CLIENT = `${NET}net.connect(Number(process.env.REAL), '127.0.0.1').on('close', () => process.exit(0)).resume();
`;

describe('the other end', function () {
  this.timeout(30_000);
  let client: TestClient;
  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(() => client.stop());

  const ask = (uri: string, line: number, character: number, method: string = OTHER_END): Promise<Location[]> =>
    client.connection.sendRequest(method, { textDocument: { uri }, position: { line, character } });
  const spot = ({ uri, range }: Location) => `${uri.split('/').at(-1)}:${range.start.line}:${range.start.character}`;

  it('of a call is found in the open documents by the same port or path, in both directions', async () => {
    await client.open('file:///s.mjs', `${NET}net.createServer().listen(7000);\nnet.createServer().listen('/tmp/a');\n`);
    await client.open(
      'file:///c.mjs',
      `${NET}net.connect(7000);\nnet.connect({ port: 7000 });\nnet.connect('/tmp/a');\nnet.connect(7001);\n`,
    );
    await client.open('file:///u.mjs', `${NET}const s = dgram.createSocket('udp4');\ns.bind(7000);\ns.send('x', 7000);\n`);
    assert.deepEqual((await ask('file:///c.mjs', 2, 6)).map(spot), ['s.mjs:2:19']);
    assert.deepEqual((await ask('file:///c.mjs', 4, 6)).map(spot), ['s.mjs:3:19']);
    assert.deepEqual((await ask('file:///s.mjs', 2, 20)).map(spot), ['c.mjs:2:4', 'c.mjs:3:4']);
    assert.deepEqual((await ask('file:///u.mjs', 4, 3)).map(spot), ['u.mjs:3:2']);
    assert.deepEqual(await ask('file:///c.mjs', 5, 6), [], 'nobody listens there');
    assert.deepEqual(await ask('file:///c.mjs', 2, 0), [], 'no call');
    assert.deepEqual((await ask('file:///c.mjs', 2, 6, 'textDocument/declaration')).map(spot), ['s.mjs:2:19']);
  });

  it('of a run is where the run says, also in a file that is not open, and moves with edits', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'socketscope-ends-')));
    try {
      const [server, dialler, trace] = ['server.mjs', 'client.mjs', 'run.socktrace'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      writeFileSync(server, SERVER);
      writeFileSync(dialler, CLIENT);
      const run = spawnSync(process.execPath, [cli, 'run', '--out', trace, server], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
      assert.equal(run.status, 0, run.stderr);
      const [serverUri, clientUri] = [server, dialler].map((file) => pathToFileURL(file).href) as [string, string];
      await client.open(clientUri, CLIENT);
      await client.facts(trace);
      assert.deepEqual((await ask(clientUri, 2, 6)).map(spot), ['server.mjs:4:7']);
      await client.open(serverUri, SERVER);
      await client.change(serverUri, { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '// a\n// b\n' });
      assert.deepEqual((await ask(clientUri, 2, 6)).map(spot), ['server.mjs:6:7']);
      assert.deepEqual((await ask(serverUri, 6, 9)).map(spot), ['client.mjs:2:4']);
      // The port is known from the run alone.
      const found = await complete(client, `${NET}net.connect(‸)`);
      assert.equal(found.length, 1);
      assert.match(found[0]!, /^\d+ last run: listening in server\.mjs$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** `label detail` of what is offered at the marker. */
async function complete(client: TestClient, marked: string): Promise<string[]> {
  const { text, at } = unmark(marked);
  const uri = `file:///typing-${Math.random()}.mjs`;
  await client.open(uri, text);
  const items: CompletionItem[] = await client.connection.sendRequest('textDocument/completion', {
    textDocument: { uri },
    position: placeAt(text, at[0]!),
  });
  await client.close(uri);
  return items.map(({ label, detail }) => `${label} ${detail}`);
}

describe('completion of ports and hosts', () => {
  let client: TestClient;
  before(async () => {
    client = await TestClient.start();
    await client.open(
      'file:///server.mjs',
      `${NET}net.createServer().listen(7100, '127.0.0.1');\ndgram.createSocket('udp4').bind(7200);\n`,
    );
  });
  after(() => client.stop());

  const HOSTS = ['127.0.0.1', '::1', 'localhost'];
  for (const [name, code, labels] of [
    ['the port of a client', 'net.connect(‸)', ['7100']],
    ['the port of a client that is being typed', 'net.connect(71‸', ['7100']],
    ['the port of a server: of its own, too, and 0', 'net.createServer().listen(‸)', ['7100', '0']],
    ['the port of a datagram', "const u = dgram.createSocket('udp4');\nu.send('x', ‸)", ['7200']],
    ['the port in an object', 'net.connect({ host: "a, b", port: ‸ })', ['7100']],
    ['the host behind the port', 'net.connect(7100, ‸)', HOSTS],
    ['the host in quotes', "net.connect(7100, '‸')", HOSTS],
    ['the host in quotes that is being typed', "net.connect({ port: 7100, host: '127.‸", HOSTS],
    ['every address for a server', "net.createServer().listen(0, '‸')", [...HOSTS, '0.0.0.0', '::']],
    ['the local address of a client', "net.connect({ localAddress: '‸' })", [...HOSTS, '0.0.0.0', '::']],
    ['nothing for a path', "net.connect('‸')", []],
    ['nothing behind the brackets', 'net.connect(7100) ‸', []],
    ['nothing in a callback', 'net.connect(7100, () => { foo(‸) })', []],
    ['nothing for a name that is being typed', 'net.connect(po‸)', []],
    ['nothing for a key', 'net.connect({ ‸ })', []],
    ['nothing in a comment', 'net.connect( // 7‸', []],
    ['nothing for calls that take neither', "net.connect(1).write('‸')", []],
  ] as const) {
    it(`offers ${name}`, async () => {
      const found = await complete(client, NET + code);
      assert.deepEqual(
        found.map((each) => each.split(' ')[0]),
        labels,
      );
    });
  }

  it('says where a port comes from and what a host means, and replaces what was typed', async () => {
    assert.deepEqual(await complete(client, `${NET}net.connect(‸)`), ['7100 server.mjs:3']);
    assert.match((await complete(client, `${NET}net.connect(1, '‸')`))[0]!, /^127\.0\.0\.1 This machine, over IPv4\. A server/);
    const text = `${NET}net.connect(1, '12`;
    await client.open('file:///half.mjs', text);
    const items: CompletionItem[] = await client.connection.sendRequest('textDocument/completion', {
      textDocument: { uri: 'file:///half.mjs' },
      position: placeAt(text, text.length),
    });
    assert.deepEqual(items[0]!.textEdit, {
      newText: '127.0.0.1',
      range: { start: { line: 2, character: 16 }, end: { line: 2, character: 18 } },
    });
  });
});
