import * as vscode from 'vscode';
import { Exercises } from './vscode/exercises/exercises';
import { LanguageFeatures } from './vscode/language/language-client';
import { NotificationMessages } from './vscode/messages';
import { extensionPaths } from './vscode/paths';
import { Reference } from './vscode/reference/reference-panel';
import { ClientPicker } from './vscode/run/client-picker';
import { makeRuns } from './vscode/run/make-runs';
import { RunCommands } from './vscode/run/run-commands';
import type { RunService } from './vscode/run/run-service';
import { SocketsContext } from './vscode/run/sockets-context';
import { StatusItem } from './vscode/run/status-item';
import { Settings } from './vscode/settings';
import { DismissedHints } from './vscode/timeline/dismissed-hints';
import { LineHighlight } from './vscode/timeline/line-highlight';
import { registerTimelines } from './vscode/timeline/register-timelines';
import { Timelines } from './vscode/timeline/timelines';
import { viewCommand } from './vscode/timeline/view-command';

/** What the tests in the extension host look at; not an API for other extensions. */
export interface Parts {
  runs: RunService;
  timelines: Timelines;
  highlight: LineHighlight;
  status: StatusItem;
  language: LanguageFeatures;
  reference: Reference;
  exercises: Exercises;
  subscriptions: readonly vscode.Disposable[];
  /** What deactivation does. */
  stop: () => Promise<unknown>;
}

/** What deactivate waits for. */
let stop: (() => Promise<unknown>) | null = null;

export function activate(context: vscode.ExtensionContext): Parts {
  const paths = extensionPaths(context.extensionPath);
  const settings = new Settings();
  const messages = new NotificationMessages();
  const log = vscode.window.createOutputChannel('Socketscope', { log: true });
  const trusted = () => vscode.workspace.isTrusted;
  const { runs, store } = makeRuns(context, { paths, settings, messages, trusted });
  const highlight = new LineHighlight();
  const exercises = new Exercises({
    paths,
    settings,
    messages,
    trusted,
    storage: context.globalStorageUri.fsPath,
    showStep: (trace, step, column) => timelines.showStep(trace, step, column),
  });
  const timelines = new Timelines({
    folder: vscode.Uri.file(paths.webview),
    icon: vscode.Uri.file(paths.icon),
    settings,
    runs,
    highlight,
    trusted,
    hints: new DismissedHints(context.globalState),
    command: viewCommand({ runs, messages }),
    learnersFile: (file) => exercises.service.learnersFile(file),
  });
  const status = new StatusItem(runs);
  const language = new LanguageFeatures({
    paths,
    settings,
    runs,
    store,
    log,
    messages,
    storage: context.globalStorageUri.fsPath,
    isOpenPrediction: (file) => exercises.service.isOpenPrediction(file),
  });
  const reference = new Reference({
    paths,
    messages,
    lastTrace: () => runs.lastRun?.trace ?? store.list()[0] ?? null,
    showStep: (trace, step) => timelines.showStep(trace, step),
  });
  context.subscriptions.push(
    log,
    runs,
    highlight,
    timelines,
    status,
    language,
    new SocketsContext(),
    ...registerTimelines({ timelines, runs, store, messages, paths, settings, memory: context.globalState }),
    reference,
    exercises,
    exercises.service.checks.onDidChange(() => language.refreshLenses()),
    new RunCommands({
      runs,
      messages,
      paths,
      settings,
      clients: new ClientPicker(context.workspaceState),
      showStep: (trace, step) => timelines.showStep(trace, step),
      showTimeline: (run) => timelines.showRun(run),
    }),
  );
  stop = () => Promise.all([runs.stopAll(), language.stop(), exercises.stop()]);
  return { runs, timelines, highlight, status, language, reference, exercises, subscriptions: context.subscriptions, stop };
}

/** Live runs and the language server end with the window; VS Code waits some seconds for this. */
export async function deactivate(): Promise<void> {
  await stop?.();
  stop = null;
}
