/** Figures of a run about some of its sockets: read from the events, for lenses and for the evidence of a remark. */
import type { TraceReader } from '../contracts/trace-model';

/** Sockets looked at for one figure at most; a run of many thousand connections is told by the first of them. */
const MOST = 200;

export interface Reads {
  count: number;
  smallest: number;
  largest: number;
  first: number;
  /** Reads that ended inside a write of the other end, and the first of them; null when the other end is not in the trace. */
  cut: { count: number; first: number } | null;
  /** Reads that held bytes of more than one write. */
  joined: number;
  /** Reads whose last character was cut; counted only where all their bytes are in the trace. */
  brokenText: { count: number; first: number };
}

export function readsOf(reader: TraceReader, sockets: readonly number[]): Reads | null {
  const all: Reads = {
    count: 0,
    smallest: Infinity,
    largest: 0,
    first: 0,
    cut: { count: 0, first: 0 },
    joined: 0,
    brokenText: { count: 0, first: 0 },
  };
  for (const index of sockets.slice(0, MOST)) {
    const known = writeEnds(reader, index);
    if (!known) all.cut = null;
    const ends = known?.ends ?? null;
    let offset = 0;
    for (const seq of reader.eventsOfSocket(index)) {
      const bytes = reader.bytes(seq) ?? 0;
      if (reader.call(seq) !== 'read' || bytes <= 0) continue;
      all.count++;
      all.smallest = Math.min(all.smallest, bytes);
      all.largest = Math.max(all.largest, bytes);
      all.first ||= seq;
      if (ends && all.cut) {
        const end = offset + bytes;
        if (!ends.has(end) && !known!.unknown.some(([from, to]) => end > from && end < to)) {
          all.cut.count++;
          all.cut.first ||= seq;
        }
        for (const end of ends) if (end > offset && end < offset + bytes && ++all.joined) break;
      }
      offset += bytes;
      const { payload } = reader.event(seq);
      if (payload && payload.length === bytes && endsInsideCharacter(payload)) {
        all.brokenText.count++;
        all.brokenText.first ||= seq;
      }
    }
  }
  return all.count ? all : null;
}

/** Offsets at which writes of the other end ended, and the stretches in which they are not known; null: it is not in the trace. */
function writeEnds(reader: TraceReader, index: number): { ends: Set<number>; unknown: [number, number][] } | null {
  const peer = reader.sockets[index]?.peer;
  const other = peer ? reader.sockets.findIndex(({ id }) => id === peer) : -1;
  if (other < 0) return null;
  const ends = new Set<number>();
  const unknown: [number, number][] = [];
  let offset = 0;
  for (const seq of reader.eventsOfSocket(other)) {
    const call = reader.call(seq);
    if (call !== 'write' && call !== 'writev') continue;
    const start = offset;
    const bytes = reader.bytes(seq) ?? 0;
    const length = reader.event(seq).args?.length;
    // What the kernel did not take at once follows in later calls without a length of their own: the whole write ends there.
    offset += typeof length === 'number' && reader.api(seq) ? length : reader.api(seq) ? bytes : 0;
    ends.add(offset);
    // Several writes in one call: where each ended is not in the trace.
    if (call === 'writev') unknown.push([start, offset]);
  }
  return { ends, unknown };
}

/** Whether UTF-8 text stops in the middle of a character. False for what is no UTF-8 at all. */
export function endsInsideCharacter(bytes: Uint8Array): boolean {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return false;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2);
  }
  return false;
}

export interface Writes {
  count: number;
  bytes: number;
  /** How often write() returned false, and the first time. */
  refused: { count: number; first: number };
  /** Most bytes that waited in the stream, and when. */
  peak: { bytes: number; step: number };
  first: number;
}

export function writesOf(reader: TraceReader, sockets: readonly number[]): Writes | null {
  const all: Writes = { count: 0, bytes: 0, refused: { count: 0, first: 0 }, peak: { bytes: 0, step: 0 }, first: 0 };
  for (const index of sockets.slice(0, MOST)) {
    for (const seq of reader.eventsOfSocket(index)) {
      const kind = reader.kind(seq);
      if (kind === 'buffer') {
        const event = reader.event(seq);
        if (event.buffer === 'stream-write' && (event.bytes ?? 0) > all.peak.bytes) all.peak = { bytes: event.bytes!, step: seq };
      } else if (kind === 'api' && reader.api(seq) === 'socket.write' && reader.event(seq).args?.event === 'returned false') {
        all.refused.count++;
        all.refused.first ||= seq;
      } else if (/^writev?$/.test(reader.call(seq) ?? '')) {
        all.count++;
        all.bytes += Math.max(0, reader.bytes(seq) ?? 0);
        all.first ||= seq;
      }
    }
  }
  return all.first || all.refused.first ? all : null;
}

/** 'timeout' events, the first of them, and how long the socket of the first stayed open after it, in ns; null: it still was. */
export function timeoutsOf(reader: TraceReader, sockets: readonly number[]): { count: number; first: number; lived: number | null } | null {
  let count = 0;
  let first = 0;
  let lived: number | null = null;
  for (const index of sockets.slice(0, MOST)) {
    for (const seq of reader.eventsOfSocket(index)) {
      if (reader.kind(seq) !== 'api' || reader.api(seq) !== 'timeout') continue;
      count++;
      if (first) continue;
      first = seq;
      const { death } = reader.sockets[index]!;
      lived = death === null ? null : reader.time(death) - reader.time(seq);
    }
  }
  return count ? { count, first, lived } : null;
}

/** Sockets that were closed without the peer's FIN having been read. */
export function withoutEnd(reader: TraceReader, sockets: readonly number[]): { count: number; first: number } {
  let count = 0;
  let first = 0;
  for (const index of sockets.slice(0, MOST)) {
    const { death } = reader.sockets[index]!;
    if (death === null) continue;
    const ended = reader.eventsOfSocket(index).some((seq) => reader.call(seq) === 'read' && reader.result(seq) === 0);
    if (ended) continue;
    count++;
    first ||= death;
  }
  return { count, first };
}

/** The most sockets that were open at one time, and the step at which it was so. */
export function mostOpen(reader: TraceReader, sockets: readonly number[]): { count: number; step: number } {
  const changes = sockets.flatMap((index) => {
    const { birth, death } = reader.sockets[index]!;
    return [{ seq: birth, by: 1 }, ...(death === null ? [] : [{ seq: death, by: -1 }])];
  });
  changes.sort((a, b) => a.seq - b.seq);
  let open = 0;
  let most = { count: 0, step: 0 };
  for (const { seq, by } of changes) {
    open += by;
    if (open > most.count) most = { count: open, step: seq };
  }
  return most;
}

/** `1.5 s`, `202 ms`. */
export function duration(ns: number): string {
  const ms = ns / 1e6;
  if (ms >= 10_000) return `${Math.round(ms / 1000)} s`;
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : ms >= 1 ? `${Math.round(ms)} ms` : `${ms.toFixed(1)} ms`;
}

/** `96 MiB`, `64 KiB`, `11 bytes`. */
export function size(bytes: number): string {
  if (bytes >= 1 << 20) return `${trim(bytes / (1 << 20))} MiB`;
  return bytes >= 1 << 10 ? `${trim(bytes / (1 << 10))} KiB` : plural(bytes, 'byte');
}

const trim = (value: number): string => (value >= 10 ? Math.round(value).toString() : value.toFixed(1).replace(/\.0$/, ''));

export const plural = (count: number, word: string): string =>
  `${count.toLocaleString('en-US')} ${word}${count === 1 ? '' : word.endsWith('s') ? 'es' : 's'}`;
