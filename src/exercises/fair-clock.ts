import { procFile } from './proc-file';

/** A timer that is later than this was not let run (ms). */
const TICK = 50;

/** Whose time does not count: that of a program in which it waits for a processor; of ours also that in which it has one. */
type Whose = 'program' | 'ours';

/**
 * Time as the program under test would have it on a machine that has nothing else to do: what a process spent waiting for a processor does
 * not count, and neither does what our own processes needed themselves, in which they saw nothing of the program. A verdict must not depend
 * on who else is using the machine. Linux says how long both were (/proc/PID/schedstat, first and second field, ns; kernel documentation
 * "scheduler/sched-stats"); elsewhere the lateness of our own timers stands for it.
 */
export class FairClock {
  private readonly began = performance.now();
  /** By process: ms that did not count when it was first followed, and when last asked. */
  private readonly followed = new Map<number, { whose: Whose; before: number; last: number }>();
  private late = 0;
  private lastLook = performance.now();
  private total = 0;

  constructor(private readonly platform: NodeJS.Platform = process.platform) {
    this.follow(process.pid, 'ours');
  }

  /** From now on, this process counts, too. */
  follow(pid: number, whose: Whose = 'program'): void {
    const before = this.delay(pid, whose);
    if (before !== null && !this.followed.has(pid)) this.followed.set(pid, { whose, before, last: before });
  }

  /** ms since the clock was made, without what does not count. Never goes back. */
  now(): number {
    const wall = performance.now();
    if (this.platform !== 'linux') {
      this.late += Math.max(0, wall - this.lastLook - TICK);
      this.lastLook = wall;
    }
    let waiting = this.late;
    for (const [pid, process] of this.followed) {
      // Of one that is gone the last answer stays.
      process.last = this.delay(pid, process.whose) ?? process.last;
      waiting += process.last - process.before;
    }
    this.total = Math.max(this.total, wall - this.began - waiting);
    return this.total;
  }

  /**
   * Calls back after so many ms of this clock, or four times as many of any other. Returns a function that calls it off.
   */
  after(ms: number, done: () => void): () => void {
    const start = this.now();
    const wall = performance.now();
    let timer: NodeJS.Timeout;
    const look = () => {
      const left = Math.min(start + ms - this.now(), wall + 4 * ms - performance.now());
      if (left <= 0) done();
      else timer = setTimeout(look, Math.min(TICK, Math.max(1, left)));
    };
    timer = setTimeout(look, Math.min(TICK, ms));
    return () => clearTimeout(timer);
  }

  /** ms of the main thread of a process so far that do not count; null where nobody knows. */
  private delay(pid: number, whose: Whose): number | null {
    if (this.platform !== 'linux') return null;
    const text = procFile(`/proc/${pid}/schedstat`);
    if (text === null) return null;
    const [running = 0, waiting = 0] = text.split(' ').map(Number);
    return (waiting + (whose === 'ours' ? running : 0)) / 1e6;
  }
}
