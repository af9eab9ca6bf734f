import { procFile } from './proc-file';

/** A timer that is later than this was not let run (ms). */
const TICK = 50;

/** Shorter waits give a program a moment more, or listen for silence: no verdict is that something did not come in such a time (ms). */
const MATTERS = 500;

/** Whose time does not count: that of a program in which it waits for a processor; of ours also that in which it has one. */
type Whose = 'program' | 'ours';

/** ms of the main thread of a process so far. */
interface Delay {
  /** Waiting for a processor. */
  waiting: number;
  /** All that do not count. */
  all: number;
}

/**
 * Time as the program under test would have it on a machine that has nothing else to do: what a process spent waiting for a processor does
 * not count, and neither does what our own processes needed themselves, in which they saw nothing of the program. A verdict must not depend
 * on who else is using the machine. Linux says how long both were (/proc/PID/schedstat, first and second field, ns; kernel documentation
 * "scheduler/sched-stats"); elsewhere the lateness of our own timers stands for it.
 */
export class FairClock {
  private readonly began = performance.now();
  /** By process: what did not count when it was first followed, and when last asked. */
  private readonly followed = new Map<number, { whose: Whose; before: Delay; last: Delay }>();
  private late = 0;
  private lastLook = performance.now();
  private total = 0;
  private cut = false;

  /** `read`: what /proc says, null where it says nothing. */
  constructor(
    private readonly platform: NodeJS.Platform = process.platform,
    private readonly read: (path: string) => string | null = procFile,
  ) {
    this.follow(process.pid, 'ours');
  }

  /**
   * Whether a wait was ended by another clock, most of which somebody waited for a processor: the machine was so busy that nobody can say
   * what the program would have done in its time.
   */
  get hurried(): boolean {
    return this.cut;
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
    let out = this.late;
    for (const [pid, process] of this.followed) {
      // Of one that is gone the last answer stays.
      process.last = this.delay(pid, process.whose) ?? process.last;
      out += process.last.all - process.before.all;
    }
    this.total = Math.max(this.total, wall - this.began - out);
    return this.total;
  }

  /** A function that says how long, from now to the last look, that process waited for a processor which did so longest (ms). */
  private waiting(): () => number {
    const { late } = this;
    const then = new Map([...this.followed].map(([pid, { last }]) => [pid, last.waiting]));
    return () => {
      const each = [...this.followed].map(([pid, { before, last }]) => last.waiting - (then.get(pid) ?? before.waiting));
      return Math.max(this.late - late, ...each);
    };
  }

  /**
   * Calls back after so many ms of this clock, or four times as many of any other. Returns a function that calls it off.
   */
  after(ms: number, done: () => void): () => void {
    const start = this.now();
    const wall = performance.now();
    const waited = this.waiting();
    let timer: NodeJS.Timeout;
    const look = () => {
      const fair = start + ms - this.now();
      const left = Math.min(fair, wall + 4 * ms - performance.now());
      if (left <= 0) {
        // Three quarters of it: on a computer that is only busy, programs wait for a half now and then, and their verdicts are right.
        this.cut ||= ms >= MATTERS && fair > 0 && waited() > 3 * ms;
        done();
      } else timer = setTimeout(look, Math.min(TICK, Math.max(1, left)));
    };
    timer = setTimeout(look, Math.min(TICK, ms));
    return () => clearTimeout(timer);
  }

  /** null where nobody knows. */
  private delay(pid: number, whose: Whose): Delay | null {
    if (this.platform !== 'linux') return null;
    const text = this.read(`/proc/${pid}/schedstat`);
    if (text === null) return null;
    const [running = 0, waiting = 0] = text.split(' ').map((ns) => Number(ns) / 1e6);
    return { waiting, all: waiting + (whose === 'ours' ? running : 0) };
  }
}
