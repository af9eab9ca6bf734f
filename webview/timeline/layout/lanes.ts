import type { TraceReader } from '../../../src/contracts/trace-model';
import { TRACK_HEIGHT } from './charts';

/** One row of the picture: a process with its own events, or a socket. */
export interface Row {
  kind: 'process' | 'socket';
  /** Index into the reader's processes or sockets. */
  index: number;
  y: number;
  height: number;
}

/** Heights in CSS pixels; everything inside a lane is a multiple of 4. */
export const PROCESS_HEIGHT = 28;
export const SOCKET_HEIGHT = 52;

export interface Rows {
  rows: Row[];
  height: number;
  /** Row of a socket or of a process by index, -1 when it is filtered out. */
  ofSocket: Int32Array;
  ofProcess: Int32Array;
}

/**
 * Rows in the order of birth: each process, below it its sockets. A socket whose pid is no known process goes last.
 * @param shown which sockets are wanted; null for all
 * @param tracks how many buffers of a socket have a chart
 */
export function layoutRows(
  reader: Pick<TraceReader, 'processes' | 'sockets'>,
  shown: ((socketIndex: number) => boolean) | null,
  tracks: (socketIndex: number) => number = () => 0,
): Rows {
  const { processes, sockets } = reader;
  const byPid = new Map<number, number[]>();
  for (let i = 0; i < sockets.length; i++) {
    if (shown && !shown(i)) continue;
    const list = byPid.get(sockets[i]!.pid);
    if (list) list.push(i);
    else byPid.set(sockets[i]!.pid, [i]);
  }
  const rows: Row[] = [];
  const ofSocket = new Int32Array(sockets.length).fill(-1);
  const ofProcess = new Int32Array(processes.length).fill(-1);
  let y = 0;
  const add = (kind: Row['kind'], index: number, height: number) => {
    (kind === 'socket' ? ofSocket : ofProcess)[index] = rows.length;
    rows.push({ kind, index, y, height });
    y += height;
  };
  processes.forEach((process, index) => {
    const own = byPid.get(process.pid);
    if (shown && !own) return;
    byPid.delete(process.pid);
    add('process', index, PROCESS_HEIGHT);
    for (const socket of own ?? []) add('socket', socket, SOCKET_HEIGHT + tracks(socket) * TRACK_HEIGHT);
  });
  for (const rest of byPid.values()) for (const socket of rest) add('socket', socket, SOCKET_HEIGHT + tracks(socket) * TRACK_HEIGHT);
  return { rows, height: y, ofSocket, ofProcess };
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
