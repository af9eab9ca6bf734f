import type { ProcessInfo, Site, SocketInfo } from '../../contracts/trace';
import type { RunState, SocketState, TraceReader } from '../../contracts/trace-model';
import { upTo } from '../search';

const SENDS = new Set(['write', 'writev', 'send', 'sendto', 'sendmsg', 'sendmmsg', 'WSASend', 'WSASendTo']);
const RECEIVES = new Set(['read', 'readv', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg', 'WSARecv', 'WSARecvFrom']);

/** What the patterns ask of one open socket. Seqs are 0 where there is none. */
export interface SocketFacts {
  index: number;
  info: SocketInfo;
  now: SocketState;
  peer: SocketFacts | null;
  process: ProcessInfo | undefined;
  /** Its process runs at the step. */
  running: boolean;
  stream: boolean;
  listens: boolean;
  firstSend: number;
  lastSend: number;
  firstReceive: number;
  lastReceive: number;
  sends: number;
  receives: number;
  /** Bytes received since the last send, and the steps that brought them. */
  sinceSend: number[];
  /** The program read the end of the stream. */
  endRead: number;
  endCalled: number;
  shutdown: number;
  closed: number;
  connectCalled: number;
  connected: number;
  /** write() returned false, and no drain came since. */
  returnedFalse: number;
  /** A timeout event after which nothing happened any more. */
  timeout: number;
  /** Last change of state. */
  stateSince: number;
  made: Site | null;
}

/** The sockets of a run at a step, seen by the patterns. */
export interface RunFacts {
  trace: TraceReader;
  step: number;
  state: RunState;
  sockets: readonly SocketFacts[];
  running: ReadonlySet<number>;
}

/** Sockets that are looked at between two chances to stop. */
const PIECE = 16;

/** Gathers the facts at a step: one pass over the events of each socket that is open then, or whose peer is. Stops after each piece of the work. */
export function* gatherFacts(trace: TraceReader, step: number): Generator<void, RunFacts> {
  // What the state of the run needs is kept for each socket on its own.
  for (let index = 0; index < trace.sockets.length; index++) {
    trace.socketAt(index, step);
    if (index % PIECE === 0) yield;
  }
  const state = trace.stateAt(step);
  yield;
  const running = new Set(state.processes.filter((process) => process.running).map((process) => process.pid));
  const processes = new Map(trace.processes.map((process) => [process.pid, process]));
  const byId = new Map<string, SocketFacts>();
  // What is closed, as most of a long run is, matters only as the other end or the listener of something.
  const open = state.sockets.filter((now) => now.open);
  const needed = new Set([...open.map((now) => now.id), ...open.map((now) => now.peer)]);
  const sockets: SocketFacts[] = [];
  for (const now of state.sockets) {
    const facts = emptyFacts(trace, now, processes.get(now.pid), running.has(now.pid));
    if (needed.has(now.id) || now.role === 'listener') gather(trace, step, facts);
    byId.set(now.id, facts);
    if (sockets.push(facts) % PIECE === 0) yield;
  }
  for (const facts of sockets) {
    facts.peer = (facts.now.peer && byId.get(facts.now.peer)) || null;
    if (facts.info.listener !== null) facts.made ??= byId.get(facts.info.listener)?.made ?? firstSite(trace, facts);
  }
  return { trace, step, state, sockets, running };
}

function emptyFacts(trace: TraceReader, now: SocketState, process: ProcessInfo | undefined, running: boolean): SocketFacts {
  const info = trace.sockets[now.index]!;
  return {
    index: now.index,
    info,
    now,
    peer: null,
    process,
    running,
    stream: !info.protocol.startsWith('udp'),
    listens: info.role === 'listener',
    firstSend: 0,
    lastSend: 0,
    firstReceive: 0,
    lastReceive: 0,
    sends: 0,
    receives: 0,
    sinceSend: [],
    endRead: 0,
    endCalled: 0,
    shutdown: 0,
    closed: 0,
    connectCalled: 0,
    connected: 0,
    returnedFalse: 0,
    timeout: 0,
    stateSince: info.birth,
    made: null,
  };
}

function gather(trace: TraceReader, step: number, facts: SocketFacts): void {
  const events = trace.eventsOfSocket(facts.index);
  const count = upTo(events, step);
  for (let i = 0; i < count; i++) read(trace, facts, events[i]!);
  if (facts.made === null && facts.info.listener !== null) facts.made = acceptSite(trace, facts);
}

function read(trace: TraceReader, facts: SocketFacts, seq: number): void {
  const site = trace.siteId(seq);
  if (facts.made === null && site >= 0 && facts.info.listener === null) facts.made = trace.site(site);
  switch (trace.kind(seq)) {
    case 'state':
      facts.stateSince = seq;
      return;
    case 'api':
      readApi(trace, facts, seq);
      return;
    case 'call':
      readCall(trace, facts, seq);
      return;
    default:
      return;
  }
}

function readApi(trace: TraceReader, facts: SocketFacts, seq: number): void {
  const api = trace.api(seq);
  if (api === 'end of file') {
    facts.endRead ||= seq;
    facts.timeout = 0;
    return;
  }
  const event = trace.event(seq).args?.event ?? api;
  if (event === 'end called') facts.endCalled ||= seq;
  else if (event === 'returned false') facts.returnedFalse ||= seq;
  else if (event === 'drain') facts.returnedFalse = 0;
  if (event === 'timeout') facts.timeout = seq;
  else facts.timeout = 0;
}

function readCall(trace: TraceReader, facts: SocketFacts, seq: number): void {
  const call = trace.call(seq)!;
  if (trace.error(seq) !== null && call !== 'connect') return;
  facts.timeout = 0;
  if (SENDS.has(call)) {
    facts.firstSend ||= seq;
    facts.lastSend = seq;
    facts.sends++;
    facts.sinceSend = [];
  } else if (RECEIVES.has(call)) {
    if (facts.stream && trace.result(seq) === 0) {
      facts.endRead ||= seq;
      return;
    }
    if ((trace.bytes(seq) ?? 0) <= 0 && facts.stream) return;
    facts.firstReceive ||= seq;
    facts.lastReceive = seq;
    facts.receives++;
    facts.sinceSend.push(seq);
  } else if (call === 'shutdown') facts.shutdown ||= seq;
  else if (call === 'close') facts.closed ||= seq;
  else if (call === 'connect') facts.connectCalled ||= seq;
  else if (call === 'getsockopt' && facts.connectCalled && !facts.connected) facts.connected = seq;
}

/** Where an accepted socket comes from: the line of its accept, which is its listener's event. */
function acceptSite(trace: TraceReader, facts: SocketFacts): Site | null {
  for (let seq = facts.info.birth; seq > 0 && seq > facts.info.birth - 8; seq--) {
    const call = trace.call(seq);
    if (call !== 'accept4' && call !== 'accept') continue;
    if (trace.event(seq).args?.accepted !== facts.info.id) continue;
    const site = trace.siteId(seq);
    return site >= 0 ? trace.site(site) : null;
  }
  return null;
}

function firstSite(trace: TraceReader, facts: SocketFacts): Site | null {
  for (const seq of trace.eventsOfSocket(facts.index)) {
    const site = trace.siteId(seq);
    if (site >= 0) return trace.site(site);
  }
  return null;
}

/** Bytes that the other end has sent and this one has not read: they wait in the kernel. 0 when the other end is not traced. */
export function unreadBytes(facts: SocketFacts): number {
  return facts.peer && facts.stream ? Math.max(0, facts.peer.now.bytesSent - facts.now.bytesReceived) : 0;
}

/** The step that sent the oldest of those bytes; 0 when there is none. */
export function oldestUnread(trace: TraceReader, facts: SocketFacts, step: number): number {
  if (!facts.peer) return 0;
  const events = trace.eventsOfSocket(facts.peer.index);
  let left = unreadBytes(facts);
  for (let i = upTo(events, step) - 1; i >= 0 && left > 0; i--) {
    const seq = events[i]!;
    if (!SENDS.has(trace.call(seq) ?? '') || trace.error(seq) !== null) continue;
    left -= Math.max(0, trace.bytes(seq) ?? 0);
    if (left <= 0) return seq;
  }
  return 0;
}

/** The last event of a process up to a step; 0 when it has none among the last 100,000. */
export function lastEventOf(trace: TraceReader, pid: number, step: number): number {
  const index = trace.processes.findIndex((process) => process.pid === pid);
  for (let seq = step; seq > 0 && seq > step - 100_000; seq--)
    if (trace.processIndex(seq) === index && trace.kind(seq) !== 'state') return seq;
  return 0;
}
