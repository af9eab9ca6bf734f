import { AsyncResource } from 'node:async_hooks';
import type { Internals } from '../internals';
import type { HandleState } from '../recorder';
import { now } from '../stream-writer';
import type { AnyFunction, AnyHandle } from '../wrap';
import { cancelLater, cancelSoon, type FaultLog, later, soon, uvError } from './fault-log';
import type { SocketFault, SocketFaults } from './fault-plan';

const UV_EOF = -4095;
const clock = () => Number(now()) / 1e6;
/** More than libuv ever gives at once (its suggested size, unix/stream.c). */
const MOST = 65536;

/** What the gate needs of the handle below it: Node's own functions, past all hooks, and the recorded reset. */
export interface HandleBelow {
  readStart: AnyFunction;
  readStop: AnyFunction;
  /** Resets the connection (RST), recorded; undefined where there is no such thing (pipes). */
  reset: AnyFunction | undefined;
  /** True while the handle keeps the process alive. */
  hasRef: AnyFunction;
}

interface Held {
  bytes: Uint8Array;
  /** ms on CLOCK_MONOTONIC; 0: at once. */
  due: number;
  /** The delay that `due` comes from. */
  delay: number;
  split: SocketFault | null;
}

/**
 * Stands between what a socket read and the `onread` function of its program. Bytes come out in their order, each piece in a turn of its
 * own as a read of its own, only while the program reads, and the end after the last of them. While something waits here, nothing more is
 * read from the kernel (except for `join-read`, which waits for just that).
 */
export class ReadGate {
  /** The function of the program; replaced when the program sets another. */
  deliver: AnyFunction = () => {};
  /** The program's own buffer (the `onread` option of net.Socket); `below` then reads into a private one. */
  userBuffer: Uint8Array | null = null;
  privateBuffer: Uint8Array | null = null;
  /** True once the connection was reset by `reset-after`. */
  wasReset = false;
  private held: Held[] = [];
  private joining: Uint8Array | null = null;
  /** EOF or an error that stands behind what is held. */
  private terminal: number | null = null;
  private wanted = false;
  private closed = false;
  private received = 0;
  private given = 0;
  private nextCut = 0;
  private rest = 0;
  private timer: NodeJS.Timeout | null = null;
  private immediate: NodeJS.Immediate | null = null;
  private joinTimer: NodeJS.Timeout | null = null;
  private inContext: (action: () => void) => void = (action) => action();
  private turns = 0;
  private isRefed = true;

  constructor(
    private readonly handle: AnyHandle,
    private readonly state: HandleState,
    private readonly faults: SocketFaults,
    private readonly below: HandleBelow,
    private readonly internals: Internals,
    private readonly log: FaultLog,
  ) {}

  /** Bytes that were read from the kernel and not given to the program yet. */
  get withheld(): number {
    return this.held.reduce((sum, { bytes }) => sum + bytes.length, this.joining?.length ?? 0);
  }

  /** Bytes that the program was given. */
  get passed(): number {
    return this.given;
  }

  /** The error of a connection that was reset, for a write: the socket tells it once (sk_err), then it is only broken. */
  takeResetError(): number {
    const error = this.terminal ?? uvError('EPIPE');
    this.terminal = null;
    return error;
  }

  /** The program (Node, for it) wants to read from now on. Returns true when the handle below may read. */
  readStart(): boolean {
    this.wanted = true;
    if (this.held.length > 0 || this.terminal !== null) {
      this.next();
      return false;
    }
    if (this.rest === 0) return !this.wasReset;
    this.goOn();
    return false;
  }

  readStop(): void {
    this.wanted = false;
    this.stopTimers();
  }

  close(): void {
    this.closed = true;
    this.held = [];
    this.joining = null;
    this.terminal = null;
    this.stopTimers();
    if (this.joinTimer !== null) cancelLater(this.joinTimer);
    this.joinTimer = null;
  }

  /** ref() or unref() was called: what waits here keeps the process alive just as the handle would. */
  updateRef(): void {
    // A handle that was reset below holds nothing any more.
    if (!this.wasReset) this.isRefed = this.below.hasRef.call(this.handle) !== false;
    const refed = this.isRefed;
    for (const each of [this.timer, this.immediate, this.joinTimer])
      if (refed) each?.ref();
      else each?.unref();
  }

  /** A read as libuv reported it; in Node's onread, with its arguments. */
  arrive(arrayBuffer: ArrayBuffer | undefined): unknown {
    const { base, kCount, kOffset } = this.fields;
    const count = base[kCount] as number;
    if (count <= 0) {
      if (!this.isHolding || count === 0) return this.deliver.call(this.handle, arrayBuffer);
      this.terminal = count;
      this.release(null);
      return undefined;
    }
    const at = this.received;
    this.received += count;
    const own = this.privateBuffer;
    const whole = arrayBuffer === undefined ? (own as Uint8Array) : new Uint8Array(arrayBuffer, base[kOffset] as number, count);
    const bytes = this.cutAtReset(at, whole.subarray(0, count));
    this.inContext = AsyncResource.bind((action: () => void) => action());
    if (this.joining !== null) {
      this.release(bytes);
      return undefined;
    }
    if (!this.isHolding && !this.wasReset && this.hold(at, bytes)) return undefined;
    const entry = this.decide(at, bytes, arrayBuffer === undefined);
    this.rests(at, count);
    if (entry === null && this.held.length === 0 && this.rest === 0 && !this.wasReset && this.userBuffer === null) {
      this.given += count;
      return this.deliver.call(this.handle, arrayBuffer);
    }
    this.held.push(entry ?? { bytes: arrayBuffer === undefined ? bytes.slice() : bytes, due: 0, delay: 0, split: null });
    this.pump();
    return undefined;
  }

  private get fields() {
    const { streamBaseState: base, kReadBytesOrError: kCount, kArrayBufferOffset: kOffset } = this.internals;
    return { base, kCount, kOffset };
  }

  private get isHolding(): boolean {
    return this.held.length > 0 || this.joining !== null || this.terminal !== null;
  }

  private named(name: SocketFault['name']): SocketFault[] {
    return this.log.isOn ? this.faults.named(name, portsOf(this.state)) : [];
  }

  /** What split-read and delay-read do with a read that began at byte `at` of the stream; null when nothing. */
  private decide(at: number, bytes: Uint8Array, copy: boolean): Held | null {
    const delay = this.named('delay-read').find((fault) => fault.hits(at));
    const split = this.named('split-read').find((fault) => fault.hits(at)) ?? null;
    if (delay === undefined && split === null) return null;
    const milliseconds = delay?.pick(at) ?? 0;
    if (delay !== undefined) this.log.say(this.state, 'delay-read', 'data', { read: bytes.length, held: bytes.length, milliseconds });
    return {
      bytes: copy ? bytes.slice() : bytes,
      due: delay === undefined ? 0 : clock() + milliseconds,
      delay: milliseconds,
      split,
    };
  }

  /** join-read: keeps a read back for the next one. */
  private hold(at: number, bytes: Uint8Array): boolean {
    const join = this.named('join-read').find((fault) => fault.hits(at));
    if (join === undefined) return false;
    const milliseconds = join.pick(at);
    this.joining = bytes.slice();
    this.log.say(this.state, 'join-read', 'data', { read: bytes.length, held: bytes.length, milliseconds });
    this.joinTimer = later(() => this.release(null), milliseconds);
    this.updateRef();
    return true;
  }

  /** What join-read held back goes on, with `next` or (in time, or at the end) alone. */
  private release(next: Uint8Array | null): void {
    const first = this.joining;
    if (this.joinTimer !== null) cancelLater(this.joinTimer);
    this.joinTimer = null;
    if (first !== null) {
      this.joining = null;
      const at = this.received - first.length - (next?.length ?? 0);
      const fits = next !== null && first.length + next.length <= MOST;
      const given = fits ? first.length + next.length : first.length;
      this.log.say(this.state, 'join-read', 'data', { held: first.length, read: next?.length ?? 0, given });
      const joined = new Uint8Array(given);
      joined.set(first);
      if (fits) joined.set(next, first.length);
      this.held.push(this.decide(at, joined, false) ?? { bytes: joined, due: 0, delay: 0, split: null });
      if (next !== null && !fits) this.held.push({ bytes: next.slice(), due: 0, delay: 0, split: null });
      this.rests(at, given);
    }
    this.pump();
  }

  /** slow-reader: after `count` bytes the socket does not read for as long as they take at its speed. */
  private rests(at: number, count: number): void {
    const slow = this.named('slow-reader').find((fault) => fault.hits(at));
    if (slow === undefined) return;
    const bytesPerSecond = slow.pick(at);
    this.rest = Math.max(1, Math.round((count / bytesPerSecond) * 1000));
    this.log.say(this.state, 'slow-reader', 'data', { read: count, milliseconds: this.rest, bytesPerSecond });
  }

  /** reset-after: the part of a read before the reset; resets when it is reached. */
  private cutAtReset(at: number, bytes: Uint8Array): Uint8Array {
    for (const fault of this.named('reset-after')) {
      const limit = fault.pick(0);
      if (this.wasReset || at + bytes.length < limit || !fault.hits(0)) continue;
      const { reset } = this.below;
      if (reset === undefined) {
        this.log.cannot('Not injected: reset-after on a Unix-domain socket, where there is no RST.');
        continue;
      }
      this.wasReset = true;
      this.terminal = uvError('ECONNRESET');
      const given = Math.max(0, limit - at);
      this.log.say(this.state, 'reset-after', 'error', { after: limit, lost: bytes.length - given }, undefined, this.terminal);
      this.resetBelow(reset);
      return bytes.slice(0, given);
    }
    return bytes;
  }

  private resetBelow(reset: AnyFunction): void {
    // No line of the program is behind it: without this the last end() of the program would be named as the cause.
    const { owner } = this.state;
    const said = owner?.errorSaid ?? false;
    if (owner !== null) owner.errorSaid = true;
    try {
      reset.call(this.handle);
    } finally {
      if (owner !== null) owner.errorSaid = said;
    }
  }

  /** Gives what may be given now, at most one piece, and sees to it that the rest follows. */
  private pump(): void {
    if (this.closed || !this.wanted) {
      if (this.isHolding) this.stopBelow();
      return;
    }
    const head = this.held[0];
    if (head === undefined) {
      if (this.terminal !== null) this.end();
      else this.goOn();
      return;
    }
    if (head.bytes.length === 0) {
      this.held.shift();
      this.pump();
      return;
    }
    if (head.due > clock()) {
      this.next();
      return;
    }
    this.give(head);
    if (!this.closed) this.next();
  }

  private give(head: Held): void {
    const { base, kCount, kOffset } = this.fields;
    const had = head.bytes.length;
    let size = had;
    if (head.split !== null) {
      while (this.nextCut <= this.given) this.nextCut += head.split.pick(this.nextCut);
      size = Math.min(had, this.nextCut - this.given);
    }
    if (this.userBuffer !== null) size = Math.min(size, this.userBuffer.length);
    const piece = size < had || this.userBuffer !== null ? head.bytes.slice(0, size) : head.bytes;
    head.bytes = head.bytes.subarray(size);
    if (head.bytes.length === 0) this.held.shift();
    const at = this.given;
    this.given += size;
    if (head.delay > 0) this.log.say(this.state, 'delay-read', 'data', { given: size, after: head.delay });
    head.delay = 0;
    if (head.split !== null && (size < had || this.turns > 0))
      this.log.say(this.state, 'split-read', 'data', { at, had, given: size, left: had - size });
    this.turns = head.bytes.length === 0 ? 0 : this.turns + 1;
    // Stopped before the program runs: what it does in its handler (pause, resume, destroy) comes on top.
    this.stopBelow();
    base[kCount] = size;
    if (this.userBuffer === null) {
      base[kOffset] = piece.byteOffset;
      this.deliver.call(this.handle, piece.buffer);
      return;
    }
    this.userBuffer.set(piece);
    const next: unknown = this.deliver.call(this.handle, undefined);
    if (next instanceof Uint8Array) this.userBuffer = next;
  }

  private end(): void {
    const { base, kCount } = this.fields;
    const count = this.terminal as number;
    this.terminal = null;
    if (count === UV_EOF || this.wasReset) this.wanted = false;
    base[kCount] = count;
    this.deliver.call(this.handle, undefined);
  }

  /** Later in this process: the next piece, the end, or reading on. */
  private next(): void {
    if (this.closed || !this.wanted) return;
    const head = this.held[0];
    if (!this.isHolding) {
      this.goOn();
      return;
    }
    if (head === undefined && this.terminal === null) return;
    this.stopBelow();
    if (this.timer !== null || this.immediate !== null) return;
    const wait = head === undefined ? 0 : head.due - clock();
    if (wait > 0) {
      this.timer = later(() => this.turn(), Math.ceil(wait));
    } else {
      this.immediate = soon(() => this.turn());
    }
    this.updateRef();
  }

  private turn(): void {
    this.timer = null;
    this.immediate = null;
    this.inContext(() => this.pump());
  }

  /** Nothing waits here any more: the handle reads again, after its rest. */
  private goOn(): void {
    if (this.rest === 0) {
      if (!this.wasReset) this.below.readStart.call(this.handle);
      return;
    }
    this.stopBelow();
    if (this.timer !== null) return;
    this.timer = later(() => {
      this.timer = null;
      this.rest = 0;
      if (!this.closed && this.wanted) this.pump();
    }, this.rest);
    this.updateRef();
  }

  private stopBelow(): void {
    if (!this.closed && !this.wasReset) this.below.readStop.call(this.handle);
  }

  private stopTimers(): void {
    if (this.timer !== null) cancelLater(this.timer);
    if (this.immediate !== null) cancelSoon(this.immediate);
    this.timer = null;
    this.immediate = null;
  }
}

/** The ports by which `@:8080` finds a socket. */
export function portsOf({ local, remote }: HandleState): number[] {
  return [local, remote].flatMap((end) => (end !== null && 'port' in end ? [end.port] : []));
}
