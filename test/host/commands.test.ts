import assert from 'node:assert/strict';
import * as vscode from 'vscode';

describe('host: commands', () => {
  it('runs in a real VS Code', () => {
    assert.ok(vscode.version);
  });
});
