import fs from 'node:fs';
import { join } from 'node:path';

// The program may replace these later; the probe keeps what Node started with.
const { readdirSync, statSync } = fs;

/**
 * How much of a run is still recorded: 0 everything, 1 no payloads, 2 only what sockets come and go by, 3 nothing more.
 */
export type Level = 0 | 1 | 2 | 3;

/** Parts of a run's size at which the next level begins. */
const BEGINS = [1 / 2, 3 / 4, 31 / 32] as const;

/** What is left of a run that has `used` of its `most` bytes. */
export function levelAt(used: number, most: number): Level {
  let level: Level = 0;
  for (const part of BEGINS) if (used >= most * part) level++;
  return level as Level;
}

/**
 * Watches the size of a run from inside one of its threads. The streams of all threads and processes lie in the run folder, so their
 * sizes are added up there: when a stream opens, and then each time that it has grown by a step. Nobody has to tell anybody anything, and
 * the run exceeds its size by at most a step for each thread that writes.
 */
export class StreamLimit {
  level: Level = 0;
  private sinceLook = 0;
  private readonly step: number;

  constructor(
    private readonly run: string,
    private readonly most: number,
  ) {
    this.step = Math.max(16 * 1024, Math.min(1024 * 1024, most / 256));
  }

  /** Notes that the stream grew. Returns true when a new level has begun. */
  grew(bytes: number): boolean {
    this.sinceLook += bytes;
    return this.sinceLook >= this.step && this.look();
  }

  /** Adds up what is there. Returns true when a new level has begun; none ever goes back. */
  look(): boolean {
    this.sinceLook = 0;
    let used = 0;
    try {
      for (const name of readdirSync(this.run)) {
        if (name.endsWith('.probe')) used += statSync(join(this.run, name), { throwIfNoEntry: false })?.size ?? 0;
      }
    } catch {
      // The folder is gone, and with it everybody's streams.
      return false;
    }
    const level = levelAt(used, this.most);
    if (level <= this.level) return false;
    this.level = level;
    return true;
  }
}

/** What was left out of one socket since it was last said. */
export class LeftOut {
  reads = 0;
  bytesRead = 0;
  writes = 0;
  bytesWritten = 0;
  others = 0;
}

/** What was left out, socket by socket, until a record says so. */
export class LeftOutBook {
  private readonly handles = new Map<number, LeftOut>();

  of(handle: number): LeftOut {
    let left = this.handles.get(handle);
    if (left === undefined) {
      left = new LeftOut();
      this.handles.set(handle, left);
    }
    return left;
  }

  /** What is to be said of a handle now, once; null when nothing is. */
  take(handle: number): LeftOut | null {
    const left = this.handles.get(handle);
    if (left === undefined) return null;
    this.handles.delete(handle);
    return left;
  }
}
