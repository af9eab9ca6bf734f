import fs from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import {
  PROBE_OP_FIELDS as FIELD,
  PROBE_RECORD_KINDS as KIND,
  PROBE_FILE_HEAD,
  PROBE_FLAGS,
  PROBE_MAGIC,
  PROBE_RECORD_HEAD,
  PROBE_VERSION,
} from '../contracts/probe-stream';
import { openHigh } from './high-descriptor';

// The program may replace these later (memfs, fake timers); the probe keeps what Node started with.
const { openSync, writeSync } = fs;
const copyBytes = Buffer.prototype.copy;
const monotonic = process.hrtime.bigint;
const SPACE = 256 * 1024;

/** CLOCK_MONOTONIC in ns, the same clock in all processes of the machine. */
export const now = (): bigint => monotonic();

/**
 * The append-only stream of this thread. One `writeSync` per event, because only what is in the page cache survives SIGKILL
 * and an endless loop. Usage: `begin(...)`, optional setters, `end()`; definitions (`string`, `site`) come before `begin`.
 * Nothing here throws: what cannot be written is counted and said in a notice once writing works again.
 */
export class StreamWriter {
  private readonly buffer = Buffer.allocUnsafeSlow(SPACE);
  private readonly view = new DataView(this.buffer.buffer);
  private readonly strings = new Map<string, number>();
  private sites = 0;
  /** Where the op under construction starts (after definitions that go out in the same write) and ends. */
  private start = 0;
  private position = 0;
  private lost = 0;
  private lastError = '';
  /** What a full disk left over: the rest of a record, and definitions. It must go out before anything else. */
  private rest: Buffer | null = null;

  private constructor(readonly fd: number) {}

  /** Opens `<run>/<pid>-<threadId>-<start ns>.probe`; null when that is not possible (deleted folder, no permission, EMFILE). */
  static open(run: string): StreamWriter | null {
    try {
      const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = fs.constants;
      const file = join(run, `${process.pid}-${threadId}-${now()}.probe`);
      const create = O_WRONLY | O_APPEND | O_CREAT | O_EXCL;
      // A worker starts while other threads open descriptors, which must not get high ones.
      const fd = threadId === 0 ? openHigh(file, create, O_WRONLY | O_APPEND, 0o600) : openSync(file, create, 0o600);
      const writer = new StreamWriter(fd);
      writer.view.setUint32(0, PROBE_MAGIC, true);
      writer.view.setUint16(4, PROBE_VERSION, true);
      writer.view.setUint16(6, FIELD.end, true);
      writer.position = PROBE_FILE_HEAD;
      writer.start = PROBE_FILE_HEAD;
      writer.json(KIND.process, now(), {
        pid: process.pid,
        ppid: process.ppid,
        threadId,
        platform: process.platform,
        node: process.versions.node,
        uv: process.versions.uv,
        argv: [...process.argv],
        cwd: process.cwd(),
      });
      return writer.lost === 0 ? writer : null;
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
    const at = this.position;
    if (this.define(KIND.site, id, 28, file)) {
      this.view.setUint32(at + 20, line, true);
      this.view.setUint32(at + 24, column, true);
    }
    return id;
  }

  /** Starts an op record with its fixed part; all optional fields are "none". */
  begin(op: number, time: bigint, handle: number, fd: number, result: number, bytes: number): void {
    const view = this.view;
    const at = this.position;
    this.start = at;
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
  wake(turn: number): void {
    this.view.setUint32(this.start + FIELD.wake, turn, true);
    this.flag(PROBE_FLAGS.wake);
  }

  /** args, local and remote; before any payload. */
  meta(value: { args?: unknown; local?: unknown; remote?: unknown }): void {
    const text = JSON.stringify(value);
    if (text.length * 3 > SPACE - this.position) return;
    const length = this.buffer.write(text, this.position, 'utf8');
    this.view.setUint32(this.start + FIELD.metaLength, length, true);
    this.position += length;
  }

  /** Appends the first `length` payload bytes (may be called several times, for several buffers) and returns how many it took. */
  payload(bytes: Uint8Array, length: number): number {
    const count = Math.min(length, SPACE - this.position);
    copyBytes.call(bytes, this.buffer, this.position, 0, count);
    this.addPayload(count);
    return count;
  }

  payloadText(text: string, encoding: BufferEncoding, limit: number): number {
    // At most `limit` units can fit into `limit` bytes in every encoding.
    const part = text.length > limit ? text.slice(0, limit) : text;
    const count = this.buffer.write(part, this.position, Math.min(limit, SPACE - this.position), encoding);
    this.addPayload(count);
    return count;
  }

  end(): void {
    const at = this.start;
    this.view.setUint32(at, this.position - at, true);
    this.flush();
  }

  notice(text: string): void {
    this.json(KIND.notice, now(), { text });
  }

  exit(code: number): void {
    const at = this.head(KIND.exit, now(), 20);
    this.view.setInt32(at + 16, code, true);
    this.flush();
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

  private head(kind: number, time: bigint, length: number): number {
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
    if (this.write(this.buffer, length) || definitions === 0) return;
    // Events may be lost, but the strings and sites that later events name must not be.
    const owed = this.buffer.subarray(0, definitions);
    this.rest = this.rest === null ? Buffer.from(owed) : Buffer.concat([this.rest, owed]);
  }

  /** False when nothing of it was written. */
  private write(bytes: Buffer, length: number): boolean {
    try {
      if (this.rest !== null) {
        const done = writeSync(this.fd, this.rest, 0, this.rest.length);
        this.rest = done < this.rest.length ? Buffer.from(this.rest.subarray(done)) : null;
        if (this.rest !== null) {
          this.lost++;
          return false;
        }
      }
      const done = writeSync(this.fd, bytes, 0, length);
      if (done < length) this.rest = Buffer.from(bytes.subarray(done, length));
      else if (this.lost > 0) this.sayLost();
      return true;
    } catch (error) {
      this.lost++;
      this.lastError = (error as NodeJS.ErrnoException).code ?? String(error);
      return false;
    }
  }

  private sayLost(): void {
    const lost = this.lost;
    this.lost = 0;
    this.json(KIND.notice, now(), { text: `${lost} events are missing here: the trace could not be written (${this.lastError}).`, lost });
  }
}
