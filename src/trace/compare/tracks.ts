import type { JsonObject } from '../../contracts/trace';
import type { TraceReader } from '../../contracts/trace-model';

/** The calls that moved bytes in one direction at one socket, or the pieces in which a fault gave them to the program. */
export interface Track {
  seqs: number[];
  sizes: number[];
  /** The piece was cut by a fault. */
  injected: boolean[];
  /** Where the bytes of each piece were captured: the step of the call, and how far into its bytes. */
  from: number[];
  skip: number[];
}

/** Steps with what must be equal for two of them to count as the same. */
export interface Keyed {
  seqs: number[];
  keys: string[];
}

/** What one socket did, in tracks that do not wait for each other: the order between them may differ from run to run and mean nothing. */
export interface SocketTracks {
  out: Track;
  in: Track;
  /** Calls that make, name, connect and end the socket. */
  calls: Keyed;
  /** The end of file, and reads that failed. */
  ends: Keyed;
  /** Node's own calls and events. */
  events: Keyed;
  faults: Keyed;
  /** Of a listener: accept calls that succeeded, with the id of the new socket. */
  accepts: { seq: number; id: string }[];
  /** The first step with which this end finished, and the one at which it saw that the other had; 0: never. */
  finished: number;
  sawEnd: number;
}

const SENDS = new Set(['write', 'writev', 'send', 'sendto', 'sendmsg', 'sendmmsg']);
const RECEIVES = new Set(['read', 'readv', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg']);
/** Nothing came, or not yet: how often a program meets them is a matter of time. */
const TRY_LATER = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINTR']);
/** Said by the probe about itself. */
const OWN_WORDS = new Set(['calls left out', 'thinned', 'not visible here']);

/** Sorts the events of a socket into its tracks. */
export function tracksOf(trace: TraceReader, socket: number): SocketTracks {
  const found: SocketTracks = {
    out: track(),
    in: track(),
    calls: keyed(),
    ends: keyed(),
    events: keyed(),
    faults: keyed(),
    accepts: [],
    finished: 0,
    sawEnd: 0,
  };
  if (socket < 0) return found;
  for (const seq of trace.eventsOfSocket(socket)) {
    const kind = trace.kind(seq);
    if (kind === 'call') call(trace, seq, found);
    else if (kind === 'api') api(trace, seq, found);
    else if (kind === 'fault') fault(trace, seq, found);
  }
  return found;
}

function call(trace: TraceReader, seq: number, into: SocketTracks): void {
  const name = trace.call(seq) ?? '?';
  const error = trace.error(seq);
  const bytes = trace.bytes(seq);
  const sends = SENDS.has(name);
  if (sends || RECEIVES.has(name)) {
    if (error !== null) {
      if (TRY_LATER.has(error)) return;
      push(sends ? into.calls : into.ends, seq, `${sends ? 'write' : 'read'} ${error}`);
      if (!sends) into.sawEnd ||= seq;
      return;
    }
    const datagrams = trace.sockets[trace.socketIndex(seq)]!.protocol.startsWith('udp');
    if (!sends && bytes === 0 && !datagrams) {
      into.sawEnd ||= seq;
      push(into.ends, seq, 'end');
    } else if (bytes !== null && (bytes > 0 || datagrams)) add(sends ? into.out : into.in, seq, bytes, false);
    return;
  }
  if (name === 'accept' || name === 'accept4') {
    if (error !== null) {
      if (!TRY_LATER.has(error)) push(into.calls, seq, `accept ${error}`);
      return;
    }
    const id = trace.event(seq).args?.accepted;
    into.accepts.push({ seq, id: typeof id === 'string' ? id : '' });
    return;
  }
  const { args } = trace.event(seq);
  if (error === null && (name === 'shutdown' || name === 'close')) into.finished ||= seq;
  push(into.calls, seq, `${name} ${error ?? ''} ${argsKey(name, args)}`);
}

/** Of the arguments, what does not change from run to run: no descriptors, ports and paths. */
function argsKey(name: string, args: JsonObject | null): string {
  if (args === null) return '';
  switch (name) {
    case 'bind':
    case 'connect':
      return String(args.address ?? '');
    case 'listen':
      return String(args.backlog ?? '');
    case 'shutdown':
      return String(args.how ?? '');
    case 'close':
      return String(args.cause ?? (args.linger ? 'linger' : ''));
    case 'setsockopt':
      return `${args.option} ${JSON.stringify(args.value ?? null)}`;
    case 'getsockopt':
      return args.option === 'SO_ERROR' ? `SO_ERROR ${args.value}` : String(args.option ?? '');
    default:
      return '';
  }
}

function api(trace: TraceReader, seq: number, into: SocketTracks): void {
  const name = trace.api(seq) ?? '';
  if (name === 'end of file') {
    into.sawEnd ||= seq;
    push(into.ends, seq, 'end');
  } else if (!OWN_WORDS.has(name)) push(into.events, seq, apiKey(trace, seq));
}

/** What belongs to a process and to none of its sockets. */
export interface ProcessTracks {
  /** Its first step; 0: it has none. */
  first: number;
  events: Keyed;
  exit: number[];
}

/** The processes of a trace, in one walk over it. */
export function processTracks(trace: TraceReader): ProcessTracks[] {
  const found = trace.processes.map((): ProcessTracks => ({ first: 0, events: keyed(), exit: [] }));
  for (let seq = 1; seq <= trace.size; seq++) {
    const own = found[trace.processIndex(seq)];
    if (own === undefined) continue;
    own.first ||= seq;
    if (trace.socketIndex(seq) >= 0) continue;
    const kind = trace.kind(seq);
    if (kind === 'exit') own.exit.push(seq);
    else if (kind === 'api' && !OWN_WORDS.has(trace.api(seq) ?? '')) push(own.events, seq, apiKey(trace, seq));
  }
  return found;
}

/** What an event of Node is, without what changes from run to run. */
function apiKey(trace: TraceReader, seq: number): string {
  const { args } = trace.event(seq);
  return [trace.api(seq), trace.error(seq), args?.returned, args?.event, args?.code].map((part) => String(part ?? '')).join(' ');
}

/** A split read is in the pieces that the program was given; every other fault stands for itself. */
function fault(trace: TraceReader, seq: number, into: SocketTracks): void {
  const { args } = trace.event(seq);
  const name = String(args?.fault ?? '');
  const given = args?.given;
  if (name !== 'split-read' || typeof given !== 'number' || typeof args?.had !== 'number') {
    push(into.faults, seq, `${name} ${trace.error(seq) ?? ''}`);
    return;
  }
  const { seqs, sizes, injected, from, skip } = into.in;
  let [read, taken] = [from.at(-1) ?? 0, (skip.at(-1) ?? 0) + (sizes.at(-1) ?? 0)];
  // The first piece takes the place of the read that it was cut from.
  if (injected.at(-1) === false && sizes.at(-1) === args.had) {
    [read, taken] = [from.at(-1)!, 0];
    for (const list of [seqs, sizes, injected, from, skip]) list.pop();
  }
  add(into.in, seq, given, true, read, taken);
}

const track = (): Track => ({ seqs: [], sizes: [], injected: [], from: [], skip: [] });
const keyed = (): Keyed => ({ seqs: [], keys: [] });

function add(into: Track, seq: number, size: number, injected: boolean, from = seq, skip = 0): void {
  into.seqs.push(seq);
  into.sizes.push(size);
  into.injected.push(injected);
  into.from.push(from);
  into.skip.push(skip);
}

function push(into: Keyed, seq: number, key: string): void {
  into.seqs.push(seq);
  into.keys.push(key);
}
