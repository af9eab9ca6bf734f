/**
 * What the probe says to the runner: one append-only file per thread of a traced process, in the private run folder,
 * named `<pid>-<threadId>-<start ns>.probe`. This file holds the meaning; the byte layout is at its end.
 */
import type { Address, JsonObject } from './trace';

/** Environment variables by which a run reaches the processes in it. */
export const PROBE_ENV = {
  /** Run folder (mode 0700); the probe does nothing when it is unset. */
  run: 'SOCKETSCOPE_RUN',
  /** Payload bytes kept per event, decimal; default 256, 0 is off. */
  payload: 'SOCKETSCOPE_PAYLOAD',
} as const;

/**
 * Operations at the level of Node's libuv handles. `result` is what libuv returned: >= 0, or -errno.
 * - open: a handle came into being (args.handle: 'tcp' | 'pipe' | 'udp'); libuv has no descriptor for it yet
 * - bind/listen/connect/shutdown/close/reset/readStart/readStop: the handle method, when it was called
 * - connected/shutdownDone/writeDone/sendDone: the request's completion with its status
 * - accept: a new connection; `handle` is the listener, args.accepted the new handle's id, `result` its fd
 * - read: onread; result > 0 bytes, 0 nothing (EAGAIN), UV_EOF (-4095) end, else -errno
 * - write: writeBuffer/writev/writeUtf8String...; `bytes` asked, args.buffers their count, args.async whether libuv queued a rest,
 *   args.written what the kernel took at once
 * - send/recv: datagrams, with address and port in args
 * - option: args.name, args.value (noDelay, keepAlive, ttl, ...)
 * - getsockname/getpeername: the program's own look-ups
 * - api: a Node call or event without a handle operation of its own (write returned false, drain, error, timeout, lookup)
 */
export const PROBE_OPS = [
  'open',
  'bind',
  'listen',
  'connect',
  'connected',
  'accept',
  'read',
  'write',
  'writeDone',
  'shutdown',
  'shutdownDone',
  'close',
  'reset',
  'readStart',
  'readStop',
  'send',
  'sendDone',
  'recv',
  'udpConnect',
  'udpDisconnect',
  'option',
  'getsockname',
  'getpeername',
  'api',
] as const;
export type ProbeOp = (typeof PROBE_OPS)[number];

/** First record of a stream. */
export interface ProbeProcess {
  type: 'process';
  time: number;
  pid: number;
  ppid: number;
  threadId: number;
  platform: string;
  node: string;
  uv: string;
  argv: string[];
  cwd: string;
}

/** One operation. `time` is CLOCK_MONOTONIC in ns (uv_hrtime), the same clock in all processes of a machine. */
export interface ProbeOperation {
  type: 'op';
  time: number;
  op: ProbeOp;
  /** Counts from 1 in each stream; 0 when there is no handle. */
  handle: number;
  /** -1 when there is none (yet) or the platform does not say. */
  fd: number;
  result: number;
  /** Byte count of reads, writes, sends; -1 when the operation moves none. */
  bytes: number;
  /** `server.listen`, `socket.write`, ...; null when no user call is behind it. */
  api: string | null;
  site: { file: string; line: number; column: number } | null;
  siteIsCause: boolean;
  args: JsonObject | null;
  local: Address | null;
  remote: Address | null;
  payload: Uint8Array | null;
  /** Readings at this moment; -1 when not taken. writable: stream.writableLength, readable: stream.readableLength, queue: handle.writeQueueSize. */
  writable: number;
  readable: number;
  queue: number;
}

/** A sentence for the trace: a degraded mode, something not visible here. */
export interface ProbeNotice {
  type: 'notice';
  time: number;
  text: string;
}

/** The process is ending on its own terms; a kill leaves none. */
export interface ProbeExit {
  type: 'exit';
  time: number;
  code: number;
}

export type ProbeRecord = ProbeProcess | ProbeOperation | ProbeNotice | ProbeExit;

/** Written by the launcher beside the streams as `<pid>.ended` (JSON, renamed into place): how the kernel says the process ended. */
export interface LaunchEnd {
  pid: number;
  time: number;
  code: number | null;
  signal: string | null;
}
