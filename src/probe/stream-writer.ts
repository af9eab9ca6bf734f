import fs from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { endsSomething, LeftOutBook, lasts } from '../contracts/left-out';
import {
  PROBE_OP_FIELDS as FIELD,
  PROBE_RECORD_KINDS as KIND,
  LEFT_OUT,
  PROBE_FLAGS,
  PROBE_MAGIC,
  PROBE_OPS,
  PROBE_RECORD_HEAD,
  PROBE_TOTALS,
  PROBE_VERSION,
  type ProbeFact,
  type ProbeOp,
  type ProbeProcess,
  RUN_BYTES,
} from '../contracts/probe-stream';
import { openAppend } from './append';
import { openHigh } from './high-descriptor';
import type { LoopMeter } from './internals';
import { StreamLimit } from './stream-limit';

// The program may replace these later (memfs, fake timers); the probe keeps what Node started with.
const { openSync, writeSync } = fs;
const copyBytes = Buffer.prototype.copy;
/** The shorter way for all of an array. */
const setBytes = Uint8Array.prototype.set;
const monotonic = process.hrtime.bigint;
const SPACE = 256 * 1024;

const API = PROBE_OPS.indexOf('api');

/** CLOCK_MONOTONIC in ns, the same clock in all processes of the machine. */
export const now = (): bigint => monotonic();

/**
 * The append-only stream of this thread. One `writeSync` per event, because only what is in the page cache survives SIGKILL
 * and an endless loop. Usage: `begin(...)`, optional setters, `end()`; definitions (`string`, `site`) come before `begin`.
 * Nothing here throws: what cannot be written is counted and said in a notice once writing works again.
 */
export class StreamWriter {
  private buffer = Buffer.allocUnsafeSlow(SPACE);
  private view = new DataView(this.buffer.buffer);
  private readonly append = openAppend();
  private readonly strings = new Map<string, number>();
  private sites = 0;
  /** Where the op under construction starts (after definitions that go out in the same write) and ends. */
  private start = 0;
  private position = 0;
  private lost = 0;
  private lastError = '';
  /** What a full disk left over: the rest of a record, and definitions. It must go out before anything else. */
  private rest: Buffer | null = null;
  /** How much is recorded: see StreamLimit. */
  private level = 0;
  private leftOut: LeftOutBook | null = null;
  /** An op record was begun and has not ended: what went wrong in between takes it along. */
  private unfinished = false;
  /** The record under construction is without its bytes. */
  private bare = false;
  /** What the event loop says; null where Node does not. */
  private loop: LoopMeter | null = null;
  /** The turn of the event loop in which the newest op record was made; 0: Node does not say, or the loop has not begun. */
  turn = 0;
  /** The turn of the newest record that carries a reading. */
  private readAt = -1;
  /** Operations that the totals record counts. */
  private readonly totals = new Float64Array(3);

  private constructor(
    readonly fd: number,
    private readonly limit: StreamLimit,
  ) {}

  /**
   * Opens `<run>/<pid>-<threadId>-<start ns>.probe`; null when that is not possible (deleted folder, no permission, EMFILE).
   * `most`: bytes that all streams of the run may take. `more`: what else there is to say of the process.
   */
  static open(run: string, most: number = RUN_BYTES, more: Pick<ProbeProcess, 'quiet' | 'source' | 'payload'> = {}): StreamWriter | null {
    try {
      // Not O_APPEND: on Linux it would make a write at a place (the totals) one at the end, too (pwrite(2), "BUGS").
      const { O_WRONLY, O_CREAT, O_EXCL } = fs.constants;
      const file = join(run, `${process.pid}-${threadId}-${now()}.probe`);
      const create = O_WRONLY | O_CREAT | O_EXCL;
      // A worker starts while other threads open descriptors, which must not get high ones.
      const fd = threadId === 0 ? openHigh(file, create, O_WRONLY, 0o600) : openSync(file, create, 0o600);
      const writer = new StreamWriter(fd, new StreamLimit(run, most));
      writer.view.setUint32(0, PROBE_MAGIC, true);
      writer.view.setUint16(4, PROBE_VERSION, true);
      writer.view.setUint16(6, FIELD.end, true);
      writer.position = PROBE_TOTALS.at;
      writer.head(KIND.totals, now(), PROBE_TOTALS.length);
      writer.buffer.fill(0, PROBE_TOTALS.at + PROBE_TOTALS.lost, PROBE_TOTALS.at + PROBE_TOTALS.length);
      writer.start = writer.position;
      writer.json(KIND.process, now(), {
        pid: process.pid,
        ppid: process.ppid,
        threadId,
        platform: process.platform,
        node: process.versions.node,
        uv: process.versions.uv,
        argv: [...process.argv],
        cwd: process.cwd(),
        ...more,
      });
      if (writer.lost > 0) return null;
      if (writer.limit.look()) writer.thinner();
      return writer;
    } catch {
      return null;
    }
  }

  /** Id of an api name. */
  string(text: string): number {
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    const id = this.strings.size + 1;
    this.strings.set(text, id);
    this.define(KIND.string, id, 20, text);
    return id;
  }

  /** Id of a new call site; the caller interns. */
  site(file: string, line: number, column: number): number {
    const id = ++this.sites;
    if (this.unfinished) this.drop();
    const at = this.position;
    if (this.define(KIND.site, id, 28, file)) {
      this.view.setUint32(at + 20, line, true);
      this.view.setUint32(at + 24, column, true);
    }
    return id;
  }

  /** Starts an op record with its fixed part; all optional fields are "none". */
  begin(op: number, time: bigint, handle: number, fd: number, result: number, bytes: number): void {
    if (this.unfinished) this.drop();
    if (this.leftOut !== null && endsSomething(PROBE_OPS[op] as ProbeOp, result)) this.sayLeftOut(time, handle, fd);
    const view = this.view;
    const at = this.position;
    this.start = at;
    this.unfinished = true;
    view.setUint8(at + 4, KIND.op);
    view.setUint8(at + 5, op);
    view.setUint16(at + 6, 0, true);
    view.setBigUint64(at + 8, time, true);
    view.setUint32(at + FIELD.handle, handle, true);
    view.setInt32(at + FIELD.fd, fd, true);
    view.setInt32(at + FIELD.result, result, true);
    view.setUint32(at + FIELD.api, 0, true);
    view.setUint32(at + FIELD.site, 0, true);
    view.setUint32(at + FIELD.metaLength, 0, true);
    view.setUint32(at + FIELD.payloadLength, 0, true);
    view.setUint32(at + FIELD.buffers, 0, true);
    view.setFloat64(at + FIELD.bytes, bytes, true);
    view.setFloat64(at + FIELD.written, -1, true);
    view.setFloat64(at + FIELD.writable, -1, true);
    view.setFloat64(at + FIELD.readable, -1, true);
    view.setFloat64(at + FIELD.queue, -1, true);
    view.setFloat64(at + FIELD.wake, 0, true);
    this.position = at + FIELD.end;
    if (this.loop !== null) this.readLoop(this.loop);
  }

  from(api: number, site: number, isCause: boolean): void {
    this.view.setUint32(this.start + FIELD.api, api, true);
    this.view.setUint32(this.start + FIELD.site, site, true);
    if (isCause) this.flag(PROBE_FLAGS.siteIsCause);
  }

  readings(writable: number, readable: number, queue: number): void {
    this.view.setFloat64(this.start + FIELD.writable, writable, true);
    this.view.setFloat64(this.start + FIELD.readable, readable, true);
    this.view.setFloat64(this.start + FIELD.queue, queue, true);
  }

  transfer(buffers: number, written: number, isAsync: boolean): void {
    this.view.setUint32(this.start + FIELD.buffers, buffers, true);
    this.view.setFloat64(this.start + FIELD.written, written, true);
    this.flag(isAsync ? PROBE_FLAGS.transfer | PROBE_FLAGS.async : PROBE_FLAGS.transfer);
  }

  /** The turn of the event loop in which this was seen: two reads of one turn belong to one wake-up of the socket. */
  wake(): void {
    // Node does not say.
    if (this.turn === 0) return;
    this.view.setUint32(this.start + FIELD.wake, this.turn, true);
    this.flag(PROBE_FLAGS.wake);
  }

  /** From here on the records say in which turn of the event loop they were made, and the first of each turn how long the loop has waited. */
  meter(loop: LoopMeter | null): void {
    this.loop = loop;
  }

  private readLoop(loop: LoopMeter): void {
    this.turn = loop.turn();
    if (loop.idle === null || this.turn === this.readAt) return;
    this.readAt = this.turn;
    this.view.setUint32(this.start + FIELD.wake, this.turn, true);
    this.view.setFloat64(this.start + FIELD.idle, loop.idle() * 1e6, true);
    this.flag(PROBE_FLAGS.loop);
  }

  /** args, local and remote; before any payload. */
  meta(value: { args?: unknown; local?: unknown; remote?: unknown }): void {
    const text = JSON.stringify(value);
    if (text.length * 3 > SPACE - this.position) return;
    const length = this.buffer.write(text, this.position, 'utf8');
    this.view.setUint32(this.start + FIELD.metaLength, length, true);
    this.position += length;
  }

  /** `meta`, as JSON that was made before. */
  fixedMeta(json: Uint8Array): void {
    if (json.length > this.buffer.length - this.position) return;
    this.buffer.set(json, this.position);
    this.view.setUint32(this.start + FIELD.metaLength, json.length, true);
    this.position += json.length;
  }

  /** Appends the first `length` payload bytes (may be called several times, for several buffers) and returns how many it took. */
  payload(bytes: Uint8Array, length: number): number {
    if (this.level > 0) return this.withoutBytes(length);
    if (length > SPACE - this.position) this.makeRoom(length);
    const count = Math.min(length, this.buffer.length - this.position);
    if (count === bytes.length) setBytes.call(this.buffer, bytes, this.position);
    else copyBytes.call(bytes, this.buffer, this.position, 0, count);
    this.addPayload(count);
    return count;
  }

  payloadText(text: string, encoding: BufferEncoding, limit: number): number {
    // At most `limit` units can fit into `limit` bytes in every encoding.
    const part = text.length > limit ? text.slice(0, limit) : text;
    if (this.level > 0) return this.withoutBytes(Math.min(limit, part.length));
    // No encoding makes more than three bytes of a unit.
    if (part.length * 3 > SPACE - this.position) this.makeRoom(Math.min(limit, Buffer.byteLength(part, encoding)));
    const count = this.buffer.write(part, this.position, Math.min(limit, this.buffer.length - this.position), encoding);
    this.addPayload(count);
    return count;
  }

  end(): void {
    const at = this.start;
    this.unfinished = false;
    if (this.level > 0 && this.leavesOut()) return;
    this.view.setUint32(at, this.position - at, true);
    this.flush();
  }

  /**
   * `end`, but the record goes out with the next one, or with `release`. Only where no line of the program can run before that: what the
   * program does next must find the record on the disk.
   */
  endHeld(): void {
    const at = this.start;
    if (this.level > 0 || this.position > SPACE / 2) {
      this.end();
      return;
    }
    this.unfinished = false;
    this.view.setUint32(at, this.position - at, true);
  }

  /** Writes what is held. */
  release(): void {
    if (this.unfinished) this.drop();
    if (this.position > 0) this.flush();
  }

  notice(text: string): void {
    this.json(KIND.notice, now(), { text });
  }

  /** Something that is not visible here, or that the collector needs to know; the words for it are not the probe's. */
  fact(fact: ProbeFact): void {
    this.json(KIND.notice, now(), { text: '', fact });
  }

  exit(code: number): void {
    const { loop } = this;
    const at = this.head(KIND.exit, now(), 32);
    this.view.setInt32(at + 16, code, true);
    this.view.setUint32(at + 20, loop?.turn() ?? 0, true);
    this.view.setFloat64(at + 24, loop?.idle ? loop.idle() * 1e6 : -1, true);
    this.flush();
  }

  /** Whether the record under construction is not to be kept; its definitions are. */
  private leavesOut(): boolean {
    const { view, start } = this;
    const op = PROBE_OPS[view.getUint8(start + 5)] as ProbeOp;
    const result = view.getInt32(start + FIELD.result, true);
    if (this.level < 2 || (this.level === 2 && lasts(op, result))) {
      if (this.bare) this.count(1);
      this.bare = false;
      return false;
    }
    this.bare = false;
    // The next record of this turn has to say what this one would have said.
    this.readAt = -1;
    if (this.level === 2) this.leftOut?.add(view.getUint32(start + FIELD.handle, true), op, view.getFloat64(start + FIELD.bytes, true));
    this.count(2);
    // After the last level nothing will ever name what is defined here.
    this.position = this.level === 3 ? 0 : start;
    this.start = this.position;
    if (start > SPACE / 4 && this.level < 3) this.flush();
    return true;
  }

  private withoutBytes(length: number): number {
    if (length > 0) this.bare = true;
    return length;
  }

  /** Says what was left out of a socket, before something that it may have led to. */
  private sayLeftOut(time: bigint, handle: number, fd: number): void {
    const left = this.leftOut!.take(handle);
    if (left === null || this.level > 2) return;
    const api = this.string(LEFT_OUT);
    this.begin(API, time, handle, fd, 0, -1);
    this.from(api, 0, false);
    this.meta({ args: left });
    this.unfinished = false;
    this.view.setUint32(this.start, this.position - this.start, true);
  }

  /** The run has grown: less is recorded from here on, which the stream says. */
  private thinner(): void {
    this.level = this.limit.level;
    if (this.level > 1) this.leftOut ??= new LeftOutBook();
    this.fact({ what: 'thinned', level: this.level });
  }

  /** Counts in the totals record: 0 lost, 1 payloads, 2 calls. Its place is on the disk already, so this works on a full one, too. */
  private count(which: number): void {
    this.totals[which]!++;
    try {
      const bytes = Buffer.from(this.totals.buffer);
      writeSync(this.fd, bytes, 0, bytes.length, PROBE_TOTALS.at + PROBE_TOTALS.lost);
    } catch {
      // Copy-on-write disks may refuse; then the notice has to do, once there is room.
    }
  }

  /** A record that is larger than usual: more of the bytes are wanted than fit. */
  private makeRoom(length: number): void {
    const size = this.position + length;
    if (size <= this.buffer.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(size, this.buffer.length * 2));
    copyBytes.call(this.buffer, wider, 0, 0, this.position);
    this.buffer = wider;
    this.view = new DataView(wider.buffer);
  }

  private flag(bits: number): void {
    const at = this.start + 6;
    this.view.setUint16(at, this.view.getUint16(at, true) | bits, true);
  }

  private addPayload(count: number): void {
    const at = this.start + FIELD.payloadLength;
    this.view.setUint32(at, this.view.getUint32(at, true) + count, true);
    this.position += count;
  }

  private drop(): void {
    this.readAt = -1;
    this.unfinished = false;
    this.position = this.start;
  }

  private head(kind: number, time: bigint, length: number): number {
    if (this.unfinished) this.drop();
    const at = this.position;
    this.view.setUint32(at, length, true);
    this.view.setUint8(at + 4, kind);
    this.view.setUint8(at + 5, 0);
    this.view.setUint16(at + 6, 0, true);
    this.view.setBigUint64(at + 8, time, true);
    this.position = at + length;
    return at;
  }

  private define(kind: number, id: number, textAt: number, text: string): boolean {
    const size = Buffer.byteLength(text);
    if (this.position + textAt + size > SPACE / 2) return false;
    const at = this.head(kind, 0n, textAt + size);
    this.view.setUint32(at + 16, id, true);
    this.buffer.write(text, at + textAt, 'utf8');
    return true;
  }

  private json(kind: number, time: bigint, value: object): void {
    const text = Buffer.from(JSON.stringify(value));
    if (this.position + PROBE_RECORD_HEAD + text.length > SPACE) {
      // Only a huge command line gets here.
      const head = Buffer.from(this.buffer.subarray(0, this.position));
      const at = this.head(kind, time, PROBE_RECORD_HEAD + text.length);
      const own = Buffer.from(this.buffer.subarray(at, at + PROBE_RECORD_HEAD));
      this.position = 0;
      this.write(Buffer.concat([head, own, text]), head.length + own.length + text.length);
      return;
    }
    const at = this.head(kind, time, PROBE_RECORD_HEAD + text.length);
    this.buffer.set(text, at + PROBE_RECORD_HEAD);
    this.flush();
  }

  private flush(): void {
    const length = this.position;
    const definitions = this.start;
    this.position = 0;
    this.start = 0;
    const { buffer } = this;
    if (buffer.length > SPACE) {
      this.buffer = Buffer.allocUnsafeSlow(SPACE);
      this.view = new DataView(this.buffer.buffer);
    }
    if (this.write(buffer, length) || definitions === 0) {
      if (this.limit.grew(length)) this.thinner();
      return;
    }
    // Events may be lost, but the strings and sites that later events name must not be.
    const owed = buffer.subarray(0, definitions);
    this.rest = this.rest === null ? Buffer.from(owed) : Buffer.concat([this.rest, owed]);
  }

  /** False when nothing of it was written. */
  private write(bytes: Buffer, length: number): boolean {
    try {
      if (this.rest !== null) {
        const done = this.append(this.fd, this.rest, this.rest.length);
        this.rest = done < this.rest.length ? Buffer.from(this.rest.subarray(done)) : null;
        if (this.rest !== null) {
          this.loses();
          return false;
        }
      }
      const done = this.append(this.fd, bytes, length);
      if (done < length) this.rest = Buffer.from(bytes.subarray(done, length));
      else if (this.lost > 0) this.sayLost();
      return true;
    } catch (error) {
      this.lastError = (error as NodeJS.ErrnoException).code ?? String(error);
      this.loses();
      return false;
    }
  }

  private loses(): void {
    this.lost++;
    this.count(0);
  }

  private sayLost(): void {
    const lost = this.lost;
    this.lost = 0;
    this.json(KIND.notice, now(), { text: `${lost} events are missing here: the trace could not be written (${this.lastError}).`, lost });
  }
}
