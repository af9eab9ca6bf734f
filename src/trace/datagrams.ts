import type { Address, Protocol } from '../contracts/trace';
import { covers } from './addresses';
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
}

/**
 * Which datagram sent is which datagram received. UDP may lose datagrams, so an arrow is drawn only when there is one answer. On
 * one machine a flow keeps its order; then as many received as sent, all of their sizes (and first bytes) alike, are those; and
 * so is the only one on its way that is like the one received: what was sent before it is lost. Works through the trace once,
 * also while it grows.
 */
export class Datagrams {
  private seen = 0;
  private readonly receiveOf = new Map<number, number>();
  private readonly sendOf = new Map<number, number>();
  private readonly flows = new Map<string, Flow>();
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

  /** Takes in the events that are new. */
  private follow(): void {
    const { store } = this;
    if (this.seen === store.size) return;
    this.listPorts();
    while (this.seen < store.size) {
      const seq = ++this.seen;
      const act = store.act(seq);
      if (act !== Act.send && act !== Act.receive) continue;
      const index = store.socketIndex(seq);
      if (index < 0 || !isDatagram(store.sockets[index]!.protocol) || store.error(seq) !== null || store.bytes(seq) === null) continue;
      const name = store.remote(seq) ?? endOf(store.args(seq)) ?? store.sockets[index]!.remote;
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
      flow = { sends: [], receives: [], forgot: false };
      this.flows.set(key, flow);
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
    if (first < 0 || sends.findLastIndex((send) => this.alike(send, seq)) !== first) {
      if (receives.length <= MOST_ON_THE_WAY) return;
      receives.shift();
      flow.forgot = true;
      return;
    }
    this.pair(sends[first]!, seq);
    sends.splice(0, first + 1);
    flow.receives = [];
    flow.forgot = false;
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
    const a = store.columns.payload[send]!;
    const b = store.columns.payload[receive]!;
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
