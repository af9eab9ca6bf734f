/**
 * What the one model of a trace offers to everybody (implemented in trace/). Events are columns, not objects: use the
 * column readers in loops and `event(seq)` for the one that is looked at.
 */
import type { Address, EventKind, ProcessInfo, Provenance, Site, SocketInfo, SocketStateName, TraceEvent, TraceHeader } from './trace';

/** An event as it is handed in: everything but its number. */
export type NewEvent = Omit<TraceEvent, 'seq'>;

/**
 * What libuv's own count says between two moments of one event loop: since the thread's event `after` (0: since its start) the loop has asked for
 * events `turns` times and waited for them `waited` ns in all. It stands at the event that is appended next.
 */
export interface NewLoopReading {
  pid: number;
  /** 0: the main thread; else the number of the worker. */
  thread: number;
  after: number;
  turns: number;
  waited: number;
  /** A socket was told to read again in between: until then the loop did not wait for its bytes. */
  resumed: boolean;
}

/** The readings of one event loop, ascending. Reading `i` ends at event `to[i]`. */
export interface LoopReadings {
  /** Index into `processes`. */
  readonly process: number;
  readonly thread: number;
  readonly count: number;
  readonly to: Uint32Array;
  reading(i: number): Omit<NewLoopReading, 'pid'>;
  /** ns waited in the readings before reading `i`. */
  waitedBefore(i: number): number;
}

export interface TraceReader {
  readonly header: TraceHeader;
  readonly processes: readonly ProcessInfo[];
  readonly sockets: readonly SocketInfo[];
  /** Number of events. Steps run from 0 (before anything) to `size`; event `seq` is what step `seq` shows. */
  readonly size: number;
  /** Event loops that Node told something of; none in traces of earlier versions. */
  readonly loops: readonly LoopReadings[];
  /** The whole event. Throws RangeError outside 1..size. */
  event(seq: number): TraceEvent;
  time(seq: number): number;
  kind(seq: number): EventKind;
  provenance(seq: number): Provenance;
  call(seq: number): string | null;
  api(seq: number): string | null;
  result(seq: number): number | null;
  error(seq: number): string | null;
  bytes(seq: number): number | null;
  /** The bytes that were captured of an event; null when none were. Do not change them. */
  payload(seq: number): Uint8Array | null;
  /** Indexes into `sockets` and `processes`; -1 for none. */
  socketIndex(seq: number): number;
  processIndex(seq: number): number;
  /** Interned id of the call site, -1 for none; `site(id)` gives it. Equal places have equal ids. */
  siteId(seq: number): number;
  site(id: number): Site;
  readonly siteCount: number;
  stateFrom(seq: number): SocketStateName | null;
  stateTo(seq: number): SocketStateName | null;
  /** The seqs of a socket's events, ascending (a view on the index; do not change). */
  eventsOfSocket(socketIndex: number): Uint32Array;
  /** The fold of events 1..seq. */
  stateAt(seq: number): RunState;
  /** One socket of that fold, at a fraction of the cost; null before it was born. */
  socketAt(socketIndex: number, seq: number): SocketState | null;
  /** The steps at which a listener's accept queue may have changed because of traced clients, ascending. */
  acceptQueueChanges(listener: number): number[];
  /** Arrows: for an event, the events at the other end that it led to or came from. */
  links(seq: number): Link[];
  /** All arrows whose earlier end lies in [from, to], in order of that end. */
  linksBetween(from: number, to: number): Link[];
  /** What became of the datagram that a step sent, received, refused or threw away, when it did not get to the program that it was for. */
  undelivered(seq: number): Undelivered | null;
}

/** A datagram that did not get to the program that it was for, as far as the trace can know that. Of any other nobody knows whether it arrived. */
export interface Undelivered {
  /**
   * `lost`: its receiver, on this machine, took a later one and never this one, or was closed before. `refused`: ICMP answered that nobody
   * receives there. `dropped`: a fault that was put in threw it away.
   */
  fate: 'lost' | 'refused' | 'dropped';
  /** The step that sent it; when a fault took it before that, the step of the fault; 0 when that is not known. */
  sent: number;
  /** The step that received it, for the fault to throw away; else 0. */
  received: number;
  /** The step at which that shows: the later receive, the close, the call with ECONNREFUSED, the fault. */
  shown: number;
  /** Index of the socket that it was for; -1 when it is not in the trace. */
  receiver: number;
  provenance: 'derived' | 'injected';
}

/** connect -> accept; the bytes of a write -> each read that took some of them; a datagram; a FIN -> the end the peer saw. */
export interface Link {
  kind: 'connect' | 'bytes' | 'datagram' | 'fin' | 'reset';
  from: number;
  to: number;
  /** For bytes: the half-open range of the stream, counted from 0 in this direction, that moved along this arrow. */
  range?: { start: number; end: number };
}

/** A number that may be only bounded: exact when low === high. */
export interface Reading {
  low: number;
  high: number;
  provenance: Provenance;
}

export interface SocketState {
  index: number;
  id: string;
  pid: number;
  protocol: SocketInfo['protocol'];
  role: SocketInfo['role'];
  state: SocketStateName;
  /** When two states cannot be told apart from what was seen: the other one. */
  orState: SocketStateName | null;
  stateProvenance: Provenance;
  open: boolean;
  fd: number | null;
  local: Address | null;
  remote: Address | null;
  peer: string | null;
  /** How `peer` is known, as in SocketInfo. */
  peerBy?: SocketInfo['peerBy'];
  /** netstat's columns. Of a listener: accept queue and backlog. null: not known here. */
  recvQ: Reading | null;
  sendQ: Reading | null;
  /** Stream and libuv buffers as last read; null when never. */
  writableLength: number | null;
  readableLength: number | null;
  writeQueueSize: number | null;
  bytesSent: number;
  bytesReceived: number;
}

export interface RunState {
  step: number;
  t: number;
  /** Sockets born at or before the step, in birth order, also those that are closed. */
  sockets: SocketState[];
  /** By pid: running or ended. */
  processes: { pid: number; running: boolean }[];
}

/** Takes `.socktrace` bytes as they arrive and fills a store. */
export interface TraceDecoder {
  readonly store: TraceReader;
  /** Bytes may be cut anywhere. Returns how many events this call added. Throws TraceFormatError for a newer version or no trace at all. */
  push(bytes: Uint8Array): number;
  /** What is to be said of the input so far: whole, still open, or cut off or damaged at a byte. */
  status(): { complete: boolean; problem: string | null };
}
