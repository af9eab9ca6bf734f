import type { TraceReader } from '../../../src/contracts/trace-model';
import { gapWords } from '../../../src/knowledge/loop-text';
import { loopInGap } from '../../../src/trace/loop/gap';
import type { Axis, View } from './axis';
import { toPos, toX } from './axis';
import { withFolds } from './folds';

/** A mark on the ruler, or a fold with the time that it hides. */
export interface Tick {
  x: number;
  text: string;
}
export interface FoldMark {
  x: number;
  width: number;
  /** "nothing happened for 1.2 s" or shorter words for it; empty when there is no room at all. */
  text: string;
  /** The whole sentence, with what event loops did. */
  sentence: string;
}

/** The round number (1, 2 or 5 times a power of ten) at or above a value. */
export function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
  const lead = value / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

/** A whole number with its thousands apart, `1,151,637`: what `toLocaleString('en')` says, which takes microseconds; a picture has dozens. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A duration in the unit that reads best: `850 ns`, `12.5 µs`, `3 ms`, `1.2 s`. */
export function duration(ns: number): string {
  const [value, unit] = ns < 1e3 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  const digits = value >= 100 || unit === 'ns' ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${unit}`;
}

/** A time on the ruler, with as many digits as neighbouring ticks need. */
function tickTime(ns: number, step: number): string {
  if (ns === 0) return '0';
  const [unit, name] = ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms'] : ns >= 1e3 ? [1e3, 'µs'] : [1, 'ns'];
  return `${Number((ns / unit).toFixed(Math.max(0, Math.ceil(Math.log10(unit / step)))))} ${name}`;
}

/** Ruler ticks in view, at least `spacing` pixels apart, none inside a fold. */
export function ticks(axis: Axis, view: View, width: number, spacing: number): Tick[] {
  const found: Tick[] = [];
  const step = Math.max(axis.kind === 'steps' ? 1 : 0, niceStep(spacing / view.scale));
  if (axis.kind === 'steps') {
    const from = Math.max(0, Math.floor(toPos(view, 0) / step) * step);
    for (let seq = from; seq <= axis.size; seq += step) {
      const x = toX(view, axis.pos(seq));
      if (x > width) break;
      if (x >= 0) found.push({ x, text: grouped(seq) });
    }
    return found;
  }
  // Between two folds time runs on evenly, so each stretch has its own ticks.
  const { folds } = axis;
  const end = axis.size ? toPos(view, width) : 0;
  let last = Number.NEGATIVE_INFINITY;
  for (let i = -1; i < folds.from.length; i++) {
    const from = i < 0 ? 0 : folds.to[i]!;
    const to = folds.from[i + 1] ?? Number.POSITIVE_INFINITY;
    if (withFolds(folds, from) > end) break;
    const lowPos = Math.max(withFolds(folds, from), toPos(view, 0));
    const first = Math.ceil((from + (lowPos - withFolds(folds, from))) / step) * step;
    for (let time = first; time < to; time += step) {
      const pos = withFolds(folds, time);
      if (pos > end || pos > axis.length) break;
      const x = toX(view, pos);
      if (x >= 0 && x - last >= spacing * 0.8) {
        found.push({ x, text: tickTime(time, step) });
        last = x;
      }
    }
  }
  return found;
}

/** Folds in view. */
export function foldMarks(reader: TraceReader, axis: Axis, view: View, width: number, measure: (text: string) => number): FoldMark[] {
  const { folds } = axis;
  const found: FoldMark[] = [];
  let taken = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < folds.from.length; i++) {
    const x = toX(view, folds.at[i]!);
    const size = folds.width * view.scale;
    if (x > width) break;
    if (x + size < 0) continue;
    const words = wordsOf(reader, axis, i);
    const fits = (candidate: string) => measure(candidate) <= size + 8 && x + (size - measure(candidate)) / 2 >= taken + 6;
    const text = [...words.texts, '⋯'].find(fits) ?? '';
    if (text) taken = x + (size + measure(text)) / 2;
    found.push({ x, width: size, text, sentence: words.sentence });
  }
  return found;
}

/** Worked out when a fold comes into view, once. */
function wordsOf(reader: TraceReader, { folds }: Axis, i: number): { texts: string[]; sentence: string } {
  folds.words ??= [];
  const [from, to] = [folds.from[i]!, folds.to[i]!];
  folds.words[i] ??= gapWords(reader, duration(to - from), to - from, loopInGap(reader, from, to));
  return folds.words[i];
}

/** Takes the text from ticks that would run into the text of a fold. */
export function clearTicks(found: readonly Tick[], folds: readonly FoldMark[], measure: (text: string) => number): readonly Tick[] {
  if (folds.length === 0) return found;
  return found.map((tick) => {
    const half = measure(tick.text) / 2 + 6;
    const hit = folds.some((fold) => {
      const reach = measure(fold.text) / 2;
      return fold.text !== '' && Math.abs(fold.x + fold.width / 2 - tick.x) < half + reach;
    });
    return hit ? { ...tick, text: '' } : tick;
  });
}
