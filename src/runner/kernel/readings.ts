/** Turns the kernel's answers into events on the sockets of a run: what is new in them, and what contradicts what had been worked out. */
import { readlinkSync } from 'node:fs';
import type { ProbeRecord } from '../../contracts/probe-stream';
import type { Address, JsonObject, SocketStateName } from '../../contracts/trace';
import type { NewEvent } from '../../contracts/trace-model';
import { addressKey, type KernelEnding, type StateTracker, type TraceStore } from '../../trace';
import { covered, type KernelWatch } from './kernel-watch';
import type { ProcRow } from './proc-net';
import { type KernelReading, type Sample, tupleKey } from './reading-queue';
import type { Destroyed } from './ss-events';
import type { Listening } from './ss-listeners';

/** A difference must hold for so long (ns) with nothing happening at either end: what is on its way is no contradiction. */
const IN_FLIGHT = 20e6;
/** An acknowledgement may be held back for so long (ns; Linux TCP_DELACK_MAX is 200 ms). */
const ACKNOWLEDGED_BY = 300e6;
/** What comes with an acknowledgement alone: no program does anything. */
const BY_ACK = new Set(['SYN_SENT ESTABLISHED', 'FIN_WAIT_1 FIN_WAIT_2', 'CLOSING TIME_WAIT', 'LAST_ACK CLOSED']);
/** Unix-domain sockets that are remembered until the kernel tells their other end. */
const MOST_INODES = 20_000;
const ANYWHERE: Record<string, Address> = { '4': { address: '0.0.0.0', port: 0 }, '6': { address: '::', port: 0 } };

interface Watched {
  /** Both its names as one; null until it has them. */
  key: string | null;
  /** Queues as last told. */
  recv: number;
  send: number;
  drops: number;
  backlog: number;
  /** The kernel showed it in TIME_WAIT. */
  waited: boolean;
  /** What it said against what had been worked out, since when, and the socket's last event then. */
  doubt: { state: SocketStateName; time: number; seq: number } | null;
}

export interface ReadingsSink {
  event(event: NewEvent): void;
  /** Time in the trace of a reading (ns on the probe's clock). */
  timeOf(time: number): number;
  /** The process has ended, and that is not in the trace yet. */
  dying(pid: number): boolean;
}

export class KernelReadings {
  /** Sockets of which the kernel may have something to say, by index. */
  private readonly watched = new Map<number, Watched>();
  /** The newest socket with these names: several processes may have had one descriptor, and names are used again. */
  private readonly byKey = new Map<string, number>();
  private readonly nameless = new Set<number>();
  /** Unix-domain sockets whose other end the kernel has not told, by its numbers. */
  private readonly byInode = new Map<number, number>();
  /** Some Unix-domain socket of the run is not known by its number. */
  private withoutInode = false;
  /** The last event of each socket. */
  private readonly lastSeq: number[] = [];
  /** When the last call that ends each socket was known to be over (ns): until then nothing that the kernel shows contradicts it. */
  private readonly overSince: number[] = [];
  private over = 0;

  constructor(
    private readonly store: TraceStore,
    private readonly tracker: StateTracker,
    private readonly watch: KernelWatch,
    private readonly sink: ReadingsSink,
  ) {}

  /** A socket has come. */
  add(index: number): void {
    this.watched.set(index, { key: null, recv: 0, send: 0, drops: 0, backlog: -1, waited: false, doubt: null });
    this.nameless.add(index);
  }

  /** The kernel's number of a Unix-domain socket; null where it could not be asked. */
  inode(index: number, inode: number | null): void {
    if (inode === null) this.withoutInode = true;
    else this.byInode.set(inode, index);
    if (this.byInode.size > MOST_INODES) this.byInode.delete(this.byInode.keys().next().value!);
  }

  /** The events that are appended from here on come from this record. */
  turnOf(record: ProbeRecord): void {
    this.over = this.watch.overAt(record);
  }

  /** An event was appended. */
  noticed(seq: number): void {
    const index = this.store.socketIndex(seq);
    // What the kernel said before is not something that happened.
    if (index < 0 || this.store.provenance(seq) === 'kernel') return;
    this.lastSeq[index] = seq;
    if (this.over > 0) this.overSince[index] = Math.max(this.over, this.overSince[index] ?? 0);
  }

  /** Takes in what the kernel said before `time` (ns). `final`: nothing more will be asked, or recorded. */
  apply(time: number, final = false): void {
    for (let reading = this.watch.next(time); reading !== null; reading = this.watch.next(time)) {
      // Still there while it is taken in: the tracker asks for what it says.
      this.reading(reading, final);
      this.watch.done();
    }
  }

  /** How a socket ended that connects to `remote` and has no name of its own yet (see KernelAnswers). */
  endingTo(remote: Address, time: number): KernelEnding | null {
    this.nameSockets();
    return this.watch.endingTo(remote, time, (key) => this.byKey.has(key));
  }

  private reading(reading: KernelReading, final: boolean): void {
    this.nameSockets();
    if ('destroyed' in reading) this.destroyed(reading.destroyed);
    else if ('listening' in reading) this.listening(reading.listening, reading.time);
    else if ('pairs' in reading) for (const [inode, other] of reading.pairs) this.pair(inode, other, reading.time);
    else for (const [index, watched] of this.watched) this.sampled(index, watched, reading.sample, final);
  }

  /** Two Unix-domain sockets are the ends of one connection; where only one is of the run, its other end is a program outside. */
  private pair(inode: number, other: number, time: number): void {
    const [one, two] = [this.byInode.get(inode), this.byInode.get(other)];
    if (one === undefined) return;
    if (two === undefined && this.withoutInode) return;
    this.byInode.delete(inode);
    this.byInode.delete(other);
    const peer = two === undefined ? null : this.store.sockets[two]!.id;
    this.say(one, time, { source: 'ss -x', peer });
  }

  /** Finds the sockets that have got their names by now. */
  private nameSockets(): void {
    for (const index of this.nameless) {
      const { local, remote, protocol, role, birth } = this.store.sockets[index]!;
      if (protocol === 'unix') this.drop(index);
      if (birth === 0 || local === null || !('address' in local) || local.port === 0) continue;
      const udp = protocol === 'udp' || protocol === 'udp6';
      // A bound socket may become a listener or a client yet.
      if (remote === null && !udp && role !== 'listener') continue;
      const key = (udp ? 'udp ' : '') + tupleKey(local, remote ?? ANYWHERE[local.address.includes(':') ? '6' : '4']!);
      this.watched.get(index)!.key = key;
      this.byKey.set(key, index);
      // A datagram socket may be connected later.
      if (!udp) this.nameless.delete(index);
    }
  }

  /** Nothing more is to be looked for in the tables; that it was destroyed may still be told. */
  private drop(index: number): void {
    this.watched.delete(index);
    this.nameless.delete(index);
  }

  private sampled(index: number, watched: Watched, sample: Sample, final: boolean): void {
    const { key } = watched;
    if (key === null) {
      const row = this.connecting(index, sample);
      if (row !== undefined) this.stream(index, watched, row, sample.time, final);
      return;
    }
    if (this.byKey.get(key) !== index) return;
    const row = sample.rows.get(key) ?? null;
    if (key.startsWith('udp')) {
      if (row !== null) this.datagram(index, watched, row, sample.time);
    } else if (row !== null || covered(sample, this.store.sockets[index]!.local!)) this.stream(index, watched, row, sample.time, final);
  }

  /** The row of a socket that connects: its own name is not known yet, but which descriptor it is. */
  private connecting(index: number, sample: Sample): ProcRow | undefined {
    const { pid, role, remote, birth } = this.store.sockets[index]!;
    if (role !== 'client' || remote === null || birth === 0 || this.tracker.stateOf(index, this.store).state !== 'SYN_SENT')
      return undefined;
    const fd = this.store.socketAt(index, this.store.size)?.fd ?? null;
    const inode = fd === null ? null : inodeOf(pid, fd);
    return inode === null ? undefined : sample.byInode.get(inode);
  }

  /** Listeners as `ss -l` shows them: connections that wait, and the backlog that the kernel granted. */
  private listening(listeners: readonly Listening[], time: number): void {
    for (const { local, acceptQueue, backlog } of listeners) {
      const index = this.byKey.get(tupleKey(local, ANYWHERE[local.address.includes(':') ? '6' : '4']!));
      const watched = index === undefined ? undefined : this.watched.get(index);
      if (index === undefined || watched === undefined || this.tracker.stateOf(index, this.store).state !== 'LISTEN') continue;
      if (watched.recv === acceptQueue && watched.backlog === backlog) continue;
      Object.assign(watched, { recv: acceptQueue, backlog });
      this.say(index, time, { source: 'ss -l', state: 'LISTEN', acceptQueue, backlog });
    }
  }

  private datagram(index: number, watched: Watched, row: ProcRow, time: number): void {
    if (row.recvQueue === watched.recv && row.sendQueue === watched.send && row.drops === watched.drops) return;
    Object.assign(watched, { recv: row.recvQueue, send: row.sendQueue, drops: row.drops });
    this.say(index, time, { source: '/proc/net/udp', recvQueue: row.recvQueue, sendQueue: row.sendQueue, drops: row.drops });
  }

  private stream(index: number, watched: Watched, row: ProcRow | null, time: number, final: boolean): void {
    const block = this.tracker.stateOf(index, this.store);
    const said: SocketStateName = row?.state ?? 'CLOSED';
    if (said === 'TIME_WAIT' && !watched.waited) {
      watched.waited = true;
      this.watch.sawTimeWait();
    }
    const args: JsonObject = { source: '/proc/net/tcp', state: said };
    if (row !== null && said !== 'TIME_WAIT') Object.assign(args, queuesOf(row));
    if (said === block.state && block.orState === null) {
      watched.doubt = null;
      if (row === null) {
        if (block.closed) this.drop(index);
        return;
      }
      if (!this.newQueues(watched, row, block.finReceived && !block.closed)) return;
      this.say(index, time, args);
      return;
    }
    const over = said === 'CLOSED' && watched.waited;
    const possible = said === block.state || said === block.orState || over || BY_ACK.has(`${block.state} ${said}`);
    if (!possible) {
      const flight = BY_ACK.has(`${said} ${block.state}`) ? ACKNOWLEDGED_BY : IN_FLIGHT;
      if (!this.certain(index, watched, said, time, flight, final)) return;
      args.contradicts = block.state;
    }
    watched.doubt = null;
    if (row !== null) this.newQueues(watched, row, false);
    this.say(index, time, args);
    if (said === 'CLOSED') this.drop(index);
  }

  /** Remembers the queues; false when they say nothing new. An unread FIN counts as a byte and is none. */
  private newQueues(watched: Watched, row: ProcRow, finCame: boolean): boolean {
    const recv = finCame && row.recvQueue === 1 ? 0 : row.recvQueue;
    const send = row.state === 'ESTABLISHED' || row.state === 'CLOSE_WAIT' ? row.sendQueue : Math.max(0, row.sendQueue - 1);
    if (recv === watched.recv && send === watched.send) return false;
    watched.recv = recv;
    watched.send = send;
    return true;
  }

  /** Whether a difference is one: nothing happened at either end since it was first seen, long enough ago. */
  private certain(index: number, watched: Watched, state: SocketStateName, time: number, flight: number, final: boolean): boolean {
    const { peer, pid } = this.store.sockets[index]!;
    // Its process has died, which is told later: what the kernel closed then contradicts nothing.
    if (this.sink.dying(pid)) return false;
    const other = peer === null ? -1 : this.store.socketIndexOf(peer);
    const seq = Math.max(this.lastSeq[index] ?? 0, other < 0 ? 0 : (this.lastSeq[other] ?? 0));
    if (time < Math.max(this.overSince[index] ?? 0, other < 0 ? 0 : (this.overSince[other] ?? 0))) {
      this.watch.want();
      return false;
    }
    const { doubt } = watched;
    if (doubt !== null && doubt.state === state && doubt.seq === seq && time - doubt.time >= flight) return true;
    if (doubt === null || doubt.state !== state || doubt.seq !== seq) watched.doubt = { state, time, seq };
    if (final && seq > 0 && this.sink.timeOf(time) - this.store.time(seq) >= flight) return true;
    this.watch.want();
    return false;
  }

  /** The kernel destroyed a socket: its full state is gone, in TIME_WAIT it lives on in small. */
  private destroyed(destroyed: Destroyed): void {
    const index = this.find(destroyed);
    if (index < 0) return;
    const { pid, role, local } = this.store.sockets[index]!;
    const block = this.tracker.stateOf(index, this.store);
    if (role === 'listener' && block.state !== 'LISTEN') return;
    const later = this.watch.sampleAfter(destroyed.time);
    const row = later?.rows.get(tupleKey(destroyed.local, destroyed.remote));
    const state = later !== null && covered(later, destroyed.local) ? (row?.state ?? 'CLOSED') : onlyClosed(block.state) ? 'CLOSED' : null;
    const args: JsonObject = { source: 'ss -E' };
    if (state !== null) args.state = state;
    if (role !== 'listener') Object.assign(args, { recvQueue: destroyed.recvQueue, sendQueue: destroyed.sendQueue });
    const agrees = state === block.state || state === block.orState || (state === null && block.state !== 'ESTABLISHED');
    const expected = agrees || block.closed || this.sink.dying(pid);
    if (!expected) args.contradicts = block.state;
    const watched = this.watched.get(index);
    if (state === 'TIME_WAIT' && watched !== undefined) {
      watched.waited = true;
      this.watch.sawTimeWait();
    }
    if (watched !== undefined) Object.assign(watched, { recv: destroyed.recvQueue, send: destroyed.sendQueue });
    // Its own name may become known only here.
    this.say(index, destroyed.time, args, local === null ? destroyed : null);
    if (state !== 'CLOSED') return;
    this.drop(index);
    this.byKey.delete(tupleKey(destroyed.local, destroyed.remote));
  }

  /** The socket of the run that has these names; -1 when there is none, or it is not certain which. */
  private find({ local, remote }: Destroyed): number {
    const found = this.byKey.get(tupleKey(local, remote));
    if (found !== undefined) return found;
    // Refused before its own name could be asked.
    const candidates = [...this.nameless].filter((index) => {
      const { role, remote: to, local: from } = this.store.sockets[index]!;
      return role === 'client' && from === null && to !== null && addressKey(to) === addressKey(remote);
    });
    return candidates.length === 1 ? candidates[0]! : -1;
  }

  private say(index: number, time: number, args: JsonObject, names: Pick<Destroyed, 'local' | 'remote'> | null = null): void {
    const { id, pid } = this.store.sockets[index]!;
    this.sink.event({
      t: this.sink.timeOf(time),
      pid,
      socket: id,
      fd: null,
      kind: 'kernel',
      call: null,
      api: null,
      args,
      result: null,
      error: null,
      bytes: null,
      provenance: 'kernel',
      site: null,
      state: null,
      local: names?.local ?? null,
      remote: names?.remote ?? null,
    });
  }
}

function queuesOf(row: ProcRow): JsonObject {
  return row.state === 'LISTEN' ? { acceptQueue: row.recvQueue } : { recvQueue: row.recvQueue, sendQueue: row.sendQueue };
}

/** States after which a destroyed socket cannot be in TIME_WAIT. */
const onlyClosed = (state: SocketStateName) =>
  state === 'CLOSED' || state === 'LAST_ACK' || state === 'CLOSE_WAIT' || state === 'SYN_SENT' || state === 'LISTEN';

/** The kernel's number of a socket, by its descriptor; null when it may not be asked. */
function inodeOf(pid: number, fd: number): number | null {
  try {
    const match = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`));
    return match === null ? null : Number(match[1]);
  } catch {
    return null;
  }
}
