/**
 * What an exercise's `checks.mjs` is and what it is given. This file stands by itself: media/exercises/checks.d.ts is a copy
 * of it (a test holds them equal), so that an editor completes and checks a `checks.mjs` whose default export is said to be of the type
 * `import('../checks').Checks`.
 */

/** The default export of a `checks.mjs`. */
export interface Checks {
  /** The runs of the program, one after the other; each has a trace of its own. */
  scenarios: Scenario[];
  /** What has to hold, in the order in which it is shown. */
  checks: Check[];
  /**
   * What typical mistakes look like, the most telling first. When a check has failed, the first diagnosis that matches is the feedback;
   * when none matches, it is the feedback of the first failed check.
   */
  diagnoses?: Diagnosis[];
  /** Facts that predictions are scored against, by name. */
  facts?: { [name: string]: (runs: Runs) => Fact | Promise<Fact> };
}

export interface Scenario {
  /** Lower-case words with hyphens; `runs` has its run under this name. */
  id: string;
  title: string;
  /** `learner` (the default) runs the learner's files, `given` those of starter/, whatever the learner changed (the default of predict). */
  program?: 'learner' | 'given';
  /** The program, relative to the folder; default: `entry` of exercise.json. */
  file?: string;
  args?: string[];
  env?: { [name: string]: string };
  /** Faults in the words of `socketscope run --faults`, such as `split-read=1..8`. */
  faults?: string;
  /**
   * `itself`: the program has to end by itself, and is waited for, unless the script has waited in vain (`peer.exited`). `stopped` (the
   * default): it is stopped once the peer's script is over and the program has read what came and closed the connections that the peer has
   * ended, reset or destroyed, at most 600 ms later.
   */
  ends?: 'itself' | 'stopped';
  /** ms within which the program may close all its connections once the script is over, also those that the peer still holds. */
  settle?: number;
  /** ms for the whole run, 1 to 20000; default 4000. */
  limit?: number;
  /** Bytes kept of each read and write of the program, default 256. */
  payload?: number;
  /** The script of the hidden peer. Without one the program simply runs. */
  peer?: (peer: Peer) => Promise<void> | void;
}

export interface Check {
  id: string;
  title: string;
  /** P: what the peer saw. T: the trace. O: how the program ended and what it printed. K: the kernel's readings, Linux only. */
  kind: 'P' | 'T' | 'O' | 'K';
  /** Default 1. */
  weight?: number;
  /** The feedback of exercise.json that a failure gets when no diagnosis matches. */
  feedback: string;
  /** Whether it holds; a Finding says which steps prove it. */
  test: (runs: Runs) => Verdict | Promise<Verdict>;
}

export interface Diagnosis {
  /** Id in `feedback` of exercise.json. */
  feedback: string;
  /** Whether it looks like this mistake. Only asked when a check has failed. */
  when: (runs: Runs) => Verdict | Promise<Verdict>;
}

export type Verdict = boolean | Finding | Skip;

/** An answer with its evidence. */
export interface Finding {
  ok: boolean;
  /** Steps (seq) of the run's trace that show it. */
  seqs?: number[];
  /** The scenario whose trace that is; filled in by the helpers. */
  scenario?: string;
  /** Numbers and words for the placeholders `{name}` of the feedback text. */
  facts?: { [name: string]: string | number };
}

/** The check cannot be made here; it is shown as skipped and does not count. */
export interface Skip {
  skip: string;
}

/** What a prediction is compared with: an order of words, one word, a number, a path of states. */
export interface Fact {
  value: string | number | string[];
  scenario?: string;
  seqs?: number[];
}

/** The runs by scenario id. */
export type Runs = { [scenario: string]: Run };

export interface Run {
  scenario: string;
  trace: TraceView;
  peer: PeerView;
  outcome: Outcome;
  /** The seed of this run's peer. */
  seed: number;
}

/** How the program ended. */
export interface Outcome {
  /** false: it could not even be started, or the peer never asked for it. */
  started: boolean;
  /** `itself`, or `grader` when it was stopped because the run was over, or `limit` when it used up its time, output, memory or processes. */
  endedBy: 'itself' | 'grader' | 'limit';
  /** Which limit, as a sentence; null for none. */
  limit: string | null;
  code: number | null;
  signal: string | null;
  /** At most 256 KiB of each. */
  stdout: string;
  stderr: string;
  /** The error that ended it: nobody handled it. `code` is `ECONNRESET` and the like, '' when it has none. */
  unhandled: { name: string; code: string; message: string } | null;
  /** From start to end, ms. */
  ms: number;
}

/* ---- the trace ---- */

/** An event of the trace, as in the JSON export of `socketscope export`. */
export interface Event {
  seq: number;
  /** ns since the trace began. */
  t: number;
  pid: number;
  socket: string | null;
  fd: number | null;
  kind: string;
  call: string | null;
  api: string | null;
  args: { [name: string]: unknown } | null;
  result: number | null;
  error: string | null;
  bytes: number | null;
  provenance: string;
  site: { file: string; line: number; column: number; cause?: boolean } | null;
  state: { from: string; to: string } | null;
  buffer?: string | null;
  local?: { address: string; port: number } | { path: string } | null;
  remote?: { address: string; port: number } | { path: string } | null;
  payload?: Uint8Array | null;
}

export interface SocketView {
  id: string;
  protocol: string;
  role: 'listener' | 'accepted' | 'client' | 'datagram' | 'unknown';
  listener: string | null;
  local: { address?: string; port?: number; path?: string } | null;
  remote: { address?: string; port?: number; path?: string } | null;
  /** First step, and the step of its close(2); null when the program never closed it (the end of the process does not count). */
  born: number;
  closed: number | null;
  bytesRead: number;
  bytesWritten: number;
}

/** Which events: all that is named must hold. `ok: true` leaves out calls that failed. */
export interface Where {
  kind?: string | string[];
  call?: string | string[];
  api?: string | string[];
  socket?: string;
  role?: string;
  error?: string | string[];
  provenance?: string;
  buffer?: string;
  ok?: boolean;
  /** Anything else. */
  and?: (event: Event) => boolean;
}

/** Predicates over one run's trace. Each Finding has the steps that prove it. */
export interface TraceView {
  scenario: string;
  platform: string;
  size: number;
  event(seq: number): Event;
  events(where?: Where): Event[];
  sockets(where?: { role?: string; protocol?: string }): SocketView[];
  /** The program's end of a connection of the peer (`connection.id`); null when the program never had it. */
  socketOf(connection: string): SocketView | null;
  /** How many; with `expected`, whether it is that many. */
  count(where: Where, expected?: number | { least?: number; most?: number }): Finding & { value: number };
  never(where: Where): Finding;
  /** Whether the first `a` comes before the first `b` (both must be there); `same: 'socket'` asks it for each socket that has a `b`. */
  before(a: Where, b: Where, same?: 'socket'): Finding;
  /** Whether it happens at all; `after` and `within` (ms): so soon after the first such event. */
  eventually(where: Where, options?: { after?: Where; within?: number }): Finding;
  /** The calls of the program in their order, without those not named in `among`. */
  order(among: string[], where?: Where): { value: string[]; seqs: number[] };
  /** The states of a socket in their order, the first one included. */
  states(socket: string): { value: string[]; seqs: number[] };
  /** The largest size of a buffer, bytes: `stream-write`, `libuv-write`, `stream-read`... */
  peak(buffer: string, where?: Where): { value: number; seq: number; socket: string | null };
  /** Whether `test` holds for each of the sockets; the proof is of the first for which it does not. Not ok when there are none. */
  each(sockets: SocketView[], test: (socket: SocketView) => boolean | Finding): Finding;
  /** Whether every connection whose other end is gone was closed by the program within `after` ms (default 500). */
  noLeak(after?: number): Finding;
  /**
   * The longest time (ms) in which the program did nothing while the peer's bytes or connections waited for it. Derived: the program
   * was busy with something else, or did not read.
   */
  maxLoopBlock(): { value: number; seq: number };
  /**
   * The share (0 to 1) of the time between two steps in which the event loop of the program of the first one waited for events: libuv's own
   * count, so it does not depend on how busy the machine is. null where Node does not say.
   */
  loopWaited(from: number, to: number): number | null;
}

/* ---- the hidden peer ---- */

/** One thing the peer did or saw. */
export interface PeerEntry {
  /** Counts from 1. */
  n: number;
  /** ns on the clock of the trace. */
  t: number;
  /** `c1`, `u1`... or null for the peer as a whole. */
  connection: string | null;
  step: string;
  /** The name given with `as`. */
  as: string | null;
  /** false: an expectation that was not met. */
  ok: boolean;
  /** What was expected and what came, as short text; null when there is nothing to say. */
  detail: string | null;
}

/** What the peer did and saw, for checks. */
export interface PeerView {
  entries: PeerEntry[];
  /** null: the script went to its end. Else why it stopped, as a sentence. */
  stopped: string | null;
  /** Whether every expectation with this name was met, and there was one. Proof: the last step of the program's end of the connection. */
  met(as: string): Finding;
  /** Every expectation. */
  allMet(): Finding;
  /** What a connection received in all. */
  received(connection: string): Uint8Array;
  /** What the script kept with `peer.keep`. */
  kept: { [name: string]: unknown };
}

export type Bytes = string | Uint8Array;

export interface Expectation {
  /** A name by which checks find it. */
  as?: string;
  /** ms, default 1000. */
  within?: number;
}

/** Where to connect to, or how to be reached. TCP by default; nothing named: the first address the program listens on. */
export interface Target {
  host?: string;
  port?: number;
  /** A Unix-domain socket. */
  path?: string;
}

/**
 * The hidden peer: a process of its own, on this machine only. Every step is awaited and written down. An expectation that is not met
 * returns false, and all later steps on that connection do nothing and return false at once.
 */
export interface Peer {
  seed: number;
  /** 0 <= n < 1, the same for the same seed. */
  random(): number;
  /** A whole number from low to high. */
  integer(low: number, high: number): number;
  bytes(length: number): Uint8Array;
  /** Starts the program; done by itself before the first connect. A second call starts it again. */
  start(options?: { args?: string[]; env?: { [name: string]: string }; file?: string }): Promise<void>;
  /** Waits until the program listens (or has a bound datagram socket). */
  listening(options?: { within?: number; which?: number }): Promise<Target>;
  /** Waits until it has tried so often to listen and could not, as the port is in use; false when it ends before. */
  triedToListen(times: number, options?: Expectation): Promise<boolean>;
  /** Waits until it has ended. */
  exited(options?: Expectation): Promise<boolean>;
  /** Waits until it has printed this. */
  printed(what: string | RegExp, options?: Expectation): Promise<boolean>;
  type(text: string): Promise<void>;
  signal(name: string): Promise<void>;
  connect(target?: Target & Expectation & { allowHalfOpen?: boolean; pause?: boolean }): Promise<Connection>;
  /** Expects that a connection is refused. */
  expectRefused(target?: Target & Expectation): Promise<boolean>;
  /** A server for a program that is a client; start the program afterwards with its port. `backlog` as in listen. */
  listen(options?: Target & { backlog?: number }): Promise<Door>;
  /** A datagram socket; `relay` puts a lossy path between it and the program. */
  datagrams(options?: { ipv6?: boolean }): Promise<Datagrams>;
  /** A path between two ports that loses, doubles and reorders datagrams, by the seed. Give the program its port. */
  relay(options: { to: number; loss?: number; duplicate?: number; reorder?: number }): Promise<Relay>;
  /** Waits for what no step can wait for; at most 2000 ms. Prefer lockstep and expectations. */
  hold(ms: number): Promise<void>;
  /** The machine's TCP table rows of a port (Linux), null elsewhere. Kept under the name. */
  kernel(port: number, keepAs?: string): Promise<KernelRow[] | null>;
  /** Keeps a value for the checks (must be JSON). */
  keep(name: string, value: unknown): void;
}

/** A row of /proc/net/tcp or tcp6. Of a listener `receive` is the length of its accept queue. */
export interface KernelRow {
  local: number;
  remote: number;
  state: string;
  send: number;
  receive: number;
  inode: number;
}

/** A TCP or Unix-domain connection of the peer. */
export interface Connection {
  id: string;
  /** Ports, 0 for a Unix-domain socket. */
  localPort: number;
  remotePort: number;
  /** false after an expectation that was not met, a failed connect, or a reset by the program. */
  ok: boolean;
  write(data: Bytes): Promise<boolean>;
  /** Writes the parts as segments of their own, without waiting for anybody to read them. No sizes: cut by the seed. */
  split(data: Bytes, sizes?: number[]): Promise<boolean>;
  /** Writes a part, waits until the trace shows that the program has read it, writes the next. */
  lockstep(data: Bytes, sizes?: number[]): Promise<boolean>;
  /** Waits until the trace shows that the program has read everything written so far. */
  wasRead(options?: Expectation): Promise<boolean>;
  /** FIN. */
  end(): Promise<boolean>;
  /** RST. */
  reset(): Promise<boolean>;
  /** close(2): RST when something is unread, else FIN. */
  destroy(): Promise<boolean>;
  pause(): Promise<boolean>;
  resume(): Promise<boolean>;
  /** Exactly these bytes come next. */
  expect(data: Bytes, options?: Expectation): Promise<boolean>;
  /** The next line (without its end) is this, matches this, or (nothing given) comes at all; `line` has it afterwards. */
  expectLine(line?: string | RegExp, options?: Expectation): Promise<boolean>;
  line: string;
  /** So many bytes come next; `bytes` has them afterwards. */
  expectBytes(count: number, options?: Expectation): Promise<boolean>;
  bytes: Uint8Array;
  /** So many bytes come next, and are dropped after they went into `sha256`. */
  expectCount(count: number, options?: Expectation): Promise<boolean>;
  /** Bytes that came so far, and the hex SHA-256 of those that expectations have taken. */
  received: number;
  sha256(): string;
  /** FIN comes, and nothing before it that was not expected (`rest: true` allows it). */
  expectEnd(options?: Expectation & { rest?: boolean }): Promise<boolean>;
  expectReset(options?: Expectation): Promise<boolean>;
  /** FIN or RST, whatever was sent before. */
  expectClosed(options?: Expectation): Promise<boolean>;
  /** Nothing comes for so long. */
  expectSilence(ms: number, options?: Expectation): Promise<boolean>;
}

export interface Door {
  port: number;
  path: string;
  /** The next connection of the program. */
  accept(options?: Expectation & { allowHalfOpen?: boolean; pause?: boolean }): Promise<Connection>;
  close(): Promise<void>;
}

export interface Datagram {
  data: Uint8Array;
  from: number;
}

export interface Datagrams {
  id: string;
  port: number;
  ok: boolean;
  send(data: Bytes, target?: Target): Promise<boolean>;
  /** The next datagram has this content, or (nothing given) comes at all; `last` has it afterwards. */
  expect(data?: Bytes, options?: Expectation): Promise<boolean>;
  last: Datagram | null;
  all: Datagram[];
  expectSilence(ms: number, options?: Expectation): Promise<boolean>;
  close(): Promise<void>;
}

export interface Relay {
  /** Where to send to. */
  port: number;
  /** Numbers (from 0, in order of arrival) of the datagrams that were lost, doubled, held back. */
  lost: number[];
  doubled: number[];
  reordered: number[];
  passed: number;
  close(): Promise<void>;
}
