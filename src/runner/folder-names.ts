/** The names in a folder that is looked at many times a second: it is read only when something in it was made or removed. */
import { readdirSync, statSync } from 'node:fs';

/** ms within which two changes may carry the same time (the clock of a file system moves on with the kernel's tick, 10 ms at most). */
const TICK = 20;
/** ms after which it is read in any case: not every file system keeps the time of its folders. */
const TRUSTED = 100;

export class FolderNames {
  private changedAt = Number.NaN;
  private readAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly folder: string) {}

  /** Whether there may be other names than those that were read last. Throws when the folder is gone. */
  changed(now: number = Date.now()): boolean {
    if (now - this.readAt > TRUSTED || now < this.readAt) return true;
    return statSync(this.folder).mtimeMs !== this.changedAt || this.readAt - this.changedAt < TICK;
  }

  /** The names as they are now. Throws when the folder is gone. */
  read(now: number = Date.now()): string[] {
    // Before the names: what is made between the two is a change.
    this.changedAt = statSync(this.folder).mtimeMs;
    this.readAt = now;
    return readdirSync(this.folder);
  }

  /** The next look is a change, whatever the folder says. */
  forget(): void {
    this.readAt = Number.NEGATIVE_INFINITY;
  }
}
