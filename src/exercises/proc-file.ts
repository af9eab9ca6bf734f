import { closeSync, openSync, readSync } from 'node:fs';

const SIZE = 256 * 1024;
const buffer = Buffer.allocUnsafe(SIZE);

/**
 * The first 256 KiB of a file under /proc, as bytes in Latin-1; null when it cannot be read. These files say that they are empty, which makes
 * readFile slow, and they are read many times a second.
 */
export function procFile(path: string): string | null {
  try {
    const fd = openSync(path, 'r');
    try {
      let length = 0;
      for (let read = -1; read !== 0 && length < SIZE; length += read) read = readSync(fd, buffer, length, SIZE - length, null);
      return buffer.toString('latin1', 0, length);
    } finally {
      closeSync(fd);
    }
  } catch {
    return null;
  }
}
