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
    this.timelines.adopt(panel, traceSource(uri, null), null);
  }
}
