import assert from 'node:assert/strict';
import { realpathSync } from 'node:fs';
import * as vscode from 'vscode';
import { LineHighlight } from '../../src/vscode/timeline/line-highlight';
import { closeEverything, workspaceFile } from './support';

describe('host: the line of the current step', () => {
  let highlight: LineHighlight;
  const lines = Array.from({ length: 200 }, (_, index) => `// line ${index + 1}`).join('\n');

  beforeEach(() => {
    highlight = new LineHighlight();
  });
  afterEach(async () => {
    highlight.dispose();
    await closeEverything();
  });

  it('opens the file beside nothing else and shows the line, without the focus', async () => {
    const other = await vscode.window.showTextDocument(vscode.Uri.file(workspaceFile('other.mjs', lines)), { preview: false });
    const file = workspaceFile('stepped.mjs', lines);
    const side = await vscode.window.showTextDocument(other.document, { viewColumn: vscode.ViewColumn.Beside });
    await highlight.show({ site: { file, line: 120, column: 4 }, label: 'fd 21 LISTEN', reveal: false });
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === file);
    assert.ok(editor, 'the file is visible');
    assert.ok(editor.visibleRanges.some((range) => range.contains(new vscode.Position(119, 0))));
    assert.equal(vscode.window.activeTextEditor?.viewColumn, side.viewColumn);
    assert.deepEqual(highlight.current, { site: { file, line: 120, column: 4 }, label: 'fd 21 LISTEN' });
  });

  it('puts the cursor there when the learner asked for the line', async () => {
    const file = workspaceFile('revealed.mjs', lines);
    await highlight.show({ site: { file, line: 7, column: 4 }, label: 'fd 3', reveal: true });
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 6);
  });

  it('shows the last of many steps that come at once', async () => {
    const file = workspaceFile('many.mjs', lines);
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        highlight.show({ site: { file, line: index + 1, column: 1 }, label: `step ${index}`, reveal: false }),
      ),
    );
    assert.equal(highlight.current?.label, 'step 49');
  });

  it('says when the file changed after the run', async () => {
    const file = workspaceFile('edited.mjs', lines);
    await highlight.show({ site: { file, line: 3, column: 1 }, label: 'fd 3', reveal: false, began: Date.now() - 3_600_000 });
    assert.match(highlight.current?.label ?? '', /changed after the run/);
  });

  it('opens no file over the timeline', async () => {
    const panel = vscode.window.createWebviewPanel('socketscope.test', 'Timeline', vscode.ViewColumn.One);
    const file = workspaceFile('beside.mjs', lines);
    await highlight.show({ site: { file, line: 1, column: 1 }, label: 'fd 3', reveal: false, avoid: [vscode.ViewColumn.One] });
    assert.equal(panel.visible, true);
    assert.equal(vscode.window.visibleTextEditors.find(({ document }) => document.uri.fsPath === file)?.viewColumn, vscode.ViewColumn.Two);
    panel.dispose();
  });

  it('opens no file at all while the cursor only follows a live run', async () => {
    const file = workspaceFile('quiet.mjs', lines);
    const line = { site: { file, line: 2, column: 1 }, label: 'fd 3', reveal: false, quiet: true };
    await highlight.show(line);
    assert.equal(highlight.current, null);
    assert.equal(vscode.window.visibleTextEditors.length, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    await highlight.show(line);
    assert.match(JSON.stringify(highlight.current), /fd 3/);
  });

  it('finds a file of a workspace that was opened through a symbolic link', async function () {
    const file = workspaceFile('linked.mjs', lines);
    const real = realpathSync.native(file);
    // The launcher opens the window on a link (see scripts/vscode/run-host-tests.mjs); a window on a real folder shows nothing here.
    if (real === file) return this.skip();
    await vscode.window.showTextDocument(vscode.Uri.file(file));
    await highlight.show({ site: { file: real, line: 9, column: 1 }, label: 'fd 3', reveal: true });
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, file);
    assert.equal(vscode.window.visibleTextEditors.length, 1);
  });

  it('clears with a step that has no line, and does not mind a file that is gone', async () => {
    await highlight.show({ site: { file: '/no/such/file.mjs', line: 3, column: 1 }, label: 'fd 3', reveal: false });
    assert.equal(highlight.current, null);
    await highlight.show({ site: null, label: '', reveal: false });
    assert.equal(highlight.current, null);
  });

  it('stays in a file that became shorter', async () => {
    const file = workspaceFile('short.mjs', 'one\ntwo\n');
    await highlight.show({ site: { file, line: 500, column: 80 }, label: 'fd 3', reveal: true });
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 2);
  });
});
