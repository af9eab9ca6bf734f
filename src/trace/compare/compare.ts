import type { ComparedProcess, ComparedSocket, CompareRow, Comparison, Difference, Direction } from '../../contracts/compare';
import type { TraceReader } from '../../contracts/trace-model';
import { socketIndexOf } from '../bytes/ids';
import { align } from './align';
import { type Pair, pairProcesses, pairSockets, peerOf, type Side } from './pairs';
import { alignDatagrams, alignStream, type Moved } from './pieces';
import { placesOf, RowBook } from './rows';
import { type Keyed, type ProcessTracks, processTracks, type SocketTracks, tracksOf } from './tracks';

/**
 * Two runs of one program side by side: which processes and sockets stand for each other, their steps aligned, and how they differ. Times,
 * pids, ports, descriptors, paths of Unix-domain sockets, and the order between sockets make no difference.
 */
export function compareTraces(a: TraceReader, b: TraceReader): Comparison {
  return new Comparer(a, b).compare();
}

class Comparer {
  private readonly sideA: Side;
  private readonly sideB: Side;
  private readonly ownA: ProcessTracks[];
  private readonly ownB: ProcessTracks[];
  private readonly differences: Difference[] = [];
  private sockets: Pair[] = [];
  private readonly pairOfA = new Map<number, number>();
  private readonly pairOfB = new Map<number, number>();

  constructor(
    private readonly a: TraceReader,
    private readonly b: TraceReader,
  ) {
    const side = (trace: TraceReader): Side => ({ trace, tracks: trace.sockets.map((_, index) => tracksOf(trace, index)) });
    this.sideA = side(a);
    this.sideB = side(b);
    this.ownA = processTracks(a);
    this.ownB = processTracks(b);
  }

  compare(): Comparison {
    const pairs = pairProcesses(this.a, this.b);
    this.sockets = pairSockets(this.sideA, this.sideB, pairs);
    for (const [index, { a, b }] of this.sockets.entries()) {
      if (a >= 0) this.pairOfA.set(a, index);
      if (b >= 0) this.pairOfB.set(b, index);
    }
    const processes = pairs.map((pair, index): ComparedProcess => ({ ...pair, rows: this.process(pair, index) }));
    const processOf = (trace: TraceReader, which: 'a' | 'b') => {
      const of = new Map(pairs.map((pair, index) => [trace.processes[pair[which]]?.pid, index]));
      return (socket: number) => of.get(trace.sockets[socket]?.pid) ?? -1;
    };
    const [inA, inB] = [processOf(this.a, 'a'), processOf(this.b, 'b')];
    const sockets = this.sockets.map((pair, index): ComparedSocket => {
      const process = pair.a >= 0 ? inA(pair.a) : inB(pair.b);
      return { ...pair, process, rows: this.socket(pair, index, process) };
    });
    this.order(processes, sockets);
    return { processes, sockets, differences: this.differences, incomplete: this.incomplete() };
  }

  private process({ a, b }: Pair, process: number): CompareRow[] {
    const book = new RowBook(this.differences);
    if (a < 0 || b < 0) {
      const [trace, index] = a >= 0 ? [this.a, a] : [this.b, b];
      const own = (trace === this.a ? this.ownA : this.ownB)[index]!;
      const first = own.first > 0 ? [own.first] : [];
      book.differs({ kind: 'process', process, socket: -1, a: a >= 0 ? first : [], b: b >= 0 ? first : [] });
      return book.sorted();
    }
    const [ownA, ownB] = [this.ownA[a]!, this.ownB[b]!];
    this.keyed(book, 'events', ownA.events, ownB.events, process, -1);
    if (exitKey(this.a, a) !== exitKey(this.b, b)) book.differs({ kind: 'exit', process, socket: -1, a: ownA.exit, b: ownB.exit });
    else if (ownA.exit[0] !== undefined && ownB.exit[0] !== undefined) book.same(ownA.exit[0], ownB.exit[0]);
    return book.sorted();
  }

  private socket({ a, b }: Pair, socket: number, process: number): CompareRow[] {
    const book = new RowBook(this.differences);
    if (a < 0 || b < 0) {
      this.alone(book, a, b, socket, process);
      return book.sorted();
    }
    const [tracksA, tracksB] = [this.sideA.tracks[a]!, this.sideB.tracks[b]!];
    this.accepts(book, tracksA, tracksB);
    this.keyed(book, 'calls', tracksA.calls, tracksB.calls, process, socket);
    this.moved(book, 'out', a, b, process, socket);
    this.moved(book, 'in', a, b, process, socket);
    this.keyed(book, 'calls', tracksA.ends, tracksB.ends, process, socket);
    this.keyed(book, 'events', tracksA.events, tracksB.events, process, socket);
    this.keyed(book, 'fault', tracksA.faults, tracksB.faults, process, socket);
    this.finish(book, a, b, process, socket);
    return book.sorted();
  }

  /** A socket that only one run has. Both ends of a connection are one difference, and its accept belongs to it. */
  private alone(book: RowBook, a: number, b: number, socket: number, process: number): void {
    const [trace, index, pairOf] = a >= 0 ? [this.a, a, this.pairOfA] : [this.b, b, this.pairOfB];
    const peer = peerOf(trace, index);
    const { role, listener, birth } = trace.sockets[index]!;
    const steps = [...trace.eventsOfSocket(index)].filter((seq) => trace.kind(seq) === 'call');
    if (role === 'accepted' && listener !== null) steps.unshift(...this.acceptOf(trace, listener, index));
    if (steps.length === 0) steps.push(birth);
    const pairOfPeer = this.sockets[pairOf.get(peer) ?? -1];
    const bothAlone = peer >= 0 && pairOfPeer !== undefined && (pairOfPeer.a < 0 || pairOfPeer.b < 0);
    const rowOf = { a: a >= 0 ? steps : [], b: b >= 0 ? steps : [] };
    if (bothAlone && role === 'accepted') {
      // Told at its client.
      book.rows.push({ ...rowOf, difference: -1 });
      this.toldAtClient.push({ row: book.rows.at(-1)!, client: pairOf.get(peer)! });
      return;
    }
    book.differs({ kind: bothAlone || (role === 'accepted' && peer < 0) ? 'connection' : 'socket', process, socket, ...rowOf });
  }

  private readonly toldAtClient: { row: CompareRow; client: number }[] = [];

  private acceptOf(trace: TraceReader, listener: string, socket: number): number[] {
    const { tracks } = trace === this.a ? this.sideA : this.sideB;
    const { id } = trace.sockets[socket]!;
    const found = tracks[socketIndexOf(trace, listener)]?.accepts.find((accept) => accept.id === id);
    return found ? [found.seq] : [];
  }

  /** Accept calls stand beside each other when the sockets that they made do. */
  private accepts(book: RowBook, a: SocketTracks, b: SocketTracks): void {
    const seqOf = new Map(b.accepts.map(({ seq, id }) => [socketIndexOf(this.b, id), seq]));
    for (const { seq, id } of a.accepts) {
      const pair = this.sockets[this.pairOfA.get(socketIndexOf(this.a, id)) ?? -1];
      const other = pair === undefined || pair.b < 0 ? undefined : seqOf.get(pair.b);
      if (other !== undefined) book.same(seq, other);
    }
  }

  private keyed(book: RowBook, kind: 'calls' | 'events' | 'fault', a: Keyed, b: Keyed, process: number, socket: number): void {
    for (const stretch of align(a.keys, b.keys)) {
      const [seqsA, seqsB] = [a.seqs.slice(...stretch.a), b.seqs.slice(...stretch.b)];
      if (stretch.same) {
        for (const [n, seq] of seqsA.entries()) book.same(seq, seqsB[n]!);
        continue;
      }
      const restA: number[] = [];
      for (const seq of seqsA) {
        const at = seqsB.findIndex((other) => this.name(this.a, seq) === this.name(this.b, other));
        if (at < 0) {
          restA.push(seq);
          continue;
        }
        // In front of it: what only the second run called before the same call.
        const before = seqsB.splice(0, at + 1);
        const twin = before.pop()!;
        if (before.length > 0 || restA.length > 0) book.differs({ kind, process, socket, a: restA.splice(0), b: before });
        book.differs({ kind: kind === 'calls' ? 'result' : kind, process, socket, a: [seq], b: [twin] });
      }
      if (restA.length > 0 || seqsB.length > 0) book.differs({ kind, process, socket, a: restA, b: seqsB });
    }
  }

  private name(trace: TraceReader, seq: number): string {
    return trace.kind(seq) === 'call' ? `call ${trace.call(seq)}` : `${trace.kind(seq)} ${trace.api(seq)}`;
  }

  private moved(book: RowBook, direction: Direction, a: number, b: number, process: number, socket: number): void {
    const [trackA, trackB] = [this.sideA.tracks[a]![direction], this.sideB.tracks[b]![direction]];
    const [movedA, movedB]: [Moved, Moved] = [
      { trace: this.a, track: trackA },
      { trace: this.b, track: trackB },
    ];
    const datagrams = this.a.sockets[a]!.protocol.startsWith('udp');
    for (const { kind, a: partA, b: partB } of (datagrams ? alignDatagrams : alignStream)(movedA, movedB)) {
      const [seqsA, seqsB] = [trackA.seqs.slice(...partA), trackB.seqs.slice(...partB)];
      if (kind === 'same') {
        for (const [n, seq] of seqsA.entries()) book.same(seq, seqsB[n]!);
        continue;
      }
      const sizes = { sizesA: trackA.sizes.slice(...partA), sizesB: trackB.sizes.slice(...partB) };
      const injectedA = trackA.injected.slice(...partA).includes(true);
      const injectedB = trackB.injected.slice(...partB).includes(true);
      book.differs({ kind, process, socket, direction, a: seqsA, b: seqsB, ...sizes, injectedA, injectedB });
    }
  }

  /** Who closed first, where both runs say it surely: one end finished before it saw the end of the other, which saw it before it finished. */
  private finish(book: RowBook, a: number, b: number, process: number, socket: number): void {
    const [one, other] = [firstToFinish(this.sideA, a), firstToFinish(this.sideB, b)];
    if (one === null || other === null || one.who === other.who) return;
    // Both ends of a connection have it: told at the client, or at the end that is traced.
    if (this.a.sockets[a]!.role === 'accepted' && peerOf(this.a, a) >= 0) return;
    book.differs({ kind: 'finish', process, socket, a: [one.seq], b: [other.seq], firstA: one.who, firstB: other.who });
  }

  /** Puts the differences into the order in which they happened, and tells the rows. */
  private order(processes: readonly ComparedProcess[], sockets: readonly ComparedSocket[]): void {
    const lists = [...processes, ...sockets].map(({ rows }) => rows);
    const places = placesOf(lists, this.b.size);
    for (const one of this.differences) {
      const [a, b] = [one.a[0], one.b[0]];
      one.at = a ?? (b === undefined ? Number.MAX_SAFE_INTEGER : places[b]! + 0.5);
      // The kernel accepts, so to speak, before the client knows: what became of its connect comes first.
      if (one.kind === 'socket' && a !== undefined) one.at = Math.max(a, this.connectedAt(one) + 0.5);
      // A run that ends before the other: behind everything that happened.
      if (one.kind === 'exit' && (a === undefined || b === undefined)) one.at = Number.MAX_SAFE_INTEGER;
    }
    const firstB = (index: number) => this.differences[index]!.b[0] ?? 0;
    const sorted = [...this.differences.keys()].sort(
      (x, y) => this.differences[x]!.at - this.differences[y]!.at || firstB(x) - firstB(y) || x - y,
    );
    const place = new Map(sorted.map((index, n) => [index, n]));
    const ofSocket = new Map(sorted.map((index, n) => [this.differences[index]!.socket, n]));
    for (const list of lists) for (const row of list) if (row.difference >= 0) row.difference = place.get(row.difference)!;
    for (const { row, client } of this.toldAtClient) row.difference = ofSocket.get(client) ?? -1;
    const ordered = sorted.map((index) => this.differences[index]!);
    this.differences.splice(0, ordered.length, ...ordered);
  }

  /** When the client of an accepted socket learnt that it was connected, in the first run; 0 when it is not traced. */
  private connectedAt({ socket }: Difference): number {
    const peer = peerOf(this.a, this.sockets[socket]!.a);
    const { calls } = this.sideA.tracks[peer] ?? {};
    return calls?.seqs[calls.keys.findIndex((key) => key.includes('SO_ERROR'))] ?? 0;
  }

  private incomplete(): ('a' | 'b')[] {
    const lacks = ({ header }: TraceReader) => header.dropped > 0 || (header.thinned?.calls ?? 0) > 0;
    return (['a', 'b'] as const).filter((which) => lacks(this[which]));
  }
}

/** How a process ended, as one word; '' while it runs. */
function exitKey(trace: TraceReader, index: number): string {
  const exit = trace.processes[index]!.exit;
  return exit === null ? '' : `${exit.code} ${exit.signal}`;
}

function firstToFinish({ trace, tracks }: Side, index: number): { who: 'own' | 'peer'; seq: number } | null {
  const own = tracks[index]!;
  const peer = tracks[peerOf(trace, index)];
  if (own.finished > 0 && (own.sawEnd === 0 || own.finished < own.sawEnd)) {
    const crossed = peer !== undefined && peer.finished > 0 && (peer.sawEnd === 0 || peer.finished < peer.sawEnd);
    return crossed ? null : { who: 'own', seq: own.finished };
  }
  return own.sawEnd > 0 ? { who: 'peer', seq: own.sawEnd } : null;
}
