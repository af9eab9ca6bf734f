import type { JsonObject } from '../contracts/trace';
import type { Reading } from '../contracts/trace-model';
import { upTo } from './search';
import type { TraceStore } from './store';

/** Linux caps a listener's backlog at net.core.somaxconn: 4096 since 5.4 (listen(2)). */
const SOMAXCONN = 4096;

const ZERO: Reading = { low: 0, high: 0, provenance: 'derived' };

/** What the queues of one end of a stream are worked out from. */
export interface QueueFacts {
  /** Bytes the kernel took from this end, and the other end read of them; and what libuv still holds of a write here. */
  sent: number;
  readByPeer: number;
  queuedHere: number;
  /** The same for the way back. */
  sentByPeer: number;
  received: number;
  queuedThere: number;
  /** Nothing of this end's is unacknowledged (FIN_WAIT_2, TIME_WAIT, CLOSED); its program can still read. */
  allAcknowledged: boolean;
  peerAcknowledged: boolean;
  open: boolean;
  unix: boolean;
}

/**
 * netstat's Recv-Q and Send-Q of a connected socket, both ends of which are traced. Bytes in the kernel are known: sent by
 * one end less read by the other. How they divide into the sender's and the receiver's queue is not, so each is bounded.
 * libuv may have handed over more of a queued write than it has told yet: that much more can be in the kernel. Counted are
 * bytes of data; Linux counts a FIN as one more.
 */
export function streamQueues(facts: QueueFacts): { recvQ: Reading; sendQ: Reading | null } {
  const ahead = facts.sent - facts.readByPeer;
  const behind = facts.sentByPeer - facts.received;
  const sendHigh = facts.allAcknowledged ? 0 : Math.max(0, ahead + facts.queuedHere);
  // A path has one queue, the receiver's (unix_stream_sendmsg puts the bytes there).
  const certain = facts.unix || facts.peerAcknowledged;
  const recvHigh = facts.open ? Math.max(0, behind + facts.queuedThere) : 0;
  const recvLow = facts.open && certain ? Math.max(0, behind) : 0;
  return { recvQ: reading(recvLow, recvHigh), sendQ: facts.unix ? null : reading(0, sendHigh) };
}

function reading(low: number, high: number): Reading {
  return high === 0 ? ZERO : { low: Math.min(low, high), high, provenance: 'derived' };
}

/** Listener's Send-Q: the backlog it asked for, as far as the kernel grants it. */
export function backlogReading(backlog: number, provenance: Reading['provenance']): Reading {
  return { low: Math.min(backlog, SOMAXCONN), high: backlog, provenance };
}

/** States in which a FIN has come in, and in which one of our own waits for its acknowledgement. */
const FIN_CAME = new Set(['CLOSE_WAIT', 'CLOSING', 'LAST_ACK', 'TIME_WAIT', 'CLOSED']);
const FIN_OUT = new Set(['FIN_WAIT_1', 'CLOSING', 'LAST_ACK', 'CLOSED']);

/**
 * The queues as a reading of the kernel gives them; what it does not say stays as `otherwise`. Linux counts an unread FIN and
 * an unacknowledged one as a byte (tcp_diag_get_info): where there may be one, one byte less is possible.
 */
export function readQueues(args: JsonObject | null, otherwise: { recvQ: Reading | null; sendQ: Reading | null }) {
  const state = typeof args?.state === 'string' ? args.state : '';
  const value = (key: string, uncertain: boolean): Reading | null => {
    const high = args?.[key];
    if (typeof high !== 'number') return null;
    return { low: Math.max(0, uncertain ? high - 1 : high), high, provenance: 'kernel' };
  };
  return {
    recvQ: value('acceptQueue', false) ?? value('recvQueue', FIN_CAME.has(state)) ?? otherwise.recvQ,
    sendQ: value('backlog', false) ?? value('sendQueue', FIN_OUT.has(state)) ?? otherwise.sendQ,
  };
}

/** Times at which the connections of one listener entered and left its accept queue, each list ascending. */
interface Passages {
  /** Certain: connected for the client, not accepted yet. */
  in: Uint32Array;
  out: Uint32Array;
  /** Possible: from the connect call on. */
  maybeIn: Uint32Array;
  maybeOut: Uint32Array;
  /** Accepts of which nobody can say from whom (reset before the peer's name was asked): they may be any of those that wait. */
  nameless: Uint32Array;
  /** A connection came from outside the trace: others may wait unseen. */
  strangers: boolean;
}

/** The same while it is worked out. */
interface Gathered {
  in: number[];
  out: number[];
  maybeIn: number[];
  maybeOut: number[];
  nameless: number[];
  /** Accepted sockets without a traced client, and clients that may still turn out to be theirs. */
  alone: number;
  connecting: number;
}

/** The accept queues of the listeners, from the connects of traced clients. */
export class AcceptQueues {
  private byListener = new Map<number, Passages>();
  private turns = -1;

  constructor(private readonly store: TraceStore) {}

  /** Connections established but not accepted at step `seq`; null when clients outside the trace connect here, too. */
  at(listener: number, seq: number): Reading | null {
    if (this.turns !== this.store.turns) this.build();
    const passages = this.byListener.get(listener);
    if (passages === undefined) return ZERO;
    if (passages.strangers) return null;
    const low = Math.max(0, upTo(passages.in, seq) - upTo(passages.out, seq) - upTo(passages.nameless, seq));
    const high = upTo(passages.maybeIn, seq) - upTo(passages.maybeOut, seq);
    return reading(low, Math.max(low, high));
  }

  /** The last step up to `seq` at which a traced client's connection entered or left, or may have; 0 when none did. */
  changedAt(listener: number, seq: number): number {
    const passages = this.byListener.get(listener);
    if (passages === undefined) return 0;
    const last = (list: Uint32Array) => list[upTo(list, seq) - 1] ?? 0;
    const { in: entered, out, maybeIn, maybeOut, nameless } = passages;
    return Math.max(last(entered), last(out), last(maybeIn), last(maybeOut), last(nameless));
  }

  /** Every step at which it may have changed, ascending. */
  changes(listener: number): number[] {
    if (this.turns !== this.store.turns) this.build();
    const passages = this.byListener.get(listener);
    if (passages === undefined) return [];
    const { in: entered, out, maybeIn, maybeOut, nameless } = passages;
    return [...new Set([...entered, ...out, ...maybeIn, ...maybeOut, ...nameless])].sort((a, b) => a - b);
  }

  private build(): void {
    const { book } = this.store;
    this.turns = this.store.turns;
    const lists = new Map<number, Gathered>();
    const of = (listener: number) => {
      const known = lists.get(listener);
      if (known !== undefined) return known;
      const fresh: Gathered = { in: [], out: [], maybeIn: [], maybeOut: [], nameless: [], alone: 0, connecting: 0 };
      lists.set(listener, fresh);
      return fresh;
    };
    for (let index = 0; index < book.facts.length; index++) {
      const facts = book.facts[index]!;
      if (facts.listener >= 0 && facts.peer < 0 && facts.acceptSeq > 0) {
        if (book.infos[index]!.remote === null) of(facts.listener).nameless.push(facts.acceptSeq);
        else of(facts.listener).alone++;
      }
      // Refused; one that was reset before it was told to be connected was accepted by somebody.
      if (facts.connectSeq === 0 || (facts.connectFailed && facts.resetSeq === 0)) continue;
      const { remote, protocol } = book.infos[index]!;
      if (protocol === 'udp' || protocol === 'udp6') continue;
      const peer = facts.peer >= 0 ? book.facts[facts.peer]! : null;
      const listener = peer ? peer.listener : remote ? book.listenerFor(remote, facts.connectSeq) : -1;
      if (listener < 0) continue;
      const leaves = peer?.acceptSeq || book.facts[listener]!.closeSeq || Number.MAX_SAFE_INTEGER;
      const list = of(listener);
      if (facts.connectedSeq === 0) list.connecting++;
      if (facts.connectFailed) continue;
      if (facts.connectedSeq > 0 && facts.connectedSeq < leaves) add(list.in, list.out, facts.connectedSeq, leaves);
      if (facts.connectSeq < leaves) add(list.maybeIn, list.maybeOut, facts.connectSeq, leaves);
    }
    this.byListener = new Map();
    const sorted = (list: number[]) => Uint32Array.from(list).sort();
    for (const [listener, list] of lists)
      this.byListener.set(listener, {
        in: sorted(list.in),
        out: sorted(list.out),
        maybeIn: sorted(list.maybeIn),
        maybeOut: sorted(list.maybeOut),
        nameless: sorted(list.nameless),
        strangers: list.alone > list.connecting,
      });
  }
}

function add(ins: number[], outs: number[], from: number, to: number): void {
  ins.push(from);
  if (to !== Number.MAX_SAFE_INTEGER) outs.push(to);
}
