/**
 * What the probe says to the runner: one append-only file per thread of a traced process, in the private run folder,
 * named `<pid>-<threadId>-<start ns>.probe`. This file holds the meaning; the byte layout is at its end.
 */
import type { Address, JsonObject } from './trace';

/** Environment variables by which a run reaches the processes in it. */
export const PROBE_ENV = {
  /** Run folder (mode 0700); the probe does nothing when it is unset. */
  run: 'SOCKETSCOPE_RUN',
  /** Payload bytes kept per event, decimal; default 256, 0 is off; `all` is everything (at most PAYLOAD_ALL an event). */
  payload: 'SOCKETSCOPE_PAYLOAD',
  /** `off`: the lines of calls that send (socket.write, dgram's send) are not looked up; on otherwise. */
  callSites: 'SOCKETSCOPE_CALL_SITES',
  /** Bytes that the streams of a run may take together, decimal; default RUN_BYTES. */
  maxBytes: 'SOCKETSCOPE_MAX_BYTES',
  /** Programs that are not to be traced, as a JSON array of names and globs. */
  ignore: 'SOCKETSCOPE_IGNORE',
  /** Faults to put in, as JSON of FaultSpec (contracts/faults.ts); unset is none. */
  faults: 'SOCKETSCOPE_FAULTS',
} as const;

/** Size of a run, in bytes, beyond which nothing more is recorded, unless somebody says otherwise. */
export const RUN_BYTES = 1024 ** 3;
/** The most payload bytes kept of one event when all are wanted. */
export const PAYLOAD_ALL = 16 * 1024 ** 2;

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
 * - api: a Node call or event without a handle operation of its own (write returned false or sent nothing, drain, error,
 *   timeout, lookup)
 * - fault: something was put in on request: args.fault and its numbers; `result` is 0 or the error that the program is given
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
  'fault',
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
  /** Why nothing else is recorded of this process: it is a tool, or was named as one to ignore. */
  quiet?: Quiet;
  /** Set when the program is no file: `node -e ...`, or text on standard input. */
  source?: 'eval' | 'stdin';
  /** Bytes kept of each read and write. */
  payload?: number;
}

/** A process that is not the learner's program: which tool it is, or which of the names to ignore it matches. */
export interface Quiet {
  by: 'tool' | 'name';
  name: string;
}

/**
 * What libuv says of an event loop: how many times it has asked for events (the number of its turn, `uv_metrics_t.loop_count`), and how long it
 * has waited for them in all, in ns (`uv_metrics_idle_time`). Two such readings tell how long the loop waited between them.
 */
export interface LoopReading {
  turn: number;
  idle: number;
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
  /** Set at the first operation of each turn of the event loop, where Node tells. */
  loop?: LoopReading;
}

/**
 * Something that the probe cannot show, or knows of the process: `what` is an id, whose words are in knowledge/not-visible.ts, the rest are
 * its details. Three ids are for the collector itself: `child` (a process was started), `thread ended` and `thinned`.
 */
export type ProbeFact = { what: string } & JsonObject;

/** A sentence for the trace: a degraded mode, something not visible here. `text` is empty when there is a `fact`. */
export interface ProbeNotice {
  type: 'notice';
  time: number;
  text: string;
  fact?: ProbeFact;
  /** Events that could not be written before this notice (full disk, deleted folder); add it to the header's `dropped`. */
  lost?: number;
}

/** The process is ending on its own terms; a kill leaves none. */
export interface ProbeExit {
  type: 'exit';
  time: number;
  code: number;
  /** The event loop at that moment, where Node tells. */
  loop?: LoopReading;
}

/**
 * What a stream does not hold, as counted so far. It stands at a fixed place (PROBE_TOTALS.at) and is written over, so that the counts are
 * right however the process ends, and on a full disk.
 */
export interface ProbeTotals {
  /** Operations that could not be written. */
  lost: number;
  /** Operations whose bytes were left out, and operations that were left out, because the run had reached its size. */
  payloads: number;
  calls: number;
}

/**
 * Operations that a run which reaches its size leaves out last: sockets come and go by them, and their states follow from them. Of the
 * others only those that failed, or told of an end, are kept (`result` below 0).
 */
export const LASTING_OPS: ReadonlySet<ProbeOp> = new Set<ProbeOp>([
  'open',
  'bind',
  'listen',
  'connect',
  'connected',
  'accept',
  'shutdown',
  'shutdownDone',
  'close',
  'reset',
  'udpConnect',
  'udpDisconnect',
]);
/**
 * How much of a run is still recorded: 0 everything, 1 no payloads, 2 only what sockets come and go by (LASTING_OPS), 3 nothing more.
 */
export type ThinningLevel = 0 | 1 | 2 | 3;
/** Parts of a run's size at which levels 1, 2 and 3 begin. */
const THINNED_AT = [1 / 2, 3 / 4, 31 / 32];

/** The level of a run that has used so many of its bytes (or events). */
export function thinningLevel(used: number, most: number): ThinningLevel {
  let level = 0;
  for (const part of THINNED_AT) if (used >= most * part) level++;
  return level as ThinningLevel;
}

/**
 * `api` of the record (and the event) that says what was left out of a socket since the one before it: args.reads, args.bytesRead,
 * args.writes, args.bytesWritten (completed calls and their bytes) and args.others. It comes before what ends a direction.
 */
export const LEFT_OUT = 'calls left out';

export type ProbeRecord = ProbeProcess | ProbeOperation | ProbeNotice | ProbeExit;

/** Written by the launcher beside the streams as `<pid>.ended` (JSON, renamed into place): how the kernel says the process ended. */
export interface LaunchEnd {
  pid: number;
  time: number;
  code: number | null;
  signal: string | null;
}

/*
 * The byte layout. Little endian. A stream is the file head followed by records; each record says its own length first, so
 * that a torn last record (killed in the middle of a write) is known and left out.
 *
 * file head:  0 u32 magic, 4 u16 version, 6 u16 length of the fixed part of an op record
 * record:     0 u32 length (of the whole record), 4 u8 kind, 5 u8 op (index into PROBE_OPS), 6 u16 flags, 8 u64 time, then by kind:
 * - process:  16 JSON of ProbeProcess without type and time
 * - string:   16 u32 id, 20 UTF-8 (an `api` name; ids count from 1, 0 is null)
 * - site:     16 u32 id, 20 u32 line, 24 u32 column, 28 UTF-8 file (ids count from 1, 0 is null)
 * - op:       PROBE_OP_FIELDS, then the meta JSON ({args?, local?, remote?}), then the payload bytes
 * - notice:   16 JSON {text, fact?, lost?}
 * - exit:     16 i32 code, 20 u32 turn, 24 float64 idle (ns; -1: not known); only the code in older streams
 * - totals:   float64 each: 16 lost, 24 payloads, 32 calls; the first record, written over as they grow
 * A string or site is written before the first op that uses it. Kinds that a reader does not know are skipped.
 */
export const PROBE_MAGIC = 0x42505353; // "SSPB"
export const PROBE_VERSION = 1;
export const PROBE_FILE_HEAD = 8;
export const PROBE_RECORD_HEAD = 16;
export const PROBE_RECORD_KINDS = { process: 1, string: 2, site: 3, op: 4, notice: 5, exit: 6, totals: 7 } as const;
/** Where the totals record stands in a stream, and its length. */
export const PROBE_TOTALS = { at: PROBE_FILE_HEAD, lost: 16, payloads: 24, calls: 32, length: 40 } as const;
export const PROBE_FLAGS = {
  siteIsCause: 1,
  /** args.async of a write or send is true. */
  async: 2,
  /** The op carries args.async, args.buffers and args.written in fixed fields instead of meta JSON. */
  transfer: 4,
  /** The op carries args.wake (the number of the event loop's turn) in a fixed field. */
  wake: 8,
  /** The op is the first of its turn: it carries `loop` in the fixed fields `wake` and `idle`. */
  loop: 16,
} as const;
/** Offsets of an op record's fixed fields; u32 and i32 up to `buffers`, float64 from `bytes` to `queue`, u32 wake, float64 idle. */
export const PROBE_OP_FIELDS = {
  handle: 16,
  fd: 20,
  result: 24,
  api: 28,
  site: 32,
  metaLength: 36,
  payloadLength: 40,
  buffers: 44,
  bytes: 48,
  /** -1: not known (no args.written). */
  written: 56,
  writable: 64,
  readable: 72,
  queue: 80,
  wake: 88,
  /** ns; only with the flag `loop`. Streams whose head says 96 do not have it. */
  idle: 96,
  end: 104,
} as const;
/** No record is longer; a greater length means a damaged stream. */
export const PROBE_RECORD_MAX = 64 * 1024 * 1024;
