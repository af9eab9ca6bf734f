import { spawn } from 'node:child_process';
import { copyFile, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, INTERNAL_COMMANDS, SETTINGS, TRACE_EXTENSION, VIEWS } from '../../contracts/ids';
import type { ShowStepArgs } from '../../contracts/lsp';
import type { StepMove } from '../../contracts/timeline-api';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import type { RunService } from '../run/run-service';
import type { RunStore } from '../run/run-store';
import type { Timelines } from './timelines';
import { tracePayload, traceProblem } from './trace-check';

export interface TraceCommandsOptions {
  timelines: Timelines;
  runs: RunService;
  store: RunStore;
  messages: Messages;
  paths: ExtensionPaths;
  /** Remembers what has been said once. */
  memory: vscode.Memento;
}

/** Set when the learner has been told what a saved trace contains. */
const TOLD_BYTES = 'socketscope.toldBytes';

const MOVES: Record<string, StepMove> = {
  [COMMANDS.stepFirst]: 'first',
  [COMMANDS.stepPrevious]: 'previous',
  [COMMANDS.stepNext]: 'next',
  [COMMANDS.stepLast]: 'last',
  [COMMANDS.stepPreviousOnSocket]: 'previousOnSocket',
  [COMMANDS.stepNextOnSocket]: 'nextOnSocket',
  [COMMANDS.stepPreviousOnConnection]: 'previousOnConnection',
  [COMMANDS.stepNextOnConnection]: 'nextOnConnection',
  [COMMANDS.stepPreviousState]: 'previousState',
  [COMMANDS.stepNextState]: 'nextState',
  [COMMANDS.stepPreviousError]: 'previousError',
  [COMMANDS.stepNextError]: 'nextError',
  [COMMANDS.stepBookmark]: 'bookmark',
  [COMMANDS.stepPreviousBookmark]: 'previousBookmark',
  [COMMANDS.stepNextBookmark]: 'nextBookmark',
  [COMMANDS.stepBirth]: 'birth',
  [COMMANDS.stepPlay]: 'play',
  [COMMANDS.stepFit]: 'fit',
  [COMMANDS.stepFind]: 'find',
};

/** The commands that look at traces: open, show, step, save, export. */
export class TraceCommands implements vscode.Disposable {
  private readonly registered: vscode.Disposable[];

  constructor(private readonly options: TraceCommandsOptions) {
    const on = (id: string, run: (argument?: unknown) => unknown) => vscode.commands.registerCommand(id, run);
    this.registered = [
      on(COMMANDS.openTrace, (target) => this.open(target)),
      on(COMMANDS.showTimeline, () => this.show()),
      on(COMMANDS.stepsOfLine, () => this.stepsOfLine()),
      on(COMMANDS.saveTrace, (target) => this.save(target)),
      on(COMMANDS.exportJson, (target) => this.exportJson(target)),
      vscode.commands.registerCommand(COMMANDS.exportHtml, (target?: unknown, step?: unknown) => this.exportHtml(target, step)),
      on(INTERNAL_COMMANDS.showStep, (argument) => this.showStep(argument)),
      ...Object.entries(MOVES).map(([id, to]) => on(id, () => options.timelines.move(to))),
    ];
  }

  dispose(): void {
    for (const each of this.registered) each.dispose();
  }

  private async open(target: unknown): Promise<void> {
    let uri = target instanceof vscode.Uri ? target : undefined;
    uri ??= (
      await vscode.window.showOpenDialog({
        title: vscode.l10n.t('Open Trace'),
        filters: { [vscode.l10n.t('Socketscope traces')]: [TRACE_EXTENSION.slice(1)] },
      })
    )?.[0];
    if (!uri) return;
    const problem = uri.scheme === 'file' ? await traceProblem(uri.fsPath) : null;
    if (problem) this.options.messages.error(problem, { [vscode.l10n.t('Open Another')]: () => this.open(undefined) });
    else await vscode.commands.executeCommand('vscode.openWith', uri, VIEWS.traceEditor);
  }

  private show(): void {
    const { timelines, runs, store } = this.options;
    const run = runs.lastRun;
    const [newest] = store.list();
    if (run) timelines.showRun(run);
    else if (timelines.active) timelines.active.panel.reveal();
    else if (newest) timelines.showFile(newest);
    else this.offerRun();
  }

  private offerRun(): void {
    this.options.messages.info(vscode.l10n.t('There is no run to show yet. Run a program that uses sockets, or see the sample.'), {
      [vscode.window.activeTextEditor ? vscode.l10n.t('Run This File') : vscode.l10n.t('Choose a File...')]: () =>
        vscode.commands.executeCommand(COMMANDS.runAndTrace),
      [vscode.l10n.t('Run the Sample')]: () => vscode.commands.executeCommand(COMMANDS.runSample),
    });
  }

  private async showStep(argument: unknown): Promise<void> {
    const { trace, step } = (argument ?? {}) as Partial<ShowStepArgs>;
    if (typeof trace !== 'string' || typeof step !== 'number') return;
    const problem = await traceProblem(trace);
    if (problem) this.options.messages.error(problem);
    else this.options.timelines.showStep(trace, step);
  }

  /** The steps of the line where the cursor of the editor is, in the timeline that was active last. */
  private async stepsOfLine(): Promise<void> {
    const { timelines, messages } = this.options;
    const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
    if (!editor || !timelines.active) {
      messages.info(vscode.l10n.t('Open a timeline and put the cursor on a line of a program first.'));
      return;
    }
    timelines.active.panel.reveal(undefined, true);
    const { fsPath } = editor.document.uri;
    // Node names its files by their real path, VS Code by the one that they were opened by.
    timelines.active.showLine(await realpath(fsPath).catch(() => fsPath), editor.selection.active.line + 1);
  }

  /** The trace that a save or export is about: its argument, else that of the active timeline. */
  private source(target: unknown): vscode.Uri | null {
    if (target instanceof vscode.Uri) return target;
    const { timelines, runs, messages } = this.options;
    const uri = timelines.active?.trace.uri ?? (runs.lastRun ? vscode.Uri.file(runs.lastRun.trace) : null);
    if (!uri) messages.info(vscode.l10n.t('There is no trace to save yet. Open a timeline first.'));
    return uri;
  }

  private async save(target: unknown): Promise<void> {
    const from = this.source(target);
    if (!from) return;
    const to = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Save Trace As'),
      defaultUri: proposed(from, TRACE_EXTENSION),
      filters: { [vscode.l10n.t('Socketscope traces')]: [TRACE_EXTENSION.slice(1)] },
    });
    if (!to) return;
    try {
      if (from.scheme === 'file' && to.scheme === 'file') await replaceFile(to.fsPath, (part) => copyFile(from.fsPath, part));
      else await vscode.workspace.fs.copy(from, to, { overwrite: true });
      await this.tellSaved(from, basename(to.path));
    } catch (error) {
      this.options.messages.error(
        vscode.l10n.t('The trace could not be saved as {0}: {1}. Choose another folder.', to.fsPath, (error as Error).message),
      );
    }
  }

  /** With the first save comes what is in the file; whoever knows is not told again. */
  private async tellSaved(from: vscode.Uri, name: string): Promise<void> {
    const { messages, memory } = this.options;
    const kept = from.scheme === 'file' ? await tracePayload(from.fsPath) : null;
    if (kept === 0 || memory.get(TOLD_BYTES, false)) return messages.info(`Saved ${name}.`);
    await memory.update(TOLD_BYTES, true);
    messages.info(vscode.l10n.t('Saved {0}. It contains bytes that the programs sent and received: look before you share it.', name), {
      [vscode.l10n.t('Keep No Bytes...')]: () => vscode.commands.executeCommand('workbench.action.openSettings', SETTINGS.payload),
    });
  }

  private async exportJson(target: unknown): Promise<void> {
    const from = this.source(target);
    if (!from) return;
    const to = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Export Trace as JSON'),
      defaultUri: proposed(from, '.jsonl'),
      filters: { JSON: ['jsonl', 'json'] },
    });
    if (!to) return;
    await this.runExport(from, to, ['--to', 'json'], { Open: () => vscode.window.showTextDocument(to) });
  }

  /** The timeline as one page for any browser, at the step that it shows. */
  private async exportHtml(target: unknown, step: unknown): Promise<void> {
    const from = this.source(target);
    if (!from) return;
    const at = typeof step === 'number' ? step : (this.options.timelines.active?.state?.step ?? 0);
    const to = await vscode.window.showSaveDialog({
      title: vscode.l10n.t('Export Timeline as HTML Page'),
      defaultUri: proposed(from, '.html'),
      filters: { [vscode.l10n.t('HTML page')]: ['html'] },
    });
    if (!to) return;
    await this.runExport(from, to, ['--to', 'html', '--step', String(at)], {
      [vscode.l10n.t('Open in Browser')]: () => vscode.env.openExternal(to),
    });
  }

  private async runExport(from: vscode.Uri, to: vscode.Uri, how: string[], then: Record<string, () => unknown>): Promise<void> {
    const options = { location: vscode.ProgressLocation.Notification, title: `Exporting ${basename(to.path)}`, cancellable: true };
    const args = ['export', from.fsPath, ...how, '--out', to.fsPath];
    const problem = await vscode.window.withProgress(options, (_progress, token) => this.runCli(args, token));
    if (problem) this.options.messages.error(problem);
    else if (problem === null) this.options.messages.info(`Exported ${basename(to.path)}.`, then);
  }

  /** The command line does it, in a process of its own. Returns null when it is done, undefined when cancelled, else what went wrong. */
  private runCli(args: string[], token: vscode.CancellationToken): Promise<string | null | undefined> {
    return new Promise((resolve) => {
      const child = spawn(process.execPath, [this.options.paths.cli, ...args], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      });
      let said = '';
      child.stderr.on('data', (chunk) => {
        said = (said + chunk).slice(-2000);
      });
      child.once('error', (error) => resolve(vscode.l10n.t('The export could not be started: {0}.', error.message)));
      child.once('close', (code) => {
        if (token.isCancellationRequested) resolve(undefined);
        else resolve(code === 0 ? null : said.trim().split('\n')[0] || vscode.l10n.t('The export ended with {0}.', String(code)));
      });
      token.onCancellationRequested(() => child.kill());
    });
  }
}

/** Where a copy would go: the workspace's folder, under the trace's own name. */
function proposed(trace: vscode.Uri, ending: string): vscode.Uri {
  const name = basename(trace.path, extname(trace.path)) + ending;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(dirname(trace.fsPath));
  return vscode.Uri.joinPath(folder, name);
}

/** Writes beside the file and renames: what was there stays whole until the new one is. */
async function replaceFile(path: string, write: (part: string) => Promise<void>): Promise<void> {
  const part = `${path}.part`;
  try {
    await write(part);
    await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}
