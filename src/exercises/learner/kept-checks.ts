/** The last check of each exercise, with its traces, in a private folder: what "show me" opens, and what a page shows after a reload. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckReport, EXERCISE_VERSION } from '../../contracts/exercises';
import { writeWhole } from '../files/write-whole';

/** A timeline may still show the run before the last. */
const KEPT = 2;
const REPORT = 'report.json';

export class KeptChecks {
  /** `folder` is private and made when it is needed. */
  constructor(private readonly folder: string) {}

  /** A new folder for the traces of a check. Throws what the file system says. */
  newFolder(id: string, now: Date): string {
    const own = join(this.folder, id);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    const last = Number(this.folders(id).at(-1)?.split('-')[0] ?? 0);
    const folder = join(own, `${String(Math.max(last + 1, now.getTime()))}-check`);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  /** Keeps a report beside its traces and removes older checks. */
  keep(folder: string, report: CheckReport): void {
    writeWhole(join(folder, REPORT), JSON.stringify(report));
    for (const old of this.folders(report.exercise).slice(0, -KEPT)) this.drop(join(this.folder, report.exercise, old));
  }

  /** A check that has no result leaves nothing. */
  drop(folder: string): void {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** The last report and when it was made (ms since 1970); null when there is none that can be read. */
  last(id: string): { report: CheckReport; at: number } | null {
    for (const name of this.folders(id).reverse()) {
      try {
        const path = join(this.folder, id, name, REPORT);
        const report: CheckReport = JSON.parse(readFileSync(path, 'utf8'));
        if (report.version === EXERCISE_VERSION && report.exercise === id) return { report, at: statSync(path).mtimeMs };
      } catch {
        // The window was closed during that check, or somebody emptied the folder.
      }
    }
    return null;
  }

  /** Forgets an exercise. */
  forget(id: string): void {
    this.drop(join(this.folder, id));
  }

  private folders(id: string): string[] {
    try {
      return readdirSync(join(this.folder, id)).sort();
    } catch {
      return [];
    }
  }
}
