/** A stretch without an event between two neighbouring events, in nanoseconds since the trace began. */
export interface Gap {
  from: number;
  to: number;
}

/** Folded gaps in order: times `from[i]`..`to[i]` are drawn at `at[i]`.. with `width` units each; `saved[i]` is cut away up to and with gap i. */
export interface Folds {
  from: number[];
  to: number[];
  at: number[];
  width: number;
  saved: number[];
  /** What is to be said of each, once it was in view. */
  words?: { texts: string[]; sentence: string }[];
}

/** Gaps below this are never folded. */
export const SHORTEST_FOLD = 1_000_000;
/** More than this many folds would hide the run behind its own folds; the longest are chosen. */
const MOST_FOLDS = 200;

/**
 * Chooses the gaps to fold: those longer than a quarter of the busy time (all that is not in a gap), 1 ms at least.
 * Runs are bursts of microseconds and seconds of nothing; without folding a burst is one pixel.
 * @param gaps all gaps of at least SHORTEST_FOLD, in order of time
 * @param total time of the last event
 */
export function chooseFolds(gaps: readonly Gap[], total: number): Folds {
  const idle = gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const busy = Math.max(1, total - idle);
  let chosen = gaps.filter((gap) => gap.to - gap.from >= Math.max(SHORTEST_FOLD, busy / 4));
  if (chosen.length > MOST_FOLDS) {
    const kept = new Set([...chosen].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, MOST_FOLDS));
    chosen = chosen.filter((gap) => kept.has(gap));
  }
  const folded = chosen.reduce((sum, gap) => sum + gap.to - gap.from, 0);
  const rest = Math.max(1, total - folded);
  // One fold takes at most a seventh of what remains, all together at most four fifths.
  const width = chosen.length ? Math.max(Math.min(rest * 0.14, (rest * 0.8) / chosen.length), 1) : 0;
  const folds: Folds = { from: [], to: [], at: [], width, saved: [] };
  let saved = 0;
  for (const gap of chosen) {
    folds.from.push(gap.from);
    folds.to.push(gap.to);
    folds.at.push(gap.from - saved);
    saved += gap.to - gap.from - width;
    folds.saved.push(saved);
  }
  return folds;
}

/** Index of the last entry <= value, -1 for none. */
function lastAtOrBefore(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Time to position. */
export function withFolds(folds: Folds, time: number): number {
  const i = lastAtOrBefore(folds.from, time);
  if (i < 0) return time;
  if (time >= folds.to[i]!) return time - folds.saved[i]!;
  const part = (time - folds.from[i]!) / (folds.to[i]! - folds.from[i]!);
  return folds.at[i]! + part * folds.width;
}

/** Position to time. */
export function unfold(folds: Folds, pos: number): number {
  const i = lastAtOrBefore(folds.at, pos);
  if (i < 0) return pos;
  const into = pos - folds.at[i]!;
  if (into >= folds.width) return pos + folds.saved[i]!;
  return folds.from[i]! + (into / folds.width) * (folds.to[i]! - folds.from[i]!);
}
