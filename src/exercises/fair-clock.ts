import { readFileSync } from 'node:fs';

/** A timer that is later than this was not let run (ms). */
const TICK = 50;

/**
 * Time as it would pass on a machine that has nothing else to do: what a process spent waiting for a processor does not count. A verdict
 * must not depend on who else is using the machine. Linux says how long that was (/proc/PID/schedstat, second field, ns; kernel
 * documentation "scheduler/sched-stats"); elsewhere the lateness of our own timers stands for it.
 */
export class FairClock {
  private readonly began = performance.now();
  /** By process: ms that it had waited when it was first followed, and when last asked. */
  private readonly followed = new Map<number, { before: number; last: number }>();
  private late = 0;
  private lastLook = performance.now();
  private total = 0;

  constructor(private readonly platform: NodeJS.Platform = process.platform) {
    this.follow(process.pid);
  }

  /** From now on, time in which this process waits for a processor does not count either. */
  follow(pid: number): void {
    const before = this.delay(pid);
    if (before !== null && !this.followed.has(pid)) this.followed.set(pid, { before, last: before });
  }

  /** ms since the clock was made, without the time of waiting. Never goes back. */
  now(): number {
    const wall = performance.now();
    if (this.platform !== 'linux') {
      this.late += Math.max(0, wall - this.lastLook - TICK);
      this.lastLook = wall;
    }
    let waiting = this.late;
    for (const [pid, process] of this.followed) {
      // Of one that is gone the last answer stays.
      process.last = this.delay(pid) ?? process.last;
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

  /** ms that the main thread of a process has waited for a processor so far; null where nobody knows. */
  private delay(pid: number): number | null {
    if (this.platform !== 'linux') return null;
    try {
      return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
    } catch {
      return null;
    }
  }
}
