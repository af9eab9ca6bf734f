import type { StuckFinding } from '../../../src/contracts/stuck';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { lookForStuck, type StuckLook } from '../../../src/trace';

/** A look costs a pass over the events of the sockets: of what a second has, at most this share goes into it. */
const SHARE = 0.05;
/** It is made in slices of so many ms. */
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
  /** A look that is not finished. */
  #look: Generator<void, StuckLook> | null = null;
  #cost = 0;

  /** Another trace. */
  opened(): void {
    this.#look = null;
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
    this.#look = null;
    this.#size = -1;
    this.#next = 0;
  }

  /** The finding about a socket, if any. */
  of(socket: string | null): StuckFinding | null {
    return socket === null ? null : (this.findings.find((one) => one.socket === socket) ?? null);
  }

  /**
   * Goes on with a look for a few ms, or to its end when the `whole` answer is wanted. A new one is begun when the trace grew or time has passed.
   * @returns `more`: the rest is for a later moment; `changed`: the answer reads differently now
   */
  look(trace: TraceReader, live: boolean, now: number, whole = false): 'more' | 'changed' | 'same' {
    if (this.#look === null) {
      if (trace.size === this.#size && live === this.#live && !live) return 'same';
      if (now < this.#next) return 'same';
      // Of a live run the time since the last event is what passed here since it came: at least so much has passed there.
      const time = live ? (trace.size ? trace.time(trace.size) : 0) + (now - this.#arrived) * 1e6 : undefined;
      this.#look = lookForStuck(trace, live ? { step: trace.size, now: time } : {});
      this.#size = trace.size;
      this.#live = live;
      this.#cost = 0;
    }
    const began = performance.now();
    let spent = 0;
    for (;;) {
      const piece = this.#look.next();
      spent = performance.now() - began;
      if (piece.done) {
        this.#look = null;
        this.#next = now + Math.max(900, (this.#cost + spent) / SHARE);
        return this.#answer(piece.value) ? 'changed' : 'same';
      }
      if (!whole && spent >= SLICE) break;
    }
    this.#cost += spent;
    return 'more';
  }

  #answer({ step, findings }: StuckLook): boolean {
    this.step = step;
    this.findings = findings;
    const shown = findings.map((one) => `${one.pattern}/${one.socket}/${one.pid}/${Math.floor(one.lasted / 1e9)}`).join();
    const changed = shown !== this.#shown;
    this.#shown = shown;
    return changed;
  }
}
