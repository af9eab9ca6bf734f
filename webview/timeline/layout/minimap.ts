import type { TraceReader } from '../../../src/contracts/trace-model';
import type { Axis } from './axis';
import type { Rows } from './lanes';

/** The whole run in `columns` x `lines` cells: where something happened. */
export interface Minimap {
  columns: number;
  lines: number;
  /** Row by row; 1 where at least one event falls into the cell. */
  cells: Uint8Array;
  /** Columns with a failure. */
  failures: number[];
  /** Folded stretches, as columns [from, to). */
  folds: { from: number; to: number }[];
}

/** At most this many events are read per column: more would look the same. */
const SAMPLES = 400;

/** Lays out the minimap; failures come from their own index, so sampling never hides one. */
export function layoutMinimap(
  reader: Pick<TraceReader, 'size' | 'socketIndex' | 'processIndex'>,
  axis: Axis,
  rows: Rows,
  failures: readonly number[],
  columns: number,
  lines: number,
): Minimap {
  const cells = new Uint8Array(columns * lines);
  const lineOf = (row: number) => Math.min(lines - 1, Math.floor((row * lines) / Math.max(1, rows.rows.length)));
  let seq = 1;
  for (let column = 0; column < columns && seq <= reader.size; column++) {
    const end = Math.min(reader.size + 1, axis.seqAt(((column + 1) / columns) * axis.length));
    const stop = column === columns - 1 ? reader.size + 1 : end;
    const stride = Math.max(1, Math.floor((stop - seq) / SAMPLES));
    for (; seq < stop; seq += stride) {
      const socket = reader.socketIndex(seq);
      const row = socket >= 0 ? rows.standsFor[socket] : rows.ofProcess[reader.processIndex(seq)];
      if (row !== undefined && row >= 0) cells[lineOf(row) * columns + column] = 1;
    }
    seq = stop;
  }
  const toColumn = (pos: number) => Math.min(columns - 1, Math.floor((pos / axis.length) * columns));
  const failed = new Set<number>();
  const stride = Math.max(1, Math.floor(failures.length / 20_000));
  for (let i = 0; i < failures.length; i += stride) {
    const socket = reader.socketIndex(failures[i]!);
    if (socket < 0 || rows.standsFor[socket] !== -1) failed.add(toColumn(axis.pos(failures[i]!)));
  }
  return {
    columns,
    lines,
    cells,
    failures: [...failed],
    folds: axis.folds.at.map((at) => ({ from: (at / axis.length) * columns, to: ((at + axis.folds.width) / axis.length) * columns })),
  };
}
