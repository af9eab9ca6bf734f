import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type CodeLens, createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
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
});
