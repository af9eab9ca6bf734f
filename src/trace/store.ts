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
import type { Link, NewEvent, RunState, TraceReader } from '../contracts/trace-model';
import { EndsTable } from './addresses';
import { EventColumns } from './columns';
import { Interner } from './intern';
import { PayloadArena } from './payloads';
import { Act, ShapeTable } from './shapes';
import { type NewSocket, SocketBook } from './socket-book';
import { TraceQueries } from './trace-queries';

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
  readonly processes: ProcessInfo[] = [];
  /** By process: the seq of its exit event, 0 when there is none. */
  readonly exitSeqs: number[] = [];
  /** Records and bytes at the end of events that a newer version wrote. */
  readonly unknownRecords: UnknownRecord[] = [];
  readonly trailing = new Map<number, Uint8Array>();
  header: TraceHeader;
  private readonly siteList: Site[] = [];
  private readonly processOfPid = new Map<number, number>();
  private readonly openSockets: Set<number>[] = [];
  private readonly queries: TraceQueries;

  constructor(header: Partial<NewHeader> = {}) {
    this.header = { ...EMPTY_HEADER, ...header, processes: this.processes };
    this.queries = new TraceQueries(this);
  }

  get sockets(): readonly SocketInfo[] {
    return this.book.infos;
  }

  get size(): number {
    return this.columns.length - 1;
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
    this.openSockets.push(new Set());
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
      this.openSockets[process]!.add(socket);
    }
    if (act >= Act.socket || ends !== 0 || this.shapes.list[shape]!.error !== null || (act === Act.receive && !bytes && !result))
      this.notice(seq, act, process, socket, ends);
    return seq;
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
    const shape = this.shapes.list[columns.shape[seq]!]!;
    const socket = columns.socket[seq]!;
    const site = columns.site[seq]!;
    const payload = columns.payload[seq]!;
    return {
      seq,
      t: columns.time[seq]!,
      pid: this.processes[columns.process[seq]!]!.pid,
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

  /** The event's arguments, null when it has none. */
  args(seq: number): JsonObject | null {
    const id = this.columns.args[seq]!;
    if (id === 0) return null;
    try {
      return JSON.parse(this.argTexts.text(id - 1)) as JsonObject;
    } catch {
      return null; // only a file made to deceive has other text here
    }
  }

  local(seq: number): Address | null {
    const ends = this.columns.ends[seq]!;
    return ends === 0 ? null : this.ends.locals[ends - 1]!;
  }

  remote(seq: number): Address | null {
    const ends = this.columns.ends[seq]!;
    return ends === 0 ? null : this.ends.remotes[ends - 1]!;
  }

  time(seq: number): number {
    return this.columns.time[seq]!;
  }

  kind(seq: number): EventKind {
    return this.shapes.list[this.columns.shape[seq]!]!.kind;
  }

  provenance(seq: number): Provenance {
    return this.shapes.list[this.columns.shape[seq]!]!.provenance;
  }

  call(seq: number): string | null {
    return this.shapes.list[this.columns.shape[seq]!]!.call;
  }

  api(seq: number): string | null {
    return this.shapes.list[this.columns.shape[seq]!]!.api;
  }

  result(seq: number): number | null {
    return this.columns.resultAt(seq);
  }

  error(seq: number): string | null {
    return this.shapes.list[this.columns.shape[seq]!]!.error;
  }

  bytes(seq: number): number | null {
    return this.columns.bytesAt(seq);
  }

  socketIndex(seq: number): number {
    return this.columns.socket[seq]!;
  }

  processIndex(seq: number): number {
    return this.columns.process[seq]!;
  }

  siteId(seq: number): number {
    return this.columns.site[seq]! - 1;
  }

  site(id: number): Site {
    const site = this.siteList[id];
    if (site === undefined) throw new RangeError(`no site has the id ${id}`);
    return site;
  }

  stateFrom(seq: number): SocketStateName | null {
    return this.shapes.list[this.columns.shape[seq]!]!.from;
  }

  stateTo(seq: number): SocketStateName | null {
    return this.shapes.list[this.columns.shape[seq]!]!.to;
  }

  /** What this event means for the model. */
  act(seq: number): Act {
    return this.shapes.acts[this.columns.shape[seq]!]!;
  }

  eventsOfSocket(socketIndex: number): Uint32Array {
    return this.queries.eventsOfSocket(socketIndex);
  }

  stateAt(seq: number): RunState {
    return this.queries.stateAt(seq);
  }

  links(seq: number): Link[] {
    return this.queries.links(seq);
  }

  linksBetween(from: number, to: number): Link[] {
    return this.queries.linksBetween(from, to);
  }

  /** Keeps the turning points of sockets and processes; most events never come here. */
  private notice(seq: number, act: Act, process: number, socket: number, ends: number): void {
    if (act === Act.exit) {
      this.noticeExit(seq, process);
      return;
    }
    if (socket < 0) return;
    const book = this.book;
    const facts = book.facts[socket]!;
    const error = this.shapes.list[this.columns.shape[seq]!]!.error;
    const local = ends === 0 ? null : this.ends.locals[ends - 1]!;
    const remote = ends === 0 ? null : this.ends.remotes[ends - 1]!;
    if (act === Act.accept) {
      this.noticeAccept(seq, socket, local, remote);
      return;
    }
    const info = book.infos[socket]!;
    const datagram = info.protocol === 'udp' || info.protocol === 'udp6';
    // A datagram's address is that of its sender or receiver, not that of this socket's one peer.
    const named = datagram && act !== Act.connect ? null : remote;
    if (ends !== 0) book.name(socket, error === null ? local : null, error === null || act === Act.connect ? named : null);
    if (error !== null) {
      if (act === Act.connect && error !== 'EINPROGRESS') facts.connectFailed = true;
      if (facts.resetSeq === 0 && (error === 'ECONNRESET' || error === 'EPIPE')) facts.resetSeq = seq;
      if (act === Act.connect) facts.connectSeq = seq;
      return;
    }
    switch (act) {
      case Act.listen:
        facts.listenSeq = seq;
        book.addListener(socket);
        break;
      case Act.connect:
        facts.connectSeq = seq;
        facts.connectFailed = false;
        facts.connectedSeq = seq;
        if (remote !== null && 'path' in remote) book.joinByPath(socket, remote.path, 'client');
        break;
      case Act.getsockopt: {
        const args = this.args(seq);
        if (args?.option !== 'SO_ERROR') break;
        if (args.value === 0) facts.connectedSeq = seq;
        else facts.connectFailed = true;
        break;
      }
      case Act.shutdown:
        if (facts.shutdownSeq === 0) facts.shutdownSeq = seq;
        break;
      case Act.receive:
      case Act.endOfFile:
        if (!datagram && facts.eofSeq === 0) facts.eofSeq = seq;
        break;
      case Act.close:
        if (facts.closeSeq === 0) this.noticeClose(seq, socket);
        break;
      default:
        break;
    }
  }

  private noticeAccept(seq: number, listener: number, local: Address | null, remote: Address | null): void {
    const id = this.args(seq)?.accepted;
    if (typeof id !== 'string') return;
    const { pid, protocol, local: at } = this.book.infos[listener]!;
    const index = this.book.find(id) >= 0 ? this.book.find(id) : this.addSocket({ id, pid, protocol, role: 'accepted' });
    const facts = this.book.facts[index]!;
    if (facts.acceptSeq === 0) facts.acceptSeq = seq;
    if (this.book.infos[index]!.listener === null) this.book.update(index, { listener: this.book.infos[listener]!.id });
    this.book.name(index, local, remote);
    if (protocol === 'unix' && at !== null && 'path' in at) this.book.joinByPath(index, at.path, 'accepted');
  }

  private noticeClose(seq: number, socket: number): void {
    this.book.facts[socket]!.closeSeq = seq;
    this.book.infos[socket]!.death = seq;
    this.openSockets[this.columns.process[seq]!]!.delete(socket);
  }

  private noticeExit(seq: number, process: number): void {
    if (this.exitSeqs[process] !== 0) return;
    this.exitSeqs[process] = seq;
    const info = this.processes[process]!;
    const args = this.args(seq);
    info.ended ??= this.time(seq);
    info.exit ??= {
      code: typeof args?.code === 'number' ? args.code : null,
      signal: typeof args?.signal === 'string' ? args.signal : null,
    };
    for (const socket of this.openSockets[process]!) if (this.book.facts[socket]!.closeSeq === 0) this.noticeClose(seq, socket);
    this.openSockets[process]!.clear();
  }
}
