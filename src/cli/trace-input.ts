/** Opens a trace for the commands that read one. */
import { closeSync, openSync, readSync } from 'node:fs';
import { UserError } from '../runner/program';
import { SocktraceDecoder, TraceFormatError, type TraceStore } from '../trace';

/** Reads a trace, piece by piece. A file that was cut off or damaged opens as far as it is whole and says so on stderr. Throws UserError. */
export function openTrace(path: string): TraceStore {
  const decoder = new SocktraceDecoder();
  const piece = Buffer.allocUnsafe(1 << 20);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    throw new UserError(`${path}: ${unreadable((error as NodeJS.ErrnoException).code)}`);
  }
  let size = 0;
  try {
    for (;;) {
      const count = readSync(fd, piece, 0, piece.length, null);
      if (count === 0) break;
      size += count;
      decoder.push(piece.subarray(0, count));
    }
  } catch (error) {
    if (error instanceof TraceFormatError) throw new UserError(`${path}: ${error.message}`);
    throw new UserError(`${path}: ${unreadable((error as NodeJS.ErrnoException).code)}`);
  } finally {
    closeSync(fd);
  }
  if (size === 0) throw new UserError(`${path}: is empty and no trace; the run may have been stopped before it began`);
  const { problem } = decoder.status();
  if (problem !== null) process.stderr.write(`socketscope: ${path}: ${problem}\n`);
  return decoder.store;
}

function unreadable(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file; record one with: socketscope run --out FILE.socktrace PROGRAM';
    case 'EISDIR':
      return 'is a folder; name a trace file in it';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read; check its permissions';
    default:
      return `cannot be read (${code ?? 'unknown error'})`;
  }
}
