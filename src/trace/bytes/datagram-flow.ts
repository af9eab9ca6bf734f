import type { TraceReader } from '../../contracts/trace-model';
import { addressKey } from '../addresses';

/** What became of a datagram. */
export type DatagramFate =
  /** A traced socket received it: certain, because only one datagram fits. */
  | 'received'
  /** Received after one that was sent later. */
  | 'reordered'
  /** The traced socket that it was for received a later one instead, or was closed, and never received this one. */
  | 'lost'
  /** The system answered that nobody receives there (ECONNREFUSED on the sender). */
  | 'refused'
  /** The send itself failed. */
  | 'failed'
  /** Several are alike, it is still on its way, or its receiver is not in the trace. */
  | 'unknown';

export interface Datagram {
  /** Step of the send; 0 for one that came from outside the trace. */
  sent: number;
  /** Steps of the receives: more than one when it was duplicated on the way. */
  received: number[];
  bytes: number;
  /** Where it was sent to, as far as that is known: `127.0.0.1:9002`. */
  to: string;
  fate: DatagramFate;
  /** Why the call failed. */
  error: string | null;
  /** Faults that were injected at this datagram, by name (`drop`, `duplicate`, `reorder`, `delay`), and their steps. */
  injected: { fault: string; seq: number }[];
}

const SENDS = new Set(['sendmsg', 'sendto', 'send', 'sendmmsg', 'write']);
const RECEIVES = new Set(['recvmsg', 'recvfrom', 'recv', 'recvmmsg', 'read']);

/**
 * The datagrams that a socket sent, in that order with what became of each over the whole trace. Trace arrows come first; receives that have none are matched by length and content.
 */
export function datagramsFrom(trace: TraceReader, socketIndex: number): Datagram[] {
  const found: Datagram[] = [];
  for (const seq of trace.eventsOfSocket(socketIndex)) {
    const call = trace.call(seq);
    if (call === null) continue;
    const error = trace.error(seq);
    if (!SENDS.has(call)) continue;
    if (error === 'EAGAIN' || error === 'EWOULDBLOCK') continue;
    const one: Datagram = {
      sent: seq,
      received: [],
      bytes: error ? sizeOf(trace, seq) : (trace.bytes(seq) ?? 0),
      to: receiverOf(trace, seq),
      fate: error ? 'failed' : 'unknown',
      error,
      injected: [],
    };
    for (const link of trace.links(seq)) if (link.kind === 'datagram' && link.from === seq) one.received.push(link.to);
    if (one.received.length > 0) one.fate = 'received';
    else if (!error && trace.undelivered(seq)?.fate === 'refused') one.fate = 'refused';
    found.push(one);
  }
  matchRest(trace, socketIndex, found);
  for (const one of found) if (one.fate === 'unknown' && one.received.length === 0 && trace.undelivered(one.sent)) one.fate = 'lost';
  const flows = new Map<string, Datagram[]>();
  for (const one of found) {
    const flow = flows.get(one.to);
    if (flow) flow.push(one);
    else flows.set(one.to, [one]);
  }
  for (const flow of flows.values()) judge(flow);
  for (const one of found) for (const seq of [one.sent, ...one.received]) faultsBehind(trace, seq, one.injected);
  return found;
}

/** Faults stand right behind the call that they hit, on the same socket. */
function faultsBehind(trace: TraceReader, call: number, into: Datagram['injected']): void {
  const socket = trace.socketIndex(call);
  for (let seq = call + 1; seq <= trace.size && trace.kind(seq) === 'fault' && trace.socketIndex(seq) === socket; seq++) {
    const { args } = trace.event(seq);
    // `given`: one that was held back before is let go here.
    if (typeof args?.fault === 'string' && args.given === undefined) into.push({ fault: args.fault, seq });
  }
}

/** Bytes that a failed send was to send; at least those that were captured. */
function sizeOf(trace: TraceReader, seq: number): number {
  const { args, payload } = trace.event(seq);
  return typeof args?.length === 'number' ? args.length : (payload?.length ?? 0);
}

function receiverOf(trace: TraceReader, seq: number): string {
  const name = trace.event(seq).remote ?? trace.sockets[trace.socketIndex(seq)]?.remote;
  return name && !('path' in name) ? addressKey(name) : '';
}

/** Receives without an arrow that came from this socket: one that is alike and unclaimed, or a copy of one that arrived already. */
function matchRest(trace: TraceReader, socketIndex: number, sent: Datagram[]): void {
  const open = sent.filter((one) => one.received.length === 0 && one.fate === 'unknown');
  const receivers = new Set<number>();
  for (const one of sent) for (const seq of one.received) receivers.add(trace.socketIndex(seq));
  const claimed = new Set(sent.flatMap((one) => one.received));
  const local = trace.sockets[socketIndex]?.local;
  if (!local || 'path' in local) return;
  for (const receiver of receivers) {
    for (const seq of trace.eventsOfSocket(receiver)) {
      const call = trace.call(seq);
      if (call === null || !RECEIVES.has(call) || trace.error(seq) !== null || claimed.has(seq)) continue;
      const event = trace.event(seq);
      if (!event.remote || 'path' in event.remote || event.remote.port !== local.port) continue;
      if (trace.links(seq).some((link) => link.kind === 'datagram' && link.to === seq)) continue;
      const candidates = open.filter((one) => one.sent < seq && alike(trace, one.sent, seq));
      if (candidates.length === 1) {
        candidates[0]!.received.push(seq);
        open.splice(open.indexOf(candidates[0]!), 1);
      } else if (candidates.length === 0) {
        const copies = sent.filter((one) => one.received.some((at) => at < seq) && alike(trace, one.sent, seq));
        if (copies.length === 1) copies[0]!.received.push(seq);
      }
    }
  }
}

function alike(trace: TraceReader, a: number, b: number): boolean {
  if (trace.bytes(a) !== trace.bytes(b)) return false;
  const x = trace.event(a).payload;
  const y = trace.event(b).payload;
  // Without content equal lengths say too little here.
  if (!x?.length || !y?.length) return false;
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return false;
  return true;
}

/** Fates of the datagrams of one flow, in order of sending. */
function judge(flow: Datagram[]): void {
  let earliestLater = Number.POSITIVE_INFINITY;
  for (let i = flow.length - 1; i >= 0; i--) {
    const one = flow[i]!;
    const at = one.received[0] ?? 0;
    if (at > 0) {
      one.fate = at > earliestLater ? 'reordered' : 'received';
      earliestLater = Math.min(earliestLater, at);
    } else if (one.fate === 'unknown' && earliestLater !== Number.POSITIVE_INFINITY) one.fate = 'lost';
  }
}
