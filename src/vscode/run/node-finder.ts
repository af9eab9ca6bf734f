import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { NodeRuntime } from '../../runner/program';
import { UserError } from '../../runner/program';

/** The Node that learners' programs run on, and how it was found. */
export interface FoundNode extends NodeRuntime {
  source: 'setting' | 'path' | 'vscode';
  /** `[24, 21, 0]`. */
  version: number[];
}

/** What a search looks at; tests hand in their own. */
export interface NodeSearch {
  setting: string;
  path: string;
  /** The runtime of VS Code itself: Electron or, in a server, Node. */
  own: string;
}

/** The oldest Node that the probe supports. */
const OLDEST = 20;

/**
 * Finds `node`: the setting, else the PATH, else VS Code's own runtime. Throws UserError with what to do when the setting
 * names no Node or what was found is too old.
 */
export async function findNode(search: NodeSearch): Promise<FoundNode> {
  const { setting } = search;
  if (setting && !isExecutable(setting))
    throw new UserError(
      vscode.l10n.t('The setting socketscope.node.path names "{0}", which is no executable file. Correct or clear it.', setting),
    );
  const onPath = setting || nodeOnPath(search.path);
  const path = onPath ?? search.own;
  const source = setting ? 'setting' : onPath ? 'path' : 'vscode';
  // Harmless for a real Node, needed for Electron.
  const env = source === 'vscode' ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  const version = await versionOf(path, env);
  if (!version)
    throw new UserError(vscode.l10n.t('"{0}" does not answer as Node does to --version. Name another in socketscope.node.path.', path));
  if ((version[0] ?? 0) < OLDEST)
    throw new UserError(
      vscode.l10n.t(
        '"{0}" is Node {1}; Socketscope needs {2} or newer. Name another in socketscope.node.path.',
        path,
        version.join('.'),
        OLDEST,
      ),
    );
  return { path, env, source, version };
}

/** The first `node` on a PATH; null when there is none. */
export function nodeOnPath(path: string): string | null {
  const names = process.platform === 'win32' ? ['node.exe'] : ['node'];
  for (const folder of path.split(delimiter).filter(Boolean))
    for (const name of names) {
      const file = join(folder, name);
      if (isExecutable(file)) return file;
    }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function versionOf(path: string, env: NodeJS.ProcessEnv): Promise<number[] | null> {
  try {
    // The learner's NODE_OPTIONS could keep `--version` from answering.
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      timeout: 10_000,
      env: { ...process.env, ...env, NODE_OPTIONS: '' },
    });
    const match = /^v(\d+)\.(\d+)\.(\d+)/.exec(stdout.trim());
    return match ? match.slice(1).map(Number) : null;
  } catch {
    return null;
  }
}
