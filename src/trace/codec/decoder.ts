import type { BufferName, EventKind, JsonObject, Provenance, SocketStateName } from '../../contracts/trace';
import type { TraceDecoder } from '../../contracts/trace-model';
import { TraceFormatError } from '../errors';
import { TraceStore } from '../store';
import { Flag, LONGEST_RECORD, MAGIC, MAJOR, RecordType, recordCheck } from './format';
import { readEnds, readHeader, readProcess, readSocket } from './records';

/** Thrown inside when the bytes cannot be right; never leaves this file. */
class Damage extends Error {}

const HEAD = MAGIC.length + 2;
const TEXT = new TextDecoder('utf-8');

/** Reads a `.socktrace` as its bytes arrive, straight into the columns of `store`. Format: see format.ts. */
export class SocktraceDecoder implements TraceDecoder {
  readonly store: TraceStore;
  private bytes: Uint8Array = new Uint8Array(0);
  private at = 0;
  private end = 0;
  /** Bytes of a record (or of the head) that is not whole yet. */
  private pending = new Uint8Array(0);
  private pendingLength = 0;
  private started = false;
  private ended = false;
  private damagedAt = -1;
  /** Bytes of the input before the first that is not taken in yet. */
  private taken = 0;
  private check = 0;
  private time = 0;
  private readonly names: string[] = [];
  /** From the file's numbers to the store's ids (+ 1 where the columns want it). */
  private readonly sites: number[] = [0];
  private readonly shapes: number[] = [-1];
  private readonly args: number[] = [0];
  private readonly ends: number[] = [0];
  private readonly sockets: number[] = [];
  private processCount = 0;

  constructor(store: TraceStore = new TraceStore()) {
    this.store = store;
  }

  /** True once bytes were found that cannot be right; what comes after them is not read. */
  get damaged(): boolean {
    return this.damagedAt >= 0;
  }

  push(bytes: Uint8Array): number {
    const before = this.store.size;
    if (this.damagedAt >= 0) return 0;
    if (this.pendingLength > 0) this.hold(bytes, 0);
    this.bytes = this.pendingLength > 0 ? this.pending : bytes;
    this.end = this.pendingLength > 0 ? this.pendingLength : bytes.length;
    const held = this.pendingLength > 0;
    this.at = 0;
    if (this.started || this.head()) {
      try {
        while (this.record());
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        this.damagedAt = this.taken + this.at;
      }
    }
    const rest = this.damagedAt >= 0 ? this.end : this.at;
    this.taken += this.at;
    if (held) {
      this.pending.copyWithin(0, rest, this.end);
      this.pendingLength = this.end - rest;
    } else if (rest < this.end) this.hold(bytes, rest);
    this.bytes = this.pending;
    return this.store.size - before;
  }

  status(): { complete: boolean; problem: string | null } {
    const { size } = this.store;
    const steps = size === 0 ? 'nothing of it could be read' : size === 1 ? 'step 1 is shown' : `steps 1 to ${size} are shown`;
    if (this.damagedAt >= 0)
      return { complete: false, problem: `The trace is damaged at byte ${this.damagedAt}: ${steps}, what follows is lost.` };
    if (this.ended) return { complete: true, problem: null };
    return {
      complete: false,
      problem: `The trace has no end mark: it was cut off at byte ${this.taken + this.pendingLength} or is still being written; ${steps}.`,
    };
  }

  /** Keeps bytes[from..] for the next call. */
  private hold(bytes: Uint8Array, from: number): void {
    const more = bytes.length - from;
    if (this.pendingLength + more > this.pending.length) {
      const wider = new Uint8Array(Math.max(this.pending.length * 2, this.pendingLength + more, 256));
      wider.set(this.pending.subarray(0, this.pendingLength));
      this.pending = wider;
    }
    this.pending.set(from === 0 ? bytes : bytes.subarray(from), this.pendingLength);
    this.pendingLength += more;
  }

  /** Magic and version; false while they are not all there. */
  private head(): boolean {
    for (let i = 0; i < Math.min(this.end, MAGIC.length); i++)
      if (this.bytes[i] !== MAGIC[i])
        throw new TraceFormatError(
          'This is not a Socketscope trace: its first bytes are not those of a .socktrace file; open a file that Socketscope saved.',
        );
    if (this.end < HEAD) return false;
    const major = this.bytes[MAGIC.length]!;
    const minor = this.bytes[MAGIC.length + 1]!;
    if (major > MAJOR)
      throw new TraceFormatError(
        `This trace was written by a newer Socketscope (format ${major}.${minor}, this version reads up to ${MAJOR}); update Socketscope to open it.`,
      );
    if (major === 0)
      throw new TraceFormatError('This is not a Socketscope trace: its format version is 0; open a file that Socketscope saved.');
    this.at = HEAD;
    this.started = true;
    return true;
  }

  /** Takes in the next record; false when it is not whole yet. Leaves `at` before a record that is not taken in. */
  private record(): boolean {
    const { bytes, end } = this;
    const start = this.at;
    if (end - start < 6) return false;
    const type = bytes[start]!;
    let at = start + 1;
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at === end) return false;
      const byte = bytes[at++]!;
      length += (byte & 127) * scale;
      if (length > LONGEST_RECORD) throw new Damage();
      if (byte < 128) break;
      if (scale > 2 ** 28) throw new Damage();
    }
    const stop = at + length;
    if (stop + 4 > end) return false;
    const check = recordCheck(this.check, type, bytes, at, stop);
    if ((bytes[stop]! | (bytes[stop + 1]! << 8) | (bytes[stop + 2]! << 16) | (bytes[stop + 3]! << 24)) >>> 0 !== check) throw new Damage();
    this.at = at;
    this.end = stop;
    try {
      if (type === RecordType.event) this.event();
      else this.other(type);
    } catch (error) {
      this.at = start;
      throw error;
    } finally {
      this.end = end;
    }
    this.check = check;
    this.at = stop + 4;
    return true;
  }

  private other(type: number): void {
    const { store } = this;
    switch (type) {
      case RecordType.header:
        store.updateHeader(must(readHeader(this.json())));
        break;
      case RecordType.process: {
        const index = this.varint();
        const process = must(readProcess(this.json()));
        if (index > this.processCount) throw new Damage();
        if (index === this.processCount) {
          store.newProcess(process);
          this.processCount++;
        } else Object.assign(store.processes[index]!, process);
        break;
      }
      case RecordType.socket: {
        const index = this.varint();
        const socket = must(readSocket(this.json()));
        if (index > this.sockets.length) throw new Damage();
        if (index === this.sockets.length) this.sockets.push(store.addSocket(socket));
        else store.updateSocket(store.sockets[this.sockets[index]!]!.id, socket);
        break;
      }
      case RecordType.name:
        this.names.push(this.text());
        break;
      case RecordType.site: {
        const file = must(this.name());
        const site = { file, line: this.varint(), column: this.varint() };
        this.sites.push(store.internSite(this.varint() & 1 ? { ...site, cause: true } : site) + 1);
        break;
      }
      case RecordType.shape:
        this.shapes.push(
          store.shapes.id({
            kind: must(this.name()) as EventKind,
            provenance: must(this.name()) as Provenance,
            call: this.name(),
            api: this.name(),
            error: this.name(),
            from: this.name() as SocketStateName | null,
            to: this.name() as SocketStateName | null,
            buffer: this.name() as BufferName | null,
          }),
        );
        break;
      case RecordType.args:
        this.args.push(store.argTexts.id(this.text()) + 1);
        break;
      case RecordType.ends: {
        const [local, remote] = must(readEnds(this.json()));
        this.ends.push(store.ends.pair(local, remote));
        break;
      }
      case RecordType.loop: {
        const process = this.varint();
        const thread = this.varint();
        const back = this.varint();
        const [turns, waited] = [this.varint(), this.varint()];
        if (process >= this.processCount || back > store.size) throw new Damage();
        const after = back === 0 ? 0 : store.size + 1 - back;
        store.addLoop(process, { thread, after, turns, waited, resumed: (this.varint() & 1) === 1 });
        break;
      }
      case RecordType.end:
        if (this.varint() !== store.size) throw new Damage();
        this.ended = true;
        store.trim();
        break;
      default:
        store.unknownRecords.push({ after: store.size, type, bytes: this.bytes.slice(this.at, this.end) });
    }
  }

  private event(): void {
    const { store } = this;
    const flags = this.bytes[this.at++]!;
    const shape = this.shapes[this.varint()] ?? -1;
    const time = this.time + this.signed();
    const process = this.varint();
    const socket = flags & Flag.socket ? (this.sockets[this.varint()] ?? -2) : -1;
    const fd = flags & Flag.fd ? this.signed() : null;
    const result = flags & Flag.result ? this.signed() : null;
    const bytes = flags & Flag.bytes ? this.signed() : null;
    const site = flags & Flag.site ? (this.sites[this.varint()] ?? -1) : 0;
    const args = flags & Flag.args ? (this.args[this.varint()] ?? -1) : 0;
    const ends = flags & Flag.ends ? (this.ends[this.varint()] ?? -1) : 0;
    let payload = 0;
    if (flags & Flag.payload) {
      const length = this.varint();
      if (length > this.end - this.at) throw new Damage();
      payload = this.at;
      this.at += length;
    }
    if (this.at > this.end || shape < 0 || process >= this.processCount || socket < -1 || site < 0 || args < 0 || ends < 0)
      throw new Damage();
    this.time = time;
    const kept = flags & Flag.payload ? store.payloads.add(this.bytes, payload, this.at) : 0;
    const seq = store.appendColumns(time, shape, process, socket, fd, result, bytes, site, args, ends, kept);
    if (this.at < this.end) store.trailing.set(seq, this.bytes.slice(this.at, this.end));
  }

  private varint(): number {
    const { bytes, end } = this;
    let at = this.at;
    if (at >= end) throw new Damage();
    let byte = bytes[at++]!;
    if (byte < 128) {
      this.at = at;
      return byte;
    }
    let value = byte & 127;
    for (let scale = 128; ; scale *= 128) {
      if (at >= end || scale > 2 ** 49) throw new Damage();
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    this.at = at;
    return value;
  }

  private signed(): number {
    const value = this.varint();
    const half = value % 2;
    return half ? -(value + 1) / 2 : value / 2;
  }

  private name(): string | null {
    const id = this.varint();
    if (id === 0) return null;
    return must(this.names[id - 1] ?? null);
  }

  private text(): string {
    return TEXT.decode(this.bytes.subarray(this.at, this.end));
  }

  private json(): JsonObject {
    try {
      return JSON.parse(this.text()) as JsonObject;
    } catch {
      throw new Damage();
    }
  }
}

function must<T>(value: T | null): T {
  if (value === null) throw new Damage();
  return value;
}

/** Opens a whole trace. Throws TraceFormatError when it is none or of a newer version; a cut or damaged one opens as far as it is whole, see `status`. */
export function decodeWhole(bytes: Uint8Array): { store: TraceStore; status: { complete: boolean; problem: string | null } } {
  if (bytes.length === 0)
    throw new TraceFormatError('This is not a Socketscope trace: the file is empty; the run may have been stopped before it began.');
  const decoder = new SocktraceDecoder();
  decoder.push(bytes);
  return { store: decoder.store, status: decoder.status() };
}
