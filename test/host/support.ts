import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { VIEWS } from '../../src/contracts/ids';
import type { Parts } from '../../src/extension';
import type { Actions, Messages } from '../../src/vscode/messages';
import { freePort } from '../support/free-port';
import { root } from '../support/house';

/** The extension under test, as VS Code installed it. */
export function extension(): vscode.Extension<Parts> {
  const found = vscode.extensions.getExtension<Parts>('socketscope.socketscope');
  if (!found) throw new Error('the extension is not there');
  return found;
}

/** Its parts; activates it when nothing has. */
export async function parts(): Promise<Parts> {
  return extension().activate();
}

/** Our registered commands; `socketscope.exercises.focus` and the like are VS Code's own, one set for each contributed view. */
export async function ourCommands(): Promise<string[]> {
  const all = await vscode.commands.getCommands(true);
  return all.filter((id) => id.startsWith('socketscope.') && !id.startsWith(`${VIEWS.exercises}.`));
}

/** The folder that the window has open. */
export function workspaceFolder(): string {
  return vscode.workspace.workspaceFolders![0]!.uri.fsPath;
}

/** Writes a file into the workspace and returns its path. */
export function workspaceFile(name: string, text: string): string {
  const path = join(workspaceFolder(), name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

/** A copy of the echo sample in the workspace, on a port that is free: tests run side by side with other programs. */
export async function echoSample(folder: string): Promise<{ server: string; client: string; port: number }> {
  const to = join(workspaceFolder(), folder);
  cpSync(join(root, 'media', 'samples', 'echo'), to, { recursive: true });
  const port = await freePort();
  for (const name of ['server.mjs', 'client.mjs']) {
    const path = join(to, name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll('8080', String(port)));
  }
  return { server: join(to, 'server.mjs'), client: join(to, 'client.mjs'), port };
}

/** Waits until `look` gives something true; for what VS Code has no event for. Rejects after `deadline` ms. */
export async function until<T>(what: string, look: () => T | Promise<T>, deadline = 20_000): Promise<NonNullable<T>> {
  for (const end = Date.now() + deadline; Date.now() < end; ) {
    const found = await look();
    if (found) return found as NonNullable<T>;
    await new Promise((next) => setTimeout(next, 20));
  }
  throw new Error(`${what}: not within ${deadline / 1000} s`);
}

/** The next event of an emitter that satisfies `matches`. */
export function next<T>(event: vscode.Event<T>, matches: (value: T) => boolean = () => true, deadline = 20_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      listener.dispose();
      reject(new Error(`the event did not come within ${deadline / 1000} s`));
    }, deadline);
    const listener = event((value) => {
      if (!matches(value)) return;
      clearTimeout(timer);
      listener.dispose();
      resolve(value);
    });
  });
}

/** Keeps messages instead of showing them. */
export class RecordedMessages implements Messages {
  readonly said: { severity: 'error' | 'warning' | 'info' | 'question'; text: string; actions: Actions }[] = [];
  /** What questions are answered with. */
  answer: string | undefined;

  error(text: string, actions: Actions = {}): void {
    this.said.push({ severity: 'error', text, actions });
  }
  warn(text: string, actions: Actions = {}): void {
    this.said.push({ severity: 'warning', text, actions });
  }
  info(text: string, actions: Actions = {}): void {
    this.said.push({ severity: 'info', text, actions });
  }
  async ask(text: string): Promise<string | undefined> {
    this.said.push({ severity: 'question', text, actions: {} });
    return this.answer;
  }
}

/** Whether a process exists and is not a zombie. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** Closes every editor, timelines included, without questions. */
export async function closeEverything(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor').then(undefined, () => {});
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
