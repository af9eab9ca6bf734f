import { basename, delimiter, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { FaultSpec } from '../../contracts/faults';
import { SETTINGS, TERMINAL_TITLE } from '../../contracts/ids';
import { parseFaults } from '../../runner/fault-list';
import { tracedEnvironment } from '../../runner/launch';
import { checkProgram, UserError } from '../../runner/program';
import { createRunFolder } from '../../runner/run-folder';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import { saveDocument } from '../save-document';
import type { Settings } from '../settings';
import { Collector } from './collector';
import { type FoundNode, findNode, nodeOnPath } from './node-finder';
import { writeNodeShim } from './node-shim';
import { type RunningProgram, runInTerminal } from './program-terminal';
import { type RunStore, sweepRunFolders } from './run-store';
import { TracedRun } from './traced-run';

/** One sentence, as the issue of trust is explained to a learner. */
const untrusted = () => vscode.l10n.t('Socketscope runs programs only in a trusted workspace; viewing traces works in any.');

export interface RunServiceOptions {
  paths: ExtensionPaths;
  settings: Settings;
  messages: Messages;
  store: RunStore;
  /** The private folder for the streams of live runs; exists when it was asked for. */
  streams: () => string;
  /** Whether programs of this workspace may be run. */
  trusted: () => boolean;
}

/** Starts and stops runs. */
export class RunService implements vscode.Disposable {
  private readonly live = new Set<TracedRun>();
  private readonly started = new vscode.EventEmitter<TracedRun>();
  private readonly changed = new vscode.EventEmitter<TracedRun>();
  private saidOwnRuntime = false;
  private newest: TracedRun | null = null;
  readonly onDidStart = this.started.event;
  /** A live run grew, or a run ended (`run.live` is false then). */
  readonly onDidChange = this.changed.event;

  constructor(private readonly options: RunServiceOptions) {}

  /** Live runs, oldest first. */
  get liveRuns(): readonly TracedRun[] {
    return [...this.live];
  }

  /** The run that was started last in this window. */
  get lastRun(): TracedRun | null {
    return this.newest;
  }

  /**
   * Starts `program`, and `client` once the run has a listening or bound socket. Returns the run, or null when it was refused
   * (the reason has been said). `faults` is a list of faults to put in; the setting's when it is not given.
   */
  async start(program: string, client: string | null = null, faults?: string): Promise<TracedRun | null> {
    return this.guard(async () => {
      const spec = parseFaults(faults ?? this.options.settings.faults(vscode.Uri.file(program)), SETTINGS.faults);
      const files = [program, ...(client ? [client] : [])].map((file) => checkProgram(file, '/'));
      if (!(await this.saveAndFree(files))) return null;
      const node = await this.node();
      checkLanguage(files, node);
      const run = this.open(files.map((file) => basename(file)).join(' + '), program, spec);
      const begin = (file: string, index: number) => run.add(this.launch(run, node, file, index, spec));
      const release = run.holdOpen();
      begin(program, 0);
      if (client) void this.startClient(run, () => begin(client, 1)).finally(release);
      else release();
      return run;
    });
  }

  /** Opens a terminal in which every `node` joins the run. Returns null when it was refused. */
  async startTerminal(): Promise<TracedRun | null> {
    return this.guard(async () => {
      const { paths, settings } = this.options;
      const shim = await this.shim();
      const faults = parseFaults(settings.faults(), SETTINGS.faults);
      const run = this.open(TERMINAL_TITLE, 'terminal', faults);
      const env = tracedEnvironment({ runFolder: run.runFolder, probe: paths.probe, ...settings.capture(), faults, env: process.env });
      const joined: Record<string, string> = {};
      // Only what differs: the shell of the learner builds the rest by itself.
      for (const [name, value] of Object.entries(env)) if (value !== undefined && value !== process.env[name]) joined[name] = value;
      if (shim) joined.PATH = shim + delimiter + (process.env.PATH ?? '');
      const terminal = vscode.window.createTerminal({
        name: TERMINAL_TITLE,
        env: joined,
        iconPath: new vscode.ThemeIcon('pulse'),
        isTransient: true,
        message: vscode.l10n.t('Every node that you start here is traced by Socketscope; close this terminal to end the run.'),
      });
      run.hold(terminal);
      terminal.show();
      return run;
    });
  }

  /** Ends all live runs with everything that they started. */
  async stopAll(): Promise<void> {
    await Promise.all(this.liveRuns.map((run) => run.stop()));
  }

  dispose(): void {
    for (const run of this.live) run.dispose();
    this.started.dispose();
    this.changed.dispose();
  }

  /** Says why a start is refused instead of throwing. */
  private async guard(start: () => Promise<TracedRun | null>): Promise<TracedRun | null> {
    const { messages, trusted } = this.options;
    if (!trusted()) {
      messages.error(untrusted(), {
        [vscode.l10n.t('Manage Workspace Trust')]: () => vscode.commands.executeCommand('workbench.trust.manage'),
      });
      return null;
    }
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const setting = [SETTINGS.nodePath, SETTINGS.faults].find((id) => error.message.includes(id));
      messages.error(sentence(error.message), setting ? { [vscode.l10n.t('Open Setting')]: () => openSetting(setting) } : {});
      return null;
    }
  }

  /** Folder of a `node` for terminals, where the PATH has none or the setting names another; null where the PATH's own is right. */
  private async shim(): Promise<string | null> {
    // A `node` on the PATH is the shell's business: its start-up files may choose another version.
    if (!this.options.settings.nodePath() && nodeOnPath(process.env.PATH ?? '')) return null;
    return writeNodeShim(join(dirname(this.options.streams()), 'bin'), await this.node());
  }

  private async node(): Promise<FoundNode> {
    const found = await findNode({ setting: this.options.settings.nodePath(), path: process.env.PATH ?? '', own: process.execPath });
    if (found.source === 'vscode' && !this.saidOwnRuntime) {
      this.saidOwnRuntime = true;
      this.options.messages.info(
        vscode.l10n.t('No "node" is on the PATH, so programs run on VS Code\'s own Node {0}.', found.version.join('.')),
        {
          [vscode.l10n.t('Choose Another')]: () => openSetting('socketscope.node.path'),
        },
      );
    }
    return found;
  }

  /** Saves what is open and changed, and makes sure that none of the programs is running already. */
  private async saveAndFree(files: readonly string[]): Promise<boolean> {
    for (const document of vscode.workspace.textDocuments)
      if (document.isDirty && files.includes(document.uri.fsPath) && !(await saveDocument(document)))
        throw new UserError(vscode.l10n.t('{0} could not be saved; save it, then run it', basename(document.uri.fsPath)));
    for (const run of this.liveRuns) {
      const busy = run.files.find((file) => files.includes(file));
      if (!busy) continue;
      const answer = await this.options.messages.ask(
        vscode.l10n.t('{0} is still running.', basename(busy)),
        vscode.l10n.t('Stop and Run Again'),
      );
      if (answer === undefined) return false;
      await run.stop();
    }
    return true;
  }

  private open(name: string, program: string, faults: FaultSpec | null): TracedRun {
    const { paths, settings, store } = this.options;
    const trace = store.newTrace(program);
    const streams = this.options.streams();
    sweepRunFolders(streams);
    // In the title of everything that shows the run, so that nobody forgets that things go wrong on purpose.
    const title = faults === null ? name : `${name} (faults: ${[...new Set(faults.rules.map(({ fault }) => fault))].join(', ')})`;
    const runFolder = createRunFolder(streams);
    const run = new TracedRun({
      title,
      faults: faults !== null,
      trace,
      runFolder,
      collector: new Collector({ cli: paths.cli, runFolder, trace, maxBytes: settings.capture().maxBytes }),
    });
    this.live.add(run);
    this.newest = run;
    store.prune(new Set(this.liveRuns.map((each) => each.trace)));
    const growth = run.watch.onDidGrow(() => this.changed.fire(run));
    void run.ended.then(() => {
      growth.dispose();
      this.live.delete(run);
      this.changed.fire(run);
      run.dispose();
    });
    this.started.fire(run);
    return run;
  }

  private launch(run: TracedRun, node: FoundNode, program: string, index: number, faults: FaultSpec | null): RunningProgram {
    const capture = this.options.settings.capture(vscode.Uri.file(program));
    return runInTerminal({ cli: this.options.paths.cli, node, runFolder: run.runFolder, capture, faults, program, args: [], index });
  }

  /** Waits for the server, visibly and so that it can be given up. */
  private async startClient(run: TracedRun, begin: () => void): Promise<void> {
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true };
    const ready = await Promise.race([
      run.watch.listening,
      run.firstEnded.then(() => false),
      // A server is quick as a rule: only one that is not gets a notification.
      delay(1000).then(() =>
        vscode.window.withProgress(
          { ...options, title: vscode.l10n.t('Waiting for {0} to listen...', basename(run.files[0] ?? '')) },
          (_progress, token) =>
            Promise.race([
              run.watch.listening,
              run.firstEnded.then(() => false),
              new Promise<null>((resolve) => token.onCancellationRequested(() => resolve(null))),
            ]),
        ),
      ),
    ]);
    if (ready) begin();
    else if (ready === null) await run.stop();
  }
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function openSetting(id: string): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', id);
}

/** Node strips types from 22.6 on (nodejs.org/api/typescript.html); an older one would stop at the first annotation. */
function checkLanguage(files: readonly string[], { path, version }: FoundNode): void {
  const typed = files.find((file) => /\.[mc]?ts$/.test(file));
  const [major = 0, minor = 0] = version;
  if (!typed || major > 22 || (major === 22 && minor >= 6)) return;
  throw new UserError(
    vscode.l10n.t(
      '{0} is TypeScript, which "{1}" (Node {2}) cannot run. Name Node 22.6 or newer in socketscope.node.path.',
      basename(typed),
      path,
      version.join('.'),
    ),
  );
}

/** A UserError as a sentence of its own: a full stop, and a capital letter unless it begins with the name of a file. */
function sentence(text: string): string {
  const begun = /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
