import type { Address } from '../contracts/trace';
import { covers } from './addresses';
import { Act } from './shapes';
import type { SocketLogs } from './socket-log';
import { endOf, type TraceStore } from './store';

/** Sends that are looked at for one receive before it is called uncertain. */
const MOST_CANDIDATES = 1024;

interface Flow {
  sends: number[];
  receives: number[];
}

/**
 * Which datagram sent is which datagram received. UDP may lose and repeat, so an arrow is drawn only when there is one
 * answer: on one machine a flow keeps its order, and either nothing was lost (all sizes match) or only one datagram that was
 * sent before has this size and these bytes.
 */
export class Datagrams {
  private builtAt = -1;
  private readonly receiveOf = new Map<number, number>();
  private readonly sendOf = new Map<number, number>();

  constructor(
    private readonly store: TraceStore,
    private readonly logs: SocketLogs,
  ) {}

  /** The receive that took the datagram of this send; 0 when none is certain. */
  receivedBy(send: number): number {
    this.build();
    return this.receiveOf.get(send) ?? 0;
  }

  /** The send of the datagram that this receive took; 0 when none is certain. */
  sentBy(receive: number): number {
    this.build();
    return this.sendOf.get(receive) ?? 0;
  }

  private build(): void {
    const { store } = this;
    if (this.builtAt === store.size) return;
    this.builtAt = store.size;
    this.receiveOf.clear();
    this.sendOf.clear();
    const byPort = new Map<number, number[]>();
    const datagramSockets: number[] = [];
    for (const [index, { protocol, local }] of store.sockets.entries()) {
      if (protocol !== 'udp' && protocol !== 'udp6') continue;
      datagramSockets.push(index);
      if (local === null || 'path' in local) continue;
      const list = byPort.get(local.port);
      if (list === undefined) byPort.set(local.port, [index]);
      else list.push(index);
    }
    const flows = new Map<string, Flow>();
    const flow = (from: number, to: number): Flow => {
      const key = `${from} ${to}`;
      let known = flows.get(key);
      if (known === undefined) {
        known = { sends: [], receives: [] };
        flows.set(key, known);
      }
      return known;
    };
    for (const index of datagramSockets)
      for (const seq of this.logs.of(index).events) {
        const act = store.act(seq);
        if ((act !== Act.send && act !== Act.receive) || store.error(seq) !== null || store.bytes(seq) === null) continue;
        const other = this.bearer(byPort, this.otherEnd(seq, index), seq);
        if (other < 0) continue;
        if (act === Act.send) flow(index, other).sends.push(seq);
        else flow(other, index).receives.push(seq);
      }
    for (const { sends, receives } of flows.values()) this.match(sends, receives);
  }

  private otherEnd(seq: number, index: number): Address | null {
    return this.store.remote(seq) ?? endOf(this.store.args(seq)) ?? this.store.sockets[index]!.remote;
  }

  /** The one traced socket that had this name at this time; -1 when there is none or more than one. */
  private bearer(byPort: Map<number, number[]>, name: Address | null, seq: number): number {
    if (name === null || 'path' in name) return -1;
    let found = -1;
    for (const index of byPort.get(name.port) ?? []) {
      const { local, birth, death } = this.store.sockets[index]!;
      if (local === null || !covers(local, name) || birth > seq || (death !== null && death < seq)) continue;
      if (found >= 0) return -1;
      found = index;
    }
    return found;
  }

  private match(sends: number[], receives: number[]): void {
    const { store } = this;
    const whole = sends.length === receives.length && sends.every((send, n) => this.alike(send, receives[n]!));
    if (whole) {
      sends.forEach((send, n) => {
        this.pair(send, receives[n]!);
      });
      return;
    }
    let first = 0;
    for (const receive of receives) {
      let candidate = -1;
      let certain = true;
      for (let n = first; n < sends.length && n < first + MOST_CANDIDATES && store.time(sends[n]!) <= store.time(receive); n++) {
        if (!this.alike(sends[n]!, receive)) continue;
        if (candidate >= 0) {
          certain = false;
          break;
        }
        candidate = n;
      }
      if (candidate < 0 || !certain) continue;
      this.pair(sends[candidate]!, receive);
      first = candidate + 1;
    }
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
