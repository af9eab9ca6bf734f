/** One happening at three depths: the Node call, the system calls that it made, the segments behind them, and what came of it at the other end. */
import type { TraceReader } from '../contracts/trace-model';
import { search } from './queries';
import { upTo } from './search';
import { type Segment, segmentsOf } from './segments';

export interface DepthLine {
  depth: 'node' | 'call' | 'segment' | 'peer';
  /** The step that it is, or that shows it. */
  step: number;
  /** For `node`: what the program called, or the event that it got. */
  api?: string;
  /** For `segment`; always of the model. */
  segment?: Segment;
}

/** How far a Node call and its system calls may lie apart, in events of their socket. */
const REACH = 24;
const READS: Readonly<Record<string, string>> = { read: "'data'", recvmsg: "'message'", accept: "'connection'", accept4: "'connection'" };

/** The depths of a step, from the program down to the wire and up at the other end; empty when there is only one. */
export function depthsOf(trace: TraceReader, seq: number): DepthLine[] {
  const socket = trace.socketIndex(seq);
  if (socket < 0) return [];
  const anchor = trace.kind(seq) === 'state' ? causeOf(trace, seq, socket) : seq;
  if (anchor === 0) return [];
  const own = trace.socketIndex(anchor);
  if (own < 0) return [];
  const calls = callsOf(trace, anchor, own);
  const node = nodeOf(trace, anchor, own, calls);
  const lines: DepthLine[] = [];
  const reads = calls.length > 0 && Object.hasOwn(READS, trace.call(calls[0]!) ?? '');
  const segments = segmentsFor(trace, own, calls, reads).map((segment): DepthLine => ({ depth: 'segment', step: segment.step, segment }));
  const peers = new Set<number>();
  for (const call of calls) for (const link of trace.links(call)) peers.add(reads ? link.from : link.to);
  for (const call of calls) peers.delete(call);
  const others = [...peers].sort((a, b) => a - b).map((step): DepthLine => ({ depth: 'peer', step }));
  const below = calls.map((step): DepthLine => ({ depth: 'call', step }));
  if (reads) lines.push(...others, ...segments, ...below, ...(node ? [node] : []));
  else lines.push(...(node ? [node] : []), ...below, ...segments, ...others);
  return new Set(lines.map((line) => line.depth)).size > 1 ? lines : [];
}

/** The event that brought a change of state: the one before it, of whichever socket. */
function causeOf(trace: TraceReader, seq: number, socket: number): number {
  const cause = search(trace, seq, -1, (at) => trace.kind(at) !== 'state' && trace.kind(at) !== 'buffer');
  const peer = trace.sockets[socket]!.peer;
  const of = cause > 0 ? trace.sockets[trace.socketIndex(cause)] : undefined;
  return of && (of.id === trace.sockets[socket]!.id || of.id === peer) ? cause : 0;
}

/** The system calls that were made with a step: those of the same Node call and line, each name once. */
function callsOf(trace: TraceReader, anchor: number, socket: number): number[] {
  const events = trace.eventsOfSocket(socket);
  const at = upTo(events, anchor) - 1;
  const site = trace.siteId(anchor);
  const api = trace.api(anchor);
  const isCall = trace.kind(anchor) === 'call';
  if (isCall && (site < 0 || READS[trace.call(anchor) ?? ''])) return [anchor];
  const same = (seq: number) =>
    trace.kind(seq) === 'call' && samePlace(trace, trace.siteId(seq), site) && (trace.api(seq) === api || !isCall);
  const names = new Set(isCall ? [trace.call(anchor)] : []);
  const found = isCall ? [anchor] : [];
  const take = (seq: number): boolean => {
    if (!same(seq)) return trace.kind(seq) !== 'call' && trace.kind(seq) !== 'api';
    if (names.has(trace.call(seq))) return false;
    names.add(trace.call(seq));
    found.push(seq);
    return true;
  };
  if (isCall) for (let i = at - 1; i >= 0 && i > at - REACH && take(events[i]!); i--);
  for (let i = at + 1; i < events.length && i < at + REACH && take(events[i]!); i++);
  return found.sort((a, b) => a - b);
}

function nodeOf(trace: TraceReader, anchor: number, socket: number, calls: readonly number[]): DepthLine | null {
  const told = (seq: number): DepthLine => ({ depth: 'node', step: seq, api: `${trace.api(seq)}()` });
  if (trace.kind(anchor) === 'api') return { depth: 'node', step: anchor, api: nameOf(trace, anchor) };
  const first = calls[0] ?? anchor;
  const event = READS[trace.call(first) ?? ''];
  if (event) return { depth: 'node', step: first, api: trace.call(first) === 'read' && trace.result(first) === 0 ? "'end'" : event };
  if (trace.api(first) === null) return null;
  // A Node call that was seen as an event of its own stands before its system calls.
  const events = trace.eventsOfSocket(socket);
  const site = trace.siteId(first);
  for (let i = upTo(events, first) - 2, n = 0; i >= 0 && n < REACH; i--, n++) {
    const seq = events[i]!;
    if (trace.kind(seq) === 'api' && trace.api(seq) === trace.api(first) && samePlace(trace, trace.siteId(seq), site))
      return { ...told(seq), api: nameOf(trace, seq) };
  }
  return told(first);
}

/** Whether two sites are one place: a call that was made later has it as its cause. */
function samePlace(trace: TraceReader, a: number, b: number): boolean {
  if (a === b || a < 0 || b < 0) return a === b;
  const [one, other] = [trace.site(a), trace.site(b)];
  return one.file === other.file && one.line === other.line && one.column === other.column;
}

function nameOf(trace: TraceReader, seq: number): string {
  const api = trace.api(seq) ?? '';
  return api.includes('.') ? `${api}()` : `'${api}'`;
}

/** The segments that these calls sent; for a read those that brought its bytes. */
function segmentsFor(trace: TraceReader, socket: number, calls: readonly number[], reads: boolean): Segment[] {
  const info = trace.sockets[socket]!;
  if (!info.protocol.startsWith('tcp') || info.role === 'listener' || calls.length === 0) return [];
  const peer = info.peer === null ? -1 : trace.sockets.findIndex((other) => other.id === info.peer);
  const [left, right] = info.role === 'accepted' ? [peer, socket] : [socket, peer];
  const steps = new Set<number>();
  if (reads) for (const call of calls) for (const link of trace.links(call)) add(trace, steps, link.from);
  else for (const call of calls) add(trace, steps, call);
  if (steps.size === 0) return [];
  return segmentsOf(trace, left, right).filter(
    (one) => steps.has(one.step) && (one.length > 0 || one.flags.some((flag) => flag !== 'ACK' && flag !== 'PSH')),
  );
}

/** A call, and the changes of state that came with it. */
function add(trace: TraceReader, steps: Set<number>, call: number): void {
  steps.add(call);
  for (let seq = call + 1; seq <= trace.size && trace.kind(seq) === 'state'; seq++) steps.add(seq);
}
