import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { SCRIPT_GLOB, usesSockets } from './socket-imports';

/** Where the last choice per server is kept, in the workspace. */
const MEMORY = 'socketscope.clients';
/** Beyond this many files a workspace is too big to look into each; those near the server come first. */
const MOST = 2000;

/** What is chosen when a program shall run without a client. */
export const ALONE = '';

/** Lets the learner choose the client that belongs to a server, with the last choice on top. */
export class ClientPicker {
  constructor(private readonly memory: vscode.Memento) {}

  /** The client for `server`; undefined when none was chosen. With `alone` there is a choice for no client: ALONE. */
  async pick(server: string, { alone = false } = {}): Promise<string | undefined> {
    const remembered = this.memory.get<Record<string, string>>(MEMORY, {})[server];
    const cancelled = new vscode.CancellationTokenSource();
    const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { file?: string }>();
    picker.title = alone ? vscode.l10n.t('Who runs with {0}?', basename(server)) : vscode.l10n.t('Client for {0}', basename(server));
    picker.placeholder = vscode.l10n.t('Choose the program that talks to it; it starts as soon as the server listens');
    picker.matchOnDescription = true;
    picker.busy = true;
    const chosen = new Promise<string | undefined>((resolve) => {
      // Enter before the list is there, or with nothing that matches what was typed, is no answer: the picker stays.
      picker.onDidAccept(() => {
        const [item] = picker.selectedItems;
        if (item) resolve(item.file);
      });
      picker.onDidHide(() => resolve(undefined));
    });
    picker.show();
    try {
      const files = await candidates(server, cancelled.token);
      files.sort((a, b) => rank(a, server, remembered) - rank(b, server, remembered) || a.localeCompare(b));
      const without = { label: vscode.l10n.t('{0} alone', basename(server)), description: vscode.l10n.t('no second program'), file: ALONE };
      picker.items = [
        ...(alone && remembered === undefined ? [without] : []),
        ...files.map((file) => ({
          label: basename(file),
          // The folder alone: the name stands before it.
          description: dirname(file) === dirname(server) ? undefined : dirname(vscode.workspace.asRelativePath(file)),
          detail: file === remembered ? 'used last time' : undefined,
          file,
        })),
        ...(alone && remembered !== undefined ? [without] : []),
        ...(files.length || alone
          ? []
          : [{ label: vscode.l10n.t('No other file of this workspace uses sockets'), description: vscode.l10n.t('Press Escape') }]),
      ];
      picker.busy = false;
      const client = await chosen;
      if (client) await this.memory.update(MEMORY, { ...this.memory.get<Record<string, string>>(MEMORY, {}), [server]: client });
      return client;
    } finally {
      cancelled.cancel();
      cancelled.dispose();
      picker.dispose();
    }
  }
}

/** Last choice, then files that are called client, then those in the same folder. */
function rank(file: string, server: string, remembered: string | undefined): number {
  if (file === remembered) return 0;
  const folder = (path: string) => path.slice(0, path.length - basename(path).length);
  return (/client/i.test(basename(file)) ? 1 : 3) + (folder(file) === folder(server) ? 0 : 1);
}

/** The other script files that use sockets: of the workspace, or of the server's folder when it is outside of it. */
export async function candidates(server: string, token: vscode.CancellationToken): Promise<string[]> {
  const uri = vscode.Uri.file(server);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  const base = folder ?? vscode.Uri.joinPath(uri, '..');
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(base, SCRIPT_GLOB),
    '**/{node_modules,dist,.git}/**',
    MOST,
    token,
  );
  const files: string[] = [];
  for (const each of found) {
    if (token.isCancellationRequested) break;
    if (each.fsPath === server || /\.d\.[cm]?ts$/.test(each.fsPath)) continue;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(each));
    if (usesSockets(text)) files.push(each.fsPath);
  }
  return files;
}
