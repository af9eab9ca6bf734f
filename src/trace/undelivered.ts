import type { Undelivered } from '../contracts/trace-model';
import { isLoopback } from './addresses';
import type { Datagrams } from './datagrams';
import { Act } from './shapes';
import type { TraceStore } from './store';

/** The sends of a socket since it was last told that one was refused. */
interface Sends {
  last: number;
  count: number;
}

/**
 * Datagrams that did not get to the program that they were for, as far as the trace can know it: lost (Datagrams), refused by an ICMP answer,
 * or thrown away by a fault that was put in. Works through the trace once, also while it grows.
 */
export class UndeliveredDatagrams {
  private seen = 0;
  private readonly sends = new Map<number, Sends>();
  private readonly lastReceive = new Map<number, number>();
  /** Both ways: the send that was refused, and the call that brought the answer. */
  private readonly refused = new Map<number, number>();
  private readonly answers = new Map<number, number>();
  /** The faults that threw one away, by the receive that had brought it; and the other way, 0 for one that was never sent. */
  private readonly dropped = new Map<number, number>();
  private readonly drops = new Map<number, number>();

  constructor(
    private readonly store: TraceStore,
    private readonly datagrams: Datagrams,
  ) {}

  /** What became of the datagram that this step sent, received, refused or threw away; null when it arrived or nobody can know. */
  of(seq: number): Undelivered | null {
    // A long trace without datagrams is not read for them.
    const index = this.store.socketIndex(seq);
    if (index < 0 || !this.store.sockets[index]!.protocol.startsWith('udp')) return null;
    this.follow();
    const answer = this.refused.get(seq);
    if (answer !== undefined) return this.refusedOne(seq, answer);
    const send = this.answers.get(seq);
    if (send !== undefined) return this.refusedOne(send, seq);
    const fault = this.dropped.get(seq);
    if (fault !== undefined) return this.droppedOne(fault, seq);
    const received = this.drops.get(seq);
    if (received !== undefined) return this.droppedOne(seq, received);
    if (this.store.act(seq) !== Act.send) return null;
    const taken = this.datagrams.receivedBy(seq);
    const thrown = this.dropped.get(taken);
    if (thrown !== undefined) return this.droppedOne(thrown, taken);
    const shown = taken > 0 ? 0 : this.datagrams.lostBy(seq);
    return shown === 0 ? null : { fate: 'lost', sent: seq, received: 0, shown, receiver: this.receiverOf(seq), provenance: 'derived' };
  }

  private refusedOne(sent: number, shown: number): Undelivered | null {
    // One that was received was not refused: the answer belongs to one that was not seen.
    if (this.datagrams.receivedBy(sent) > 0) return null;
    return { fate: 'refused', sent, received: 0, shown, receiver: -1, provenance: 'derived' };
  }

  private droppedOne(fault: number, received: number): Undelivered {
    const { store } = this;
    if (received > 0) {
      const receiver = store.socketIndex(received);
      return { fate: 'dropped', sent: this.datagrams.sentBy(received), received, shown: fault, receiver, provenance: 'injected' };
    }
    return { fate: 'dropped', sent: fault, received, shown: fault, receiver: this.receiverOf(fault), provenance: 'injected' };
  }

  private receiverOf(seq: number): number {
    return this.datagrams.receiverOf(this.datagrams.nameOf(seq), seq);
  }

  private follow(): void {
    const { store } = this;
    while (this.seen < store.size) {
      const seq = ++this.seen;
      const index = store.socketIndex(seq);
      if (index < 0 || !store.sockets[index]!.protocol.startsWith('udp')) continue;
      const act = store.act(seq);
      const error = store.error(seq);
      if (store.kind(seq) === 'fault') this.fault(seq, index);
      else if (act !== Act.send && act !== Act.receive) continue;
      else if (error === 'ECONNREFUSED') this.answer(seq, index);
      else if (error !== null) continue;
      else if (act === Act.receive) this.lastReceive.set(index, seq);
      else this.sends.set(index, { last: seq, count: (this.sends.get(index)?.count ?? 0) + 1 });
    }
  }

  /**
   * On this machine the ICMP answer is there when the send returns, and the next call on the socket reports it (ip(7), udp(7)): so it is about
   * the last one sent. From elsewhere it may be about any one, so only a single one is certain.
   */
  private answer(seq: number, index: number): void {
    const sends = this.sends.get(index);
    this.sends.delete(index);
    if (sends === undefined) return;
    const name = this.datagrams.nameOf(sends.last);
    if (sends.count > 1 && (name === null || !isLoopback(name))) return;
    this.refused.set(sends.last, seq);
    this.answers.set(seq, sends.last);
  }

  /** A fault at a received datagram stands behind the call that brought it; one at a send stands instead of it. */
  private fault(seq: number, index: number): void {
    const args = this.store.args(seq);
    if (args?.fault !== 'drop') return;
    const received = args.direction === 'send' ? 0 : (this.lastReceive.get(index) ?? 0);
    if (args.direction !== 'send' && received === 0) return;
    this.drops.set(seq, received);
    if (received > 0) this.dropped.set(received, seq);
  }
}
