import type { TraceReader } from '../../contracts/trace-model';
import { socketIndexOf } from '../bytes/ids';
import type { SocketTracks } from './tracks';

/** Bytes by which sockets are told apart: few, so that a split read does not matter often. */
const FIRST = 32;

/** Two things that stand for each other, as their indexes in each run; -1: only the other run has it. */
export interface Pair {
  a: number;
  b: number;
}

/** One run, with what each of its sockets did. */
export interface Side {
  trace: TraceReader;
  tracks: readonly SocketTracks[];
}

/** Programs by name, in the order of their start; what is left over by that order alone (a program that got another name). */
export function pairProcesses(a: TraceReader, b: TraceReader): Pair[] {
  const name = (trace: TraceReader) => (index: number) => trace.processes[index]!.program.split(/[\\/]/).at(-1)!;
  const shown = (trace: TraceReader) => [...trace.processes.keys()].filter((index) => trace.processes[index]!.quiet === undefined);
  const book = new PairBook(shown(a), shown(b));
  book.byKey(name(a), name(b));
  const left = book.left();
  if (left.a.length === left.b.length)
    book.byKey(
      () => '',
      () => '',
    );
  return book.pairs();
}

/**
 * Sockets of programs that stand for each other: by role, the line that made them and the other end; among equals those that moved the
 * same bytes, then by order. An accepted socket follows its client where that is traced.
 */
export function pairSockets(a: Side, b: Side, processes: readonly Pair[]): Pair[] {
  const pidsOf = (side: 'a' | 'b', { trace }: Side) =>
    new Map(processes.flatMap((pair, index) => (pair[side] < 0 ? [] : [[trace.processes[pair[side]]!.pid, index] as const])));
  const [pidsA, pidsB] = [pidsOf('a', a), pidsOf('b', b)];
  const group = ({ trace }: Side, pids: Map<number, number>, index: number) => {
    const { pid, role, protocol } = trace.sockets[index]!;
    return `${pids.get(pid)} ${role} ${protocol.replace('6', '')}`;
  };
  const shown = ({ trace }: Side, pids: Map<number, number>) =>
    [...trace.sockets.keys()].filter((index) => pids.has(trace.sockets[index]!.pid));
  const book = new PairBook(shown(a, pidsA), shown(b, pidsB));
  const waits = (side: Side) => (index: number) => side.trace.sockets[index]!.role === 'accepted' && peerOf(side.trace, index) >= 0;
  const key = (side: Side, pids: Map<number, number>, how: Likeness) => (index: number) => {
    if (how.all !== true && waits(side)(index)) return null;
    const line = how.line ? madeAt(side.trace, index) : '';
    const did = how.calls ? signature(side.tracks[index]!) : '';
    return `${group(side, pids, index)} ${line} ${did} ${how.bytes ? firstBytes(side, index) : ''}`;
  };
  const pair = (how: Likeness) => book.byKey(key(a, pidsA, how), key(b, pidsB, how));
  pair({ line: true, calls: true, bytes: true });
  pair({ line: true, bytes: true });
  pair({ line: true });
  pair({ calls: true, bytes: true });
  pair({});
  followClients(book, a.trace, b.trace);
  pair({ all: true, calls: true, bytes: true });
  pair({ all: true, bytes: true });
  pair({ all: true });
  return book.pairs();
}

/** In what two sockets of one role are alike; `all`: also accepted ones that have a client. */
interface Likeness {
  line?: boolean;
  calls?: boolean;
  bytes?: boolean;
  all?: boolean;
}

/** Both clients stand for each other: so do the sockets that were accepted for them. One that has a client waits for it. */
function followClients(book: PairBook, a: TraceReader, b: TraceReader): void {
  const partner = new Map(book.pairs().map((pair) => [pair.a, pair.b]));
  for (const index of book.left().a) {
    const client = peerOf(a, index);
    const other = client < 0 ? -1 : (partner.get(client) ?? -1);
    const end = other < 0 ? -1 : peerOf(b, other);
    if (end >= 0 && b.sockets[end]!.role === a.sockets[index]!.role) book.join(index, end);
  }
}

export const peerOf = (trace: TraceReader, index: number): number => socketIndexOf(trace, trace.sockets[index]?.peer);

/** The line that made a socket, without its folder. */
function madeAt(trace: TraceReader, index: number): string {
  const { birth, role } = trace.sockets[index]!;
  if (role === 'accepted' || birth === 0) return '';
  const id = trace.siteId(birth);
  if (id < 0) return '';
  const { file, line } = trace.site(id);
  return `${file.split(/[\\/]/).at(-1)}:${line}`;
}

/** What a socket did, roughly: how many bytes each way, and its calls. */
function signature({ out, in: read, calls }: SocketTracks): string {
  const total = (sizes: readonly number[]) => sizes.reduce((all, size) => all + size, 0);
  return `${total(out.sizes)} ${total(read.sizes)} ${calls.keys.join(',')}`;
}

/** The first bytes that a socket sent and received, as far as they were captured. */
function firstBytes({ trace, tracks }: Side, index: number): string {
  const { out, in: read } = tracks[index]!;
  return [out.from[0], read.from[0]]
    .map((seq) => (seq === undefined ? '' : (trace.payload(seq)?.subarray(0, FIRST) ?? []).join()))
    .join(' ');
}

/** Indexes of two runs that are still to be paired, and the pairs so far. */
class PairBook {
  private readonly partnerOfA = new Map<number, number>();
  private readonly partnerOfB = new Map<number, number>();

  constructor(
    private readonly a: readonly number[],
    private readonly b: readonly number[],
  ) {}

  /** Pairs what has the same key, in order; a key of null waits. */
  byKey(keyA: (index: number) => string | null, keyB: (index: number) => string | null): void {
    const left = this.left();
    const waiting = new Map<string, number[]>();
    for (const index of left.b) {
      const key = keyB(index);
      if (key === null) continue;
      const list = waiting.get(key);
      if (list) list.push(index);
      else waiting.set(key, [index]);
    }
    for (const list of waiting.values()) list.reverse();
    for (const index of left.a) {
      const key = keyA(index);
      const other = key === null ? undefined : waiting.get(key)?.pop();
      if (other !== undefined) this.join(index, other);
    }
  }

  join(a: number, b: number): void {
    if (this.partnerOfA.has(a) || this.partnerOfB.has(b)) return;
    this.partnerOfA.set(a, b);
    this.partnerOfB.set(b, a);
  }

  left(): { a: number[]; b: number[] } {
    return { a: this.a.filter((index) => !this.partnerOfA.has(index)), b: this.b.filter((index) => !this.partnerOfB.has(index)) };
  }

  /** In the order of the first run; what only the second has comes after what was there before it. */
  pairs(): Pair[] {
    const found: Pair[] = [];
    let next = 0;
    const alone = (until: number) => {
      for (; next < this.b.length && this.b[next]! < until; next++)
        if (!this.partnerOfB.has(this.b[next]!)) found.push({ a: -1, b: this.b[next]! });
    };
    for (const index of this.a) {
      const b = this.partnerOfA.get(index) ?? -1;
      if (b >= 0) alone(b);
      found.push({ a: index, b });
    }
    alone(Number.POSITIVE_INFINITY);
    return found;
  }
}
