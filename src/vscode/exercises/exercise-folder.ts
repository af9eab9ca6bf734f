import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import { SETTINGS } from '../../contracts/ids';
import type { Settings } from '../settings';

/**
 * The folder in which each exercise gets a folder of its own. Asked once, kept in the user settings. null: the learner chose none.
 * A name that is not absolute counts from the home folder.
 */
export async function exerciseFolder(settings: Settings): Promise<string | null> {
  const set = settings.exerciseFolder();
  if (set !== '') return isAbsolute(set) ? set : join(homedir(), set.replace(/^~[\\/]?/, ''));
  const chosen = await ask();
  if (chosen !== null) await vscode.workspace.getConfiguration().update(SETTINGS.exerciseFolder, chosen, vscode.ConfigurationTarget.Global);
  return chosen;
}

async function ask(): Promise<string | null> {
  const workspace = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (workspace === undefined) return choose();
  const here = vscode.l10n.t('In This Workspace');
  const items: (vscode.QuickPickItem & { here?: boolean })[] = [
    { label: `$(root-folder) ${here}`, description: workspace.uri.fsPath, here: true },
    { label: `$(folder-opened) ${vscode.l10n.t('In Another Folder...')}` },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Where shall the files of exercises go?'),
    placeHolder: vscode.l10n.t('Each exercise gets a folder of its own there. You are asked only once.'),
    ignoreFocusOut: true,
  });
  if (picked === undefined) return null;
  return picked.here === true ? workspace.uri.fsPath : choose();
}

/** Lets the learner choose with the dialog. */
async function choose(): Promise<string | null> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Folder for Your Exercises'),
    openLabel: vscode.l10n.t('Keep Exercises Here'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0]?.fsPath ?? null;
}
