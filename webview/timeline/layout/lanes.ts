import type { TraceReader } from '../../../src/contracts/trace-model';
import { TRACK_HEIGHT } from './charts';
import { lowerBound } from './search';

/**
 * One row of the picture: a process with its own events, an event loop of it, a socket, the many quiet sockets of a process in one, or the programs
 * that are not the learner's in one.
 */
export interface Row {
  kind: 'process' | 'loop' | 'socket' | 'quiet' | 'programs';
  /** Index into the reader's processes, loops or sockets; of quiet sockets that of their process; -1 of programs. */
  index: number;
  y: number;
  height: number;
  /** What a folded row stands for: indexes of sockets or processes. */
  members?: readonly number[];
  /** Its members are listed below it. */
  open?: boolean;
  /** Name under which it is opened. */
  key?: string;
}

/** Heights in CSS pixels; everything inside a lane is a multiple of 4. */
export const PROCESS_HEIGHT = 28;
export const LOOP_HEIGHT = 20;
export const SOCKET_HEIGHT = 52;

export interface Rows {
  rows: Row[];
  height: number;
  /** Row of a socket or of a process by index, -1 when it is filtered out or folded away. */
  ofSocket: Int32Array;
  ofProcess: Int32Array;
  /** Row that stands for a socket: its own, or the folded one that it is in; -1 when it is filtered out. */
  readonly standsFor: Int32Array;
  /** Some sockets are folded away. */
  crowded: boolean;
}

/** More sockets than this in a process, and the quiet ones are folded. */
export const CROWD_OF_SOCKETS = 24;
/** Of a crowd so many of each kind keep a lane: listeners and datagram sockets, those with failures, and the first of the others. */
const KEPT = { servers: 8, failed: 4, others: 2 };

export interface RowOptions {
  /** Which sockets are wanted; null for all. */
  shown?: ((socketIndex: number) => boolean) | null;
  /** Which processes are wanted though no socket of theirs is; null: all when every socket is wanted, else none. */
  shownProcess?: ((processIndex: number) => boolean) | null;
  /** How many buffers of a socket have a chart. */
  tracks?: (socketIndex: number) => number;
  /** Whether something failed on a socket. */
  failed?: (socketIndex: number) => boolean;
  /** Keys of the folded rows that are open. */
  opened?: ReadonlySet<string>;
  /** Whether event loops have a lane. Default: they have. */
  loops?: boolean;
  /** Sockets that have a lane in any case: that of the current step, and its peer. */
  focus?: readonly number[];
}

/** Which sockets have a lane and which are folded away, by process: all that does not depend on the current step. */
export interface RowPlan {
  groups: { process: number; lanes: readonly number[]; quiet: readonly number[]; key: string }[];
  /** Processes that are not the learner's. */
  apart: readonly number[];
}

/** What rows are made of. Costs a look at every socket; `layRows` does not. */
export function planRows(reader: Pick<TraceReader, 'processes' | 'sockets'>, options: RowOptions = {}): RowPlan {
  const { shown = null, shownProcess = null } = options;
  const { processes, sockets } = reader;
  const byPid = new Map<number, number[]>();
  for (let i = 0; i < sockets.length; i++) {
    if (shown && !shown(i)) continue;
    const list = byPid.get(sockets[i]!.pid);
    if (list) list.push(i);
    else byPid.set(sockets[i]!.pid, [i]);
  }
  const groups: RowPlan['groups'] = [];
  const apart: number[] = [];
  const add = (own: readonly number[], process: number, key: string) => {
    const quiet = quietOnes(reader, own, options);
    groups.push({ process, lanes: own.filter((socket) => !quiet.has(socket)), quiet: [...quiet], key });
  };
  processes.forEach((process, index) => {
    const own = byPid.get(process.pid);
    if (shown && !own && !shownProcess?.(index)) return;
    byPid.delete(process.pid);
    if (process.quiet !== undefined && !own) apart.push(index);
    else add(own ?? [], index, `sockets ${process.pid}`);
  });
  for (const rest of byPid.values()) add(rest, -1, 'sockets');
  return { groups, apart };
}

/** Rows in the order of birth: each process, below it its sockets. A socket whose pid is no known process goes last. */
export function layoutRows(
  reader: Pick<TraceReader, 'processes' | 'sockets'> & Partial<Pick<TraceReader, 'loops'>>,
  options: RowOptions = {},
  plan = planRows(reader, options),
): Rows {
  const { tracks = () => 0, opened = new Set<string>(), focus = [], loops = true } = options;
  const rows: Row[] = [];
  const ofSocket = new Int32Array(reader.sockets.length).fill(-1);
  const ofProcess = new Int32Array(reader.processes.length).fill(-1);
  let y = 0;
  const add = (row: Omit<Row, 'y'>) => {
    if (row.kind === 'socket') ofSocket[row.index] = rows.length;
    if (row.kind === 'process') ofProcess[row.index] = rows.length;
    rows.push({ ...row, y });
    y += row.height;
  };
  // In a crowd only the lane in focus and its peer show their buffers: the others are there to be found.
  const addSocket = (index: number, crowd: boolean) => {
    const charts = !crowd || focus.includes(index) ? tracks(index) : 0;
    add({ kind: 'socket', index, height: SOCKET_HEIGHT + charts * TRACK_HEIGHT });
  };
  for (const { process, lanes, quiet, key } of plan.groups) {
    if (process >= 0) add({ kind: 'process', index: process, height: PROCESS_HEIGHT });
    if (loops)
      for (const [index, loop] of (reader.loops ?? []).entries())
        if (loop.process === process) add({ kind: 'loop', index, height: LOOP_HEIGHT });
    for (const socket of lanes) addSocket(socket, quiet.length > 0);
    if (quiet.length === 0) continue;
    const open = opened.has(key);
    add({ kind: 'quiet', index: process, height: PROCESS_HEIGHT, members: quiet, open, key });
    const listed = open ? quiet : [...new Set(focus)].filter((socket) => has(quiet, socket)).sort((a, b) => a - b);
    for (const socket of listed) addSocket(socket, true);
  }
  const { apart } = plan;
  if (apart.length > 0) {
    const open = opened.has('programs');
    add({ kind: 'programs', index: -1, height: PROCESS_HEIGHT, members: apart, open, key: 'programs' });
    if (open) for (const index of apart) add({ kind: 'process', index, height: PROCESS_HEIGHT });
  }
  let standsFor: Int32Array | null = null;
  return {
    rows,
    height: y,
    ofSocket,
    ofProcess,
    // Rows are laid out at a step, and this looks at every socket: not before somebody asks.
    get standsFor() {
      standsFor ??= standing(rows, ofSocket);
      return standsFor;
    },
    crowded: rows.some(({ kind }) => kind === 'quiet'),
  };
}

function standing(rows: readonly Row[], ofSocket: Int32Array): Int32Array {
  const found = ofSocket.slice();
  for (const [at, { kind, members = [] }] of rows.entries())
    if (kind === 'quiet') for (const socket of members) if (found[socket] === -1) found[socket] = at;
  return found;
}

/** Whether the ascending list has a value. */
function has(list: readonly number[], value: number): boolean {
  return list[lowerBound(list, value)] === value;
}

/** The sockets of a process that are folded away: none of a few, most of a crowd. */
function quietOnes(reader: Pick<TraceReader, 'sockets'>, own: readonly number[], options: RowOptions): ReadonlySet<number> {
  if (own.length <= CROWD_OF_SOCKETS) return new Set();
  const left = { ...KEPT };
  const quiet = new Set<number>();
  for (const socket of own) {
    const { role } = reader.sockets[socket]!;
    const kind = role === 'listener' || role === 'datagram' ? 'servers' : options.failed?.(socket) ? 'failed' : 'others';
    if (left[kind] > 0) left[kind]--;
    else quiet.add(socket);
  }
  return quiet;
}

/** Index of the first row whose lower edge is below `y`; rows.length when there is none. */
export function firstRowAt(rows: readonly Row[], y: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle]!;
    if (row.y + row.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Scrolls as little as needed so that a row is wholly in view. */
export function revealRow(row: Row, scrollY: number, height: number): number {
  if (row.y < scrollY) return Math.max(0, row.y - 8);
  if (row.y + row.height > scrollY + height) return row.y + row.height - height + 8;
  return scrollY;
}
