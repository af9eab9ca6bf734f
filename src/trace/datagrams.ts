import type { Address, Protocol } from '../contracts/trace';
import { covers, isLoopback, isWildcard } from './addresses';
import { Act } from './shapes';
import { endOf, type TraceStore } from './store';

/** Sends of a flow that are remembered as perhaps on their way. Linux's receive buffer (212,992 bytes, 768 and more for each) holds fewer: older ones are lost. */
const MOST_ON_THE_WAY = 1024;

/** Datagrams from one socket to another that are not settled yet, in order. */
interface Flow {
  sends: number[];
  receives: number[];
  /** Some were forgotten: counting them says nothing any more. */
  forgot: boolean;
  /** The newest ones that count as lost: one that comes late after all is taken back. */
  lost: number[];
}

/** Lost ones of a flow that may still come late. Linux keeps the order on one machine, so there are hardly any. */
const MOST_LATE = 64;

/**
 * Which datagram sent is which datagram received. UDP may lose datagrams, so an arrow is drawn only when there is one answer. On
 * one machine a flow keeps its order; then as many received as sent, all of their sizes (and first bytes) alike, are those; and
 * so is the only one on its way that is like the one received. What was sent before it to an address of this machine is lost, and so is
 * what its receiver had not received when it was closed. Works through the trace once, also while it grows.
 */
export class Datagrams {
  private seen = 0;
  private readonly receiveOf = new Map<number, number>();
  private readonly sendOf = new Map<number, number>();
  private readonly flows = new Map<string, Flow>();
  private readonly flowsTo = new Map<number, Flow[]>();
  private readonly lost = new Map<number, number>();
  private byPort = new Map<number, number[]>();
  private portsAt = -1;

  constructor(private readonly store: TraceStore) {}

  /** The receive that took the datagram of this send; 0 when none is certain. */
  receivedBy(send: number): number {
    this.follow();
    return this.receiveOf.get(send) ?? 0;
  }

  /** The send of the datagram that this receive took; 0 when none is certain. */
  sentBy(receive: number): number {
    this.follow();
    return this.sendOf.get(receive) ?? 0;
  }

  /**
   * The step at which it shows that the datagram of this send was lost: its receiver took a later one, or was closed. 0 when it was not, and
   * when that is not known: several are alike, the receiver is not in the trace or still open, or events are missing.
   */
  lostBy(send: number): number {
    this.follow();
    const shown = this.lost.get(send) ?? 0;
    const { dropped, thinned } = this.store.header;
    const since = thinned?.since ?? null;
    return dropped > 0 || (since !== null && shown >= since) ? 0 : shown;
  }

  /** The traced socket that had the name `to` at this step, as an index; -1 when there is none or more than one. */
  receiverOf(to: Address | null, seq: number): number {
    this.follow();
    return this.bearer(to, seq, false);
  }

  /** Where the datagram of this send went. */
  nameOf(seq: number): Address | null {
    const { store } = this;
    return store.remote(seq) ?? endOf(store.args(seq)) ?? store.sockets[store.socketIndex(seq)]?.remote ?? null;
  }

  /** Takes in the events that are new. */
  private follow(): void {
    const { store } = this;
    if (this.seen === store.size) return;
    this.listPorts();
    while (this.seen < store.size) {
      const seq = ++this.seen;
      const act = store.act(seq);
      if (act === Act.exit) this.closed(seq, -1);
      const index = store.socketIndex(seq);
      if (act === Act.close) this.closed(seq, index);
      if (act !== Act.send && act !== Act.receive) continue;
      if (index < 0 || !isDatagram(store.sockets[index]!.protocol) || store.error(seq) !== null || store.bytes(seq) === null) continue;
      const name = this.nameOf(seq);
      const other = this.bearer(name, seq, act === Act.receive);
      if (other < 0) continue;
      if (act === Act.send) this.sent(this.flow(index, other), seq);
      else this.received(this.flow(other, index), seq);
    }
  }

  private listPorts(): void {
    const { store } = this;
    if (this.portsAt === store.turns) return;
    this.portsAt = store.turns;
    this.byPort = new Map();
    for (const [index, { protocol, local }] of store.sockets.entries()) {
      if (!isDatagram(protocol) || local === null || 'path' in local) continue;
      const list = this.byPort.get(local.port);
      if (list === undefined) this.byPort.set(local.port, [index]);
      else list.push(index);
    }
  }

  private flow(from: number, to: number): Flow {
    const key = `${from} ${to}`;
    let flow = this.flows.get(key);
    if (flow === undefined) {
      flow = { sends: [], receives: [], forgot: false, lost: [] };
      this.flows.set(key, flow);
      const others = this.flowsTo.get(to);
      if (others === undefined) this.flowsTo.set(to, [flow]);
      else others.push(flow);
    }
    return flow;
  }

  private sent(flow: Flow, seq: number): void {
    flow.sends.push(seq);
    if (flow.sends.length <= MOST_ON_THE_WAY) return;
    flow.sends.shift();
    flow.forgot = true;
  }

  private received(flow: Flow, seq: number): void {
    const { sends, receives } = flow;
    receives.push(seq);
    if (!flow.forgot && receives.length === sends.length && receives.every((receive, n) => this.alike(sends[n]!, receive))) {
      receives.forEach((receive, n) => {
        this.pair(sends[n]!, receive);
      });
      flow.sends = [];
      flow.receives = [];
      return;
    }
    const first = sends.findIndex((send) => this.alike(send, seq));
    if (first < 0) for (const late of flow.lost) if (this.alike(late, seq)) this.lost.delete(late);
    if (first < 0 || sends.findLastIndex((send) => this.alike(send, seq)) !== first) {
      if (receives.length <= MOST_ON_THE_WAY) return;
      receives.shift();
      flow.forgot = true;
      return;
    }
    this.pair(sends[first]!, seq);
    const before = sends.splice(0, first + 1).slice(0, -1);
    // One that is like a receive without an answer may be that one.
    this.lose(
      flow,
      before.filter((send) => !receives.some((receive) => receive !== seq && this.alike(send, receive))),
      seq,
    );
    flow.receives = [];
    flow.forgot = false;
  }

  /** What this socket (-1: those that ended with their process) has not received, it never will: certain where nothing else could be it. */
  private closed(seq: number, index: number): void {
    for (const [receiver, flows] of index < 0 ? this.flowsTo : [[index, this.flowsTo.get(index) ?? []] as const]) {
      if (this.store.book.facts[receiver]!.closeSeq !== seq || !this.aloneAt(receiver, seq)) continue;
      for (const flow of flows) {
        if (flow.receives.length === 0 && !flow.forgot) this.lose(flow, flow.sends, seq);
        flow.sends = [];
        flow.receives = [];
      }
    }
  }

  /** No other open socket of the trace has the port: one may have been handed to another process together with what waits in it. */
  private aloneAt(receiver: number, seq: number): boolean {
    const { sockets } = this.store;
    const { local } = sockets[receiver]!;
    if (local === null || 'path' in local) return false;
    return (this.byPort.get(local.port) ?? []).every((index) => {
      const { birth, death } = sockets[index]!;
      return index === receiver || birth > seq || (death !== null && death < seq);
    });
  }

  /** Only what stayed on this machine: anything may happen to others, and a wildcard address is nobody's. */
  private lose(flow: Flow, sends: readonly number[], shown: number): void {
    for (const send of sends) {
      const name = this.nameOf(send);
      if (name === null || !(isLoopback(name) || ('address' in name && isWildcard(name.address)))) continue;
      this.lost.set(send, shown);
      flow.lost.push(send);
    }
    if (flow.lost.length > MOST_LATE) flow.lost.splice(0, flow.lost.length - MOST_LATE);
  }

  /**
   * The one traced socket that had this name at this time; -1 when there is none or more than one. A datagram outlives the socket that
   * sent it: for a `sender` the one that was closed last will do when none is open.
   */
  private bearer(name: Address | null, seq: number, sender: boolean): number {
    if (name === null || 'path' in name) return -1;
    let found = -1;
    let closed = -1;
    let closedAt = 0;
    for (const index of this.byPort.get(name.port) ?? []) {
      const { local, birth, death } = this.store.sockets[index]!;
      if (local === null || !covers(local, name) || birth > seq) continue;
      if (death !== null && death < seq) {
        if (death > closedAt) {
          closed = index;
          closedAt = death;
        }
      } else if (found >= 0) return -1;
      else found = index;
    }
    return found < 0 && sender ? closed : found;
  }

  private pair(send: number, receive: number): void {
    this.receiveOf.set(send, receive);
    this.sendOf.set(receive, send);
  }

  private alike(send: number, receive: number): boolean {
    const { store } = this;
    if (store.bytes(send) !== store.bytes(receive)) return false;
    const a = store.columns.payload.values[send]!;
    const b = store.columns.payload.values[receive]!;
    if (a === 0 || b === 0) return true;
    const sent = store.payloads.get(a);
    const received = store.payloads.get(b);
    for (let i = 0; i < Math.min(sent.length, received.length); i++) if (sent[i] !== received[i]) return false;
    return true;
  }
}

function isDatagram(protocol: Protocol): boolean {
  return protocol === 'udp' || protocol === 'udp6';
}
