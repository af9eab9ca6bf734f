import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CodeLens,
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { root } from '../support/house';

describe('the bundled server as a process', function () {
  this.timeout(30_000);
  let child: ChildProcess;

  afterEach(() => {
    child.kill();
  });

  for (const [name, args] of [
    ['dist/server.js --stdio', [join(root, 'dist', 'server.js'), '--stdio']],
    ['socketscope language-server --stdio', [join(root, 'dist', 'cli.js'), 'language-server', '--stdio']],
  ] as const) {
    it(`${name}: answers with its own grammars, and ends when told`, async () => {
      child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const connection = createMessageConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
      connection.listen();
      await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
      await connection.sendNotification('initialized', {});
      const uri = 'file:///a.js';
      const text = "require('net').createServer().listen(1, '::1');";
      await connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'javascript', version: 1, text } });
      const lenses: CodeLens[] = await connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });
      assert.equal(lenses.length, 1);
      assert.match(lenses[0]!.command!.title, /listen\(511\)|AcceptEx/);
      const ended = once(child, 'exit');
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      assert.deepEqual(await ended, [0, null]);
      connection.dispose();
    });
  }

  const start = async (options?: object): Promise<MessageConnection> => {
    child = spawn(process.execPath, [join(root, 'dist', 'server.js'), '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const connection = createMessageConnection(new StreamMessageReader(child.stdout!), new StreamMessageWriter(child.stdin!));
    connection.listen();
    await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {}, initializationOptions: options });
    await connection.sendNotification('initialized', {});
    return connection;
  };
  const open = (connection: MessageConnection, uri: string, languageId: string, text: string) =>
    connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  const lensesOf = (connection: MessageConnection, uri: string): Promise<CodeLens[]> =>
    connection.sendRequest('textDocument/codeLens', { textDocument: { uri } });

  // As an editor does that was left with both open, and when it has started the server again. One start in two went wrong.
  it('answers about two languages that are opened at the same moment', async () => {
    for (let round = 0; round < 8; round++) {
      const connection = await start();
      const opened = [
        open(connection, 'file:///a.js', 'javascript', "require('net').createServer().listen(1, '::1');"),
        open(connection, 'file:///a.py', 'python', 'import socket\ns = socket.socket()\n'),
      ];
      const asked = [lensesOf(connection, 'file:///a.js'), lensesOf(connection, 'file:///a.py')];
      await Promise.all(opened);
      const counts = (await Promise.all(asked)).map(({ length }) => length);
      assert.deepEqual(counts, [1, 1], `start ${round + 1}`);
      connection.dispose();
      child.kill();
    }
  });

  it('tries again to load what could not be loaded', async () => {
    const grammars = mkdtempSync(join(tmpdir(), 'socketscope-grammars-'));
    try {
      const connection = await start({ grammars });
      await open(connection, 'file:///a.js', 'javascript', "require('net').createServer().listen(1, '::1');");
      assert.deepEqual(await lensesOf(connection, 'file:///a.js'), []);
      cpSync(join(root, 'dist', 'grammars'), grammars, { recursive: true });
      assert.equal((await lensesOf(connection, 'file:///a.js')).length, 1);
      connection.dispose();
    } finally {
      rmSync(grammars, { recursive: true, force: true });
    }
  });
});
