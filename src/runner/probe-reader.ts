import {
  PROBE_OP_FIELDS as FIELD,
  PROBE_RECORD_KINDS as KIND,
  type LoopReading,
  PROBE_FILE_HEAD,
  PROBE_FLAGS,
  PROBE_MAGIC,
  PROBE_OPS,
  PROBE_RECORD_HEAD,
  PROBE_RECORD_MAX,
  PROBE_TOTALS,
  PROBE_VERSION,
  type ProbeOperation,
  type ProbeRecord,
  type ProbeTotals,
} from '../contracts/probe-stream';
import type { Address, JsonObject } from '../contracts/trace';

const text = new TextDecoder();

/**
 * Decodes one stream file of the probe as its bytes arrive. `push` takes bytes cut anywhere and returns the records that are
 * whole; the rest waits for the next call, so a torn last record is simply never returned (`pending` says how many bytes wait).
 */
export class ProbeReader {
  private waiting: Uint8Array = new Uint8Array(0);
  private offset = 0;
  private opHead = 0;
  private readonly strings = new Map<number, string>();
  private readonly sites = new Map<number, { file: string; line: number; column: number }>();
  private trouble: string | null = null;

  /** Why nothing more can be read (not a probe stream, a newer version, damaged), as a sentence; null while all is well. */
  get problem(): string | null {
    return this.trouble;
  }

  /** Bytes of a record that is not whole yet. */
  get pending(): number {
    return this.waiting.length;
  }

  push(bytes: Uint8Array): ProbeRecord[] {
    const records: ProbeRecord[] = [];
    if (this.trouble !== null) return records;
    let data = bytes;
    if (this.waiting.length > 0) {
      data = new Uint8Array(this.waiting.length + bytes.length);
      data.set(this.waiting);
      data.set(bytes, this.waiting.length);
    }
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let at = 0;
    if (this.opHead === 0) {
      if (data.length < PROBE_FILE_HEAD) {
        this.waiting = new Uint8Array(data);
        return records;
      }
      if (!this.readHead(view)) return records;
      at = PROBE_FILE_HEAD;
    }
    while (data.length - at >= PROBE_RECORD_HEAD) {
      const length = view.getUint32(at, true);
      if (length < PROBE_RECORD_HEAD || length > PROBE_RECORD_MAX) {
        this.damaged(at);
        break;
      }
      if (length > data.length - at) break;
      try {
        const record = this.record(view, data, at, length);
        if (record !== null) records.push(record);
      } catch {
        this.damaged(at);
        break;
      }
      at += length;
    }
    this.offset += at;
    // Copied, here and for payloads: a Buffer's slice() would go on showing the memory that the caller fills again.
    this.waiting = new Uint8Array(data.subarray(at));
    return records;
  }

  private damaged(at: number): void {
    this.trouble = `The stream is damaged at byte ${this.offset + at}; what follows is left out.`;
  }

  private readHead(view: DataView): boolean {
    if (view.getUint32(0, true) !== PROBE_MAGIC) {
      this.trouble = 'This is not a stream of the Socketscope probe.';
      return false;
    }
    const version = view.getUint16(4, true);
    if (version > PROBE_VERSION) {
      this.trouble = `The stream comes from a newer Socketscope probe (format ${version}, this reads up to ${PROBE_VERSION}). Update Socketscope.`;
      return false;
    }
    this.opHead = view.getUint16(6, true);
    if (this.opHead < FIELD.idle) {
      this.damaged(6);
      return false;
    }
    return true;
  }

  private record(view: DataView, data: Uint8Array, at: number, length: number): ProbeRecord | null {
    const time = Number(view.getBigUint64(at + 8, true));
    const end = at + length;
    const string = (from: number, to: number) => text.decode(data.subarray(from, to));
    switch (view.getUint8(at + 4)) {
      case KIND.process:
        return { type: 'process', time, ...JSON.parse(string(at + 16, end)) };
      case KIND.string:
        this.strings.set(view.getUint32(at + 16, true), string(at + 20, end));
        return null;
      case KIND.site:
        this.sites.set(view.getUint32(at + 16, true), {
          file: string(at + 28, end),
          line: view.getUint32(at + 20, true),
          column: view.getUint32(at + 24, true),
        });
        return null;
      case KIND.op:
        return this.operation(view, data, at, length, time);
      case KIND.notice:
        return { type: 'notice', time, ...JSON.parse(string(at + 16, end)) };
      case KIND.exit:
        return { type: 'exit', time, code: view.getInt32(at + 16, true), ...(length < 32 ? {} : loopOf(view, at + 20, at + 24)) };
      default:
        return null;
    }
  }

  private operation(view: DataView, data: Uint8Array, at: number, length: number, time: number): ProbeOperation | null {
    const op = PROBE_OPS[view.getUint8(at + 5)];
    if (op === undefined) return null;
    const flags = view.getUint16(at + 6, true);
    const metaLength = view.getUint32(at + FIELD.metaLength, true);
    const payloadLength = view.getUint32(at + FIELD.payloadLength, true);
    const metaAt = at + this.opHead;
    const payloadAt = metaAt + metaLength;
    if (payloadAt + payloadLength > at + length) throw new RangeError('lengths');
    const meta: { args?: JsonObject; local?: Address; remote?: Address } =
      metaLength === 0 ? {} : JSON.parse(text.decode(data.subarray(metaAt, payloadAt)));
    let args = meta.args ?? null;
    if (flags & PROBE_FLAGS.transfer) {
      const written = view.getFloat64(at + FIELD.written, true);
      args = { ...args, buffers: view.getUint32(at + FIELD.buffers, true), async: (flags & PROBE_FLAGS.async) !== 0 };
      if (written >= 0) args.written = written;
    }
    if (flags & PROBE_FLAGS.wake) args = { ...args, wake: view.getUint32(at + FIELD.wake, true) };
    return {
      type: 'op',
      time,
      op,
      handle: view.getUint32(at + FIELD.handle, true),
      fd: view.getInt32(at + FIELD.fd, true),
      result: view.getInt32(at + FIELD.result, true),
      bytes: view.getFloat64(at + FIELD.bytes, true),
      api: this.strings.get(view.getUint32(at + FIELD.api, true)) ?? null,
      site: this.sites.get(view.getUint32(at + FIELD.site, true)) ?? null,
      siteIsCause: (flags & PROBE_FLAGS.siteIsCause) !== 0,
      args,
      local: meta.local ?? null,
      remote: meta.remote ?? null,
      payload: payloadLength === 0 ? null : new Uint8Array(data.subarray(payloadAt, payloadAt + payloadLength)),
      writable: view.getFloat64(at + FIELD.writable, true),
      readable: view.getFloat64(at + FIELD.readable, true),
      queue: view.getFloat64(at + FIELD.queue, true),
      ...(flags & PROBE_FLAGS.loop && this.opHead >= FIELD.end ? loopOf(view, at + FIELD.wake, at + FIELD.idle) : {}),
    };
  }
}

/** A reading of the event loop; nothing when Node did not tell. */
function loopOf(view: DataView, turnAt: number, idleAt: number): { loop?: LoopReading } {
  const idle = view.getFloat64(idleAt, true);
  return idle >= 0 ? { loop: { turn: view.getUint32(turnAt, true), idle } } : {};
}

/** The totals record of a stream, from its own bytes; null when they are no such record (an older probe). */
export function readTotals(bytes: Uint8Array): ProbeTotals | null {
  if (bytes.length < PROBE_TOTALS.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== PROBE_TOTALS.length || view.getUint8(4) !== KIND.totals) return null;
  const [lost, payloads, calls] = [PROBE_TOTALS.lost, PROBE_TOTALS.payloads, PROBE_TOTALS.calls].map((at) => view.getFloat64(at, true));
  return { lost: lost!, payloads: payloads!, calls: calls! };
}
