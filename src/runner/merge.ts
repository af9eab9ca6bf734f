/** Brings the records of all streams into one order of time while they are still being written. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeRecord } from '../contracts/probe-stream';
import { StreamTail } from './stream-tail';

/**
 * A record gets its time before it is written. So long (in ns) a record may be on its way until it is in the file;
 * a later one is taken all the same, but its time is moved up to that of the record before it. A process that waits for
 * a processor between the two is the common case: with eight busy processes a core, 20 ms were not enough.
 */
const WATERMARK = 150e6;
/** Records of a stream, and bytes of programs in them, that may wait for their turn before it is read ahead no further. */
const AHEAD = 4096;
const AHEAD_BYTES = 4 * 1024 ** 2;

export interface Ready {
  tail: StreamTail;
  record: ProbeRecord;
}

export class StreamMerge {
  private readonly tails: StreamTail[] = [];
  private readonly seen = new Set<string>();
  /** No Buffer: the slices of a Buffer share its memory, and records are kept. */
  private readonly buffer = new Uint8Array(128 * 1024);
  /** Nothing from before this time (ns) is held back or can still come, once `next` has given null. */
  settled = 0;
  /** Nothing that was started before this time (ns) is unknown. */
  private lookedAt = 0;

  /** `clock` reads the probe's clock in ns; `onRecord` is told of each record when it is read, before its turn. */
  constructor(
    private readonly folder: string,
    private readonly clock: () => number,
    private readonly onRecord: ((record: ProbeRecord) => void) | null = null,
  ) {}

  get streams(): readonly StreamTail[] {
    return this.tails;
  }

  /** Looks for new streams; returns the `.ended` notes that were not there before. Throws when the folder is gone. */
  look(): string[] {
    const now = this.clock();
    const notes: string[] = [];
    for (const name of readdirSync(this.folder)) {
      if (this.seen.has(name)) continue;
      if (name.endsWith('.probe')) this.tails.push(new StreamTail(join(this.folder, name), this.onRecord));
      else if (name.endsWith('.ended')) notes.push(name);
      else continue;
      this.seen.add(name);
    }
    this.lookedAt = now;
    return notes;
  }

  /** Reads on in the streams, so that `onRecord` knows of what happened long before its turn. */
  readAhead(): void {
    const now = this.clock();
    for (const tail of this.tails)
      if (tail.waiting < AHEAD && tail.waitingBytes < AHEAD_BYTES && tail.caughtUpAt < now - 10e6) tail.fill(now, this.buffer);
  }

  /**
   * The next record in time, when no earlier one can still come; null otherwise. `final`: nothing is being written any more.
   */
  next(final: boolean): Ready | null {
    let first: StreamTail | null = null;
    let firstTime = Number.POSITIVE_INFINITY;
    let safe = final ? Number.POSITIVE_INFINITY : this.lookedAt - WATERMARK;
    for (const tail of this.tails) {
      let head = tail.head();
      if (head === null) {
        const now = this.clock();
        // Read again only when what was read last time is too old to decide anything.
        if (final || tail.caughtUpAt < now - WATERMARK / 4) while (head === null && tail.fill(now, this.buffer) > 0) head = tail.head();
      }
      if (head === null) {
        if (!final && tail.caughtUpAt - WATERMARK < safe) safe = tail.caughtUpAt - WATERMARK;
      } else if (head.time < firstTime) {
        first = tail;
        firstTime = head.time;
      }
    }
    if (first === null || firstTime > safe) {
      this.settled = Math.min(safe, firstTime);
      return null;
    }
    first.complete(this.clock(), this.buffer);
    return { tail: first, record: first.take() };
  }

  /** Whether no record from before `time` (ns) is held back any more, once `next` has given null. */
  isSettled(time: number): boolean {
    // A stream is read again when what was read of it is a quarter old.
    return time < this.lookedAt - 1.5 * WATERMARK;
  }

  /** Whether everything that is in the stream's file now has been taken. */
  drained(tail: StreamTail): boolean {
    if (tail.head() !== null) return false;
    while (tail.fill(this.clock(), this.buffer) > 0) if (tail.head() !== null) return false;
    return true;
  }

  /** Forgets a stream whose process is gone and whose records are taken. */
  remove(tail: StreamTail): void {
    tail.close();
    const at = this.tails.indexOf(tail);
    if (at >= 0) this.tails.splice(at, 1);
  }

  close(): void {
    for (const tail of this.tails) tail.close();
    this.tails.length = 0;
  }
}
