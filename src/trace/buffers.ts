import type { BufferName } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';

/** A value that holds from this step on, until the next point. */
export interface BufferPoint {
  seq: number;
  bytes: number;
}

/** A buffer of a socket as it was read, step by step (see BUFFERS: they overlap, never add them up). */
export function bufferPoints(trace: TraceReader, socketIndex: number, buffer: BufferName): BufferPoint[] {
  const points: BufferPoint[] = [];
  for (const seq of trace.eventsOfSocket(socketIndex)) {
    if (trace.kind(seq) !== 'buffer' || trace.event(seq).buffer !== buffer) continue;
    points.push({ seq, bytes: trace.bytes(seq) ?? 0 });
  }
  return points;
}

/** Bytes in the kernel from this step on: at least 0 and at most `bytes` of them in either queue. */
export interface KernelPoint {
  seq: number;
  /** Sent by this socket and not read by its peer. */
  out: number;
  /** Sent by its peer and not read by this socket. */
  in: number;
}

const SENDS = new Set(['write', 'writev', 'send', 'sendto', 'sendmsg', 'sendmmsg']);
const RECEIVES = new Set(['read', 'readv', 'recv', 'recvfrom', 'recvmsg', 'recvmmsg']);

/** What was in the kernel between a socket and its peer, step by step; empty when the other end is not in the trace. */
export function kernelPoints(trace: TraceReader, socketIndex: number): KernelPoint[] {
  const socket = trace.sockets[socketIndex];
  const peer = socket?.peer ? trace.sockets.findIndex((other) => other.id === socket.peer) : -1;
  if (!socket || peer < 0 || socket.protocol.startsWith('udp')) return [];
  const own = trace.eventsOfSocket(socketIndex);
  const other = trace.eventsOfSocket(peer);
  const points: KernelPoint[] = [];
  let out = 0;
  let back = 0;
  for (let i = 0, j = 0; i < own.length || j < other.length; ) {
    const mine = j >= other.length || (i < own.length && own[i]! < other[j]!);
    const seq = mine ? own[i++]! : other[j++]!;
    const call = trace.call(seq);
    const bytes = trace.bytes(seq);
    if (call === null || !bytes || bytes < 0 || trace.error(seq) !== null) continue;
    if (SENDS.has(call)) {
      if (mine) out += bytes;
      else back += bytes;
    } else if (RECEIVES.has(call)) {
      if (mine) back -= bytes;
      else out -= bytes;
    } else continue;
    points.push({ seq, out: Math.max(0, out), in: Math.max(0, back) });
  }
  return points;
}
