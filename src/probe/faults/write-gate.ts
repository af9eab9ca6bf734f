import { asCause, NO_ORIGIN, type Origin } from '../call-sites';
import type { Internals } from '../internals';
import type { HandleState } from '../recorder';
import type { AnyFunction, AnyHandle } from '../wrap';
import { type FaultLog, soon, uvError } from './fault-log';
import type { SocketFault, SocketFaults } from './fault-plan';
import { portsOf } from './read-gate';

/** What a write hands over: its bytes, and the length of each chunk with the line of the program that wrote it. */
interface Waiting {
  bytes: Uint8Array;
  sent: number;
  /** The request that Node waits for; on Node 26 the one that it was given. */
  req: AnyHandle;
  chunks: { end: number; origin: Origin }[];
  fault: SocketFault;
}

/**
 * short-write: hands a write to the kernel in pieces, each a write(2) of its own. To the program it is a write that the kernel did not
 * take whole: it goes on in the background, its callback comes when all is written, and until then later writes wait.
 */
export class WriteGate {
  private waiting: Waiting | null = null;
  private written = 0;
  private nextCut = 0;

  constructor(
    private readonly handle: AnyHandle,
    private readonly state: HandleState,
    private readonly faults: SocketFaults,
    /** handle.writeBuffer as recorded. */
    private readonly writeBuffer: AnyFunction,
    private readonly internals: Internals,
    private readonly log: FaultLog,
  ) {}

  /** Bytes of a write that have not been handed to libuv yet. */
  get unsent(): number {
    return this.waiting === null ? 0 : this.waiting.bytes.length - this.waiting.sent;
  }

  /**
   * A write of the program. Returns what the handle's method returns; undefined when no fault hits it and it should be made as it is.
   * `lengths` are the bytes of each chunk.
   */
  write(req: AnyHandle | null, bytes: Uint8Array, lengths: readonly number[], running: Origin): unknown {
    const at = this.written;
    this.written += bytes.length;
    const fault = this.faults.named('short-write', portsOf(this.state)).find((each) => bytes.length > 1 && each.hits(at));
    if (fault === undefined || this.waiting !== null || !this.log.isOn) return undefined;
    const first = this.pieceAt(fault, at, bytes.length);
    if (first >= bytes.length) return undefined;
    const waiting: Waiting = { bytes, sent: 0, req: req ?? { writeStatus: null }, chunks: this.origins(lengths, running), fault };
    this.waiting = waiting;
    const status = this.hand(waiting, first, true);
    const { streamBaseState: base, kBytesWritten, kLastWriteWasAsync, kLastWriteErr } = this.internals;
    base[kBytesWritten] = bytes.length;
    if (kLastWriteErr !== undefined) base[kLastWriteErr] = 0;
    if (status !== 0) {
      this.waiting = null;
      base[kLastWriteWasAsync] = 0;
      return status;
    }
    base[kLastWriteWasAsync] = 1;
    return req === null ? waiting.req : 0;
  }

  /** The handle closes: libuv ends a write that it has not finished with ECANCELED. */
  close(): void {
    const { waiting } = this;
    if (waiting === null) return;
    this.waiting = null;
    soon(() => this.complete(waiting, uvError('ECANCELED')));
  }

  private pieceAt(fault: SocketFault, at: number, left: number): number {
    while (this.nextCut <= at) this.nextCut += fault.pick(this.nextCut);
    return Math.min(left, this.nextCut - at);
  }

  /** The line behind each chunk: the recorder hands its waiting ones to the next write, which here is one of several. */
  private origins(lengths: readonly number[], running: Origin): Waiting['chunks'] {
    const known = this.state.owner?.chunks.splice(0, lengths.length) ?? [];
    let end = 0;
    return lengths.map((length, index) => {
      end += length;
      return { end, origin: known[index] ?? (index === 0 ? running : NO_ORIGIN) };
    });
  }

  /** One write(2). Returns an error, or 0. */
  private hand(waiting: Waiting, size: number, isFirst: boolean): number {
    const { streamBaseState: base, kLastWriteWasAsync, kLastWriteErr } = this.internals;
    const { bytes, sent, chunks } = waiting;
    const origin = chunks.find(({ end }) => end > sent)?.origin ?? NO_ORIGIN;
    const left = bytes.length - sent - size;
    const numbers = { at: this.written - bytes.length + sent, asked: bytes.length - sent, given: size, left };
    this.log.say(this.state, 'short-write', 'socket.write', numbers, isFirst ? origin : asCause(origin));
    // The recorder takes the line of a write from here.
    if (origin !== NO_ORIGIN) this.state.owner?.chunks.unshift(origin);
    waiting.sent += size;
    // Node 26 makes the request itself (stream_base_commons.js); older versions take one of their class.
    const own = kLastWriteErr === undefined ? new waiting.req.constructor() : null;
    let done = false;
    const complete = (status: unknown) => {
      if (done) return;
      done = true;
      this.handed(waiting, typeof status === 'number' ? status : 0);
    };
    if (own !== null) own.oncomplete = complete;
    const result: unknown = this.writeBuffer.call(this.handle, own, bytes.subarray(sent, sent + size));
    if (typeof result === 'number' && result !== 0) return result;
    if (typeof result === 'object' && result !== null) {
      const error = kLastWriteErr === undefined ? 0 : (base[kLastWriteErr] as number);
      if (error !== 0) return error;
      (result as AnyHandle).oncomplete = complete;
      const early = (result as AnyHandle).writeStatus;
      if (typeof early === 'number') soon(() => complete(early));
      return 0;
    }
    // Written at once. Real sockets become writable again in a later turn of the event loop.
    if (own === null || base[kLastWriteWasAsync] === 0) soon(() => complete(0));
    return 0;
  }

  /** A piece is written: the next one, or the end. */
  private handed(waiting: Waiting, status: number): void {
    if (this.waiting !== waiting) return;
    const left = waiting.bytes.length - waiting.sent;
    const failed = status !== 0 ? status : left > 0 ? this.hand(waiting, this.pieceAt(waiting.fault, this.written - left, left), false) : 0;
    if (failed === 0 && left > 0) return;
    this.waiting = null;
    this.complete(waiting, failed);
  }

  private complete({ req }: Waiting, status: number): void {
    const { oncomplete } = req;
    if (typeof oncomplete === 'function') oncomplete.call(req, status, this.handle, undefined);
  }
}
