import assert from 'node:assert/strict';
import { PythonSupport } from '../../src/language/python';
import { PYTHON_HITS, PYTHON_SILENT } from './corpus-python';
import { markdown, TestClient } from './lsp-client';
import { GRAMMARS, placeAt, unmark } from './support';

const support = new PythonSupport(GRAMMARS);

async function found(text: string) {
  if (!support.mayHaveCalls(text)) return [];
  const document = (await support.prepare())(text);
  try {
    assert.deepEqual(document.calls(), [], 'Node calls');
    return document.look().foreign;
  } finally {
    document.dispose();
  }
}

describe('Python', () => {
  it('has a corpus worth the name', () => {
    assert.ok(PYTHON_HITS.length >= 25 && PYTHON_SILENT.length >= 25, `${PYTHON_HITS.length} and ${PYTHON_SILENT.length}`);
  });
  for (const { name, code, expect } of PYTHON_HITS) {
    it(`finds: ${name}`, async () => {
      const { text, at } = unmark(code);
      const calls = await found(text);
      assert.deepEqual(
        calls.map(({ entry }) => entry.title),
        expect,
      );
      assert.deepEqual(
        calls.map((call) => call.name.start),
        at.map((offset) => placeAt(text, offset)),
      );
    });
  }
  for (const [name, code] of PYTHON_SILENT) {
    it(`stays quiet: ${name}`, async () => {
      assert.deepEqual(
        (await found(code)).map(({ entry }) => entry.title),
        [],
      );
    });
  }

  const LENSES: [code: string, lens: string | null][] = [
    ["s.bind(('', 8080))", 'bind · port 8080 on 0.0.0.0 (every IPv4 address)'],
    ["s.bind(('127.0.0.1', 0))", 'bind · a port that the system chooses, on 127.0.0.1 (this machine only)'],
    ['s.bind((host, port))', 'bind'],
    ['s.listen(5)', 'listen(5): the kernel completes handshakes, about 5 may wait'],
    ['s.listen()', 'listen: the kernel completes handshakes from now on'],
    ["s.connect(('::1', 7))", 'connect: waits for the handshake · to [::1]:7'],
    ["u.connect(('::1', 7))", 'connect: only remembers the peer · to [::1]:7'],
    ['s.recv(1024)', '1 to 1024 bytes, any part of a message; 0 is the end'],
    ['u.recv(1024)', 'one datagram'],
    ["s.send(b'x')", 'copied to the kernel, maybe only a part: look at the result'],
    ["u.sendto(b'x', a)", 'one datagram, may vanish'],
    ['s.shutdown(socket.SHUT_WR)', 'FIN after the queued bytes; reading still works'],
    ['s.shutdown(how)', null],
    ['s.close()', 'close: FIN, or RST if bytes are unread'],
    ['u.close()', null],
  ];
  for (const [code, lens] of LENSES) {
    it(`lens of ${code}`, async () => {
      const calls = await found(`import socket\ns = socket.socket()\nu = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n${code}`);
      assert.equal(calls.at(-1)!.lens, lens);
    });
  }

  it('answers lenses, one for a line, and hovers of at most 12 lines that say nothing of Node, over LSP', async () => {
    const client = await TestClient.start();
    const uri = 'file:///a.py';
    await client.open(uri, "import socket\ns = socket.socket(); s.bind(('', 1))\ns.listen()\nc, a = s.accept()\nc.recv(9)\n", 'python');
    assert.deepEqual(await client.titles(uri), [
      '1: socket: in the kernel at once, without an address yet',
      '2: listen: the kernel completes handshakes from now on',
      '3: accept: waits for a finished handshake, returns a new socket',
      '4: 1 to 9 bytes, any part of a message; 0 is the end',
    ]);
    const text = markdown(await client.hover(uri, 1, 24));
    assert.ok(text.startsWith('**`sock.bind()`** Gives the socket its local address. Python does not set SO_REUSEADDR for you'), text);
    assert.match(text, /- System calls: bind\n/);
    assert.match(text, /- States: CLOSED → CLOSED, bound\n/);
    assert.match(text, /- `PermissionError`: /);
    assert.match(text, /\[More about bind\]\(command:card\?/);
    for (const { name } of await found("import socket\ns = socket.socket(); s.bind(('', 1))")) assert.equal(name.start.line, 1);
    await client.change(uri, { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 36 } }, text: '# 🙂' });
    assert.deepEqual(await client.titles(uri), []);
    await client.stop();
  });

  it('hovers of every call fit and never speak of a RST for a datagram socket', async () => {
    const methods =
      'bind listen accept connect connect_ex send sendall sendto sendmsg sendfile recv recv_into recvfrom recvfrom_into recvmsg shutdown close'.split(
        ' ',
      );
    const client = await TestClient.start();
    const head = 'import socket\ns = socket.socket()\nu = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n';
    const lines = ['s', 'u'].flatMap((object) => methods.map((method) => `${object}.${method}(1)`));
    await client.open('file:///b.py', head + lines.join('\n'), 'python');
    for (const [index, line] of lines.entries()) {
      const text = markdown(await client.hover('file:///b.py', index + 3, 3));
      assert.ok(text.startsWith(`**\`sock.${line.slice(2, -3)}()\`**`), `${line}\n${text}`);
      assert.ok(text.split('\n').length <= 12, text);
      assert.doesNotMatch(text, /libuv|allowHalfOpen|'close'|maxConnections/, line);
      if (line.startsWith('u.') && !/shutdown|listen|accept/.test(line)) assert.doesNotMatch(text, /RST|CLOSE_WAIT|ESTABLISHED/, line);
    }
    await client.stop();
  });
});
