/** Two runs of one program side by side: worked out by trace/compare, put into words by knowledge/compare-text. */

/**
 * - process: one run started a program that the other did not; exit: the same program ended otherwise
 * - connection: one run has a connection more; socket: another socket that only one run has (a listener, an accepted end, a datagram socket)
 * - cut: the same bytes, written or read in other pieces; bytes: other bytes, or another number of them
 * - result: the same call with another result; calls: calls that only one run made, or others in their place
 * - events: Node's calls and events (write() returned false, 'error') that only one run has
 * - fault: something was put in on request in one run only; finish: the other end was the first to close
 */
export type DifferenceKind =
  | 'process'
  | 'exit'
  | 'connection'
  | 'socket'
  | 'cut'
  | 'bytes'
  | 'result'
  | 'calls'
  | 'events'
  | 'fault'
  | 'finish';

/** Of the bytes: which way they went at this socket. */
export type Direction = 'out' | 'in';

/** One way in which the second run went otherwise. Steps are those of each run; an empty list: that run has nothing there. */
export interface Difference {
  kind: DifferenceKind;
  /** Indexes into `Comparison.processes` and `Comparison.sockets`; -1: none. */
  process: number;
  socket: number;
  direction: Direction | null;
  /** The steps that differ, in order. */
  a: number[];
  b: number[];
  /** Of `cut` and `bytes`: the sizes of the pieces, in bytes. */
  sizesA: number[];
  sizesB: number[];
  /** Of `cut` and `bytes`: a fault cut the pieces (the program was given them so; the kernel's read is another). */
  injectedA: boolean;
  injectedB: boolean;
  /** Of `finish`: which end closed first. */
  firstA: 'own' | 'peer' | null;
  firstB: 'own' | 'peer' | null;
  /** Place in the order of the first run. */
  at: number;
}

/** What stands beside each other: steps of one socket or process that are the same in both runs, or a difference. */
export interface CompareRow {
  a: number[];
  b: number[];
  /** Index into `Comparison.differences`; -1: the same. */
  difference: number;
}

/** Two programs that stand for each other; indexes into `processes` of each run, -1: only the other run has it. */
export interface ComparedProcess {
  a: number;
  b: number;
  rows: CompareRow[];
}

/** Two sockets that stand for each other; indexes into `sockets` of each run, -1: only the other run has it. */
export interface ComparedSocket {
  a: number;
  b: number;
  process: number;
  rows: CompareRow[];
}

export interface Comparison {
  processes: ComparedProcess[];
  /** In birth order of the first run; what only the second has stands where it was born. */
  sockets: ComparedSocket[];
  /** In the order in which they happened; the first one is where the runs parted. */
  differences: Difference[];
  /** Some of a run was left out or lost, so that what looks missing may have happened: which runs. */
  incomplete: ('a' | 'b')[];
}
