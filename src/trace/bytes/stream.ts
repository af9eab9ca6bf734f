import type { TraceReader } from '../../contracts/trace-model';
import { socketIndexOf } from './ids';

/** The calls that moved the bytes of one direction, in order. Call `n` moved the bytes from `startOf(pieces, n)` up to `ends[n]`. */
export interface Pieces {
  /** Steps of the calls, ascending. */
  seqs: Uint32Array;
  /** Offset in the stream behind the last byte of each. */
  ends: Float64Array;
}

/** One direction of a connection: the same bytes as they were written and as they were read. */
export interface ByteStream {
  /** Indexes of the sockets; -1 when that end is not in the trace (then its pieces are empty). */
  from: number;
  to: number;
  writes: Pieces;
  reads: Pieces;
}

/** How a read relates to the writes: `whole` = exactly one, `joined` = several (perhaps parts of them), `part` = a part of one, `unknown` = the writer is not traced. */
export type Cut = 'whole' | 'joined' | 'part' | 'unknown';

const SENDS = new Set(['write', 'writev', 'send', 'sendto', 'sendmsg', 'sendmmsg']);
const RECEIVES = new Set(['read', 'readv', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg']);
const NONE: Pieces = { seqs: new Uint32Array(0), ends: new Float64Array(0) };

/** Index of the other end of a socket's connection; -1 when it is not in the trace. */
export function peerOf(trace: TraceReader, socketIndex: number): number {
  return socketIndexOf(trace, trace.sockets[socketIndex]?.peer);
}

/** The bytes that a socket sent and its peer received. */
export function streamFrom(trace: TraceReader, socketIndex: number): ByteStream {
  const to = peerOf(trace, socketIndex);
  return { from: socketIndex, to, writes: piecesOf(trace, socketIndex, SENDS), reads: piecesOf(trace, to, RECEIVES) };
}

/** The bytes that a socket received and its peer sent. */
export function streamTo(trace: TraceReader, socketIndex: number): ByteStream {
  const from = peerOf(trace, socketIndex);
  return { from, to: socketIndex, writes: piecesOf(trace, from, SENDS), reads: piecesOf(trace, socketIndex, RECEIVES) };
}

function piecesOf(trace: TraceReader, socketIndex: number, calls: Set<string>): Pieces {
  if (socketIndex < 0) return NONE;
  const own = trace.eventsOfSocket(socketIndex);
  const seqs: number[] = [];
  const ends: number[] = [];
  let end = 0;
  for (let i = 0; i < own.length; i++) {
    const seq = own[i]!;
    const call = trace.call(seq);
    if (call === null || !calls.has(call) || trace.error(seq) !== null) continue;
    const bytes = trace.bytes(seq);
    if (!bytes || bytes < 0) continue;
    end += bytes;
    seqs.push(seq);
    ends.push(end);
  }
  return { seqs: Uint32Array.from(seqs), ends: Float64Array.from(ends) };
}

/** Offset in the stream of the first byte of piece `n`. */
export function startOf(pieces: Pieces, n: number): number {
  return n > 0 ? pieces.ends[n - 1]! : 0;
}

/** Bytes of all pieces. */
export function totalOf(pieces: Pieces): number {
  return pieces.ends.at(-1) ?? 0;
}

/** The piece in which the byte at `offset` moved; -1 when none did (yet). */
export function pieceAt(pieces: Pieces, offset: number): number {
  if (offset < 0 || offset >= totalOf(pieces)) return -1;
  let low = 0;
  let high = pieces.ends.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces.ends[middle]! > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many pieces had moved at step `seq`. */
export function piecesUpTo(pieces: Pieces, seq: number): number {
  let low = 0;
  let high = pieces.seqs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (pieces.seqs[middle]! <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Bytes that had moved at step `seq`. */
export function movedAt(pieces: Pieces, seq: number): number {
  return startOf(pieces, piecesUpTo(pieces, seq));
}

/** The pieces of `other` that share bytes with piece `n` of `pieces`: first and last, both included; null when there are none. */
export function overlap(pieces: Pieces, n: number, other: Pieces): { first: number; last: number } | null {
  const total = totalOf(other);
  const start = startOf(pieces, n);
  if (start >= total) return null;
  return { first: pieceAt(other, start), last: pieceAt(other, Math.min(pieces.ends[n]!, total) - 1) };
}

/** What read `n` is made of. */
export function cutOf(stream: ByteStream, n: number): Cut {
  const { reads, writes } = stream;
  const shared = overlap(reads, n, writes);
  if (!shared) return 'unknown';
  if (shared.first !== shared.last) return 'joined';
  return startOf(reads, n) === startOf(writes, shared.first) && reads.ends[n] === writes.ends[shared.first] ? 'whole' : 'part';
}

/** Where a byte of the stream was at a step. */
export type Whereabouts = 'unsent' | 'libuv' | 'kernel' | 'read';

/** The way of one byte. Steps are 0 where it was not seen to happen. */
export interface ByteWay {
  offset: number;
  written: number;
  read: number;
  at: Whereabouts;
}

/**
 * Follows the byte at `offset` of the stream: the write that handed it to the kernel, the read that took it, and where it was at step
 * `step`. Which of the two kernel buffers held it in between is not known here.
 * @param queued bytes in libuv's write queue of the sender at the step, as read; 0 when there is no reading
 */
export function followByte(stream: ByteStream, offset: number, step: number, queued = 0): ByteWay {
  const w = pieceAt(stream.writes, offset);
  const r = pieceAt(stream.reads, offset);
  const written = w < 0 ? 0 : stream.writes.seqs[w]!;
  const read = r < 0 ? 0 : stream.reads.seqs[r]!;
  let at: Whereabouts = 'unsent';
  if (read > 0 && read <= step) at = 'read';
  else if (written > 0 && written <= step) at = 'kernel';
  else if (offset < movedAt(stream.writes, step) + queued) at = 'libuv';
  return { offset, written, read, at };
}
