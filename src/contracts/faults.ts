/**
 * Faults that Socketscope puts into a run on request: what they are called, what is asked of them, and how a run's list reaches
 * the probe (as JSON of FaultSpec in PROBE_ENV.faults). The text form is in runner/fault-list.ts, the injection in probe/faults/.
 */

/** What the number after a fault's name counts; 'none' takes no number. */
export type FaultUnit = 'bytes' | 'ms' | 'bytes/s' | '%' | 'none';

export interface FaultKind {
  unit: FaultUnit;
  /** The range that is taken when none is given; of '%' the chance, 0 to 100. */
  usual: [number, number];
  /** The smallest and largest number that makes sense. */
  from: number;
  to: number;
  /** What it does, for --help and choices: continues "a socket ...". */
  says: string;
}

const DAY = 86_400_000;
const MANY = 2 ** 31 - 1;

/** Every fault, by the name that a list uses. */
export const FAULT_KINDS = {
  'split-read': { unit: 'bytes', usual: [1, 8], from: 1, to: MANY, says: 'what one read(2) brought is given in pieces of so many bytes' },
  'join-read': {
    unit: 'ms',
    usual: [50, 50],
    from: 1,
    to: DAY,
    says: 'a read is held back, so long at most, and given together with the next',
  },
  'delay-read': { unit: 'ms', usual: [20, 100], from: 1, to: DAY, says: 'what was read is given that much later' },
  'slow-reader': {
    unit: 'bytes/s',
    usual: [65536, 65536],
    from: 1,
    to: MANY,
    says: 'the socket reads so slowly that the writer has to wait',
  },
  'short-write': { unit: 'bytes', usual: [1, 8], from: 1, to: MANY, says: 'the kernel gets so many bytes at a time' },
  'reset-after': {
    unit: 'bytes',
    usual: [0, 0],
    from: 1,
    to: MANY,
    says: 'the connection is reset (RST) once so many bytes were received',
  },
  'delay-connect': { unit: 'ms', usual: [300, 300], from: 1, to: DAY, says: 'the connection attempt starts that much later' },
  'refuse-connect': { unit: 'none', usual: [0, 0], from: 0, to: 0, says: 'the connection attempt fails with ECONNREFUSED' },
  'hang-connect': {
    unit: 'ms',
    usual: [127_000, 127_000],
    from: 1,
    to: DAY,
    says: 'the connection attempt gets no answer, then fails with ETIMEDOUT',
  },
  'udp-drop': { unit: '%', usual: [20, 20], from: 0, to: 100, says: 'datagrams are lost' },
  'udp-duplicate': { unit: '%', usual: [20, 20], from: 0, to: 100, says: 'datagrams come twice' },
  'udp-reorder': { unit: '%', usual: [20, 20], from: 0, to: 100, says: 'datagrams are overtaken by the next one' },
  'udp-delay': { unit: 'ms', usual: [20, 100], from: 1, to: DAY, says: 'datagrams come that much later' },
} as const satisfies Record<string, FaultKind>;
export type FaultName = keyof typeof FAULT_KINDS;
export const FAULT_NAMES = Object.keys(FAULT_KINDS) as FaultName[];

/** One fault of a list: which, how much, where and how often. All conditions must hold. */
export interface FaultRule {
  fault: FaultName;
  /** A number from `low` to `high` in the fault's unit, chosen anew each time; both 0 where it takes none, or where its number is the chance. */
  low: number;
  high: number;
  /** 0 to 1: in how many of the cases. */
  chance: number;
  /** At most so many times in each process; null: no limit. */
  times: number | null;
  /** Only in programs whose file has this name (with or without ending, with or without folders before it); null: in all. */
  program: string | null;
  /** Only on sockets with this local or remote port; null: on all. */
  port: number | null;
  /** `client`: the socket called connect; `server`: it was accepted. null: either. */
  side: 'client' | 'server' | null;
  /** Datagrams: where the fault acts. */
  direction: 'receive' | 'send';
}

/** The faults of a run. The same seed gives the same faults. */
export interface FaultSpec {
  seed: number;
  rules: FaultRule[];
}

/** The seed when a list names none. */
export const DEFAULT_SEED = 1;

/** What a `fault` event's `args.fault` says (one more word than the list where a list's name has a prefix). */
export type FaultWord = Exclude<FaultName, `udp-${string}`> | 'drop' | 'duplicate' | 'reorder' | 'delay';
