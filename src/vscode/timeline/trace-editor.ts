import type * as vscode from 'vscode';
import type { Timelines } from './timelines';
import { traceSource } from './trace-source';

/** Opens `.socktrace` files as timelines, read-only; several at once, in untrusted workspaces too. */
export class TraceEditor implements vscode.CustomReadonlyEditorProvider {
  constructor(private readonly timelines: Timelines) {}

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => {} };
  }

  resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): void {
    const step = stepOf(uri);
    const state = step === null ? null : { step, axis: 'steps' as const };
    this.timelines.adopt(panel, traceSource(uri.with({ fragment: '' }), null), state);
  }
}

/** The step that a link to a trace names, `echo.socktrace#step=37`; null when it names none. */
export function stepOf(uri: vscode.Uri): number | null {
  const step = /^step=(\d{1,9})$/.exec(uri.fragment)?.[1];
  return step === undefined ? null : Number(step);
}
