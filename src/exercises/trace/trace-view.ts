/** The predicates over one run's trace that checks are written with. */
import type { Event, Finding, SocketView, TraceView, Where } from '../../contracts/exercise-checks';
import type { TraceStore } from '../../trace';
import type { PeerLog } from '../peer/messages';
import { longestWait, shareWaited } from './loop-block';
import { findEnd } from './peer-ends';
import { matches, matching } from './where';

const MS = 1e6;
/** Steps that a Finding shows at most. */
const SHOWN = 5;

export class RunTrace implements TraceView {
  readonly platform: string;

  constructor(
    readonly scenario: string,
    private readonly trace: TraceStore,
    private readonly log: PeerLog,
    /** 0 of the trace on the peer's clock. */
    private readonly epoch: number,
  ) {
    this.platform = trace.header.platform;
  }

  get size(): number {
    return this.trace.size;
  }

  event(seq: number): Event {
    return this.trace.event(seq) as Event;
  }

  events(where: Where = {}): Event[] {
    return [...matching(this.trace, where)].map((seq) => this.event(seq));
  }

  sockets(where: { role?: string; protocol?: string } = {}): SocketView[] {
    return this.trace.sockets
      .map((_, index) => this.view(index))
      .filter(({ role, protocol }) => (where.role ?? role) === role && (where.protocol ?? protocol) === protocol);
  }

  socketOf(connection: string): SocketView | null {
    const end = this.log.ends.find(({ id }) => id === connection);
    const index = end === undefined ? -1 : findEnd(this.trace, end);
    return index < 0 ? null : this.view(index);
  }

  count(where: Where, expected?: number | { least?: number; most?: number }): Finding & { value: number } {
    const seqs = [...matching(this.trace, where)];
    const value = seqs.length;
    const { least = 0, most = Number.POSITIVE_INFINITY } =
      typeof expected === 'number' ? { least: expected, most: expected } : (expected ?? {});
    return { value, ...this.finding(value >= least && value <= most, seqs, { count: value }) };
  }

  never(where: Where): Finding {
    const seqs = [...matching(this.trace, where)];
    return this.finding(seqs.length === 0, seqs, { count: seqs.length });
  }

  before(a: Where, b: Where, same?: 'socket'): Finding {
    const first = new Map<number, number>();
    for (const seq of matching(this.trace, a)) {
      const key = same === 'socket' ? this.trace.socketIndex(seq) : 0;
      if (!first.has(key)) first.set(key, seq);
    }
    const seen = new Set<number>();
    let proof: number[] = [];
    for (const seq of matching(this.trace, b)) {
      const key = same === 'socket' ? this.trace.socketIndex(seq) : 0;
      if (seen.has(key)) continue;
      seen.add(key);
      const earlier = first.get(key);
      if (earlier === undefined || earlier >= seq) return this.finding(false, earlier === undefined ? [seq] : [seq, earlier]);
      if (proof.length === 0) proof = [earlier, seq];
    }
    return this.finding(seen.size > 0, proof);
  }

  eventually(where: Where, options: { after?: Where; within?: number } = {}): Finding {
    const start = options.after === undefined ? 0 : ([...matching(this.trace, options.after)][0] ?? -1);
    if (start < 0) return this.finding(false, []);
    const began = start === 0 ? 0 : this.trace.time(start);
    for (const seq of matching(this.trace, where)) {
      if (seq <= start) continue;
      const late = (this.trace.time(seq) - began) / MS;
      const ok = options.within === undefined || late <= options.within;
      return this.finding(ok, start === 0 ? [seq] : [start, seq], { ms: Math.round(late) });
    }
    return this.finding(false, start === 0 ? [] : [start]);
  }

  order(among: string[], where: Where = {}): { value: string[]; seqs: number[] } {
    const seqs = [...matching(this.trace, { ...where, kind: 'call', call: among })];
    return { value: seqs.map((seq) => this.trace.call(seq)!), seqs };
  }

  states(socket: string): { value: string[]; seqs: number[] } {
    const seqs = [...matching(this.trace, { socket })].filter((seq) => this.trace.stateTo(seq) !== null);
    const value = seqs.map((seq) => this.trace.stateTo(seq) as string);
    const first = seqs.length === 0 ? null : this.trace.stateFrom(seqs[0]!);
    return { value: first === null ? value : [first, ...value], seqs };
  }

  peak(buffer: string, where: Where = {}): { value: number; seq: number; socket: string | null } {
    let top = { value: 0, seq: 0, socket: null as string | null };
    for (const seq of matching(this.trace, { ...where, kind: 'buffer', buffer })) {
      const value = this.trace.bytes(seq) ?? 0;
      if (value > top.value) top = { value, seq, socket: this.trace.event(seq).socket };
    }
    return top;
  }

  each(sockets: SocketView[], test: (socket: SocketView) => boolean | Finding): Finding {
    const proof: number[] = [];
    for (const socket of sockets) {
      const found = test(socket);
      if (found === true) proof.push(socket.born);
      else if (found === false) return this.finding(false, [socket.born], { socket: socket.id });
      else if (!found.ok) return { ...found, facts: { socket: socket.id, ...found.facts } };
      else proof.push(...(found.seqs ?? []));
    }
    return this.finding(sockets.length > 0, proof, { count: sockets.length });
  }

  noLeak(after = 500): Finding {
    const { trace } = this;
    const end = trace.size === 0 ? 0 : this.lastMoment();
    const open: number[] = [];
    for (const socket of this.sockets()) {
      if (socket.role !== 'accepted' && socket.role !== 'client') continue;
      const gone = this.otherEndGone(socket.id);
      if (gone === 0) continue;
      const closed = socket.closed === null ? end : trace.time(socket.closed);
      if (socket.closed === null || (closed - trace.time(gone)) / MS > after) open.push(gone);
    }
    return this.finding(open.length === 0, open, { count: open.length, ms: after });
  }

  maxLoopBlock(): { value: number; seq: number } {
    return longestWait(this.trace, this.log, this.epoch);
  }

  loopWaited(from: number, to: number): number | null {
    return shareWaited(this.trace, from, to);
  }

  private finding(ok: boolean, seqs: number[], facts?: { [name: string]: string | number }): Finding {
    return { ok, seqs: seqs.slice(0, SHOWN), scenario: this.scenario, facts };
  }

  /** The step at which the program was told that the other end is gone: end of file or ECONNRESET. 0 for none. */
  private otherEndGone(socket: string): number {
    for (const seq of matching(this.trace, { socket })) {
      const read = this.trace.call(seq) === 'read';
      if ((read && (this.trace.bytes(seq) === 0 || this.trace.error(seq) === 'ECONNRESET')) || this.trace.api(seq) === 'end of file')
        return seq;
    }
    return 0;
  }

  private lastMoment(): number {
    return this.trace.time(this.trace.size);
  }

  private view(index: number): SocketView {
    const { trace } = this;
    const { id, protocol, role, listener, local, remote } = trace.sockets[index]!;
    const own = trace.eventsOfSocket(index);
    let closed: number | null = null;
    let [bytesRead, bytesWritten] = [0, 0];
    for (const seq of own) {
      const call = trace.call(seq);
      if (call === 'close' && matches(trace, seq, { ok: true }) && trace.event(seq).args?.cause === undefined) closed ??= seq;
      const bytes = trace.bytes(seq) ?? 0;
      if (trace.kind(seq) !== 'call') continue;
      if (call === 'read' || call === 'recvmsg' || call === 'recv') bytesRead += bytes;
      if (call === 'write' || call === 'writev' || call === 'sendmsg') bytesWritten += bytes;
    }
    const flat = (address: typeof local) => address as SocketView['local'];
    return { id, protocol, role, listener, local: flat(local), remote: flat(remote), born: own[0] ?? 0, closed, bytesRead, bytesWritten };
  }
}
