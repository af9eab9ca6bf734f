/** How many of the ascending `list` are <= `seq`; also the index of the first that is > `seq`. */
export function upTo(list: Uint32Array, seq: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]! <= seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
