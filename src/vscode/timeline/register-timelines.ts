import * as vscode from 'vscode';
import { VIEWS } from '../../contracts/ids';
import type { Messages } from '../messages';
import type { ExtensionPaths } from '../paths';
import type { RunService } from '../run/run-service';
import type { RunStore } from '../run/run-store';
import type { Settings } from '../settings';
import { registerCompareCommand } from './compare-command';
import type { Timelines } from './timelines';
import { TraceCommands } from './trace-commands';
import { TraceEditor } from './trace-editor';

export interface TimelineParts {
  timelines: Timelines;
  runs: RunService;
  store: RunStore;
  messages: Messages;
  paths: ExtensionPaths;
  settings: Settings;
  memory: vscode.Memento;
}

/** All ways to a timeline: commands, the editor of trace files, a reload of the window, the start of a run. */
export function registerTimelines({ timelines, runs, store, messages, paths, settings, memory }: TimelineParts): vscode.Disposable[] {
  return [
    registerCompareCommand({ timelines, runs, store, messages }),
    new TraceCommands({ timelines, runs, store, messages, paths, memory }),
    runs.onDidStart((run) => settings.openOnRun() && timelines.showRun(run)),
    vscode.window.registerWebviewPanelSerializer(VIEWS.timelinePanel, timelines),
    vscode.window.registerCustomEditorProvider(VIEWS.traceEditor, new TraceEditor(timelines), {
      supportsMultipleEditorsPerDocument: true,
    }),
  ];
}
