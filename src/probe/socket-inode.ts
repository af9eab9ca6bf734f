/** The kernel's number of a socket, by which it names the two ends of a Unix-domain connection; they have no other name in common. */
import fs from 'node:fs';

// The program may replace it later.
const { fstatSync } = fs;

/** As arguments of a record: `{inode}`, or nothing where the system has no such number. About 2 us. */
export function inodeArgs(fd: number): { inode?: number } {
  if (fd < 0 || process.platform !== 'linux') return {};
  try {
    const { ino } = fstatSync(fd);
    return ino > 0 ? { inode: ino } : {};
  } catch {
    return {};
  }
}
