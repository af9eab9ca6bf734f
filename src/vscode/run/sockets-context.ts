import * as vscode from 'vscode';
import { CONTEXT_KEYS } from '../../contracts/ids';
import { EXPLAINED_SCHEMES, SCRIPT_LANGUAGES, usesPythonSockets, usesSockets } from './socket-imports';

/** A document that changes is looked at again when typing pauses this long, in ms. */
const PAUSE = 300;

/** Whether a document is a script that uses sockets. */
export function isSocketDocument(document: vscode.TextDocument): boolean {
  return SCRIPT_LANGUAGES.includes(document.languageId) && usesSockets(document.getText());
}

/** Whether the language server has something to say of a document. */
export function isExplainedDocument(document: vscode.TextDocument): boolean {
  if (!EXPLAINED_SCHEMES.includes(document.uri.scheme)) return false;
  return isSocketDocument(document) || (document.languageId === 'python' && usesPythonSockets(document.getText()));
}

/** Keeps the context key of the run button up to date with the active editor. */
export class SocketsContext implements vscode.Disposable {
  private readonly listeners: vscode.Disposable[];
  private timer: NodeJS.Timeout | null = null;

  constructor() {
    this.listeners = [
      vscode.window.onDidChangeActiveTextEditor((editor) => {
        // A timeline that gets the focus leaves no active text editor; the title bar of the code beside it keeps its button.
        if (editor) this.update(editor.document);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document !== vscode.window.activeTextEditor?.document) return;
        if (this.timer) clearTimeout(this.timer);
        this.timer = setTimeout(() => this.update(document), PAUSE);
      }),
    ];
    const active = vscode.window.activeTextEditor;
    if (active) this.update(active.document);
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const listener of this.listeners) listener.dispose();
  }

  private update(document: vscode.TextDocument): void {
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.usesSockets, isSocketDocument(document));
  }
}
