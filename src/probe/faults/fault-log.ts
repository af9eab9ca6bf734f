import { getSystemErrorMap } from 'node:util';
import type { FaultWord } from '../../contracts/faults';
import { NO_ORIGIN, type Origin } from '../call-sites';
import { type HandleState, OP, type Recorder } from '../recorder';
import { now } from '../stream-writer';

// The program may replace these later (fake timers); faults keep what Node started with.
export const { setTimeout: later, clearTimeout: cancelLater, setImmediate: soon, clearImmediate: cancelSoon } = globalThis;

/** libuv's number (below 0) for an error on this platform, as in uv/errno.h. */
export function uvError(name: string): number {
  for (const [number, [known]] of getSystemErrorMap()) if (known === name) return number;
  return -1;
}

/** Writes the events of faults. Nothing is put in without one. */
export class FaultLog {
  private readonly said = new Set<string>();

  constructor(readonly recorder: Recorder) {}

  /** An event now, on the socket of `state`. `api` is the Node call or event that was hit; `result` the error that the program gets, or 0. */
  say(state: HandleState, fault: FaultWord, api: string, args: { [key: string]: unknown }, origin: Origin = NO_ORIGIN, result = 0): void {
    this.recorder.guarded('fault', () => {
      const from = { ...origin, api: this.recorder.writer.string(api) };
      this.recorder.op(OP.fault, now(), state, result, from, { args: { fault, ...args } });
    });
  }

  /** False once the probe can no longer write: nothing is put in then, because nothing could say so. */
  get isOn(): boolean {
    return this.recorder.on;
  }

  /** Says once why something that was asked for cannot be put in here. */
  cannot(sentence: string): void {
    if (this.said.has(sentence)) return;
    this.said.add(sentence);
    this.recorder.guarded('fault', () => this.recorder.writer.notice(sentence));
  }
}
