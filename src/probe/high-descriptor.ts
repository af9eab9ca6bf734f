import fs from 'node:fs';

// The program may replace these later; the probe keeps what Node started with.
const { closeSync, openSync } = fs;

/**
 * Below this number all descriptors stay free for the program. Descriptors are the lowest free numbers (open(2)), so a stream that
 * took the next one would shift every descriptor that the program sees by one. Well under the usual limits (256 on macOS, 1024 on Linux).
 */
const CLEAR_BELOW = 200;

/**
 * Opens `path` at a descriptor of at least CLEAR_BELOW, by holding the lower ones for a moment (Node has no dup2). `more` are the flags
 * for opening it again, once it exists. Where there are not enough descriptors it takes the first. Throws what `open` throws.
 */
export function openHigh(path: string, flags: number, more: number, mode: number): number {
  let fd = openSync(path, flags, mode);
  const held: number[] = [];
  try {
    while (fd < CLEAR_BELOW) {
      const next = openSync(path, more);
      held.push(fd);
      fd = next;
    }
  } catch {
    // EMFILE: the limit is lower than usual.
    if (held.length > 0) {
      held.push(fd);
      fd = held.shift()!;
    }
  }
  for (const low of held) closeSync(low);
  return fd;
}
