import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient, Location } from 'vscode-languageclient/node';
import { COMMANDS, INTERNAL_COMMANDS, SETTINGS } from '../../contracts/ids';
import { type LanguageOptions, OTHER_END, RUN_FACTS, type RunFactsParams } from '../../contracts/lsp';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import type { RunService } from '../run/run-service';
import type { RunStore } from '../run/run-store';
import { EXPLAINED_LANGUAGES, EXPLAINED_SCHEMES } from '../run/socket-imports';
import { isExplainedDocument } from '../run/sockets-context';
import type { Settings } from '../settings';
import { workspacePath } from '../workspace-path';
import { ServerCrashes } from './server-crashes';
import { ServerProcess } from './server-process';

/** While a run is live the server reads its trace again at most this often, in ms. */
const FACTS_MS = 1000;

/** Settings that the server takes while it runs. */
const LIVE_SETTINGS = [SETTINGS.lensHide, SETTINGS.diagnostics, SETTINGS.ignoreRules, SETTINGS.inlayHints];

export interface LanguageFeaturesOptions {
  paths: ExtensionPaths;
  settings: Settings;
  runs: RunService;
  store: RunStore;
  log: vscode.LogOutputChannel;
  messages: Messages;
  /** The folder that VS Code gives to the extension. */
  storage: string;
  /** Whether lenses and hovers of this file would tell what its reader is asked to predict. */
  isOpenPrediction?: (file: string) => boolean;
}

/** The language server: started when the first open document uses sockets, told of the newest run, stopped with the extension. */
export class LanguageFeatures implements vscode.Disposable {
  /** Where Node keeps the server's compiled code from one start to the next: the first lens comes 40 ms sooner. */
  readonly compiled: string;
  private client: LanguageClient | null = null;
  private readonly server: ServerProcess;
  private starting: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private facts: RunFactsParams;
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly options: LanguageFeaturesOptions) {
    const { paths, runs, store, log } = options;
    this.compiled = join(options.storage, 'compiled');
    this.server = new ServerProcess(paths.server, log, this.compiled);
    // After a reload the lenses still know the last run.
    this.facts = { trace: store.list()[0] ?? null };
    this.listeners = [
      vscode.workspace.onDidOpenTextDocument((document) => this.consider(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.consider(document)),
      vscode.commands.registerCommand(COMMANDS.otherEnd, () => this.goToOtherEnd()),
      runs.onDidStart(({ trace }) => this.tell(trace)),
      // Only of the newest: an older one that goes on, or ends later, is not the last run.
      runs.onDidChange(({ trace, live }) => {
        if (trace === this.facts.trace) live ? this.tellSoon() : this.tell(trace);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTINGS.codeLens)) void this.restart();
        else if (LIVE_SETTINGS.some((id) => event.affectsConfiguration(id))) this.sendSettings();
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.consider(document);
  }

  /** Resolves when the server answers; at once when no document asked for it. */
  async ready(): Promise<boolean> {
    await this.starting;
    return this.isRunning;
  }

  /** Asks again for the lenses of all open files: some may be shown now that were hidden. */
  refreshLenses(): void {
    if (!this.client?.isRunning()) return;
    const feature = this.client.getFeature('textDocument/codeLens');
    for (const document of vscode.workspace.textDocuments) feature.getProvider(document)?.onDidChangeCodeLensEmitter.fire();
  }

  /** Of the server's process; null when there is none. */
  get pid(): number | null {
    return this.server.pid;
  }

  /** Whether the server answers now. */
  get isRunning(): boolean {
    return this.client?.isRunning() ?? false;
  }

  /** Stops the server; part of deactivation. */
  async stop(): Promise<void> {
    const { client } = this;
    this.client = null;
    await this.starting;
    await client?.dispose().catch(() => {});
    await this.server.end();
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const listener of this.listeners) listener.dispose();
    void this.stop();
  }

  private consider(document: vscode.TextDocument): void {
    if (!this.starting && isExplainedDocument(document)) this.starting = this.start();
  }

  private async restart(): Promise<void> {
    if (!this.client) return;
    await this.stop();
    this.starting = this.start();
  }

  private async start(): Promise<void> {
    const { log, messages } = this.options;
    // Loaded when it is needed: without it the extension loads in 19 instead of 31 ms.
    const library = await import('vscode-languageclient/node');
    const isOpen = (document: vscode.TextDocument) => this.options.isOpenPrediction?.(document.uri.fsPath) === true;
    this.client = new library.LanguageClient('socketscope', 'Socketscope', () => this.server.start(), {
      documentSelector: EXPLAINED_SCHEMES.flatMap((scheme) => EXPLAINED_LANGUAGES.map((language) => ({ scheme, language }))),
      initializationOptions: () => this.initial(),
      errorHandler: new ServerCrashes(messages, vscode.l10n.t),
      outputChannel: log,
      middleware: {
        provideCodeLenses: (document, token, next) => (isOpen(document) ? [] : next(document, token)),
        // What a call leads to is what a prediction asks: where there would be a hover, it says when it comes.
        provideHover: async (document, position, token, next) => {
          const hover = await next(document, position, token);
          return hover && isOpen(document)
            ? new vscode.Hover(
                vscode.l10n.t('Socketscope explains this call after you have predicted what it does and run the program.'),
                hover.range,
              )
            : hover;
        },
        provideInlayHints: (document, range, token, next) => (isOpen(document) ? [] : next(document, range, token)),
      },
      // Links in hovers that run commands are ours alone; the server's Markdown holds cards and facts, never text of the program's.
      markdown: { isTrusted: { enabledCommands: Object.values(INTERNAL_COMMANDS) } },
    });
    // Also after a crash, when the client has started it again.
    this.client.onDidChangeState(({ newState }) => {
      if (newState === library.State.Running && this.facts.trace) this.send();
    });
    try {
      await this.client.start();
    } catch (error) {
      log.error(`The language server could not be started: ${(error as Error).message}`);
    }
  }

  private initial(): LanguageOptions {
    const { paths, settings } = this.options;
    return {
      codeLens: settings.codeLens(),
      settings: settings.language(),
      commands: {
        runAndTrace: COMMANDS.runAndTrace,
        runWithClient: COMMANDS.runWithClient,
        showStep: INTERNAL_COMMANDS.showStep,
        openCard: INTERNAL_COMMANDS.openCard,
        startExercise: COMMANDS.startExercise,
      },
      docs: paths.docs,
      grammars: paths.grammars,
    };
  }

  /** To the listen of a connect, or back; the editor says so when nobody knows it. */
  private async goToOtherEnd(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !(await this.ready())) {
      this.options.messages.info(vscode.l10n.t('Open a program that uses sockets and put the cursor on connect() or listen() first.'));
      return;
    }
    const { document, selection } = editor;
    const params = { textDocument: { uri: document.uri.toString() }, position: selection.active };
    const found = await this.client!.sendRequest<Location[]>(OTHER_END, params);
    const locations = found.map(({ uri, range: { start } }) => {
      const there = vscode.Uri.parse(uri, true);
      // A run names files by their real path.
      const known = there.scheme === 'file' ? vscode.Uri.file(workspacePath(there.fsPath)) : there;
      return new vscode.Location(known, new vscode.Position(start.line, start.character));
    });
    const nothing = vscode.l10n.t(
      'No other end is known. Put the cursor on the name of a connect, listen, bind or send call, and run the program once.',
    );
    await vscode.commands.executeCommand('editor.action.goToLocations', document.uri, selection.active, locations, 'gotoAndPeek', nothing);
  }

  private tellSoon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.send();
    }, FACTS_MS);
  }

  private tell(trace: string): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.facts = { trace };
    this.send();
  }

  private sendSettings(): void {
    const settings = { socketscope: this.options.settings.language() };
    if (this.client?.isRunning()) void this.client.sendNotification('workspace/didChangeConfiguration', { settings });
  }

  private send(): void {
    // One that does not arrive, because the server ends just then, is sent again to the next one.
    if (this.client?.isRunning()) this.client.sendNotification(RUN_FACTS, this.facts).catch(() => {});
  }
}
