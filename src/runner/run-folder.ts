/** The private folder through which the processes of a run speak to the collector. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from './program';

/**
 * Makes a run folder that only this user can read (mkdtemp gives mode 0700): it holds the bytes that programs sent. Returns its path.
 * Throws UserError where that is not possible.
 */
export function createRunFolder(parent: string = tmpdir()): string {
  try {
    return mkdtempSync(join(parent, 'socketscope-'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${parent}: no folder for this run can be made in it (${code}); make it writable, or let TMPDIR name another`);
  }
}

/** Removes it with everything in it; a folder that is gone already is fine. */
export function removeRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
