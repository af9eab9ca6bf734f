import type { Link } from '../contracts/trace-model';
import type { Datagrams } from './datagrams';
import { Act } from './shapes';
import type { SocketLogs } from './socket-log';
import type { TraceStore } from './store';

/** The arrows of a trace: which event at one end led to which event at the other. */
export class Links {
  constructor(
    private readonly store: TraceStore,
    private readonly logs: SocketLogs,
    private readonly datagrams: Datagrams,
  ) {}

  /** The arrows that begin or end at this event. */
  of(seq: number): Link[] {
    const { store } = this;
    const act = store.act(seq);
    if (act === Act.exit) return this.ofExit(seq);
    const index = store.socketIndex(seq);
    if (index < 0) return [];
    const found: Link[] = [];
    const facts = store.book.facts[index]!;
    if (facts.resetSeq === seq && facts.peer >= 0) this.pushReset(found, facts.peer);
    if (store.error(seq) !== null && act !== Act.connect) return found;
    switch (act) {
      case Act.connect:
        if (facts.connectSeq === seq) this.pushConnect(found, index);
        break;
      case Act.accept:
        this.pushAccept(found, seq);
        break;
      case Act.send:
      case Act.receive:
        this.moved(found, index, seq, act);
        if (facts.eofSeq === seq && facts.peer >= 0) this.pushFin(found, facts.peer);
        break;
      case Act.endOfFile:
        if (facts.eofSeq === seq && facts.peer >= 0) this.pushFin(found, facts.peer);
        break;
      case Act.shutdown:
        if (facts.shutdownSeq === seq) this.pushFin(found, index);
        break;
      case Act.close:
        if (facts.closeSeq === seq) this.pushClose(found, index);
        break;
      default:
        break;
    }
    return found;
  }

  /** The arrows whose earlier end lies in [from, to], in order of that end. */
  between(from: number, to: number): Link[] {
    const { store } = this;
    const found: Link[] = [];
    const last = Math.min(to, store.size);
    for (let seq = Math.max(1, from); seq <= last; seq++) {
      const act = store.act(seq);
      if (act === Act.none || act === Act.buffer || act === Act.state) continue;
      for (const link of this.of(seq)) if (Math.min(link.from, link.to) === seq) found.push(link);
    }
    return found;
  }

  private pushConnect(found: Link[], client: number): void {
    const facts = this.store.book.facts[client]!;
    if (facts.peer < 0) return;
    const { acceptSeq } = this.store.book.facts[facts.peer]!;
    if (facts.connectSeq > 0 && acceptSeq > 0) found.push({ kind: 'connect', from: facts.connectSeq, to: acceptSeq });
  }

  private pushAccept(found: Link[], seq: number): void {
    const id = this.store.args(seq)?.accepted;
    const accepted = typeof id === 'string' ? this.store.socketIndexOf(id) : -1;
    if (accepted < 0) return;
    const { peer, acceptSeq } = this.store.book.facts[accepted]!;
    if (peer >= 0 && acceptSeq === seq) this.pushConnect(found, peer);
  }

  /** The FIN of socket `index`, to the end of file that its peer saw. */
  private pushFin(found: Link[], index: number): void {
    const facts = this.store.book.facts[index]!;
    if (facts.peer < 0) return;
    const from = facts.shutdownSeq || facts.closeSeq;
    const { eofSeq } = this.store.book.facts[facts.peer]!;
    if (from > 0 && eofSeq > 0) found.push({ kind: 'fin', from, to: eofSeq });
  }

  /** The close of socket `index` that reset the connection, to the call by which its peer learnt of it. */
  private pushReset(found: Link[], index: number): void {
    const { peer, closeSeq } = this.store.book.facts[index]!;
    if (peer < 0 || closeSeq === 0) return;
    const { resetSeq, shutdownSeq } = this.store.book.facts[peer]!;
    if (resetSeq === 0 || (this.store.error(resetSeq) === 'EPIPE' && shutdownSeq > 0 && shutdownSeq < resetSeq)) return;
    found.push({ kind: 'reset', from: closeSeq, to: resetSeq });
  }

  private pushClose(found: Link[], index: number): void {
    if (this.store.book.facts[index]!.shutdownSeq === 0) this.pushFin(found, index);
    this.pushReset(found, index);
  }

  /** The kernel closed what the process had open. */
  private ofExit(seq: number): Link[] {
    const found: Link[] = [];
    const { facts } = this.store.book;
    for (let index = 0; index < facts.length; index++) if (facts[index]!.closeSeq === seq) this.pushClose(found, index);
    return found;
  }

  private moved(found: Link[], index: number, seq: number, act: Act): void {
    const { store } = this;
    const { protocol } = store.sockets[index]!;
    if (protocol === 'udp' || protocol === 'udp6') {
      const other = act === Act.send ? this.datagrams.receivedBy(seq) : this.datagrams.sentBy(seq);
      if (other > 0) found.push({ kind: 'datagram', from: act === Act.send ? seq : other, to: act === Act.send ? other : seq });
      return;
    }
    const bytes = store.moved(seq);
    const { peer } = store.book.facts[index]!;
    if (bytes === 0 || peer < 0) return;
    const sending = act === Act.send;
    const log = this.logs.of(index);
    const before = log.foldTo(log.countUpTo(seq) - 1);
    const start = sending ? before.sent : before.received;
    const end = start + bytes;
    const other = this.logs.of(peer);
    const direction = sending ? 'received' : 'sent';
    const otherAct = sending ? Act.receive : Act.send;
    let n = other.firstBeyond(start, direction);
    if (n === other.count) return;
    let at = other.foldTo(n)[direction];
    for (; n < other.count && at < end; n++) {
      const otherSeq = other.seqAt(n);
      if (store.act(otherSeq) !== otherAct) continue;
      const size = store.moved(otherSeq);
      if (size === 0) continue;
      const range = { start: Math.max(start, at), end: Math.min(end, at + size) };
      at += size;
      found.push({ kind: 'bytes', from: sending ? seq : otherSeq, to: sending ? otherSeq : seq, range });
    }
  }
}
