import { chmodSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { TRACE_EXTENSION } from '../../contracts/ids';
import { UserError } from '../../runner/program';

/** `server-20261120-225703-412.socktrace`: only files named like this are ever deleted. */
const NAME = /-\d{8}-\d{6}-\d{3}\.socktrace$/;

/**
 * The folder in which the traces of runs are kept, the oldest deleted beyond a number. Private (0700): a trace holds the bytes that
 * programs sent.
 */
export class RunStore {
  /** @param folder asked each time, because a setting may change it */
  constructor(
    private readonly folder: () => string,
    private readonly keep: () => number,
  ) {}

  /** A path for the trace of a new run of `program`; its folder exists afterwards. Throws UserError when it cannot be written. */
  newTrace(program: string, now = new Date()): string {
    const folder = this.folder();
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new UserError(
        vscode.l10n.t('Traces cannot be kept in "{0}" ({1}). Name another folder in socketscope.traceFolder.', folder, String(code)),
      );
    }
    const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').replace('.', '-').slice(0, 19);
    const name = basename(program, extname(program)).replace(/[^\w.-]/g, '_');
    return join(folder, `${name}-${stamp}${TRACE_EXTENSION}`);
  }

  /** Traces that are kept, newest first. */
  list(): string[] {
    const folder = this.folder();
    try {
      return readdirSync(folder)
        .filter((name) => NAME.test(name))
        .map((name) => join(folder, name))
        .map((path) => ({ path, time: statSync(path).mtimeMs }))
        .sort((a, b) => b.time - a.time || b.path.localeCompare(a.path))
        .map(({ path }) => path);
    } catch {
      return [];
    }
  }

  /** Deletes the oldest beyond the number that is kept; those in `inUse` stay. */
  prune(inUse: ReadonlySet<string>): void {
    for (const path of this.list().slice(this.keep())) if (!inUse.has(path)) rmSync(path, { force: true });
  }
}

/** A run that was cut off (its window was killed) leaves its streams behind; after this long, in ms, nobody writes to them any more. */
const STALE_MS = 24 * 3600 * 1000;

/** Removes what runs that were cut off left in `folder`; run folders that something was written to within a day stay. */
export function sweepRunFolders(folder: string, now = Date.now()): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    try {
      const times = [path, ...readdirSync(path).map((file) => join(path, file))].map((each) => statSync(each).mtimeMs);
      if (now - Math.max(...times) > STALE_MS) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another window removed it, or it is no folder: the next sweep looks again.
    }
  }
}

/** Makes sure that a private storage folder is one (VS Code creates it with the user's umask). */
export function makePrivate(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  return folder;
}
