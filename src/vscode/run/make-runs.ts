import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import type { Settings } from '../settings';
import { RunService } from './run-service';
import { makePrivate, RunStore } from './run-store';

export interface RunOptions {
  paths: ExtensionPaths;
  settings: Settings;
  messages: Messages;
  trusted: () => boolean;
}

/** The runs of this window and where their traces are kept: in the folder of the settings, else in that of the workspace. */
export function makeRuns(context: vscode.ExtensionContext, options: RunOptions): { runs: RunService; store: RunStore } {
  const { settings } = options;
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const store = new RunStore(
    () => settings.traceFolder() || join(makePrivate(storage), 'runs'),
    () => settings.keepRuns(),
  );
  const runs = new RunService({ ...options, store, streams: () => makePrivate(join(makePrivate(storage), 'streams')) });
  return { runs, store };
}
