import { statSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS, TRACE_EXTENSION } from '../../contracts/ids';
import type { Messages } from '../messages';
import type { RunService } from '../run/run-service';
import type { RunStore } from '../run/run-store';
import type { Timelines } from './timelines';
import { traceProblem } from './trace-check';
import { traceSource } from './trace-source';

export interface CompareCommandOptions {
  timelines: Timelines;
  runs: RunService;
  store: RunStore;
  messages: Messages;
}

type Choice = vscode.QuickPickItem & { path: string | null };

/** "Compare with Another Run...": puts a kept run, or a trace file, beside the run that a timeline shows. Arguments: the trace, and the other. */
export function registerCompareCommand({ timelines, runs, store, messages }: CompareCommandOptions): vscode.Disposable {
  return vscode.commands.registerCommand(COMMANDS.compareRuns, async (target?: unknown, other?: unknown) => {
    const asked = target instanceof vscode.Uri ? target : null;
    const view = timelines.all.find(({ trace }) => trace.uri.toString() === asked?.toString()) ?? timelines.active;
    if (!view) {
      const [newest] = store.list();
      if (!newest) messages.info(vscode.l10n.t('There is no run to compare yet. Run a program that uses sockets, twice.'));
      else timelines.showFile(newest);
      if (!newest) return;
    }
    const shown = view ?? timelines.active;
    if (!shown) return;
    const uri = other instanceof vscode.Uri ? other : await pickRun(shown.trace.uri, store);
    if (!uri) return;
    const problem = uri.scheme === 'file' ? await traceProblem(uri.fsPath) : null;
    if (problem) return messages.error(problem);
    if (runs.liveRuns.some(({ trace }) => trace === uri.fsPath || trace === shown.trace.uri.fsPath))
      return messages.info(vscode.l10n.t('A run that is still going on cannot be compared yet. Stop it, or wait for its end.'));
    shown.panel.reveal(undefined, false);
    shown.compareWith(traceSource(uri, null));
  });
}

/** One of the runs that are kept, newest first, or a file. */
async function pickRun(shown: vscode.Uri, store: RunStore): Promise<vscode.Uri | undefined> {
  const kept = store
    .list()
    .filter((path) => path !== shown.fsPath)
    .map(
      (path): Choice => ({ label: basename(path, TRACE_EXTENSION), description: new Date(statSync(path).mtimeMs).toLocaleString(), path }),
    );
  const choices: Choice[] = [...kept, { label: vscode.l10n.t('$(folder-opened) A trace file...'), path: null }];
  const placeHolder = vscode.l10n.t('Compare {0} with which run?', basename(shown.path));
  const choice = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Compare with Another Run'),
    placeHolder,
    matchOnDescription: true,
  });
  if (!choice) return undefined;
  if (choice.path !== null) return vscode.Uri.file(choice.path);
  const filters = { [vscode.l10n.t('Socketscope traces')]: [TRACE_EXTENSION.slice(1)] };
  return (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Compare with Trace'), filters }))?.[0];
}
