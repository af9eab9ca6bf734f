import fs from 'node:fs';
import { join } from 'node:path';
import { type ThinningLevel, thinningLevel } from '../contracts/probe-stream';

// The program may replace these later; the probe keeps what Node started with.
const { readdirSync, statSync } = fs;

/**
 * Watches the size of a run from inside one of its threads. The streams of all threads and processes lie in the run folder, so their
 * sizes are added up there: when a stream opens, and then each time that it has grown by a step. Nobody has to tell anybody anything, and
 * the run exceeds its size by at most a step for each thread that writes.
 */
export class StreamLimit {
  level: ThinningLevel = 0;
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
    const level = thinningLevel(used, this.most);
    if (level <= this.level) return false;
    this.level = level;
    return true;
  }
}
