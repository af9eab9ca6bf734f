/** What the model says of event loops (worked out in trace/loop, put into words in knowledge/loop-text). */

/**
 * A stretch of one event loop between two events of its thread. Within a turn nothing waits for events, so such a stretch is busy. Between the last
 * event of one turn and the first of a later one libuv's own count says how long the loop waited in all, in so many turns; not when.
 */
export interface LoopSpan {
  /** Event at which it begins; 0: the start of the process. */
  from: number;
  to: number;
  /** ns since the trace began. */
  start: number;
  end: number;
  /**
   * ns of it in which the loop waited for events, at least: a signal that ends a wait (a child process has ended, Ctrl+C) takes that wait out of
   * libuv's count (uv__io_poll sets its entry time anew after EINTR). 0 is exact: a poll that finds something at once is not counted, and one that
   * blocks always is, if only for the look after the signal.
   */
  waited: number;
  /** How many times the loop asked for events in it; 0 within a turn. */
  turns: number;
  /** A socket was told to read again in it. */
  resumed: boolean;
  /** Set when something was ready for the loop all along, from the event `from` on: it would have ended a wait at once, so there was none. */
  hadWork?: boolean;
}

/**
 * What a span is: the loop was busy, it waited for events, or both, in an order that is not known. `unknown`: libuv counted next to no wait, and none at
 * all would have been exact; so it was busy, or a signal came.
 */
export type LoopKind = 'busy' | 'waiting' | 'both' | 'unknown';

/** What an event loop did while no step was recorded. */
export interface GapLoop {
  /** Index into `processes`. */
  process: number;
  /** ns in which it was busy, at least and at most. */
  low: number;
  high: number;
}

/** What a program got from the kernel, and when that was ready for it. */
export interface ReadyWait {
  /** The step by which it was ready, and the one at which the callback ran. */
  ready: number;
  ran: number;
  /** How that is known: the other end's own call, or a reading of the kernel that saw it waiting (then it may have waited longer). */
  by: 'peer' | 'kernel';
  /** ns between the two. */
  wait: number;
}

/** The same, with what the event loop did in the meantime. */
export interface CallbackWait extends ReadyWait {
  /** ns of it in which the event loop was busy, at least and at most; null where Node did not tell of the loop. */
  busy: { low: number; high: number } | null;
  /**
   * The longest stretch of the wait in which the program recorded nothing: the events at its ends (0: the start of the process). null where that
   * is not known: several threads, or a long wait.
   */
  quiet: { from: number; to: number } | null;
  /** Both ends of that stretch belong to one turn of the loop: one callback, or what it led to, ran all the time. */
  oneTurn: boolean;
}
