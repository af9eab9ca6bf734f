/** Follows one probe stream in the run folder, a piece at a time. */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { PROBE_TOTALS, type ProbeOperation, type ProbeRecord, type ProbeTotals } from '../contracts/probe-stream';
import { ProbeReader, readTotals } from './probe-reader';
import { ancestors } from './process-tree';
import type { Stream } from './translate';

/** Bytes read at once: enough to be quick, little enough that a thousand streams fit into memory. */
const PIECE = 128 * 1024;

export class StreamTail {
  /** Set when the first record has said who it is. */
  stream: Stream | null = null;
  /** Everything written before this time (ns, the probe's clock) has been read. */
  caughtUpAt = 0;
  /** A sentence when the stream is damaged; what comes after the damage is lost. */
  problem: string | null = null;
  /** Operations of which its notices have said that they are missing. */
  lost = 0;
  /** Parents of its process when it was found, nearest first: between two traced processes there may be a shell. */
  readonly ancestors: readonly number[];
  private readonly reader = new ProbeReader();
  private fd: number;
  private queue: ProbeRecord[] = [];
  private next = 0;
  private payloads = 0;
  private lastTime = 0;
  /** Unix-domain connects that wait in the queue for their completion, by handle. */
  private readonly connects = new Map<number, ProbeOperation>();

  /** `path`: the stream's file; `onRecord` is told of each record when it is read, before its turn. Throws when it cannot be opened. */
  constructor(
    readonly path: string,
    private readonly onRecord: ((record: ProbeRecord) => void) | null = null,
  ) {
    this.fd = openSync(path, 'r');
    const [pid, thread] = basename(path).split('-').map(Number);
    this.ancestors = thread === 0 ? ancestors(pid!) : [];
  }

  /** The record to take next; null when nothing more has been read. */
  head(): ProbeRecord | null {
    return this.queue[this.next] ?? null;
  }

  /** How many records wait. */
  get waiting(): number {
    return this.queue.length - this.next;
  }

  /** Bytes of programs in the records that wait. */
  get waitingBytes(): number {
    return this.payloads;
  }

  take(): ProbeRecord {
    const record = this.queue[this.next++]!;
    if (isUnixConnect(record)) this.connects.delete(record.handle);
    this.payloads -= payloadOf(record);
    if (this.next === this.queue.length) {
      this.queue = [];
      this.next = 0;
    }
    return record;
  }

  /** What the stream does not hold, as its probe has counted up to now; null when it cannot be read (any more). */
  totals(): ProbeTotals | null {
    if (this.fd < 0) return null;
    const bytes = new Uint8Array(PROBE_TOTALS.length);
    return readSync(this.fd, bytes, 0, bytes.length, PROBE_TOTALS.at) === bytes.length ? readTotals(bytes) : null;
  }

  /**
   * Looks for the completion of a Unix-domain connect that is next. connect(2) has its result at once (unix/pipe.c uv_pipe_connect2), but
   * libuv tells it only later; whoever accepted the connection may have said so before that. By now it is in the file, as a rule.
   */
  complete(now: number, buffer: Uint8Array): void {
    const record = this.head();
    if (record !== null && isUnixConnect(record) && record.args?.ended === undefined) this.fill(now, buffer);
  }

  /** Reads the next piece and puts it behind what has not been taken. `now` is the clock before the look. Returns the bytes read, 0 at the present end. */
  fill(now: number, buffer: Uint8Array): number {
    if (this.fd < 0) {
      this.caughtUpAt = now;
      return 0;
    }
    const count = readSync(this.fd, buffer, 0, Math.min(PIECE, buffer.length), null);
    if (count < Math.min(PIECE, buffer.length)) this.caughtUpAt = now;
    if (count === 0) return 0;
    const records = this.reader.push(buffer.subarray(0, count));
    for (const record of records) {
      this.settleTime(record);
      this.join(record);
      this.payloads += payloadOf(record);
      this.onRecord?.(record);
    }
    this.queue = this.next < this.queue.length ? [...this.queue.slice(this.next), ...records] : records;
    this.next = 0;
    this.problem = this.reader.problem;
    if (this.problem !== null) this.close();
    return count;
  }

  /**
   * Records of one thread stand in the order in which things happened; their times follow it. A completion of shutdown gets the time of
   * the record before it: shutdown(2) was made at some moment between the two, and what it causes at the other end must not seem to come
   * before it (all other causes are stamped when they begin, and effects when they are seen).
   */
  private settleTime(record: ProbeRecord): void {
    if (record.type === 'op' && record.op === 'shutdownDone' && this.lastTime > 0) record.time = this.lastTime;
    else if (record.time < this.lastTime) record.time = this.lastTime;
    this.lastTime = record.time;
  }

  /** A connect gets the result that its completion tells, as `args.ended`; the completion then knows that it was told. */
  private join(record: ProbeRecord): void {
    if (isUnixConnect(record)) this.connects.set(record.handle, record);
    if (record.type !== 'op' || record.op !== 'connected') return;
    const connect = this.connects.get(record.handle);
    if (connect === undefined) return;
    connect.args = { ...connect.args, ended: record.result };
    this.connects.delete(record.handle);
  }

  close(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }
}

const payloadOf = (record: ProbeRecord): number => (record.type === 'op' ? (record.payload?.length ?? 0) : 0);

const isUnixConnect = (record: ProbeRecord): record is ProbeOperation =>
  record.type === 'op' && record.op === 'connect' && typeof record.args?.path === 'string';
