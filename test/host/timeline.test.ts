import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, INTERNAL_COMMANDS, VIEWS } from '../../src/contracts/ids';
import type { Parts } from '../../src/extension';
import { stepLink, type TimelineView } from '../../src/vscode/timeline/timeline-view';
import { traceProblem } from '../../src/vscode/timeline/trace-check';
import { closeEverything, echoSample, next, parts, until, workspaceFile } from './support';

describe('host: the timeline', () => {
  let all: Parts;
  let folder: string;
  /** A finished trace of the echo sample, with the sources that it was made from. */
  let trace: string;
  let server: string;
  let size: number;

  before(async () => {
    all = await parts();
    folder = mkdtempSync(join(tmpdir(), 'sk-timeline-'));
    const sample = await echoSample('echo-timeline');
    server = sample.server;
    const run = await all.runs.start(sample.server, sample.client);
    await run!.ended;
    size = run!.watch.store.size;
    trace = join(folder, 'echo.socktrace');
    copyFileSync(run!.trace, trace);
    await closeEverything();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(async () => {
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await closeEverything();
    await until('all timelines closed', () => all.timelines.all.length === 0);
  });

  /** Opens a trace file as the explorer does and waits until the view shows it. */
  async function open(path: string): Promise<TimelineView> {
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), VIEWS.traceEditor);
    const view = await until('the view', () => all.timelines.all.find(({ trace: source }) => source.uri.fsPath === path));
    await until('all steps', () => view.loaded);
    return view;
  }

  /** Moves the cursor by a command and waits for the step that the view reports. */
  async function move(command: string): Promise<{ label: string; line: number | null; file: string | null }> {
    // The answer to an earlier step may still be on its way.
    const before = all.timelines.active?.state?.step;
    const stepped = next(all.timelines.onDidStep, ({ step }) => step !== before);
    await vscode.commands.executeCommand(command);
    const { label, site } = await stepped;
    return { label, line: site?.line ?? null, file: site ? basename(site.file) : null };
  }

  it('marks the line of each step in the editor, whose file it opens beside', async () => {
    await open(trace);
    const lines = readFileSync(server, 'utf8').split('\n');
    for (let count = 0; count < 5; count++) {
      const { file, line, label } = await move(COMMANDS.stepNext);
      assert.equal(file, 'server.mjs');
      assert.match(lines[line! - 1]!, /createServer|server\.listen/);
      assert.equal(all.highlight.current?.site.line, line);
      assert.ok(label.length > 0);
    }
    assert.match(all.highlight.current?.label ?? '', /listen/);
    assert.ok(vscode.window.visibleTextEditors.some(({ document }) => document.uri.fsPath === server));
  });

  it('ends at the last step', async () => {
    const view = await open(trace);
    await move(COMMANDS.stepLast);
    assert.equal(view.state?.step, size);
    await move(COMMANDS.stepFirst);
    assert.equal(view.state?.step, 0);
  });

  it('goes to the step of a lens, in the timeline that is open already', async () => {
    const view = await open(trace);
    const stepped = next(all.timelines.onDidStep);
    await vscode.commands.executeCommand(INTERNAL_COMMANDS.showStep, { trace, step: 4 });
    const { site } = await stepped;
    assert.equal(basename(site!.file), 'server.mjs');
    assert.deepEqual(all.timelines.all, [view]);
    await until('step 4', () => view.state?.step === 4);
  });

  it('goes to the step of a lens when no timeline is open', async () => {
    await vscode.commands.executeCommand(INTERNAL_COMMANDS.showStep, { trace, step: 5 });
    await until('step 5', () => all.timelines.active?.state?.step === 5);
  });

  it('opens a trace at the step that its link names', async () => {
    const uri = vscode.Uri.file(trace).with({ fragment: 'step=7' });
    await vscode.commands.executeCommand('vscode.openWith', uri, VIEWS.traceEditor);
    await until('step 7', () => all.timelines.active?.state?.step === 7);
    assert.equal(all.timelines.active!.trace.uri.fragment, '');
    assert.match(stepLink(all.timelines.active!.trace.uri, 7), /[^/]*\.socktrace#step=7$/);
  });

  it('shows several traces side by side, each with a step of its own', async () => {
    const copies = ['left.socktrace', 'right.socktrace'].map((name) => join(folder, name));
    for (const copy of copies) copyFileSync(trace, copy);
    const [left, right] = copies.map((copy) => vscode.Uri.file(copy)) as [vscode.Uri, vscode.Uri];
    await vscode.commands.executeCommand('vscode.openWith', left, VIEWS.traceEditor, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('vscode.openWith', right, VIEWS.traceEditor, vscode.ViewColumn.Two);
    const [one, two] = (await until('two views', () => {
      const views = [left, right].map((uri) => all.timelines.all.find((view) => view.trace.uri.toString() === uri.toString()));
      return views.every((view) => view?.loaded) ? views : undefined;
    })) as [TimelineView, TimelineView];
    const columns = vscode.window.tabGroups.all.map(({ activeTab }) => (activeTab?.input as vscode.TabInputCustom)?.uri?.toString());
    assert.deepEqual(columns.slice(0, 2), [left.toString(), right.toString()]);
    await until('the right one has the focus', () => all.timelines.active === two);
    await move(COMMANDS.stepNext);
    await move(COMMANDS.stepNext);
    await until('the step of the right one is kept', () => two.state?.step === 2);
    assert.equal(one.state?.step ?? 0, 0);
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await until('the left one has the focus', () => all.timelines.active === one);
    await move(COMMANDS.stepLast);
    await until('the step of the left one is kept', () => one.state?.step === size);
    assert.equal(two.state?.step, 2);
    // The code of a step covers neither of them.
    assert.ok(one.panel.visible && two.panel.visible);
  });

  it('shows a trace in a workspace that is not trusted, from a folder that has no program', async () => {
    const original = Object.getOwnPropertyDescriptor(vscode.workspace, 'isTrusted')!;
    Object.defineProperty(vscode.workspace, 'isTrusted', { value: false, configurable: true });
    try {
      const lonely = join(mkdtempSync(join(folder, 'lonely-')), 'echo.socktrace');
      copyFileSync(trace, lonely);
      const view = await open(lonely);
      await move(COMMANDS.stepLast);
      assert.equal(view.state?.step, size);
      // Only what runs programs is kept from it.
      assert.equal(await all.runs.start(server), null);
    } finally {
      Object.defineProperty(vscode.workspace, 'isTrusted', original);
    }
  });

  it('shows the steps of the line where the cursor of the editor is', async () => {
    await open(trace);
    const document = await vscode.workspace.openTextDocument(server);
    const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
    const line = readFileSync(server, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes('server.listen'));
    editor.selection = new vscode.Selection(line, 0, line, 0);
    const stepped = next(all.timelines.onDidStep, ({ site }) => site?.line === line + 1);
    await vscode.commands.executeCommand(COMMANDS.stepsOfLine);
    assert.equal(basename((await stepped).site!.file), 'server.mjs');
  });

  it('says of a stored trace when the file changed after its run', async () => {
    const path = workspaceFile(
      'edited/later.mjs',
      `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1', function () { this.close(); });\n`,
    );
    const run = await all.runs.start(path);
    await run!.ended;
    await closeEverything();
    await until('all timelines closed', () => all.timelines.all.length === 0);
    const copy = join(folder, 'later.socktrace');
    copyFileSync(run!.trace, copy);
    await open(copy);
    await move(COMMANDS.stepNext);
    assert.doesNotMatch(all.highlight.current?.label ?? 'none', /changed|none/);
    const soon = new Date(Date.now() + 1000);
    utimesSync(path, soon, soon);
    await move(COMMANDS.stepNext);
    assert.match(all.highlight.current?.label ?? '', /changed after the run/);
  });

  it('shows several traces at once', async () => {
    const second = join(folder, 'second.socktrace');
    copyFileSync(trace, second);
    const [one, two] = [await open(trace), await open(second)];
    assert.notEqual(one, two);
    assert.equal(all.timelines.all.length, 2);
    assert.equal(all.timelines.active, two);
  });

  it('comes back after a reload of the window with its trace and its step', async () => {
    const panel = vscode.window.createWebviewPanel(VIEWS.timelinePanel, 'Timeline', vscode.ViewColumn.One);
    await all.timelines.deserializeWebviewPanel(panel, { trace: vscode.Uri.file(trace).toString(), step: 7, axis: 'time' });
    const view = all.timelines.all.at(-1)!;
    assert.equal(view.trace.uri.fsPath, trace);
    await until('all steps', () => view.loaded);
    await move(COMMANDS.stepNext);
    assert.deepEqual([view.state?.step, view.state?.axis], [8, 'time']);
  });

  it('closes a panel that comes back without a trace', async () => {
    const panel = vscode.window.createWebviewPanel(VIEWS.timelinePanel, 'Timeline', vscode.ViewColumn.One);
    const closed = new Promise<void>((resolve) => panel.onDidDispose(() => resolve()));
    await all.timelines.deserializeWebviewPanel(panel, undefined);
    await closed;
  });

  it('is complete again after it was hidden', async () => {
    const view = await open(trace);
    await move(COMMANDS.stepNext);
    assert.equal(view.state?.step, 1);
    await vscode.window.showTextDocument(vscode.Uri.file(server), { viewColumn: view.panel.viewColumn });
    await until('the view behind the editor', () => !view.panel.visible);
    view.panel.reveal();
    await until('the view in front', () => view.panel.visible);
    await until('all steps, again', () => view.loaded);
    assert.equal(view.state?.step, 1);
    await move(COMMANDS.stepNext);
    assert.equal(view.state?.step, 2);
  });

  it('uses the panel of an ended run for the next one', async () => {
    const program = workspaceFile(
      'again.mjs',
      `import net from 'node:net';\nnet.createServer().listen(0, '127.0.0.1', function () { this.close(); });\n`,
    );
    const first = await all.runs.start(program);
    await first!.ended;
    const second = await all.runs.start(program);
    await second!.ended;
    assert.equal(all.timelines.all.length, 1);
    assert.equal(all.timelines.active?.trace.uri.fsPath, second!.trace);
    assert.match(all.timelines.active?.panel.title ?? '', /again\.mjs/);
  });

  describe('refuses with a sentence', () => {
    const file = (name: string, bytes: Uint8Array | string) => {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      return path;
    };

    it('what is no trace', async () => {
      const problem = await traceProblem(file('text.socktrace', 'hello, this is a text'));
      assert.match(problem ?? '', /text\.socktrace|trace/i);
      assert.doesNotMatch(problem ?? '', /\n|undefined/);
    });
    it('an empty file', async () => assert.match((await traceProblem(file('empty.socktrace', ''))) ?? '', /is empty/));
    it('a folder', async () => assert.match((await traceProblem(folder)) ?? '', /is a folder/));
    it('a file that is gone', async () => assert.match((await traceProblem(join(folder, 'gone.socktrace'))) ?? '', /does not exist/));
    it('a trace of a newer version', async () => {
      const bytes = readFileSync(trace);
      // The major version follows the magic number (src/trace/codec/format.ts).
      bytes[8] = 99;
      assert.match((await traceProblem(file('newer.socktrace', bytes))) ?? '', /newer/i);
    });
    it('but not a trace that is cut off: its whole events are shown', async () => {
      const path = join(folder, 'cut.socktrace');
      copyFileSync(trace, path);
      truncateSync(path, readFileSync(trace).length - 40);
      assert.equal(await traceProblem(path), null);
      const view = await open(path);
      await move(COMMANDS.stepNext);
      assert.equal(view.state?.step, 1);
    });
  });
});
