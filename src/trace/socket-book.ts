import type { Address, SocketInfo } from '../contracts/trace';
import { addressKey, covers } from './addresses';

/** What `addSocket` needs; the rest becomes known as events arrive. */
export type NewSocket = Pick<SocketInfo, 'id' | 'pid' | 'protocol' | 'role'> & Partial<SocketInfo>;

/** Where the turning points of a socket are: seqs, 0 when there is none. Indexes of sockets are -1 for none. */
export interface SocketFacts {
  peer: number;
  listener: number;
  /** The accept call that made it. */
  acceptSeq: number;
  /** The newest connect call, and the event that said that it is connected. */
  connectSeq: number;
  connectedSeq: number;
  listenSeq: number;
  shutdownSeq: number;
  /** The close call, or the exit of its process. */
  closeSeq: number;
  eofSeq: number;
  /** The first failed call that reports a reset (ECONNRESET, EPIPE). */
  resetSeq: number;
  /** The newest connect failed. */
  connectFailed: boolean;
}

const NO_FACTS: SocketFacts = {
  peer: -1,
  listener: -1,
  acceptSeq: 0,
  connectSeq: 0,
  connectedSeq: 0,
  listenSeq: 0,
  shutdownSeq: 0,
  closeSeq: 0,
  eofSeq: 0,
  resetSeq: 0,
  connectFailed: false,
};

/** Sockets waiting for their other end, oldest first, by the name under which the other end will look. */
class Waiting {
  private readonly byKey = new Map<string, number[]>();

  add(key: string, socket: number): void {
    const list = this.byKey.get(key);
    if (list === undefined) this.byKey.set(key, [socket]);
    else if (!list.includes(socket)) list.push(socket);
  }

  /** Takes the oldest one that is not `self`; -1 when there is none. */
  take(key: string, self: number): number {
    const list = this.byKey.get(key);
    if (list === undefined) return -1;
    const at = list.findIndex((socket) => socket !== self);
    if (at < 0) return -1;
    const [socket] = list.splice(at, 1);
    if (list.length === 0) this.byKey.delete(key);
    return socket!;
  }

  remove(key: string, socket: number): void {
    const list = this.byKey.get(key);
    if (list === undefined) return;
    const at = list.indexOf(socket);
    if (at >= 0) list.splice(at, 1);
    if (list.length === 0) this.byKey.delete(key);
  }
}

/** The sockets of a trace and which two of them are the ends of one connection. */
export class SocketBook {
  readonly infos: SocketInfo[] = [];
  readonly facts: SocketFacts[] = [];
  /** The sockets that were joined, in that order, two by two. */
  readonly joined: number[] = [];
  /** Sockets of which something was said that their events do not say. */
  readonly explicit = new Set<number>();
  private readonly indexes = new Map<string, number>();
  private readonly waiting = new Waiting();
  private readonly listeners: number[] = [];
  private readonly joinKeys: (string | null)[] = [];
  /** Unix-domain sockets: under which name they wait for their other end. */
  private readonly paths = new Map<number, string>();

  /** Adds a socket, or completes one that an event named before; returns its index. */
  add(socket: NewSocket): number {
    const known = this.indexes.get(socket.id);
    if (known !== undefined) {
      this.update(known, socket);
      return known;
    }
    const index = this.infos.length;
    const { id, pid, protocol, role } = socket;
    this.indexes.set(id, index);
    this.infos.push({ listener: null, birth: 0, death: null, local: null, remote: null, peer: null, ...socket, id, pid, protocol, role });
    this.facts.push({ ...NO_FACTS });
    this.joinKeys.push(null);
    this.link(index);
    return index;
  }

  /** Takes over what `change` says. */
  update(index: number, change: Partial<SocketInfo>): void {
    Object.assign(this.infos[index]!, change, { id: this.infos[index]!.id });
    this.link(index);
  }

  /** Index of the socket with this id; -1 when there is none. */
  find(id: string): number {
    return this.indexes.get(id) ?? -1;
  }

  /** Takes in the names of a socket's ends, and joins it when its other end waits under the mirrored names. */
  name(index: number, local: Address | null, remote: Address | null): void {
    const info = this.infos[index]!;
    if (local !== null) info.local = local;
    if (remote !== null) info.remote = remote;
    this.link(index);
  }

  /** A connect or accept of a Unix-domain socket: they are joined in order, by path (the two ends have no other name in common). */
  joinByPath(index: number, path: string, side: 'client' | 'accepted'): void {
    const other = side === 'client' ? 'accepted' : 'client';
    if (this.facts[index]!.peer >= 0 || path === '') return;
    this.paths.set(index, `${side} ${path}`);
    const peer = this.waiting.take(`${other} ${path}`, index);
    if (peer >= 0) this.join(index, peer, 'order');
    else this.waiting.add(`${side} ${path}`, index);
  }

  /** The kernel says that these two are the ends of one connection; `peer` -1: the other end is not in the trace. */
  joinByKernel(index: number, peer: number): void {
    if (peer === index || this.infos[index]!.peerBy === 'kernel') return;
    const former = this.facts[index]!.peer;
    if (former >= 0 && former === peer) {
      for (const end of [index, peer]) this.infos[end]!.peerBy = 'kernel';
      return;
    }
    const alone: number[] = [];
    for (const end of peer < 0 ? [index] : [index, peer]) {
      const key = this.paths.get(end);
      if (key !== undefined) this.waiting.remove(key, end);
      const other = this.facts[end]!.peer;
      if (other < 0) continue;
      this.part(end, other);
      alone.push(other);
    }
    if (peer >= 0) this.join(index, peer, 'kernel');
    else this.infos[index]!.peerBy = 'kernel';
    // Those with whom they had been joined by order look on.
    for (const end of alone) {
      const key = this.paths.get(end);
      if (key === undefined) continue;
      const space = key.indexOf(' ');
      this.joinByPath(end, key.slice(space + 1), key.slice(0, space) as 'client' | 'accepted');
    }
  }

  addListener(index: number): void {
    if (!this.listeners.includes(index)) this.listeners.push(index);
  }

  /** The newest open listener (as of `seq`) on which a connection to `remote` arrives; -1 when none is traced. */
  listenerFor(remote: Address, seq: number): number {
    for (let i = this.listeners.length - 1; i >= 0; i--) {
      const index = this.listeners[i]!;
      const facts = this.facts[index]!;
      const local = this.infos[index]!.local;
      if (local === null || facts.listenSeq > seq || (facts.closeSeq > 0 && facts.closeSeq < seq)) continue;
      if (covers(local, remote)) return index;
    }
    return -1;
  }

  private link(index: number): void {
    const info = this.infos[index]!;
    const facts = this.facts[index]!;
    if (info.listener !== null && facts.listener < 0) facts.listener = this.find(info.listener);
    if (info.peer !== null && facts.peer < 0) {
      const peer = this.find(info.peer);
      if (peer >= 0 && peer !== index && this.facts[peer]!.peer < 0) this.join(index, peer);
    }
    if (facts.peer >= 0 || info.local === null || info.remote === null || 'path' in info.local || 'path' in info.remote) return;
    const local = addressKey(info.local);
    const remote = addressKey(info.remote);
    const kind = info.protocol.startsWith('udp') ? 'udp' : 'tcp';
    const mirrored = this.waiting.take(`${kind} ${remote} ${local}`, index);
    const old = this.joinKeys[index];
    if (old) this.waiting.remove(old, index);
    if (mirrored >= 0) this.join(index, mirrored);
    else {
      const key = `${kind} ${local} ${remote}`;
      this.joinKeys[index] = key;
      this.waiting.add(key, index);
    }
  }

  private part(a: number, b: number): void {
    for (const end of [a, b]) {
      this.facts[end]!.peer = -1;
      this.infos[end]!.peer = null;
      delete this.infos[end]!.peerBy;
    }
  }

  private join(a: number, b: number, by: SocketInfo['peerBy'] | null = null): void {
    if (by !== null) for (const end of [a, b]) this.infos[end]!.peerBy = by;

    this.facts[a]!.peer = b;
    this.facts[b]!.peer = a;
    this.infos[a]!.peer = this.infos[b]!.id;
    this.infos[b]!.peer = this.infos[a]!.id;
    for (const index of [a, b]) {
      const key = this.joinKeys[index];
      if (key) this.waiting.remove(key, index);
      this.joinKeys[index] = null;
    }
    this.joined.push(a, b);
  }
}
