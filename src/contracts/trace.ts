/**
 * The words of a trace: what every part of Socketscope means by event, socket, process and state.
 * Types only, plus the closed lists that the types are made from.
 */

/** Where a fact comes from; every event carries one, and every view shows it. */
export const PROVENANCES = ['observed', 'derived', 'kernel', 'model', 'injected'] as const;
export type Provenance = (typeof PROVENANCES)[number];

/** `api`: a Node call or event. `call`: a system call. The others say what they are. */
export const EVENT_KINDS = ['api', 'call', 'state', 'buffer', 'kernel', 'fault', 'output', 'exit'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** TCP states under their RFC 9293 section 3.3.2 names, written with underscores as netstat does. */
export const TCP_STATES = [
  'CLOSED',
  'LISTEN',
  'SYN_SENT',
  'SYN_RECEIVED',
  'ESTABLISHED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'CLOSE_WAIT',
  'CLOSING',
  'LAST_ACK',
  'TIME_WAIT',
] as const;
/** States of sockets that have no TCP state machine: UDP and Unix-domain (which also use CLOSED, LISTEN). */
export const OTHER_STATES = ['UNBOUND', 'BOUND', 'CONNECTED'] as const;
export type SocketStateName = (typeof TCP_STATES)[number] | (typeof OTHER_STATES)[number];

export const PROTOCOLS = ['tcp', 'tcp6', 'udp', 'udp6', 'unix'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export const ROLES = ['listener', 'accepted', 'client', 'datagram', 'unknown'] as const;
export type Role = (typeof ROLES)[number];

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** An endpoint's name: an IP address and port, or the path of a Unix-domain socket ('' when unnamed). */
export type Address = { address: string; port: number } | { path: string };

/** A place in the learner's program. `file` is an absolute path (in the JSON export: relative to the header's cwd). */
export interface Site {
  file: string;
  /** 1-based, as editors and stack traces count. */
  line: number;
  column: number;
  /** Set when this line did not make the call but caused it (listen for a deferred bind). */
  cause?: boolean;
}

/** One event, as `seq` 1, 2, 3... of its trace. The step number in the UI is `seq`; step 0 is "before anything". */
export interface TraceEvent {
  seq: number;
  /** Integer nanoseconds since the trace began, on one monotonic clock for all processes. */
  t: number;
  pid: number;
  /** `s1`, `s2`... in order of birth over the whole trace; null for what belongs to the process. */
  socket: string | null;
  /** The descriptor that the call was made on (null for `socket`, and where the platform does not say). */
  fd: number | null;
  kind: EventKind;
  /** The POSIX name: socket, bind, listen, accept, connect, write, writev, read, sendmsg, recvmsg, shutdown, close, ... */
  call: string | null;
  /** The Node API (`server.listen`) or event (`drain`) behind it. */
  api: string | null;
  args: JsonObject | null;
  /** What the system call returned: new descriptor, byte count, 0 or -1. */
  result: number | null;
  /** errno name when it failed (`ECONNREFUSED`). */
  error: string | null;
  /** Bytes that moved; for `buffer` events the bytes that wait. */
  bytes: number | null;
  provenance: Provenance;
  site: Site | null;
  state: { from: SocketStateName; to: SocketStateName } | null;
  /** For `buffer` events: which one. */
  buffer?: BufferName | null;
  /** Names of both ends, on the event at which they became known (connect done, accept, bind, recvmsg from). */
  local?: Address | null;
  remote?: Address | null;
  /** The first bytes that moved (at most the capture limit); null when not captured. */
  payload?: Uint8Array | null;
}

/** Buffers, outermost first. They overlap (libuv's queue is part of the stream's): never add them up. */
export const BUFFERS = ['stream-write', 'libuv-write', 'kernel-send', 'kernel-receive', 'stream-read', 'accept-queue'] as const;
export type BufferName = (typeof BUFFERS)[number];

/** What is known of a process of the run. */
export interface ProcessInfo {
  pid: number;
  /** Parent in the run, when it is one of ours. */
  ppid: number | null;
  /** The script, relative to cwd where it is inside it (`server.mjs`); `[eval]` or `[stdin]` otherwise. */
  program: string;
  argv: string[];
  /** Node and libuv versions, `24.21.0` and `1.52.1`. */
  node: string;
  uv: string;
  /** Nanoseconds since the trace began. */
  started: number;
  ended: number | null;
  /** null while it runs; both null inside when it ended and nothing says how. */
  exit: { code: number | null; signal: string | null } | null;
  /** What the probe could not see here, in sentences ("not visible here: ..."), and degraded modes. */
  notices: string[];
  /** Why its calls are not in the trace, as a sentence: it is a tool (npm, ...) and not the learner's program. Views fold it. */
  quiet?: string;
}

/** What is known of a socket; grows as events arrive. */
export interface SocketInfo {
  id: string;
  pid: number;
  protocol: Protocol;
  role: Role;
  /** For an accepted socket: its listener. */
  listener: string | null;
  /** First and last event; `death` is null while it is open. */
  birth: number;
  death: number | null;
  local: Address | null;
  remote: Address | null;
  /** The other end, when it is in the trace. */
  peer: string | null;
  /**
   * Unix-domain only, how `peer` is known: the kernel said which two sockets belong together, or (`order`) connections are taken to be
   * accepted in the order in which they were made, which is wrong where a program outside the trace connects, too. Absent: by their names.
   */
  peerBy?: 'kernel' | 'order';
}

/** First line of the JSON export and the head of a `.socktrace`. */
export interface TraceHeader {
  socketscope: 1;
  platform: string;
  /** Folder against which program and site names are relative. */
  cwd: string;
  /** Wall clock at t = 0, ISO 8601. */
  began: string;
  processes: ProcessInfo[];
  /** Events that are known to be missing; 0 is a promise. */
  dropped: number;
  /** Sentences about the whole run ("payload capture was off"). */
  notices: string[];
  /** Most bytes that were kept of a read or write; 0: none, capture was off. Absent: not said. */
  payload?: number;
  /**
   * What was left out because the run had reached its size: operations of the programs of which only the count of bytes was kept, and
   * operations that were left out whole. `since` is the first step (seq) from which calls may be missing: from there on queues are not
   * known; `states` the one from which sockets may have come, gone or changed their state unseen. null: nowhere.
   */
  thinned?: { payloads: number; calls: number; since: number | null; states: number | null };
}
