import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeEverything, extension, workspaceFile } from './support';

// The first file by name: what comes after it activates the extension.
describe('host: activation', () => {
  after(closeEverything);

  it('does not activate when nothing of ours is opened', async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('notes.txt', 'a plain text\n')));
    assert.equal(extension().isActive, false);
  });

  it('activates when a script is opened', async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('plain.mjs', 'console.log(1);\n')));
    const began = Date.now();
    while (!extension().isActive) {
      assert.ok(Date.now() - began < 20_000, 'not active after 20 s');
      await new Promise((next) => setTimeout(next, 20));
    }
  });

  it('starts no language server for a script without sockets', async () => {
    assert.equal(await extension().exports.language.ready(), false);
  });
});
