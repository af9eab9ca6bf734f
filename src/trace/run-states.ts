import type { Address, Provenance, SocketStateName } from '../contracts/trace';
import type { Reading, RunState, SocketState } from '../contracts/trace-model';
import { AcceptQueues, backlogReading, readQueues, streamQueues } from './queues';
import type { SocketLogs } from './socket-log';
import type { TraceStore } from './store';

/** States in which everything that this end sent has been acknowledged. */
const ACKNOWLEDGED: ReadonlySet<SocketStateName> = new Set(['FIN_WAIT_2', 'TIME_WAIT', 'CLOSED']);

/** Facts at a step that one end's queues need of either end. */
interface EndFacts {
  sent: number;
  received: number;
  queue: number;
  movedSeq: number;
  state: SocketStateName;
  or: SocketStateName | null;
}

/**
 * The state of the run at any step. A socket's state depends on its own events and its peer's only, so each is folded on
 * its own (from a checkpoint at most 32 own events back) and kept for as long as it holds: a step costs the sockets that
 * it touched, a jump those that are open there. Equal states are the same object: do not change what you get.
 */
export class RunStates {
  private readonly accepts: AcceptQueues;
  /** By place in the order of birth: first event, index, state object, and the steps [from, to) for which that holds. */
  private births = new Uint32Array(0);
  private indexes = new Uint32Array(0);
  private states: SocketState[] = [];
  private from = new Uint32Array(0);
  private to = new Uint32Array(0);
  private placeOf = new Uint32Array(0);
  private placed = 0;
  private placedAt = -1;
  private joinsSeen = 0;

  constructor(
    private readonly store: TraceStore,
    private readonly logs: SocketLogs,
  ) {
    this.accepts = new AcceptQueues(store);
  }

  /** One socket at a step; null before it was born. */
  socket(index: number, step: number): SocketState | null {
    this.place();
    const place = this.placeOf[index] ?? 0;
    if (this.indexes[place] !== index || this.births[place]! > step) return null;
    if (step < this.from[place]! || step >= this.to[place]!) this.states[place] = this.socketAt(index, place, step);
    return this.states[place]!;
  }

  /** The steps at which a listener's accept queue may have changed, ascending. */
  acceptQueueChanges(listener: number): number[] {
    return this.accepts.changes(listener);
  }

  /** The fold of events 1..step. Throws RangeError outside 0..size. */
  at(step: number): RunState {
    const { store } = this;
    if (!(Number.isInteger(step) && step >= 0 && step <= store.size)) throw new RangeError(`no step ${step}: the trace has ${store.size}`);
    this.place();
    const { births, from, to } = this;
    const { length } = births;
    let born = 0;
    for (; born < length && births[born]! <= step; born++)
      if (step < from[born]! || step >= to[born]!) this.states[born] = this.socketAt(this.indexes[born]!, born, step);
    const t = step === 0 ? 0 : store.time(step);
    const processes: RunState['processes'] = [];
    for (const [index, process] of store.processes.entries()) {
      const exit = store.exitSeqs[index]!;
      if (process.started > t) continue;
      const ended = exit > 0 ? exit <= step : process.ended !== null && process.ended <= t;
      processes.push({ pid: process.pid, running: !ended });
    }
    return { step, t, sockets: this.states.slice(0, born), processes };
  }

  /** Brings the order of birth up to date, and forgets what newly joined sockets were thought to be. */
  private place(): void {
    const { store } = this;
    const { infos, joined } = store.book;
    if (this.placedAt !== store.size) {
      this.placedAt = store.size;
      let count = 0;
      for (const info of infos) if (info.birth > 0) count++;
      if (count !== this.placed || count !== this.births.length) this.placeAnew(count);
    }
    for (; this.joinsSeen < joined.length; this.joinsSeen++) {
      const index = joined[this.joinsSeen]!;
      const place = this.placeOf[index]!;
      if (index < this.placeOf.length && this.indexes[place] === index) this.to[place] = 0;
    }
  }

  private placeAnew(count: number): void {
    const { infos } = this.store.book;
    const order: number[] = [];
    let sorted = true;
    let last = 0;
    for (let index = 0; index < infos.length; index++) {
      const { birth } = infos[index]!;
      if (birth === 0) continue;
      sorted &&= birth > last;
      last = birth;
      order.push(index);
    }
    if (!sorted) order.sort((a, b) => infos[a]!.birth - infos[b]!.birth);
    // Sockets are born later than those that are there: their places stay as they are.
    const kept = order.every((index, place) => place >= this.placed || this.indexes[place] === index) ? this.placed : 0;
    const from = new Uint32Array(count);
    const to = new Uint32Array(count);
    from.set(this.from.subarray(0, kept));
    to.set(this.to.subarray(0, kept));
    this.states.length = kept;
    this.from = from;
    this.to = to;
    this.indexes = Uint32Array.from(order);
    this.births = Uint32Array.from(order, (index) => infos[index]!.birth);
    this.placeOf = new Uint32Array(infos.length);
    order.forEach((index, place) => {
      this.placeOf[index] = place;
    });
    this.placed = count;
  }

  private socketAt(index: number, place: number, step: number): SocketState {
    const { store } = this;
    const facts = store.book.facts[index]!;
    const info = store.book.infos[index]!;
    const log = this.logs.of(index);
    const count = log.countUpTo(step);
    let from = log.seqAt(count - 1);
    let to = count < log.count ? log.seqAt(count) : store.size + 1;
    const limit = (seq: number) => {
      if (seq > 0 && seq <= step) from = Math.max(from, seq);
      else if (seq > step) to = Math.min(to, seq);
    };
    limit(facts.closeSeq);
    const open = !(facts.closeSeq > 0 && facts.closeSeq <= step);
    const fold = log.foldTo(count);
    const { sent, received, writable, readable, queue, fd, localSeq, remoteSeq, readingSeq } = fold;
    let { movedSeq } = fold;
    const state = this.stateOf(index, fold.stateSeq);
    const local = this.localOf(localSeq);
    const remote = this.remoteOf(remoteSeq);
    let peer: string | null = null;
    let queues: { recvQ: Reading | null; sendQ: Reading | null } = { recvQ: null, sendQ: null };
    const stream = info.protocol !== 'udp' && info.protocol !== 'udp6';
    if (facts.peer >= 0) {
      const other = this.logs.of(facts.peer);
      const otherCount = other.countUpTo(step);
      if (otherCount > 0) limit(other.seqAt(otherCount - 1));
      if (otherCount < other.count) limit(other.seqAt(otherCount));
      limit(store.book.facts[facts.peer]!.closeSeq);
      const otherBirth = store.book.infos[facts.peer]!.birth;
      if (otherBirth > 0 && otherBirth <= step) peer = store.book.infos[facts.peer]!.id;
      if (stream && (facts.acceptSeq > 0 || (facts.connectedSeq > 0 && facts.connectedSeq <= step))) {
        const there = this.endFacts(facts.peer, otherCount);
        movedSeq = Math.max(movedSeq, there.movedSeq);
        queues = this.queuesOf({ sent, received, queue, movedSeq, state: state.name, or: state.or }, there, open, info.protocol === 'unix');
      }
    }
    // Where calls were left out nobody knows what is still on its way.
    const since = store.header.thinned?.since ?? null;
    if (since !== null) {
      limit(since);
      if (step >= since) queues = { recvQ: null, sendQ: null };
    }
    if (state.name === 'LISTEN') {
      queues = { recvQ: this.accepts.at(index, step), sendQ: this.backlog(facts.listenSeq) };
      movedSeq = Math.max(movedSeq, this.accepts.changedAt(index, step));
      // Connections of others fill and empty the accept queue: hold this for no other step.
      from = step;
      to = step + 1;
    }
    // What the kernel said holds until something moves at either end.
    if (readingSeq > movedSeq) queues = readQueues(store.args(readingSeq), queues);
    const result: SocketState = {
      index,
      id: info.id,
      pid: info.pid,
      protocol: info.protocol,
      role: info.role,
      state: state.name,
      orState: state.or,
      stateProvenance: state.provenance,
      open,
      fd: open && fd >= 0 ? fd : null,
      local,
      remote,
      peer,
      ...(info.peerBy === undefined ? {} : { peerBy: info.peerBy }),
      recvQ: queues.recvQ,
      sendQ: queues.sendQ,
      writableLength: writable < 0 ? null : writable,
      readableLength: readable < 0 ? null : readable,
      writeQueueSize: queue < 0 ? null : queue,
      bytesSent: sent,
      bytesReceived: received,
    };
    this.from[place] = from;
    this.to[place] = to;
    return result;
  }

  private endFacts(index: number, count: number): EndFacts {
    const fold = this.logs.of(index).foldTo(count);
    const { sent, received, queue, movedSeq } = fold;
    const state = this.stateOf(index, fold.stateSeq);
    return { sent, received, queue, movedSeq, state: state.name, or: state.or };
  }

  private queuesOf(here: EndFacts, there: EndFacts, open: boolean, unix: boolean) {
    return streamQueues({
      sent: here.sent,
      readByPeer: there.received,
      queuedHere: Math.max(0, here.queue),
      sentByPeer: there.sent,
      received: here.received,
      queuedThere: Math.max(0, there.queue),
      allAcknowledged: here.or === null && ACKNOWLEDGED.has(here.state),
      peerAcknowledged: there.or === null && (there.state === 'FIN_WAIT_2' || there.state === 'TIME_WAIT'),
      open,
      unix,
    });
  }

  private stateOf(index: number, seq: number): { name: SocketStateName; or: SocketStateName | null; provenance: Provenance } {
    const { store } = this;
    if (seq === 0) {
      const tcp = store.book.infos[index]!.protocol.startsWith('tcp');
      return { name: tcp ? 'CLOSED' : 'UNBOUND', or: null, provenance: 'derived' };
    }
    const or = store.columns.args.values[seq] === 0 ? null : store.args(seq)?.or;
    return {
      name: store.stateTo(seq)!,
      or: typeof or === 'string' ? (or as SocketStateName) : null,
      provenance: store.provenance(seq),
    };
  }

  private localOf(seq: number): Address | null {
    if (seq === 0) return null;
    return this.store.namedLocal(seq) ?? this.store.local(seq);
  }

  private remoteOf(seq: number): Address | null {
    if (seq === 0) return null;
    return this.store.namedRemote(seq) ?? this.store.remote(seq);
  }

  private backlog(listenSeq: number): Reading | null {
    if (listenSeq === 0) return null;
    const backlog = this.store.args(listenSeq)?.backlog;
    return typeof backlog === 'number' ? backlogReading(backlog, this.store.provenance(listenSeq)) : null;
  }
}
