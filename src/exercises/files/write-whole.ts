import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Writes beside the file and renames: whoever reads it finds the old text or the new one, also after a crash. Throws what the file system says. */
export function writeWhole(path: string, text: string): void {
  const part = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
