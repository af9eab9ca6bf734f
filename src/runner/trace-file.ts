/** The `.socktrace` file of a run while it is written, with its limits: a full disk and a run without end. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { TraceEncoder } from '../trace';
import { UserError } from './program';

/** First bytes of a `.socktrace` (trace/codec/format.ts). */
const MAGIC = [0x89, 0x53, 0x4f, 0x43, 0x4b, 0x54];

/**
 * Says whether a run may write here: a new file, an empty one or an older trace. Throws UserError for a folder, for a file that is
 * something else (it stays as it is) and for a place where nothing can be written.
 */
export function checkOutput(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, 'r+');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') {
      checkNew(path);
      return;
    }
    throw new UserError(`--out ${path}: ${reason(code)}`);
  }
  try {
    const head = Buffer.alloc(MAGIC.length);
    const count = readSync(fd, head, 0, head.length, 0);
    if (count > 0 && !MAGIC.every((byte, index) => head[index] === byte))
      throw new UserError(`--out ${path}: this file is no trace and was not overwritten; choose another name`);
  } finally {
    closeSync(fd);
  }
}

/** A name that does not exist yet: making the file shows whether that is possible; an empty file is no loss when the run does not come about. */
function checkNew(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    throw new UserError(`--out ${path}: ${reason((error as NodeJS.ErrnoException).code)}`);
  }
}

/** Why a file cannot be written, and what to do. */
export function reason(code: string | undefined): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'its folder does not exist; create it or choose another place';
    case 'EACCES':
    case 'EPERM':
      return 'may not be written; check the permissions or choose another place';
    case 'EROFS':
      return 'is on a read-only disk; choose another place';
    case 'EISDIR':
      return 'is a folder; name a file in it';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full; free some space';
    default:
      return `cannot be written (${code ?? 'unknown error'})`;
  }
}

/** A place in the file up to which it is a trace: the encoder's mark there. */
interface Boundary {
  size: number;
  check: number;
  events: number;
}

/** Places that are remembered, so far apart (bytes): enough to make room for the words that the disk was full. */
const BOUNDARIES = 8;
const APART = 4096;

export class TraceFile {
  private fd: number;
  /** Bytes written so far. */
  size = 0;
  /** A sentence, once writing has failed; from then on nothing is written and the file stays readable up to there. */
  problem: string | null = null;
  private readonly boundaries: Boundary[] = [];

  /** Opens the file anew, readable only by this user. Failure is told by `problem`: a program in a run goes on without its trace. */
  constructor(readonly path: string) {
    try {
      this.fd = openSync(path, 'w', 0o600);
    } catch (error) {
      this.fd = -1;
      this.problem = `${path}: ${reason((error as NodeJS.ErrnoException).code)}; the program runs on without a trace`;
    }
  }

  /** Appends bytes; `mark` is the encoder's after them. */
  write(bytes: Uint8Array, mark: { check: number; events: number }): void {
    if (this.fd < 0 || this.problem !== null) return;
    try {
      this.put(bytes);
    } catch (error) {
      this.problem = `${this.path}: ${reason((error as NodeJS.ErrnoException).code)}; the program runs on, its trace ends here`;
      return;
    }
    const { boundaries } = this;
    // The newest place always counts; of the earlier ones those that are far enough apart.
    const before = boundaries.at(-2);
    if (before !== undefined && (boundaries.at(-1) as Boundary).size - before.size < APART) boundaries.pop();
    boundaries.push({ size: this.size, ...mark });
    if (boundaries.length > BOUNDARIES) boundaries.shift();
  }

  /**
   * The end of a trace that could not be written whole: goes back to where it is one, and further where there is no room left for the
   * words, and says with `headerFor` how many events it has. Returns that number; null when not even that is possible.
   */
  cutOff(headerFor: (events: number) => Parameters<typeof TraceEncoder.endAfter>[1]): number | null {
    if (this.fd < 0) return null;
    for (let boundary = this.boundaries.pop(); boundary !== undefined; boundary = this.boundaries.pop()) {
      try {
        ftruncateSync(this.fd, boundary.size);
        this.size = boundary.size;
        this.put(TraceEncoder.endAfter(boundary, headerFor(boundary.events)));
        return boundary.events;
      } catch {
        // Still no room: an earlier place.
      }
    }
    return null;
  }

  private put(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const count = writeSync(this.fd, bytes, done, bytes.length - done, this.size);
      done += count;
      this.size += count;
    }
  }

  close(): void {
    if (this.fd < 0) return;
    try {
      // A file without a name goes away with its descriptor.
      if (this.problem === null && fstatSync(this.fd).nlink === 0)
        this.problem = `${this.path}: the trace was deleted while the program ran; nothing of it is left`;
    } catch {
      // Nothing that could be told.
    }
    closeSync(this.fd);
    this.fd = -1;
  }
}
