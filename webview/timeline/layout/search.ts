/** Index of the first entry >= value in a sorted list, within [low, high). */
export function lowerBound(sorted: ArrayLike<number>, value: number, low = 0, high = sorted.length): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Like lowerBound, for a value expected near `start`: doubles its stride first, so a walk over a whole list costs little more than one pass. */
export function gallop(sorted: ArrayLike<number>, value: number, start: number, high: number): number {
  let stride = 1;
  let low = start;
  while (low + stride < high && sorted[low + stride]! < value) {
    low += stride;
    stride *= 2;
  }
  return lowerBound(sorted, value, low, Math.min(high, low + stride + 1));
}
