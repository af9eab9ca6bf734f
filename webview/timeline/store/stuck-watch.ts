import type { StuckFinding } from '../../../src/contracts/stuck';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { findStuck, lastMoment } from '../../../src/trace';

/** A look costs a pass over the events of the sockets: of what a second has, at most this share goes into it. */
const SHARE = 0.05;
/** A saved run of more sockets than this is looked through in slices of so many ms, before the look itself: it needs the state of each of them. */
const MANY = 200;
const SLICE = 2;

/** Keeps an answer to "why is it stuck?" for a trace that may still grow. */
export class StuckWatch {
  findings: readonly StuckFinding[] = [];
  /** The step at which the run was asked. */
  step = 0;
  /** Differs when the answer reads differently. */
  get key(): string {
    return this.#shown;
  }
  #arrived = 0;
  #size = -1;
  #live = false;
  /** When the next look may be, in ms. */
  #next = 0;
  #shown = '';
  /** Sockets whose state is worked out. */
  #ready = 0;

  /** Another trace. */
  opened(): void {
    this.#ready = 0;
    this.findings = [];
    this.#size = -1;
    this.#next = 0;
    this.#shown = '';
  }

  /** Events came at this time (ms): the run's own clock stood at the last of them then. */
  arrived(now: number): void {
    this.#arrived = now;
  }

  ended(): void {
    this.#size = -1;
    this.#next = 0;
  }

  /** The finding about a socket, if any. */
  of(socket: string | null): StuckFinding | null {
    return socket === null ? null : (this.findings.find((one) => one.socket === socket) ?? null);
  }

  /** Works out states that a look at a saved run needs, for a few ms; true while there are more. */
  prepare(trace: TraceReader, live: boolean): boolean {
    if (live || trace.sockets.length < MANY || trace.size === this.#size) return false;
    const { step } = lastMoment(trace);
    const until = performance.now() + SLICE;
    while (this.#ready < trace.sockets.length && performance.now() < until) trace.socketAt(this.#ready++, step);
    return this.#ready < trace.sockets.length;
  }

  /** Looks again if the trace grew or time has passed; true when the answer reads differently now. */
  look(trace: TraceReader, live: boolean, now: number): boolean {
    if (trace.size === this.#size && live === this.#live && !live) return false;
    if (now < this.#next) return false;
    const moment = live ? null : lastMoment(trace);
    this.step = moment?.step ?? trace.size;
    // Of a live run the time since the last event is what passed here since it came: at least so much has passed there.
    const time = live ? (trace.size ? trace.time(trace.size) : 0) + (now - this.#arrived) * 1e6 : undefined;
    const before = performance.now();
    this.findings = findStuck(trace, live ? { step: trace.size, now: time } : {});
    this.#next = now + Math.max(900, (performance.now() - before) / SHARE);
    this.#size = trace.size;
    this.#live = live;
    const shown = this.findings.map((one) => `${one.pattern}/${one.socket}/${one.pid}/${Math.floor(one.lasted / 1e9)}`).join();
    const changed = shown !== this.#shown;
    this.#shown = shown;
    return changed;
  }
}
