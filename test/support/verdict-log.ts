/** Verdicts of many runs of the exercises' benchmark, kept in one file, so that parts of it can be added up. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** One check of one variant. */
export interface VerdictLine {
  /** When it was over, ISO 8601. */
  at: string;
  /** Hash of what decides a verdict: the bundles of check, peer and probe, and the exercises. Only lines with the same one are added up. */
  build: string;
  /** The commit, with `+` behind it when files were changed since. */
  commit: string;
  /** Version of the Node of the programs. */
  node: string;
  exercise: string;
  /** `wrong destroys`, `starter`. */
  variant: string;
  seed: number;
  /** null: anything but passed. */
  expected: string | null;
  got: string;
  ok: boolean;
  /** Of the check, ms. */
  ms: number;
  /** Load average of the last minute, and whether this benchmark kept one core busy. */
  load: number;
  busy: boolean;
}

export function append(file: string, line: VerdictLine): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** All whole lines of the file; none when there is none. A part that was killed may have left half a line. */
export function read(file: string): VerdictLine[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as VerdictLine];
      } catch {
        return [];
      }
    });
}

/** The seed with which a part goes on: one more than the largest that any variant of the exercise had with this build and Node. */
export function nextSeed(
  lines: readonly VerdictLine[],
  { build, node, exercise }: Pick<VerdictLine, 'build' | 'node' | 'exercise'>,
): number {
  const same = lines.filter((line) => line.build === build && line.node === node && line.exercise === exercise);
  return 1 + Math.max(0, ...same.map(({ seed }) => seed));
}

/**
 * What the lines of one build and one Node amount to, as text: for each exercise how often its least repeated variant was checked, how many
 * checks that were in all, the load, and every verdict that was not as expected.
 */
export function summary(lines: readonly VerdictLine[], build: string): string {
  const own = lines.filter((line) => line.build === build);
  const text: string[] = [];
  for (const node of [...new Set(own.map((line) => line.node))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))) {
    const ofNode = own.filter((line) => line.node === node);
    const loads = ofNode.map(({ load }) => load).sort((a, b) => a - b);
    const busy = ofNode.filter((line) => line.busy).length;
    const quarter = (part: number) => loads[Math.floor((loads.length - 1) * part)]!.toFixed(1);
    text.push(
      `Node ${node}: ${ofNode.length} checks, ${ofNode.filter(({ ok }) => !ok).length} not as expected; load ${quarter(0)} / ${quarter(0.5)} / ${quarter(1)} (least, median, most); ${busy} of them with one core kept busy`,
      'exercise   repeats   checks   median    slowest   not as expected',
    );
    for (const exercise of [...new Set(ofNode.map((line) => line.exercise))].sort()) {
      const all = ofNode.filter((line) => line.exercise === exercise);
      const counts = new Map<string, number>();
      for (const { variant } of all) counts.set(variant, (counts.get(variant) ?? 0) + 1);
      const times = all.map(({ ms }) => ms).sort((a, b) => a - b);
      const off = new Map<string, number>();
      for (const { ok, variant, got, seed } of all)
        if (!ok) off.set(`${variant}: ${got} (seed ${seed})`, (off.get(`${variant}: ${got} (seed ${seed})`) ?? 0) + 1);
      const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
      text.push(
        `${exercise.padEnd(10)} ${String(Math.min(...counts.values())).padStart(7)} ${String(all.length).padStart(8)} ${seconds(times[Math.floor(times.length / 2)]!).padStart(8)} ${seconds(times.at(-1)!).padStart(10)}   ${[...off].map(([what, n]) => (n > 1 ? `${n} x ${what}` : what)).join('; ') || 'none'}`,
      );
    }
  }
  return text.join('\n');
}
