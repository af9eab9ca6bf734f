import { Act } from './shapes';
import type { TraceStore } from './store';

/** Own events between two checkpoints: a seek replays at most this many for a socket. */
const SPACING = 32;
const WIDTH = 11;

/** What the fold of a socket's own events amounts to. Seqs are 0 and sizes -1 where there is none. */
export interface SocketFold {
  sent: number;
  received: number;
  writable: number;
  readable: number;
  queue: number;
  fd: number;
  /** The last state event, and the last events that named an end. */
  stateSeq: number;
  localSeq: number;
  remoteSeq: number;
  /** The last reading of the kernel, and the last event that moved bytes or connections, or ended something. */
  readingSeq: number;
  movedSeq: number;
}

function empty(): SocketFold {
  return {
    sent: 0,
    received: 0,
    writable: -1,
    readable: -1,
    queue: -1,
    fd: -1,
    stateSeq: 0,
    localSeq: 0,
    remoteSeq: 0,
    readingSeq: 0,
    movedSeq: 0,
  };
}

/**
 * The events of one socket with checkpoints of their fold, made when first needed. Memory is about seven bytes an
 * event, however many sockets there are.
 */
export class SocketLog {
  private seqs: Uint32Array;
  private checkpoints = new Float64Array(0);
  private checkpointCount = 0;
  /** The fold that was asked for last: stepping goes on from it. */
  private readonly cursor = empty();
  private cursorAt = -1;

  constructor(
    private readonly store: TraceStore,
    readonly index: number,
    seqs: Uint32Array = new Uint32Array(4),
    public count = 0,
  ) {
    this.seqs = seqs;
  }

  /** All seqs, ascending; a view. */
  get events(): Uint32Array {
    return this.seqs.subarray(0, this.count);
  }

  push(seq: number): void {
    if (this.count === this.seqs.length) {
      const wider = new Uint32Array(Math.ceil(this.count * 1.5) + 4);
      wider.set(this.seqs);
      this.seqs = wider;
    }
    this.seqs[this.count++] = seq;
  }

  /** Seq of the nth own event (0 is the first). */
  seqAt(n: number): number {
    return this.seqs[n]!;
  }

  /** How many own events there are up to and including `seq`. */
  countUpTo(seq: number): number {
    let low = 0;
    let high = this.count;
    if (high === 0 || this.seqs[high - 1]! <= seq) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.seqs[middle]! <= seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The fold of the first `count` own events. The object is used again by the next call. */
  foldTo(count: number): SocketFold {
    const { cursor } = this;
    if (this.cursorAt > count || this.cursorAt < 0 || count - this.cursorAt > SPACING) {
      const checkpoint = Math.floor(count / SPACING);
      if (checkpoint === 0) {
        Object.assign(cursor, empty());
        if (this.store.book.facts[this.index]!.acceptSeq > 0) this.accepted(cursor);
      } else {
        this.makeCheckpoints(checkpoint);
        this.load(checkpoint - 1, cursor);
      }
      this.cursorAt = checkpoint * SPACING;
    }
    for (; this.cursorAt < count; this.cursorAt++) this.step(cursor, this.seqs[this.cursorAt]!);
    return cursor;
  }

  /**
   * The number of the own event by which more than `offset` bytes had moved: the first whose bytes lie after it. `count` when
   * there is none.
   */
  firstBeyond(offset: number, direction: 'sent' | 'received'): number {
    this.makeCheckpoints(Math.floor(this.count / SPACING));
    const column = direction === 'sent' ? 0 : 1;
    let low = 0;
    let high = this.checkpointCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.checkpoints[middle * WIDTH + column]! <= offset) low = middle + 1;
      else high = middle;
    }
    let sum = low === 0 ? 0 : this.checkpoints[(low - 1) * WIDTH + column]!;
    const act = direction === 'sent' ? Act.send : Act.receive;
    for (let n = low * SPACING; n < this.count; n++) {
      const seq = this.seqs[n]!;
      if (this.store.act(seq) === act) sum += this.store.moved(seq);
      if (sum > offset) return n;
    }
    return this.count;
  }

  private makeCheckpoints(wanted: number): void {
    if (wanted <= this.checkpointCount) return;
    if (wanted * WIDTH > this.checkpoints.length) {
      const wider = new Float64Array(Math.max(wanted, Math.ceil(this.checkpointCount * 1.5)) * WIDTH);
      wider.set(this.checkpoints);
      this.checkpoints = wider;
    }
    const fold = empty();
    if (this.checkpointCount > 0) this.load(this.checkpointCount - 1, fold);
    else if (this.store.book.facts[this.index]!.acceptSeq > 0) this.accepted(fold);
    while (this.checkpointCount < wanted) {
      const from = this.checkpointCount * SPACING;
      for (let n = from; n < from + SPACING; n++) this.step(fold, this.seqs[n]!);
      const at = this.checkpointCount * WIDTH;
      const row = this.checkpoints;
      row[at] = fold.sent;
      row[at + 1] = fold.received;
      row[at + 2] = fold.writable;
      row[at + 3] = fold.readable;
      row[at + 4] = fold.queue;
      row[at + 5] = fold.fd;
      row[at + 6] = fold.stateSeq;
      row[at + 7] = fold.localSeq;
      row[at + 8] = fold.remoteSeq;
      row[at + 9] = fold.readingSeq;
      row[at + 10] = fold.movedSeq;
      this.checkpointCount++;
    }
  }

  private load(checkpoint: number, into: SocketFold): void {
    const at = checkpoint * WIDTH;
    const row = this.checkpoints;
    into.sent = row[at]!;
    into.received = row[at + 1]!;
    into.writable = row[at + 2]!;
    into.readable = row[at + 3]!;
    into.queue = row[at + 4]!;
    into.fd = row[at + 5]!;
    into.stateSeq = row[at + 6]!;
    into.localSeq = row[at + 7]!;
    into.remoteSeq = row[at + 8]!;
    into.readingSeq = row[at + 9]!;
    into.movedSeq = row[at + 10]!;
  }

  /** An accepted socket begins with what the accept call, which is its listener's event, said of it. */
  private accepted(fold: SocketFold): void {
    const seq = this.store.book.facts[this.index]!.acceptSeq;
    fold.fd = this.store.result(seq) ?? -1;
    if (this.store.local(seq) !== null) fold.localSeq = seq;
    if (this.store.remote(seq) !== null) fold.remoteSeq = seq;
  }

  private step(fold: SocketFold, seq: number): void {
    const { columns, shapes } = this.store;
    const shape = columns.shape.values[seq]!;
    const act = shapes.acts[shape]!;
    // A descriptor is the socket's for as long as it lives.
    if (fold.fd < 0) fold.fd = columns.fdAt(seq) ?? -1;
    switch (act) {
      case Act.send:
        fold.sent += this.store.moved(seq);
        fold.movedSeq = seq;
        return;
      case Act.receive:
        fold.received += this.store.moved(seq);
        fold.movedSeq = seq;
        return;
      case Act.leftOut: {
        const args = this.store.args(seq);
        if (typeof args?.bytesWritten === 'number') fold.sent += args.bytesWritten;
        if (typeof args?.bytesRead === 'number') fold.received += args.bytesRead;
        fold.movedSeq = seq;
        return;
      }
      case Act.reading:
        fold.readingSeq = seq;
        return;
      case Act.buffer: {
        const bytes = columns.bytesAt(seq) ?? -1;
        const { buffer } = shapes.list[shape]!;
        if (buffer === 'libuv-write') fold.queue = bytes;
        else if (buffer === 'stream-write') fold.writable = bytes;
        else if (buffer === 'stream-read') fold.readable = bytes;
        return;
      }
      case Act.state:
        fold.stateSeq = seq;
        break;
      case Act.socket: {
        const made = columns.resultAt(seq);
        if (made !== null && made >= 0) fold.fd = made;
        break;
      }
      case Act.accept:
      case Act.shutdown:
      case Act.close:
      case Act.endOfFile:
        fold.movedSeq = seq;
        break;
      default:
        break;
    }
    if (columns.ends.values[seq] !== 0 || act === Act.bind || act === Act.connect) this.name(fold, seq);
  }

  private name(fold: SocketFold, seq: number): void {
    if (this.store.namedLocal(seq) !== null) fold.localSeq = seq;
    if (this.store.namedRemote(seq) !== null) fold.remoteSeq = seq;
  }
}

/** The logs of all sockets; built in two passes over the columns when first asked for, then extended as the trace grows. */
export class SocketLogs {
  private readonly logs: SocketLog[] = [];
  private indexed = 0;

  constructor(private readonly store: TraceStore) {}

  /** The log of a socket, up to date. */
  of(index: number): SocketLog {
    if (this.indexed < this.store.size || this.logs.length < this.store.sockets.length) this.extend();
    return this.logs[index]!;
  }

  private extend(): void {
    const { store, logs } = this;
    // Index + 1, 0 for none.
    const socket = store.columns.socket.values;
    const { size } = store;
    const sockets = store.sockets.length;
    if (this.indexed === 0 && size > 4096) {
      const counts = new Uint32Array(sockets);
      for (let seq = 1; seq <= size; seq++) if (socket[seq]! > 0) counts[socket[seq]! - 1]!++;
      let total = 0;
      for (const count of counts) total += count;
      const all = new Uint32Array(total);
      const next = new Uint32Array(sockets);
      let at = 0;
      for (let i = 0; i < sockets; i++) {
        next[i] = at;
        logs[i] = new SocketLog(store, i, all.subarray(at, at + counts[i]!), counts[i]!);
        at += counts[i]!;
      }
      for (let seq = 1; seq <= size; seq++) {
        const index = socket[seq]! - 1;
        if (index >= 0) all[next[index]!++] = seq;
      }
    } else {
      for (let i = logs.length; i < sockets; i++) logs[i] = new SocketLog(store, i);
      for (let seq = this.indexed + 1; seq <= size; seq++) if (socket[seq]! > 0) logs[socket[seq]! - 1]!.push(seq);
    }
    this.indexed = size;
  }
}
