import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../contracts/ids';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import type { Settings } from '../settings';
import { ALONE, type ClientPicker } from './client-picker';
import { pickFaults } from './fault-picker';
import { outcomeMessage } from './outcome';
import type { RunService } from './run-service';
import { SCRIPT_GLOB } from './socket-imports';
import type { TracedRun } from './traced-run';

export interface RunCommandsOptions {
  runs: RunService;
  messages: Messages;
  clients: ClientPicker;
  paths: ExtensionPaths;
  settings: Settings;
  /** Opens the timeline at a step of a trace. */
  showStep: (trace: string, step: number) => unknown;
  showTimeline: (run: TracedRun) => unknown;
}

/** The commands that start and stop runs, and what is said when a run has ended. */
export class RunCommands implements vscode.Disposable {
  private readonly registered: vscode.Disposable[];

  constructor(private readonly options: RunCommandsOptions) {
    const on = (id: string, run: (target?: unknown) => unknown) => vscode.commands.registerCommand(id, run);
    this.registered = [
      on(COMMANDS.runAndTrace, (target) => this.run(target)),
      on(COMMANDS.runWithClient, (target) => this.runWithClient(target)),
      on(COMMANDS.runWithFaults, (target) => this.runWithFaults(target)),
      on(COMMANDS.newTracedTerminal, () => options.runs.startTerminal()),
      on(COMMANDS.stop, () => this.stop()),
      on(COMMANDS.runSample, () => this.runSample()),
      options.runs.onDidStart((run) => void run.ended.then(() => this.tellOutcome(run))),
    ];
  }

  dispose(): void {
    for (const each of this.registered) each.dispose();
  }

  private async run(target: unknown): Promise<void> {
    const program = await this.programOf(target);
    if (program) await this.options.runs.start(program);
  }

  private async runWithClient(target: unknown): Promise<void> {
    const program = await this.programOf(target);
    if (!program) return;
    const client = await this.options.clients.pick(program);
    if (client) await this.options.runs.start(program, client);
  }

  private async runWithFaults(target: unknown): Promise<void> {
    const program = await this.programOf(target);
    if (!program) return;
    const list = await pickFaults(basename(program), this.options.settings, vscode.Uri.file(program));
    if (!list) return;
    const client = await this.options.clients.pick(program, { alone: true });
    if (client !== undefined) await this.options.runs.start(program, client === ALONE ? null : client, list);
  }

  /** The file that a command is about: its argument (a lens, the explorer, the editor title), else the active editor's, else one that is asked for. */
  private async programOf(target: unknown): Promise<string | null> {
    const uri = uriOf(target) ?? vscode.window.activeTextEditor?.document.uri ?? visibleScript();
    if (!uri) return this.askForProgram();
    if (uri.scheme === 'file') return uri.fsPath;
    if (uri.scheme === 'untitled') {
      // A file that was never saved has no place to run from: saving gives it one.
      const saved = await vscode.workspace.save(uri);
      if (saved?.scheme === 'file') return saved.fsPath;
      this.options.messages.warn(vscode.l10n.t('This file has no name yet. Save it as a .mjs file, then run it.'));
      return null;
    }
    this.options.messages.error(
      vscode.l10n.t('Programs run only from files on disk, and this one is not ({0}:). Save a copy on disk and run that.', uri.scheme),
    );
    return null;
  }

  private async askForProgram(): Promise<string | null> {
    const chosen = await vscode.window.showOpenDialog({
      title: vscode.l10n.t('Run and Trace'),
      openLabel: vscode.l10n.t('Run and Trace'),
      filters: { [vscode.l10n.t('Node programs')]: SCRIPT_GLOB.slice('**/*.{'.length, -1).split(',') },
    });
    return chosen?.[0]?.fsPath ?? null;
  }

  private async stop(): Promise<void> {
    const { runs, messages } = this.options;
    if (runs.liveRuns.length === 0) return messages.info(vscode.l10n.t('Nothing is running under Socketscope.'));
    await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Socketscope: stopping') }, () =>
      runs.stopAll(),
    );
  }

  private async runSample(): Promise<void> {
    const { paths, runs } = this.options;
    const server = join(paths.sample, 'server.mjs');
    // First the code, so that the timeline opens beside it.
    await vscode.window.showTextDocument(vscode.Uri.file(server), { viewColumn: vscode.ViewColumn.One, preview: false });
    await runs.start(server, join(paths.sample, 'client.mjs'));
  }

  private async tellOutcome(run: TracedRun): Promise<void> {
    const { messages, showStep, showTimeline } = this.options;
    const message = outcomeMessage(await run.ended, run.watch.store);
    if (!message) return;
    const { text, step } = message;
    const actions = {
      ...(step === null ? {} : { [vscode.l10n.t('Show Step')]: () => showStep(run.trace, step) }),
      ...(message.terminal ? { [vscode.l10n.t('Show Terminal')]: () => run.showTerminal() } : {}),
      ...(step === null && run.watch.store.size > 0 ? { [vscode.l10n.t('Show Timeline')]: () => showTimeline(run) } : {}),
    };
    if (message.severity === 'error') messages.error(text, actions);
    else if (message.severity === 'warning') messages.warn(text, actions);
    else messages.info(text, actions);
  }
}

/** Lenses hand over a URI as text, the explorer and the editor title a Uri. */
function uriOf(target: unknown): vscode.Uri | null {
  if (target instanceof vscode.Uri) return target;
  if (typeof target === 'string') return /^[\w-]{2,}:/.test(target) ? vscode.Uri.parse(target, true) : vscode.Uri.file(target);
  return null;
}

/** With the focus in a timeline there is no active editor; a script that is on screen is what the learner means. */
function visibleScript(): vscode.Uri | undefined {
  return vscode.window.visibleTextEditors.find(({ document }) => document.uri.scheme === 'file' && /script/.test(document.languageId))
    ?.document.uri;
}
