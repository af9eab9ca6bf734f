import { realpathSync } from 'node:fs';
import { sep } from 'node:path';
import * as vscode from 'vscode';

/**
 * The path under which VS Code knows a file of a trace. Node names files by their real path; a workspace that was opened through a
 * symbolic link knows them by another, and would open the same file twice. Drive letters come out as VS Code writes them.
 */
export function workspacePath(file: string): string {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    if (uri.scheme !== 'file') continue;
    const real = realPath(uri.fsPath);
    if (real !== uri.fsPath && file.startsWith(real + sep)) return vscode.Uri.file(uri.fsPath + file.slice(real.length)).fsPath;
  }
  return vscode.Uri.file(file).fsPath;
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
