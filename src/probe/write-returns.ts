import { createHook } from 'node:async_hooks';
import net from 'node:net';
import type { Recorder } from './recorder';
import type { AnyHandle, Replacements } from './wrap';

/**
 * Tells for which sockets nothing of the program runs between the write of the handle and the return of the `socket.write` that made it.
 * There the record of the write may wait for what `write` returns: when that is false, both go out in one write to the stream. It is Node's
 * own code that runs in between, and of what a program can put in its way each thing is looked at: a `_write` of its own, another
 * `process.nextTick`, and the hooks of async_hooks, which `nextTick` calls.
 */
export class WriteReturns {
  private readonly proto: AnyHandle = net.Socket.prototype;
  private readonly write = this.proto._write;
  private readonly writev = this.proto._writev;
  private readonly generic = this.proto._writeGeneric;
  private readonly nextTick = process.nextTick;
  /** Whether the program's hooks may be called whenever Node makes something asynchronous. */
  private hooked = false;

  constructor(
    private readonly recorder: Recorder,
    replacements: Replacements,
  ) {
    const watched = replacements.method(Object.getPrototypeOf(createHook({})), 'enable', (original) => {
      const returns = this;
      return function (this: unknown, ...args: unknown[]) {
        returns.hooked = true;
        return Reflect.apply(original, this, args);
      };
    });
    if (!watched) this.hooked = true;
  }

  /** Lets the record of a write on this socket wait, where it may. */
  hold(socket: AnyHandle): void {
    this.recorder.holds =
      !this.hooked &&
      process.nextTick === this.nextTick &&
      socket._write === this.write &&
      socket._writev === this.writev &&
      socket._writeGeneric === this.generic;
  }

  /** `write` is about to return, or has thrown: what waits goes out. */
  release(): void {
    if (!this.recorder.holds) return;
    this.recorder.holds = false;
    if (this.recorder.on) this.recorder.writer.release();
  }
}
