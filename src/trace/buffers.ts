import { BUFFERS, type BufferName, type EventKind, type SocketInfo } from '../contracts/trace';
import type { Reading, SocketState, TraceReader } from '../contracts/trace-model';

/** What can be shown of a socket's buffers. They overlap (see `within`): never add them up. `udp-drops` counts, it is no buffer. */
export const SERIES = [...BUFFERS, 'udp-drops'] as const;
export type SeriesName = BufferName | 'udp-drops';

/** A value that holds from this step on, until the next point; null: from here on not known. */
export interface SeriesPoint {
  seq: number;
  reading: Reading | null;
}

export interface BufferSeries {
  name: SeriesName;
  /** `bytes`; `memory`: bytes of kernel memory, headers and slack included (Linux counts a datagram socket so). */
  unit: 'bytes' | 'memory' | 'connections' | 'datagrams';
  /** Other series that may hold the same bytes at the same moment. */
  within: SeriesName[];
  /** Ascending; the first may lie before the range: it says what holds at its beginning. */
  points: SeriesPoint[];
  /** Of an accept queue: the backlog, as last known in the range. */
  limit: Reading | null;
  /** A sentence when there is nothing to show: why there is no reading here. */
  none: string | null;
}

const WITHIN: Record<SeriesName, SeriesName[]> = {
  'stream-write': ['libuv-write'],
  // libuv tells late what it has handed over: the kernel may hold some of it already.
  'libuv-write': ['stream-write', 'kernel-send', 'kernel-receive'],
  'kernel-send': ['libuv-write', 'kernel-receive'],
  'kernel-receive': ['libuv-write', 'kernel-send'],
  'stream-read': [],
  'accept-queue': [],
  'udp-drops': [],
};

/** The series that a socket of this kind can have, outermost first. */
export function seriesNames(socket: Pick<SocketInfo, 'protocol' | 'role'>): SeriesName[] {
  if (socket.role === 'listener') return ['accept-queue'];
  if (socket.protocol.startsWith('udp')) return ['libuv-write', 'kernel-send', 'kernel-receive', 'udp-drops'];
  if (socket.protocol === 'unix') return ['stream-write', 'libuv-write', 'kernel-receive', 'stream-read'];
  return ['stream-write', 'libuv-write', 'kernel-send', 'kernel-receive', 'stream-read'];
}

/**
 * One buffer of a socket over the steps `from`..`to`, each value with its provenance: `observed` from Node and libuv, `derived`
 * bounds from the calls of both ends, `kernel` where the kernel was asked.
 */
export function bufferSeries(trace: TraceReader, socketIndex: number, name: SeriesName, from = 1, to = trace.size): BufferSeries {
  const socket = trace.sockets[socketIndex];
  const udp = socket?.protocol.startsWith('udp') === true;
  const series: BufferSeries = {
    name,
    unit: name === 'accept-queue' ? 'connections' : name === 'udp-drops' ? 'datagrams' : udp && KERNEL.has(name) ? 'memory' : 'bytes',
    within: WITHIN[name],
    points: [],
    limit: null,
    none: null,
  };
  if (socket === undefined || !seriesNames(socket).includes(name)) {
    series.none = `A socket of this kind has no ${name.replace('-', ' ')}.`;
    return series;
  }
  const add = (seq: number, reading: Reading | null) => {
    const last = series.points.at(-1);
    if (last === undefined ? reading === null : same(last.reading, reading)) return;
    if (last !== undefined && (last.seq === seq || seq <= from)) series.points.pop();
    series.points.push({ seq, reading });
  };
  if (name === 'udp-drops') drops(trace, socketIndex, to, add);
  else
    for (const seq of stepsOf(trace, socketIndex, name)) {
      if (seq > to) break;
      const state = trace.socketAt(socketIndex, seq);
      if (state === null) continue;
      add(seq, readingOf(state, name));
      if (name === 'accept-queue') series.limit = state.sendQ ?? series.limit;
    }
  if (series.points.length === 0) series.none = whyNone(trace, socket, name);
  return series;
}

/** What a buffer held at the step that `state` is of (`socketAt`, `stateAt`); null when it is not known there. */
export function readingOf(state: SocketState, name: BufferName): Reading | null {
  const seen = (bytes: number | null): Reading | null => (bytes === null ? null : { low: bytes, high: bytes, provenance: 'observed' });
  switch (name) {
    case 'stream-write':
      return seen(state.writableLength);
    case 'libuv-write':
      return seen(state.writeQueueSize);
    case 'stream-read':
      return seen(state.readableLength);
    case 'kernel-send':
      return state.role === 'listener' ? null : state.sendQ;
    case 'kernel-receive':
      return state.role === 'listener' ? null : state.recvQ;
    case 'accept-queue':
      return state.role === 'listener' ? state.recvQ : null;
  }
}

const KERNEL: ReadonlySet<SeriesName> = new Set(['kernel-send', 'kernel-receive']);
/** Kinds of events that say nothing new of a buffer. */
const SILENT: ReadonlySet<EventKind> = new Set(['api', 'output', 'fault']);

/** The steps at which a buffer may have changed, ascending. */
function stepsOf(trace: TraceReader, socketIndex: number, name: BufferName): Iterable<number> {
  const own = trace.eventsOfSocket(socketIndex);
  if (name === 'accept-queue') return merged(own, Uint32Array.from(trace.acceptQueueChanges(socketIndex)));
  if (!KERNEL.has(name)) return own.filter((seq) => trace.kind(seq) === 'buffer');
  const { peer } = trace.sockets[socketIndex]!;
  const other = peer === null ? -1 : trace.sockets.findIndex(({ id }) => id === peer);
  const told = (seq: number) => !SILENT.has(trace.kind(seq)) || trace.api(seq) === 'end of file';
  return merged(own.filter(told), other < 0 ? new Uint32Array(0) : trace.eventsOfSocket(other).filter(told));
}

function* merged(a: Uint32Array, b: Uint32Array): Iterable<number> {
  for (let i = 0, j = 0; i < a.length || j < b.length; ) yield j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
}

/** Datagrams that the kernel threw away because the receive buffer was full: a count that only grows. */
function drops(trace: TraceReader, socketIndex: number, to: number, add: (seq: number, reading: Reading | null) => void): void {
  for (const seq of trace.eventsOfSocket(socketIndex)) {
    if (seq > to) return;
    if (trace.kind(seq) !== 'kernel') continue;
    const count = trace.event(seq).args?.drops;
    if (typeof count === 'number') add(seq, { low: count, high: count, provenance: 'kernel' });
  }
}

function whyNone(trace: TraceReader, socket: SocketInfo, name: SeriesName): string {
  if (name === 'stream-write' || name === 'libuv-write' || name === 'stream-read') return 'Nothing waited here.';
  const { platform } = trace.header;
  if (platform !== 'linux') {
    const system = platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform;
    return `No reading: ${system} does not show its socket queues to other programs; only on Linux is the kernel asked.`;
  }
  if (name === 'udp-drops') return 'No reading: the kernel reported no datagram thrown away here.';
  if (socket.protocol.startsWith('udp')) return 'No reading: the kernel was not seen holding datagrams here.';
  if (socket.peer === null) return 'No reading: the other end is not in this trace, and the kernel was not asked while it held bytes.';
  return 'No reading.';
}

const same = (a: Reading | null, b: Reading | null) =>
  a === b || (a !== null && b !== null && a.low === b.low && a.high === b.high && a.provenance === b.provenance);
