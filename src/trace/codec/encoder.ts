import type { Address, ProcessInfo, Site, TraceEvent } from '../../contracts/trace';
import type { NewEvent, NewLoopReading } from '../../contracts/trace-model';
import { Interner } from '../intern';
import type { NewSocket } from '../socket-book';
import type { NewHeader, TraceStore } from '../store';
import { ByteWriter } from './byte-writer';
import { Flag, MAGIC, MAJOR, MINOR, RecordType, recordCheck } from './format';

/**
 * Writes a `.socktrace`, append-only: call `header` first, then `process`, `socket` and `event` in the order of the run,
 * `end` last; `take` gives the bytes that are new. Whatever was taken is a trace that opens.
 */
export class TraceEncoder {
  private readonly out = new ByteWriter();
  private readonly body = new ByteWriter();
  private readonly names = new Interner();
  private readonly sites = new Interner();
  private readonly shapes = new Interner();
  private readonly args = new Interner();
  private readonly ends = new Interner();
  private readonly sockets = new Map<string, number>();
  private readonly socketInfos: string[] = [];
  private readonly processes = new Map<number, number>();
  private readonly ended = new Set<number>();
  private processCount = 0;
  private events = 0;
  private time = 0;
  private check = 0;

  constructor() {
    this.out.raw(MAGIC);
    this.out.u8(MAJOR);
    this.out.u8(MINOR);
  }

  /** The bytes since the last call. */
  take(): Uint8Array {
    const bytes = this.out.bytes.slice(0, this.out.length);
    this.out.length = 0;
    return bytes;
  }

  /** The running check and the number of events up to what `take` has given or would give now: `endAfter` goes on from there. */
  get mark(): { check: number; events: number } {
    return { check: this.check, events: this.events };
  }

  /**
   * The end of a trace that was cut off at an earlier `mark`: a head that says so, then the end record. With it the file is whole again,
   * up to there.
   */
  static endAfter(mark: { check: number; events: number }, header: NewHeader): Uint8Array {
    const tail = new TraceEncoder();
    tail.out.length = 0;
    tail.check = mark.check;
    tail.events = mark.events;
    tail.header(header);
    tail.end();
    return tail.take();
  }

  /** Bytes that `take` would give. */
  get pending(): number {
    return this.out.length;
  }

  /** The head of the trace; again when something in it changed. A TraceHeader may be given: its processes are left out. */
  header(header: NewHeader): void {
    const { processes: _, ...rest } = header as NewHeader & { processes?: unknown };
    this.body.text(JSON.stringify(rest));
    this.record(RecordType.header);
  }

  /** A process, before its first event; again when something changed (its end). A pid whose process ended starts anew. */
  process(process: ProcessInfo): void {
    let index = this.processes.get(process.pid);
    if (index === undefined || (this.ended.has(index) && process.ended === null)) {
      index = this.processCount++;
      this.processes.set(process.pid, index);
    }
    this.processAt(index, process);
  }

  /** A socket, before its first event; again when something changed that its events do not say. */
  socket(socket: NewSocket): void {
    let index = this.sockets.get(socket.id);
    const text = JSON.stringify(socket);
    if (index === undefined) {
      index = this.sockets.size;
      this.sockets.set(socket.id, index);
    } else if (this.socketInfos[index] === text) return;
    this.socketInfos[index] = text;
    this.body.varint(index);
    this.body.text(text);
    this.record(RecordType.socket);
  }

  /** The next event. A process or socket that was not announced is, with what is known. `trailing`: see TraceStore. */
  event(event: NewEvent | TraceEvent, trailing?: Uint8Array): void {
    const process = this.processIndex(event.pid, event.t);
    const socket = event.socket === null ? -1 : this.socketIndex(event.socket, event.pid);
    const shape = this.shape(event);
    const site = event.site ? this.site(event.site) : 0;
    const args = event.args ? this.defined(this.args, JSON.stringify(event.args), RecordType.args) : 0;
    const local = event.local ?? null;
    const remote = event.remote ?? null;
    const ends = local || remote ? this.defined(this.ends, JSON.stringify([plain(local), plain(remote)]), RecordType.ends) : 0;
    const { fd, result, bytes } = event;
    const payload = event.payload ?? null;
    const body = this.body;
    body.u8(
      (socket >= 0 ? Flag.socket : 0) |
        (fd !== null ? Flag.fd : 0) |
        (result !== null ? Flag.result : 0) |
        (bytes !== null ? Flag.bytes : 0) |
        (site ? Flag.site : 0) |
        (args ? Flag.args : 0) |
        (ends ? Flag.ends : 0) |
        (payload ? Flag.payload : 0),
    );
    body.varint(shape);
    const time = Math.trunc(event.t);
    body.signed(time - this.time);
    this.time = time;
    body.varint(process);
    if (socket >= 0) body.varint(socket);
    if (fd !== null) body.signed(fd);
    if (result !== null) body.signed(result);
    if (bytes !== null) body.signed(bytes);
    if (site) body.varint(site);
    if (args) body.varint(args);
    if (ends) body.varint(ends);
    if (payload) {
      body.varint(payload.length);
      body.raw(payload);
    }
    if (trailing) body.raw(trailing);
    this.record(RecordType.event);
    this.events++;
    if (event.kind === 'exit') this.ended.add(process);
  }

  /** What an event loop says: before the event at which it stands. */
  loop({ pid, thread, after, turns, waited, resumed }: NewLoopReading): void {
    const process = this.processIndex(pid, this.time);
    this.body.varint(process);
    this.body.varint(thread);
    // How far back, so that it takes a byte or two.
    this.body.varint(after === 0 ? 0 : this.events + 1 - after);
    this.body.varint(turns);
    this.body.varint(waited);
    this.body.varint(resumed ? 1 : 0);
    this.record(RecordType.loop);
  }

  /** The trace is whole; nothing may follow. */
  end(): void {
    this.body.varint(this.events);
    this.record(RecordType.end);
  }

  /** A record of a newer version, as it was read. */
  unknown(type: number, bytes: Uint8Array): void {
    this.body.raw(bytes);
    this.record(type);
  }

  /** As `process`, by its index in the trace: the next index for a new one. */
  processAt(index: number, process: ProcessInfo): void {
    if (index >= this.processCount) {
      this.processCount = index + 1;
      this.processes.set(process.pid, index);
    }
    if (process.ended !== null) this.ended.add(index);
    this.body.varint(index);
    this.body.text(JSON.stringify(process));
    this.record(RecordType.process);
  }

  private processIndex(pid: number, t: number): number {
    if (!this.processes.has(pid))
      this.process({ pid, ppid: null, program: '?', argv: [], node: '', uv: '', started: t, ended: null, exit: null, notices: [] });
    return this.processes.get(pid)!;
  }

  private socketIndex(id: string, pid: number): number {
    if (!this.sockets.has(id)) this.socket({ id, pid, protocol: 'tcp', role: 'unknown' });
    return this.sockets.get(id)!;
  }

  private name(text: string | null | undefined): number {
    return text === null || text === undefined ? 0 : this.defined(this.names, text, RecordType.name);
  }

  private defined(table: Interner, text: string, type: number): number {
    const size = table.size;
    const id = table.id(text);
    if (id === size) {
      this.body.text(text);
      this.record(type);
    }
    return id + 1;
  }

  private site(site: Site): number {
    const file = this.name(site.file);
    const size = this.sites.size;
    const id = this.sites.id(`${file} ${site.line} ${site.column} ${site.cause ? 1 : 0}`);
    if (id === size) {
      this.body.varint(file);
      this.body.varint(Math.max(0, site.line));
      this.body.varint(Math.max(0, site.column));
      this.body.varint(site.cause ? 1 : 0);
      this.record(RecordType.site);
    }
    return id + 1;
  }

  private shape(event: NewEvent): number {
    const { kind, provenance, call, api, error, state, buffer } = event;
    const parts = [kind, provenance, call, api, error, state?.from, state?.to, buffer].map((text) => this.name(text));
    const size = this.shapes.size;
    const id = this.shapes.id(parts.join(' '));
    if (id === size) {
      for (const part of parts) this.body.varint(part);
      this.record(RecordType.shape);
    }
    return id + 1;
  }

  /** Moves the body into the output as one record. */
  private record(type: number): void {
    const { body, out } = this;
    this.check = recordCheck(this.check, type, body.bytes, 0, body.length);
    out.u8(type);
    out.varint(body.length);
    out.raw(body.bytes.subarray(0, body.length));
    out.u32(this.check);
    body.length = 0;
  }
}

function plain(address: Address | null): Address | null {
  if (address === null) return null;
  return 'path' in address ? { path: address.path } : { address: address.address, port: address.port };
}

/**
 * A whole trace as `.socktrace` bytes. Reading them again gives an equal trace. `chunk`, when given, takes the bytes in
 * pieces of about 1 MiB instead (and the result is empty).
 */
export function encodeWhole(store: TraceStore, chunk?: (bytes: Uint8Array) => void): Uint8Array {
  const encoder = new TraceEncoder();
  encoder.header(store.header);
  const { sockets, processes, book } = store;
  let unknown = 0;
  const keep = (after: number) => {
    for (; unknown < store.unknownRecords.length && store.unknownRecords[unknown]!.after <= after; unknown++)
      encoder.unknown(store.unknownRecords[unknown]!.type, store.unknownRecords[unknown]!.bytes);
  };
  // Indexes are given in order of announcement: an earlier process or socket that has no event yet goes first.
  let nextProcess = 0;
  let nextSocket = 0;
  const announceProcesses = (upTo: number) => {
    for (; nextProcess <= upTo; nextProcess++) encoder.processAt(nextProcess, { ...processes[nextProcess]!, ended: null, exit: null });
  };
  const announceSockets = (upTo: number, seq: number) => {
    for (; nextSocket < sockets.length; nextSocket++) {
      const { acceptSeq } = book.facts[nextSocket]!;
      if (nextSocket > upTo && !(acceptSeq > 0 && acceptSeq <= seq)) return;
      const { id, pid, protocol, role, listener } = sockets[nextSocket]!;
      encoder.socket({ id, pid, protocol, role, listener });
    }
  };
  keep(0);
  for (let seq = 1; seq <= store.size; seq++) {
    announceProcesses(store.processIndex(seq));
    announceSockets(store.socketIndex(seq), seq);
    for (const loop of store.loops) {
      const at = loop.at(seq);
      if (at >= 0) encoder.loop({ ...loop.reading(at), pid: processes[loop.process]!.pid });
    }
    encoder.event(store.event(seq), store.trailing.get(seq));
    keep(seq);
    if (chunk && encoder.pending > 1 << 20) chunk(encoder.take());
  }
  announceSockets(sockets.length - 1, store.size);
  for (const index of book.explicit) encoder.socket(sockets[index]!);
  announceProcesses(processes.length - 1);
  processes.forEach((process, index) => {
    encoder.processAt(index, process);
  });
  encoder.end();
  if (!chunk) return encoder.take();
  chunk(encoder.take());
  return new Uint8Array();
}
