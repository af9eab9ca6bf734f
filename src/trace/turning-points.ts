import { Act } from './shapes';
import type { TraceStore } from './store';

/**
 * Keeps the turning points of sockets and processes as events are appended: names, connect, accept, listen, shutdown, end
 * of file, close, exit. Most events never come here.
 */
export class TurningPoints {
  /** Counts what was taken in: when it moved, indexes over sockets are stale. */
  turns = 0;
  /** By process: its sockets that are open. */
  private readonly openSockets: (Set<number> | undefined)[] = [];

  constructor(private readonly store: TraceStore) {}

  /** A socket has its first event, in this process. */
  born(socket: number, process: number): void {
    this.openOf(process).add(socket);
  }

  /** Takes in an event that may be one. */
  notice(seq: number, act: Act, process: number, socket: number): void {
    if (act === Act.exit) {
      this.noticeExit(seq, process);
      return;
    }
    if (socket < 0) return;
    const { store } = this;
    const { book } = store;
    if (act === Act.reading && store.columns.ends.values[seq] === 0) {
      this.noticeReading(seq, socket);
      return;
    }
    const facts = book.facts[socket]!;
    const error = store.error(seq);
    const named = store.columns.ends.values[seq] !== 0;
    if (act === Act.accept) {
      this.turns++;
      this.noticeAccept(seq, socket);
      return;
    }
    const { protocol } = book.infos[socket]!;
    const datagram = protocol === 'udp' || protocol === 'udp6';
    if (datagram && error === null && (act === Act.send || act === Act.receive)) return; // every datagram has an address
    this.turns++;
    // A received descriptor is the connection of a socket that is joined already: it is named, but waits for no other end.
    if (act === Act.getsockopt && store.args(seq)?.option === 'SO_TYPE') {
      Object.assign(book.infos[socket]!, { local: store.namedLocal(seq), remote: store.namedRemote(seq) });
      return;
    }
    if (named || act === Act.bind || act === Act.connect) book.name(socket, store.namedLocal(seq), store.namedRemote(seq));
    if (error !== null) {
      if (act === Act.connect) facts.connectFailed = error !== 'EINPROGRESS';
      if (facts.resetSeq === 0 && (error === 'ECONNRESET' || error === 'EPIPE')) facts.resetSeq = seq;
      if (act === Act.connect) facts.connectSeq = seq;
      return;
    }
    switch (act) {
      case Act.listen:
        facts.listenSeq = seq;
        book.addListener(socket);
        break;
      case Act.connect: {
        facts.connectSeq = seq;
        facts.connectFailed = false;
        facts.connectedSeq = seq;
        const { remote } = book.infos[socket]!;
        if (remote !== null && 'path' in remote) book.joinByPath(socket, remote.path, 'client');
        break;
      }
      case Act.getsockopt: {
        const args = store.args(seq);
        if (args?.option !== 'SO_ERROR') break;
        if (args.value === 0) facts.connectedSeq = seq;
        else facts.connectFailed = true;
        if (args.value === 'ECONNRESET' && facts.resetSeq === 0) facts.resetSeq = seq;
        break;
      }
      case Act.shutdown:
        if (facts.shutdownSeq === 0) facts.shutdownSeq = seq;
        break;
      case Act.receive:
      case Act.endOfFile:
        if (!datagram && facts.eofSeq === 0) facts.eofSeq = seq;
        break;
      case Act.close:
        if (facts.closeSeq === 0) this.noticeClose(seq, socket);
        break;
      default:
        break;
    }
  }

  private noticeAccept(seq: number, listener: number): void {
    const { book } = this.store;
    const id = this.store.args(seq)?.accepted;
    if (typeof id !== 'string') return;
    const { pid, protocol, local: at } = book.infos[listener]!;
    const known = book.find(id);
    const index = known >= 0 ? known : this.store.addSocket({ id, pid, protocol, role: 'accepted' });
    const facts = book.facts[index]!;
    if (facts.acceptSeq === 0) facts.acceptSeq = seq;
    if (book.infos[index]!.listener === null) book.update(index, { listener: book.infos[listener]!.id });
    book.name(index, this.store.local(seq), this.store.remote(seq));
    if (protocol === 'unix' && at !== null && 'path' in at) book.joinByPath(index, at.path, 'accepted');
  }

  /** The kernel says which socket is the other end of this one; null when that is in no process of the trace. */
  private noticeReading(seq: number, socket: number): void {
    const { book } = this.store;
    const peer = this.store.args(seq)?.peer;
    if (peer === undefined) return;
    this.turns++;
    book.joinByKernel(socket, typeof peer === 'string' ? book.find(peer) : -1);
  }

  private noticeClose(seq: number, socket: number): void {
    const { book } = this.store;
    book.facts[socket]!.closeSeq = seq;
    book.infos[socket]!.death = seq;
    this.openSockets[this.store.columns.processAt(seq)]?.delete(socket);
  }

  private noticeExit(seq: number, process: number): void {
    if (this.store.exitSeqs[process] !== 0) return;
    this.turns++;
    this.store.exitSeqs[process] = seq;
    const info = this.store.processes[process]!;
    const args = this.store.args(seq);
    info.ended ??= this.store.time(seq);
    info.exit ??= {
      code: typeof args?.code === 'number' ? args.code : null,
      signal: typeof args?.signal === 'string' ? args.signal : null,
    };
    const { facts } = this.store.book;
    for (const socket of this.openOf(process)) if (facts[socket]!.closeSeq === 0) this.noticeClose(seq, socket);
    this.openOf(process).clear();
  }

  private openOf(process: number): Set<number> {
    let open = this.openSockets[process];
    if (open === undefined) {
      open = new Set();
      this.openSockets[process] = open;
    }
    return open;
  }
}
