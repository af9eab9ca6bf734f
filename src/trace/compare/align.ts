/** A stretch of two lists: `same` means equal one by one; otherwise what stands in each there. Ends are not included. */
export interface Stretch {
  same: boolean;
  a: [number, number];
  b: [number, number];
}

/** Differences up to which the shortest script is looked for; two runs that differ more have little in common to align. */
const MOST = 400;

/**
 * Aligns two lists by their keys with as many equal items as can be (Myers, "An O(ND) Difference Algorithm", 1986), stretch by stretch. Lists
 * that differ in very many places become one stretch that is not the same.
 */
export function align(a: readonly (string | number)[], b: readonly (string | number)[]): Stretch[] {
  let head = 0;
  const shorter = Math.min(a.length, b.length);
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const found: Stretch[] = [];
  if (head > 0) found.push({ same: true, a: [0, head], b: [0, head] });
  const endA = a.length - tail;
  const endB = b.length - tail;
  if (head < endA || head < endB) found.push(...middle(a, b, head, endA, endB));
  if (tail > 0) found.push({ same: true, a: [endA, a.length], b: [endB, b.length] });
  return found;
}

function middle(a: readonly unknown[], b: readonly unknown[], start: number, endA: number, endB: number): Stretch[] {
  const n = endA - start;
  const m = endB - start;
  const other: Stretch = { same: false, a: [start, endA], b: [start, endB] };
  if (n === 0 || m === 0) return [other];
  const most = Math.min(n + m, MOST);
  const reach = new Int32Array(2 * most + 3);
  const middleOf = most + 1;
  const trails: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trails.push(reach.slice(middleOf - d - 1, middleOf + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[middleOf + k - 1]! < reach[middleOf + k + 1]!);
      let x = down ? reach[middleOf + k + 1]! : reach[middleOf + k - 1]! + 1;
      let y = x - k;
      while (x < n && y < m && a[start + x] === b[start + y]) {
        x++;
        y++;
      }
      reach[middleOf + k] = x;
      if (x >= n && y >= m) return stretches(matches(trails, n, m), start, endA, endB);
    }
  }
  return [other];
}

/** Walks back from the end: pairs of equal items as [x, y, length], last first. */
function matches(trails: readonly Int32Array[], n: number, m: number): [number, number, number][] {
  const found: [number, number, number][] = [];
  let x = n;
  let y = m;
  for (let d = trails.length - 1; d >= 0; d--) {
    const trail = trails[d]!;
    // trail[i] is the reach of diagonal i - d - 1 before round d.
    const at = (k: number) => trail[k + d + 1]!;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromX = d === 0 ? 0 : down ? at(k + 1) : at(k - 1) + 1;
    const fromY = fromX - k;
    if (x > fromX) found.push([fromX, fromY, x - fromX]);
    if (d === 0) break;
    x = down ? fromX : fromX - 1;
    y = down ? fromY - 1 : fromY;
  }
  return found.reverse();
}

function stretches(pairs: readonly [number, number, number][], start: number, endA: number, endB: number): Stretch[] {
  const found: Stretch[] = [];
  let x = start;
  let y = start;
  const gap = (toX: number, toY: number) => {
    if (toX > x || toY > y) found.push({ same: false, a: [x, toX], b: [y, toY] });
  };
  for (const [px, py, length] of pairs) {
    gap(start + px, start + py);
    x = start + px + length;
    y = start + py + length;
    found.push({ same: true, a: [start + px, x], b: [start + py, y] });
  }
  gap(endA, endB);
  return found;
}
