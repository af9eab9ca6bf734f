import fs from 'node:fs';
import { openBinding } from './internals';

// The program may replace it later; the probe keeps what Node started with.
const { writeSync } = fs;

/** Writes the first `length` bytes at the descriptor's place and returns how many were written. Throws what `writeSync` throws. */
export type Append = (fd: number, bytes: Uint8Array, length: number) => number;

/** What fs.writeSync does with a buffer once it has checked its arguments; the same text in Node 20 to 26. */
const KNOWN_CALL = /binding\.writeBuffer\(\s*fd,\s*buffer,\s*offset,\s*length,\s*position,\s*undefined,\s*ctx\s*\)/;

const throughFs: Append = (fd, bytes, length) => writeSync(fd, bytes, 0, length);

/**
 * The shortest way to write(2): the function below fs.writeSync, without its look at every argument and without an object per call.
 * It ends the process when it is called with other arguments than it expects, so it is used only where the source text of this
 * Node's own fs.writeSync shows that very call; elsewhere, and where Node lets nobody at it (--permission), it is fs.writeSync itself.
 */
export function openAppend(): Append {
  const text = Function.prototype.toString.call(writeSync);
  const write = KNOWN_CALL.test(text) && text.includes('handleErrorFromBinding(ctx)') ? openBinding('fs')?.writeBuffer : undefined;
  if (typeof write !== 'function') return throughFs;
  let failure: { errno?: number; code?: string } = {};
  return (fd, bytes, length) => {
    const done: unknown = write(fd, bytes, 0, length, null, undefined, failure);
    if (failure.errno === undefined && typeof done === 'number') return done;
    failure = {};
    // Again in full: it may have been a matter of the moment, and if not, its error is the one to tell.
    return writeSync(fd, bytes, 0, length);
  };
}
