import { NarrowColumn } from './narrow-column';
import { TimeColumn } from './time-column';

/** Codes of fd, result and bytes: no value; "too big, negative or not whole, see the side table". Values follow. */
const NONE = 0;
const WIDE = 1;
const FIRST = 2;
/** Of results only: what the call returned is the number of bytes that it moved; it failed. */
const AS_BYTES = 2;
const FAILED = 3;
const FIRST_RESULT = 4;
const MOST = 2 ** 32 - 8;

/**
 * The events as columns, each as narrow as its numbers allow: about 23 bytes an event in all. Index `seq` is event `seq`; slot 0 is unused.
 * References (args, site, ends, payload) are ids + 1 so that 0 is none.
 */
export class EventColumns {
  length = 1;
  readonly shape = new NarrowColumn();
  readonly site = new NarrowColumn();
  readonly args = new NarrowColumn();
  readonly ends = new NarrowColumn();
  readonly payload = new NarrowColumn();
  /** Index + 1. */
  readonly socket = new NarrowColumn();
  private readonly process = new NarrowColumn();
  private readonly fd = new NarrowColumn();
  private readonly result = new NarrowColumn();
  private readonly bytes = new NarrowColumn();
  private readonly time = new TimeColumn();
  private readonly wide = new Map<string, number>();
  private capacity = this.shape.values.length;

  /** Appends an event and returns its seq. `fd`, `result` and `bytes` may be null; process and socket are indexes, -1 for none. */
  push(
    time: number,
    shape: number,
    process: number,
    socket: number,
    fd: number | null,
    result: number | null,
    bytes: number | null,
    site: number,
    args: number,
    ends: number,
    payload: number,
  ): number {
    const seq = this.length;
    if (seq === this.capacity) this.resize(Math.ceil(seq * 1.5));
    this.length = seq + 1;
    this.time.put(seq, time);
    this.shape.put(seq, shape);
    this.process.put(seq, process + 1);
    this.socket.put(seq, socket + 1);
    this.fd.put(seq, this.code('f', seq, fd, FIRST));
    this.result.put(
      seq,
      result !== null && result === bytes ? AS_BYTES : result === -1 ? FAILED : this.code('r', seq, result, FIRST_RESULT),
    );
    this.bytes.put(seq, this.code('b', seq, bytes, FIRST));
    this.site.put(seq, site);
    this.args.put(seq, args);
    this.ends.put(seq, ends);
    this.payload.put(seq, payload);
    return seq;
  }

  /** Nanoseconds since the trace began; 0 before the first event. */
  timeAt(seq: number): number {
    return this.time.at(seq);
  }

  /** -1 for none. */
  processAt(seq: number): number {
    return this.process.values[seq]! - 1;
  }

  /** -1 for none. */
  socketAt(seq: number): number {
    return this.socket.values[seq]! - 1;
  }

  fdAt(seq: number): number | null {
    return this.value('f', seq, this.fd.values[seq]!, FIRST);
  }

  resultAt(seq: number): number | null {
    const code = this.result.values[seq]!;
    if (code === AS_BYTES) return this.bytesAt(seq);
    return code === FAILED ? -1 : this.value('r', seq, code, FIRST_RESULT);
  }

  bytesAt(seq: number): number | null {
    return this.value('b', seq, this.bytes.values[seq]!, FIRST);
  }

  private value(column: string, seq: number, code: number, first: number): number | null {
    if (code >= first) return code - first;
    return code === NONE ? null : (this.wide.get(column + seq) ?? null);
  }

  private code(column: string, seq: number, value: number | null, first: number): number {
    if (value === null) return NONE;
    if (value >= 0 && value < MOST && value % 1 === 0) return value + first;
    this.wide.set(column + seq, value);
    return WIDE;
  }

  /** Makes room for events up to `capacity` - 1. It grows by half each time: copying costs little and at most a third is spare. */
  resize(capacity: number): void {
    const { length, shape, site, args, ends, payload, socket, process, fd, result, bytes, time } = this;
    for (const column of [shape, site, args, ends, payload, socket, process, fd, result, bytes, time]) column.resize(capacity, length);
    this.capacity = capacity;
  }
}
