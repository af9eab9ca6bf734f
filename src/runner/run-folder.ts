/** The private folder through which the processes of a run speak to the collector. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a run folder that only this user can read (mkdtemp gives mode 0700): it holds the bytes that programs sent. Returns its path. */
export function createRunFolder(parent: string = tmpdir()): string {
  return mkdtempSync(join(parent, 'socketscope-'));
}

/** Removes it with everything in it; a folder that is gone already is fine. */
export function removeRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
