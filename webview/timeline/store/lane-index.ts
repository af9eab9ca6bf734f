import type { SocketStateName } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import type { StateSpan } from '../layout/bands';
import type { Series } from '../layout/charts';
import { type Gap, SHORTEST_FOLD } from '../layout/folds';
import { NodeCalls } from './depth';
import { failureOf } from './failures';

/**
 * What drawing needs of each lane beyond the reader's own index: state spans, failures, events without a socket, idle gaps.
 * Reads every event once, as it arrives.
 */
export class LaneIndex {
  /** By socket index; spans in order. The last one is open: `to` is Infinity. */
  readonly spans: StateSpan[][] = [];
  /** Steps that failed, by socket index. */
  readonly failuresOf: number[][] = [];
  /** All steps that failed, ascending. */
  readonly failures: number[] = [];
  /** Steps that belong to a process and to no socket, by process index. */
  readonly ownEvents: number[][] = [];
  /** Idle stretches of at least SHORTEST_FOLD ns. */
  readonly gaps: Gap[] = [];
  /** Names of the system calls seen, with their counts. */
  readonly calls = new Map<string, number>();
  /** Readings of buffers, by socket index. */
  readonly series: Series[][] = [];
  /** Number of series; rows grow with it. */
  seriesCount = 0;
  /** Descriptor of a socket by its index, and whether another socket of the process had it before. */
  readonly descriptors: ({ fd: number; reused: boolean } | undefined)[] = [];
  /** Names of the states seen. */
  readonly states = new Set<SocketStateName>();
  readonly nodeCalls = new NodeCalls();
  /** Events read so far. */
  size = 0;
  #lastTime = 0;

  /** Reads the events that came since the last call. */
  update(reader: TraceReader): void {
    while (this.spans.length < reader.sockets.length) {
      const socket = reader.sockets[this.spans.length]!;
      const state: SocketStateName = socket.protocol === 'tcp' || socket.protocol === 'tcp6' ? 'CLOSED' : 'UNBOUND';
      this.spans.push([{ state, from: socket.birth, to: Number.POSITIVE_INFINITY, provenance: 'observed' }]);
      this.failuresOf.push([]);
      this.series.push([]);
    }
    while (this.ownEvents.length < reader.processes.length) this.ownEvents.push([]);
    for (let seq = this.size + 1; seq <= reader.size; seq++) {
      const time = reader.time(seq);
      if (time - this.#lastTime >= SHORTEST_FOLD) this.gaps.push({ from: this.#lastTime, to: time });
      this.#lastTime = time;
      const socket = reader.socketIndex(seq);
      if (socket < 0) this.ownEvents[reader.processIndex(seq)]?.push(seq);
      const call = reader.call(seq);
      if (call !== null) this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
      if (call === 'socket' || call === 'accept4' || call === 'accept') this.#descriptor(reader, seq, call);
      if (failureOf(reader, seq) !== null) {
        this.failures.push(seq);
        this.failuresOf[socket]?.push(seq);
      }
      const kind = reader.kind(seq);
      if (socket >= 0 && kind === 'state') this.#changeState(reader, seq, socket);
      if (socket >= 0 && kind === 'buffer') this.#readBuffer(reader, seq, socket);
    }
    this.size = reader.size;
  }

  #readBuffer(reader: TraceReader, seq: number, socket: number): void {
    const { buffer, bytes } = reader.event(seq);
    const own = this.series[socket];
    if (!buffer || bytes === null || !own) return;
    let series = own.find((one) => one.buffer === buffer);
    if (!series) {
      series = { buffer, seqs: [], values: [], max: 0 };
      own.push(series);
      this.seriesCount++;
    }
    series.seqs.push(seq);
    series.values.push(bytes);
    series.max = Math.max(series.max, bytes);
  }

  /** The descriptor that a call brought: to its own socket, or to the one that it accepted. */
  #descriptor(reader: TraceReader, seq: number, call: string): void {
    const fd = reader.result(seq);
    if (fd === null || fd < 0) return;
    const id = call === 'socket' ? null : reader.event(seq).args?.accepted;
    const socket = id === null ? reader.socketIndex(seq) : this.#indexOf(reader, id);
    if (socket < 0 || this.descriptors[socket]) return;
    const key = `${reader.processIndex(seq)}/${fd}`;
    this.descriptors[socket] = { fd, reused: this.#used.has(key) };
    this.#used.add(key);
  }

  /** Ids are `s1`, `s2`... in the order of the list; anything else is looked for. */
  #indexOf(reader: TraceReader, id: unknown): number {
    const guess = typeof id === 'string' ? Number(id.slice(1)) - 1 : -1;
    return reader.sockets[guess]?.id === id ? guess : reader.sockets.findIndex((socket) => socket.id === id);
  }
  readonly #used = new Set<string>();

  #changeState(reader: TraceReader, seq: number, socket: number): void {
    const to = reader.stateTo(seq);
    const spans = this.spans[socket];
    const open = spans?.at(-1);
    if (!to || !spans || !open) return;
    this.states.add(to);
    const from = reader.stateFrom(seq);
    if (spans.length === 1 && from) open.state = from;
    open.to = seq;
    spans.push({ state: to, from: seq, to: Number.POSITIVE_INFINITY, provenance: reader.provenance(seq) });
  }
}

/** TIME_WAIT lasts 60 s on Linux (TCP_TIMEWAIT_LEN in include/net/tcp.h), in ns. */
const TIME_WAIT = 60e9;

/** The step before which a TIME_WAIT that began at `from` is over on Linux, though nobody tells of it; Infinity elsewhere, or when the run ends before. */
export function endOfTimeWait(reader: Pick<TraceReader, 'header' | 'size' | 'time'>, from: number): number {
  if (reader.header.platform !== 'linux' || from < 1 || from > reader.size) return Number.POSITIVE_INFINITY;
  const end = reader.time(from) + TIME_WAIT;
  let low = from;
  let high = reader.size + 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reader.time(middle) < end) low = middle + 1;
    else high = middle;
  }
  return low > reader.size ? Number.POSITIVE_INFINITY : low;
}

/**
 * Spans as they are drawn: nothing after the last event, no CLOSED band once the socket is gone, and no TIME_WAIT beyond its time.
 * @param over see endOfTimeWait
 */
export function visibleSpans(
  spans: readonly StateSpan[],
  death: number | null,
  size: number,
  over?: (from: number) => number,
): StateSpan[] {
  const end = size + 1;
  const found: StateSpan[] = [];
  for (const [i, span] of spans.entries()) {
    let to = Math.min(span.to, end, span.state === 'TIME_WAIT' && over ? over(span.from) : end);
    if (death !== null && span.state !== 'TIME_WAIT' && i === spans.length - 1) to = Math.min(to, Math.max(death, span.from));
    if (to > span.from) found.push(to === span.to ? span : { ...span, to });
  }
  return found;
}
