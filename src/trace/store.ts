import type {
  Address,
  EventKind,
  JsonObject,
  ProcessInfo,
  Provenance,
  Site,
  SocketInfo,
  SocketStateName,
  TraceEvent,
  TraceHeader,
} from '../contracts/trace';
import type { Link, NewEvent, NewLoopReading, RunState, SocketState, TraceReader, Undelivered } from '../contracts/trace-model';
import { EndsTable } from './addresses';
import { EventColumns } from './columns';
import { Interner } from './intern';
import { LoopColumns } from './loop/columns';
import { PayloadArena } from './payloads';
import { Act, ShapeTable } from './shapes';
import { type NewSocket, SocketBook } from './socket-book';
import { TraceQueries } from './trace-queries';
import { TurningPoints } from './turning-points';

/** A record of a `.socktrace` file that this version does not know; kept so that writing the trace again loses nothing. */
export interface UnknownRecord {
  /** It stood after this event. */
  after: number;
  type: number;
  bytes: Uint8Array;
}

/** What makes a header; the processes are added one by one. */
export type NewHeader = Omit<TraceHeader, 'processes'>;

const EMPTY_HEADER: NewHeader = { socketscope: 1, platform: 'linux', cwd: '/', began: '1970-01-01T00:00:00.000Z', dropped: 0, notices: [] };

/**
 * The one model of a trace: append-only columns. The public readers are the contract `TraceReader`; `columns`, `shapes`,
 * `book` and the other tables are for trace/ itself.
 */
export class TraceStore implements TraceReader {
  readonly columns = new EventColumns();
  readonly shapes = new ShapeTable();
  readonly sites = new Interner();
  readonly argTexts = new Interner();
  readonly ends = new EndsTable();
  readonly payloads = new PayloadArena();
  readonly book = new SocketBook();
  readonly loops: LoopColumns[] = [];
  readonly processes: ProcessInfo[] = [];
  /** By process: the seq of its exit event, 0 when there is none. */
  readonly exitSeqs: number[] = [];
  /** Records and bytes at the end of events that a newer version wrote. */
  readonly unknownRecords: UnknownRecord[] = [];
  readonly trailing = new Map<number, Uint8Array>();
  header: TraceHeader;
  private readonly siteList: Site[] = [];
  private readonly processOfPid = new Map<number, number>();
  private readonly turning: TurningPoints;
  private readonly queries: TraceQueries;

  constructor(header: Partial<NewHeader> = {}) {
    this.header = { ...EMPTY_HEADER, ...header, processes: this.processes };
    this.turning = new TurningPoints(this);
    this.queries = new TraceQueries(this);
  }

  get sockets(): readonly SocketInfo[] {
    return this.book.infos;
  }

  get size(): number {
    return this.columns.length - 1;
  }

  /** Counts events that changed what is known of a socket: when it moved, indexes over sockets are stale. */
  get turns(): number {
    return this.turning.turns;
  }

  get siteCount(): number {
    return this.sites.size;
  }

  /** Replaces what the header says (not its processes). */
  updateHeader(change: Partial<NewHeader>): void {
    this.header = { ...this.header, ...change, processes: this.processes };
  }

  /** Adds a process and returns its index. One that an event named before is completed; a pid that had ended starts anew. */
  addProcess(process: ProcessInfo): number {
    const known = this.processOfPid.get(process.pid);
    if (known !== undefined && this.processes[known]!.ended === null && this.exitSeqs[known] === 0) {
      Object.assign(this.processes[known]!, process);
      return known;
    }
    return this.newProcess(process);
  }

  /** Adds a process, also when another one has its pid and has not ended. */
  newProcess(process: ProcessInfo): number {
    this.processOfPid.set(process.pid, this.processes.length);
    this.exitSeqs.push(0);
    return this.processes.push({ ...process }) - 1;
  }

  /** Takes over what `change` says of the newest process with this pid. */
  updateProcess(pid: number, change: Partial<ProcessInfo>): void {
    Object.assign(this.processes[this.processIndexOf(pid)]!, change, { pid });
  }

  /** Index of the newest process with this pid; one that nobody added is made up with nothing but its pid. */
  processIndexOf(pid: number): number {
    const index = this.processOfPid.get(pid);
    if (index !== undefined) return index;
    const t = this.size === 0 ? 0 : this.time(this.size);
    return this.addProcess({ pid, ppid: null, program: '?', argv: [], node: '', uv: '', started: t, ended: null, exit: null, notices: [] });
  }

  /** Adds a socket and returns its index. Ids are `s1`, `s2`... in order of birth. */
  addSocket(socket: NewSocket): number {
    const index = this.book.add(socket);
    if (socket.birth || socket.death || socket.local || socket.remote || socket.peer) this.book.explicit.add(index);
    return index;
  }

  /** Takes over what `change` says of a socket. Most of it becomes known from the events without this. */
  updateSocket(id: string, change: Partial<SocketInfo>): void {
    const index = this.book.find(id);
    if (index < 0) throw new RangeError(`no socket has the id ${id}`);
    this.book.update(index, change);
    this.book.explicit.add(index);
  }

  /** Index of the socket with this id; -1 when there is none. */
  socketIndexOf(id: string): number {
    return this.book.find(id);
  }

  /** Appends an event and returns its seq. A socket or process that it names and nobody added is made up with what is known. */
  append(event: NewEvent): number {
    const { kind, provenance, call, api, error, state } = event;
    const shape = this.shapes.id({
      kind,
      provenance,
      call,
      api,
      error,
      from: state?.from ?? null,
      to: state?.to ?? null,
      buffer: event.buffer ?? null,
    });
    const process = this.processIndexOf(event.pid);
    let socket = -1;
    if (event.socket !== null) {
      socket = this.book.find(event.socket);
      if (socket < 0) socket = this.addSocket({ id: event.socket, pid: event.pid, protocol: 'tcp', role: 'unknown' });
    }
    return this.appendColumns(
      event.t,
      shape,
      process,
      socket,
      event.fd,
      event.result,
      event.bytes,
      event.site === null ? 0 : this.internSite(event.site) + 1,
      event.args === null ? 0 : this.argTexts.id(JSON.stringify(event.args)) + 1,
      this.ends.pair(event.local ?? null, event.remote ?? null),
      event.payload == null ? 0 : this.payloads.add(event.payload),
    );
  }

  /** As `append`, by the ids of the tables (see EventColumns). For the decoder. */
  appendColumns(
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
    const seq = this.columns.push(time, shape, process, socket, fd, result, bytes, site, args, ends, payload);
    const act = this.shapes.acts[shape]!;
    if (socket >= 0 && this.book.infos[socket]!.birth === 0) {
      this.book.infos[socket]!.birth = seq;
      this.turning.born(socket, process);
    }
    if (
      act >= Act.socket ||
      act === Act.reading ||
      ends !== 0 ||
      this.shapes.list[shape]!.error !== null ||
      (act === Act.receive && !bytes && !result)
    )
      this.turning.notice(seq, act, process, socket);
    return seq;
  }

  /** What an event loop says, at the event that is appended next. */
  addLoop(process: number, reading: Omit<NewLoopReading, 'pid'>): void {
    const { thread } = reading;
    let loop = this.loops.find((one) => one.process === process && one.thread === thread);
    if (loop === undefined) {
      loop = new LoopColumns(process, thread);
      this.loops.push(loop);
    }
    loop.push(this.size + 1, reading);
  }

  /** Gives back the room kept for more events; more may still come. */
  trim(): void {
    this.columns.resize(this.columns.length);
    for (const loop of this.loops) loop.resize(loop.count);
  }

  /** The id of this place; equal places have equal ids. */
  internSite(site: Site): number {
    const id = this.sites.id(`${site.line}:${site.column}:${site.cause ? 1 : 0}:${site.file}`);
    if (id === this.siteList.length) {
      const kept: Site = { file: site.file, line: site.line, column: site.column };
      if (site.cause) kept.cause = true;
      this.siteList.push(kept);
    }
    return id;
  }

  event(seq: number): TraceEvent {
    const columns = this.columns;
    if (!(Number.isInteger(seq) && seq >= 1 && seq < columns.length)) throw new RangeError(`no event ${seq}: the trace has ${this.size}`);
    const shape = this.shapes.list[columns.shape.values[seq]!]!;
    const socket = columns.socketAt(seq);
    const site = columns.site.values[seq]!;
    const payload = columns.payload.values[seq]!;
    return {
      seq,
      t: columns.timeAt(seq),
      pid: this.processes[columns.processAt(seq)]!.pid,
      socket: socket < 0 ? null : this.book.infos[socket]!.id,
      fd: columns.fdAt(seq),
      kind: shape.kind,
      call: shape.call,
      api: shape.api,
      args: this.args(seq),
      result: columns.resultAt(seq),
      error: shape.error,
      bytes: columns.bytesAt(seq),
      provenance: shape.provenance,
      site: site === 0 ? null : this.site(site - 1),
      state: shape.from !== null && shape.to !== null ? { from: shape.from, to: shape.to } : null,
      buffer: shape.buffer,
      local: this.local(seq),
      remote: this.remote(seq),
      payload: payload === 0 ? null : this.payloads.get(payload),
    };
  }

  payload(seq: number): Uint8Array | null {
    const payload = this.columns.payload.values[seq]!;
    return payload ? this.payloads.get(payload) : null;
  }

  /** The event's arguments, null when it has none. */
  args(seq: number): JsonObject | null {
    const id = this.columns.args.values[seq]!;
    if (id === 0) return null;
    try {
      return JSON.parse(this.argTexts.text(id - 1)) as JsonObject;
    } catch {
      return null; // only a file made to deceive has other text here
    }
  }

  local(seq: number): Address | null {
    const ends = this.columns.ends.values[seq]!;
    return ends === 0 ? null : this.ends.locals[ends - 1]!;
  }

  remote(seq: number): Address | null {
    const ends = this.columns.ends.values[seq]!;
    return ends === 0 ? null : this.ends.remotes[ends - 1]!;
  }

  /** The name that this event gives to its own socket's end; null when it gives none (an accept names the accepted socket). */
  namedLocal(seq: number): Address | null {
    const act = this.act(seq);
    if (act === Act.accept || this.error(seq) !== null) return null;
    return this.local(seq) ?? (act === Act.bind ? pathOf(this.args(seq)) : null);
  }

  /** The name that this event gives to the other end of its own socket; a datagram's sender or receiver is not that. */
  namedRemote(seq: number): Address | null {
    const act = this.act(seq);
    if (act === Act.accept || (this.error(seq) !== null && act !== Act.connect)) return null;
    const { protocol } = this.book.infos[this.socketIndex(seq)]!;
    if ((protocol === 'udp' || protocol === 'udp6') && act !== Act.connect) return null;
    return this.remote(seq) ?? (act === Act.connect ? endOf(this.args(seq)) : null);
  }

  /** Bytes that this call moved: 0 when it failed. */
  moved(seq: number): number {
    const bytes = this.columns.bytesAt(seq);
    return bytes !== null && bytes > 0 && this.shapes.went[this.columns.shape.values[seq]!] ? bytes : 0;
  }

  time(seq: number): number {
    return this.columns.timeAt(seq);
  }

  kind(seq: number): EventKind {
    return this.shapes.list[this.columns.shape.values[seq]!]!.kind;
  }

  provenance(seq: number): Provenance {
    return this.shapes.list[this.columns.shape.values[seq]!]!.provenance;
  }

  call(seq: number): string | null {
    return this.shapes.list[this.columns.shape.values[seq]!]!.call;
  }

  api(seq: number): string | null {
    return this.shapes.list[this.columns.shape.values[seq]!]!.api;
  }

  result(seq: number): number | null {
    return this.columns.resultAt(seq);
  }

  error(seq: number): string | null {
    return this.shapes.list[this.columns.shape.values[seq]!]!.error;
  }

  bytes(seq: number): number | null {
    return this.columns.bytesAt(seq);
  }

  socketIndex(seq: number): number {
    return this.columns.socketAt(seq);
  }

  processIndex(seq: number): number {
    return this.columns.processAt(seq);
  }

  siteId(seq: number): number {
    return this.columns.site.values[seq]! - 1;
  }

  site(id: number): Site {
    const site = this.siteList[id];
    if (site === undefined) throw new RangeError(`no site has the id ${id}`);
    return site;
  }

  stateFrom(seq: number): SocketStateName | null {
    return this.shapes.list[this.columns.shape.values[seq]!]!.from;
  }

  stateTo(seq: number): SocketStateName | null {
    return this.shapes.list[this.columns.shape.values[seq]!]!.to;
  }

  /** What this event means for the model. */
  act(seq: number): Act {
    return this.shapes.acts[this.columns.shape.values[seq]!]!;
  }

  eventsOfSocket(socketIndex: number): Uint32Array {
    return this.queries.eventsOfSocket(socketIndex);
  }

  stateAt(seq: number): RunState {
    return this.queries.stateAt(seq);
  }

  socketAt(socketIndex: number, seq: number): SocketState | null {
    return this.queries.socketAt(socketIndex, seq);
  }

  acceptQueueChanges(listener: number): number[] {
    return this.queries.acceptQueueChanges(listener);
  }

  links(seq: number): Link[] {
    return this.queries.links(seq);
  }

  linksBetween(from: number, to: number): Link[] {
    return this.queries.linksBetween(from, to);
  }

  undelivered(seq: number): Undelivered | null {
    return this.queries.undelivered(seq);
  }
}

function pathOf(args: JsonObject | null): Address | null {
  return typeof args?.path === 'string' ? { path: args.path } : null;
}

/** The address argument of a call. */
export function endOf(args: JsonObject | null): Address | null {
  if (typeof args?.address === 'string' && typeof args.port === 'number') return { address: args.address, port: args.port };
  return pathOf(args);
}
