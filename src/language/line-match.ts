/**
 * Which lines of a text are lines of an earlier one. Compares the two texts and nothing else, so that it cannot drift from
 * what was typed in between.
 */

/** For each line of `now` the line of `before` that it is, or -1 when it was changed or added. */
export function matchLines(before: readonly string[], now: readonly string[]): Int32Array {
  const result = new Int32Array(now.length).fill(-1);
  let start = 0;
  while (start < before.length && start < now.length && before[start] === now[start]) result[start] = start++;
  let endBefore = before.length;
  let endNow = now.length;
  while (endBefore > start && endNow > start && before[endBefore - 1] === now[endNow - 1]) result[--endNow] = --endBefore;
  for (const [a, b] of longestRun(uniquePairs(before, now, start, endBefore, endNow))) {
    // From each certain pair on, equal neighbours belong together too.
    for (let i = a, j = b; i < endBefore && j < endNow && before[i] === now[j] && (result[j]! < 0 || result[j] === i); i++, j++)
      result[j] = i;
    for (let i = a - 1, j = b - 1; i >= start && j >= start && before[i] === now[j] && result[j]! < 0; i--, j--) result[j] = i;
  }
  return result;
}

/** Lines that stand exactly once on either side, as [before, now], in the order of `now`. */
function uniquePairs(
  before: readonly string[],
  now: readonly string[],
  start: number,
  endBefore: number,
  endNow: number,
): [number, number][] {
  const places = new Map<string, { before: number; now: number; count: number }>();
  for (let i = start; i < endBefore; i++) {
    const found = places.get(before[i]!);
    if (found) found.count += 2;
    else places.set(before[i]!, { before: i, now: -1, count: 0 });
  }
  for (let j = start; j < endNow; j++) {
    const found = places.get(now[j]!);
    if (!found) continue;
    found.now = j;
    found.count++;
  }
  return [...places.values()]
    .filter((place) => place.count === 1 && place.now >= 0)
    .map((place): [number, number] => [place.before, place.now])
    .sort((a, b) => a[1] - b[1]);
}

/** The longest part of the pairs in which `before` ascends too. */
function longestRun(pairs: [number, number][]): [number, number][] {
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  pairs.forEach(([value], index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tails[middle]!]![0] < value) low = middle + 1;
      else high = middle;
    }
    if (low > 0) previous[index] = tails[low - 1]!;
    tails[low] = index;
  });
  const run: [number, number][] = [];
  for (let at = tails[tails.length - 1] ?? -1; at >= 0; at = previous[at]!) run.push(pairs[at]!);
  return run.reverse();
}
