/** What is to be run: checks of the program's name, and how Node has to be called for it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';

/** A sentence for the user instead of a stack trace: what, why, what to do. */
export class UserError extends Error {}

const SCRIPTS = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * The absolute path of a program that exists and can be read. Throws UserError that says what is wrong and what to do.
 * A name without ending is taken as it is (Node runs scripts without ending, too).
 */
export function checkProgram(program: string, cwd: string): string {
  const path = resolve(cwd, program);
  let stat: ReturnType<typeof statSync>;
  try {
    stat = statSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError(`${program}: there is no such file; check the name and the folder`);
    throw new UserError(`${program}: cannot be opened (${code}); check its permissions`);
  }
  if (stat.isDirectory()) throw new UserError(`${program}: is a folder; name the program's file in it`);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new UserError(`${program}: cannot be read; check its permissions`);
  }
  const ending = extname(path);
  if (ending !== '' && !SCRIPTS.includes(ending))
    throw new UserError(`${program}: is not a Node program (${SCRIPTS.join(', ')}); name the script to run`);
  return path;
}

/** The Node that runs a program: a path, and the environment it needs (VS Code's own runtime is Electron). */
export interface NodeRuntime {
  path: string;
  env: NodeJS.ProcessEnv;
}

/** The runtime that this process itself runs on, or the one named. */
export function nodeRuntime(path: string | undefined): NodeRuntime {
  const own = path === undefined || path === process.execPath;
  return { path: path ?? process.execPath, env: own && process.versions.electron !== undefined ? { ELECTRON_RUN_AS_NODE: '1' } : {} };
}

/**
 * Options that Node needs to run this file: type stripping is behind a flag from 22.6 to 22.17 (nodejs.org/api/typescript.html).
 * Older versions cannot run TypeScript by themselves; Node's own message says so.
 */
export function nodeArguments(program: string, runtime: NodeRuntime): string[] {
  if (!/\.[mc]?ts$/.test(program)) return [];
  const [major = 0, minor = 0] = nodeVersion(runtime);
  return major === 22 && minor >= 6 && minor < 18 ? ['--experimental-strip-types'] : [];
}

function nodeVersion(runtime: NodeRuntime): number[] {
  let text = process.versions.node;
  if (runtime.path !== process.execPath) {
    const env = { ...process.env, ...runtime.env, NODE_OPTIONS: '' };
    text = spawnSync(runtime.path, ['--version'], { encoding: 'utf8', env, timeout: 5000 }).stdout ?? '';
  }
  return text.trim().replace(/^v/, '').split('.').map(Number);
}
