import assert from 'node:assert/strict';
import { COMMANDS, markdown, TestClient } from './lsp-client';

const URI = 'file:///nowhere/a.js';
const CODE =
  "import net from 'node:net';\nconst server = net.createServer((socket) => {\n  socket.write('hi');\n});\nserver.listen(8080, '127.0.0.1');\n";
const RUN = '▶ Run and trace';
const LISTEN = 'socket → SO_REUSEADDR → bind → listen(511) · port 8080 on 127.0.0.1 (this machine only)';

describe('language server', () => {
  let client: TestClient;
  beforeEach(async () => {
    client = await TestClient.start();
  });
  afterEach(() => client.stop());

  it('says what it can do', () => {
    const { capabilities } = client.initialized;
    assert.deepEqual(capabilities.codeLensProvider, { resolveProvider: true });
    assert.equal(capabilities.hoverProvider, true);
    assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
  });

  it('gives the lenses of an open document', async () => {
    await client.open(URI, CODE);
    assert.deepEqual(await client.titles(URI), [
      `1: ${RUN}`,
      '1: no socket yet: socket() happens at listen()',
      '2: bytes are copied to the kernel; false: wait for drain',
      `4: ${LISTEN}`,
    ]);
  });

  it('follows edits: in a line, over lines, several at once, the whole text', async () => {
    await client.open(URI, CODE);
    await client.titles(URI);
    const at = (line: number, character: number) => ({ line, character });
    await client.change(URI, { range: { start: at(4, 14), end: at(4, 18) }, text: '9000' });
    assert.equal((await client.titles(URI))[3], `4: ${LISTEN.replace('8080', '9000')}`);
    await client.change(
      URI,
      { range: { start: at(0, 0), end: at(0, 0) }, text: '// 😀\r\n' },
      { range: { start: at(5, 20), end: at(5, 31) }, text: "'::1'" },
    );
    assert.equal((await client.titles(URI))[3], '5: socket → SO_REUSEADDR → bind → listen(511) · port 9000 on ::1 (this machine only)');
    await client.change(URI, { range: { start: at(2, 0), end: at(5, 0) }, text: '' });
    assert.deepEqual(await client.titles(URI), []);
    await client.change(URI, { text: "require('net').connect(1, '127.0.0.1');" });
    assert.deepEqual(await client.titles(URI), [`0: ${RUN}`, '0: socket → connect (does not block) → SO_ERROR · to 127.0.0.1:1']);
  });

  it('answers with nothing for documents that are closed, unknown, of another language or without sockets', async () => {
    await client.open(URI, CODE);
    await client.close(URI);
    assert.deepEqual(await client.lenses(URI), []);
    assert.equal(await client.hover(URI, 1, 20), null);
    assert.deepEqual(await client.lenses('file:///other.js'), []);
    await client.open('file:///a.py', 'import socket', 'python');
    assert.deepEqual(await client.lenses('file:///a.py'), []);
    await client.open('file:///b.js', 'const a = 1;');
    assert.deepEqual(await client.lenses('file:///b.js'), []);
  });

  it('explains a call where the pointer is', async () => {
    await client.open(URI, CODE);
    const hover = await client.hover(URI, 4, 9);
    assert.deepEqual(hover!.range, { start: { line: 4, character: 7 }, end: { line: 4, character: 13 } });
    assert.match(markdown(hover), /^\*\*`server\.listen\(\)`\*\*/);
    assert.match(markdown(await client.hover(URI, 2, 12)), /^\*\*`socket\.write\(\)`\*\*/);
    assert.equal(await client.hover(URI, 4, 2), null);
    assert.equal(await client.hover(URI, 3, 0), null);
  });

  it('outlines the sockets, and hints at what listen takes, when that is wanted', async () => {
    await client.open(URI, "import net from 'node:net';\nnet.createServer().listen(8080);\nnet.connect(8080, '::1');\n");
    const symbols: { name: string; detail: string }[] = await client.connection.sendRequest('textDocument/documentSymbol', {
      textDocument: { uri: URI },
    });
    assert.deepEqual(
      symbols.map(({ name, detail }) => `${name} ${detail}`.trim()),
      ['net.createServer()', 'server.listen() 8080', 'net.connect() ::1:8080'],
    );
    const range = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
    const hints = (): Promise<{ label: string }[]> =>
      client.connection.sendRequest('textDocument/inlayHint', { textDocument: { uri: URI }, range });
    assert.deepEqual(await hints(), []);
    await client.settings({ inlayHints: { enabled: true } });
    assert.deepEqual(
      (await hints()).map(({ label }) => label),
      [' host: ::, backlog: 511 '],
    );
  });

  it('knows files that were never saved, columns after emoji and old line ends; a minified giant is left alone', async () => {
    const unsaved = 'untitled:Untitled-1';
    await client.open(unsaved, "\uFEFFimport net from 'node:net';\r\nconst a = '😀😀'; net.connect(1, '::1');\r\n");
    const [lens] = (await client.lenses(unsaved)).slice(-1);
    assert.deepEqual(lens!.range.start, { line: 1, character: 22 });
    await client.open(URI, `require('net').connect(1);${'x();'.repeat(2_600_000)}`);
    assert.deepEqual(await client.lenses(URI), []);
  });

  it('works for TypeScript and TSX', async () => {
    await client.open(
      'file:///a.ts',
      "import { type Server } from 'net';\nexport const f = (s: Server): Server => s.listen(1, '::1');",
      'typescript',
    );
    assert.equal((await client.titles('file:///a.ts')).length, 1);
    await client.open(
      'file:///a.tsx',
      "import net from 'net';\nexport const A = () => <a onClick={() => net.connect(1)}>x</a>;",
      'typescriptreact',
    );
    assert.equal((await client.titles('file:///a.tsx')).length, 2);
  });

  it('survives what is no program: binary, empty, one long line', async () => {
    const long = `import net from 'net';${'net.connect(1);'.repeat(2000)}`;
    const chain = `require('net')${'.a(f)'.repeat(20_000)}.listen(1)`;
    const nested = `require('net');${'f('.repeat(5000)}x.listen(1)${')'.repeat(5000)}`;
    for (const text of ["\u0000\uFFFD'net'\u0001(((", '', `'net'${'('.repeat(5000)}`, long, chain, nested]) {
      await client.open(URI, text);
      assert.ok(Array.isArray(await client.lenses(URI)));
    }
    assert.deepEqual(client.logged, []);
  });

  it('a trace that is not there or no trace leaves the static texts', async () => {
    await client.open(URI, CODE);
    await client.facts('/nowhere/x.socktrace');
    assert.equal((await client.titles(URI))[3], `4: ${LISTEN}`);
    await client.facts(__filename);
    assert.equal((await client.titles(URI))[3], `4: ${LISTEN}`);
    assert.match(client.logged.join('\n'), /could not be read/);
    await client.facts(null);
    assert.equal((await client.titles(URI)).length, 4);
  });
});

describe('language server with other options', () => {
  it('gives no lenses when they are turned off, hovers still', async () => {
    const client = await TestClient.start({ codeLens: false, commands: COMMANDS });
    assert.equal(client.initialized.capabilities.codeLensProvider, undefined);
    await client.open(URI, CODE);
    assert.match(markdown(await client.hover(URI, 4, 9)), /server\.listen/);
    await client.stop();
  });

  it('needs no options at all: text without commands, links to files', async () => {
    const client = await TestClient.start({});
    await client.open(URI, CODE);
    assert.deepEqual(
      (await client.lenses(URI)).map(({ command }) => command!.command),
      ['', '', ''],
    );
    assert.match(markdown(await client.hover(URI, 4, 9)), /\[More about listen\]\(file:\/\/.*\/listen\.md\)/);
    await client.stop();
  });

  it('says once, in a sentence, that the grammars are missing', async () => {
    const client = await TestClient.start({ commands: COMMANDS, grammars: '/nowhere/grammars' });
    await client.open(URI, CODE);
    assert.deepEqual(await client.lenses(URI), []);
    assert.deepEqual(await client.lenses(URI), []);
    await client.stop();
    assert.equal(client.logged.length, 1);
    assert.match(client.logged[0]!, /grammar could not be loaded from \/nowhere\/grammars/);
  });
});
