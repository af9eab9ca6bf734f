import { type Axis, toPos, toX, type View } from './axis';
import { gallop, lowerBound } from './search';

/** A lane whose events are closer than pixels: how many fall on each column. */
export interface Dense {
  /** Runs of neighbouring columns of the same level (1..4, logarithmic), in pixels. */
  runs: { x: number; width: number; level: number }[];
  /** Columns in which something failed. */
  failures: number[];
}

/** Width of a column in pixels. */
export const COLUMN = 2;

/** Level of a count: 1, 2-7, 8-63, 64 and more. */
export function levelOf(count: number): number {
  return count >= 64 ? 4 : count >= 8 ? 3 : count >= 2 ? 2 : 1;
}

/**
 * Density of a lane in view. Costs a search per column, whatever the number of events.
 * @param events steps of the lane; only [low, high) is looked at
 * @param failures steps of the lane that failed
 */
export function layoutDense(
  axis: Axis,
  view: View,
  width: number,
  events: ArrayLike<number>,
  low: number,
  high: number,
  failures: ArrayLike<number>,
): Dense {
  const runs: Dense['runs'] = [];
  let at = low;
  for (let x = 0; x < width && at < high; x += COLUMN) {
    const next = gallop(events, axis.seqAt(toPos(view, x + COLUMN)), at, high);
    const count = next - at;
    at = next;
    if (count === 0) continue;
    const level = levelOf(count);
    const last = runs.at(-1);
    if (last && last.level === level && last.x + last.width === x) last.width += COLUMN;
    else runs.push({ x, width: COLUMN, level });
  }
  const failed: number[] = [];
  let lastColumn = -1;
  for (let i = lowerBound(failures, axis.seqAt(toPos(view, 0))); i < failures.length; ) {
    const x = toX(view, axis.pos(failures[i]!));
    if (x > width) break;
    const column = Math.floor(x / COLUMN);
    if (column !== lastColumn) failed.push(column * COLUMN);
    lastColumn = column;
    // On to the first failure beyond this column: there may be thousands in it.
    i = Math.max(i + 1, gallop(failures, axis.seqAt(toPos(view, (column + 1) * COLUMN)), i, failures.length));
  }
  return { runs, failures: failed };
}
