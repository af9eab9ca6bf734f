import type { TraceReader } from '../../../src/contracts/trace-model';
import { type Folds, unfold, withFolds } from './folds';

/**
 * Where steps lie along the horizontal axis, in units of the axis itself (steps, or nanoseconds with long stretches without a step folded).
 * Pixels come from a View. Positions never decrease with the step.
 */
export interface Axis {
  kind: 'steps' | 'time';
  /** Number of events. */
  size: number;
  /** Length of the whole run in units. */
  length: number;
  /** Position of step `seq`, 0..size. */
  pos(seq: number): number;
  /** The first step at or after a position; size + 1 when there is none. */
  seqAt(pos: number): number;
  folds: Folds;
}

/** Part of the axis that is looked at. */
export interface View {
  /** Position at the left edge, in units. */
  scroll: number;
  /** Pixels per unit. */
  scale: number;
}

const NO_FOLDS: Folds = { from: [], to: [], at: [], width: 0, saved: [] };

/** Every event has the same width; step 0 ("before anything") has its own place at the left. */
export function stepsAxis(size: number): Axis {
  return {
    kind: 'steps',
    size,
    length: size + 1,
    pos: (seq) => seq + 0.5,
    seqAt: (pos) => Math.min(size + 1, Math.max(0, Math.ceil(pos - 0.5))),
    folds: NO_FOLDS,
  };
}

/** Width is time; stretches as given are folded to a fixed width. */
export function timeAxis(reader: Pick<TraceReader, 'size' | 'time'>, folds: Folds): Axis {
  const size = reader.size;
  const pos = (seq: number) => (seq <= 0 || size === 0 ? 0 : withFolds(folds, reader.time(Math.min(seq, size))));
  return {
    kind: 'time',
    size,
    length: Math.max(1, size ? pos(size) : 1),
    pos,
    seqAt(target) {
      if (target <= 0) return 0;
      const time = unfold(folds, target);
      let low = 1;
      let high = size + 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (reader.time(middle) < time) low = middle + 1;
        else high = middle;
      }
      return low;
    },
    folds,
  };
}

/** Pixel of a position. */
export const toX = (view: View, pos: number): number => (pos - view.scroll) * view.scale;
/** Position of a pixel. */
export const toPos = (view: View, x: number): number => view.scroll + x / view.scale;

/** Room kept free at both ends, so that the first and last marks are not cut. */
const MARGIN = 16;

/** Shows the whole run. */
export function fitView(axis: Axis, width: number): View {
  const room = Math.max(1, width - 2 * MARGIN);
  const scale = room / axis.length;
  return { scroll: -MARGIN / scale, scale };
}

/** The view a trace opens with: each step wide enough to be read, the whole run if it is short. */
export function openingView(axis: Axis, width: number): View {
  const fit = fitView(axis, width);
  if (axis.kind === 'time' || fit.scale >= COMFORTABLE)
    return { scroll: fit.scroll, scale: Math.min(fit.scale, axis.kind === 'steps' ? 64 : fit.scale) };
  return { scroll: -MARGIN / COMFORTABLE, scale: COMFORTABLE };
}
const COMFORTABLE = 36;

/** Zooms by a factor around a pixel, between the whole run and 120 px a step (time: 1 px a nanosecond). */
export function zoomAt(axis: Axis, view: View, width: number, x: number, factor: number): View {
  const fit = fitView(axis, width);
  const least = Math.min(fit.scale, axis.kind === 'steps' ? COMFORTABLE : fit.scale);
  const most = Math.max(least, axis.kind === 'steps' ? 120 : 1);
  const scale = Math.min(most, Math.max(least, view.scale * factor));
  return clampView(axis, { scroll: toPos(view, x) - x / scale, scale }, width);
}

/** Moves a view back so that the run stays in it. */
export function clampView(axis: Axis, view: View, width: number): View {
  const pad = MARGIN / view.scale;
  const span = width / view.scale;
  const low = -pad;
  const high = Math.max(low, axis.length + pad - span);
  return { scroll: Math.min(high, Math.max(low, view.scroll)), scale: view.scale };
}

/** Scrolls as little as needed so that a step is inside the middle part of the view. */
export function reveal(axis: Axis, view: View, width: number, seq: number): View {
  const margin = Math.min(width / 4, 96);
  const x = toX(view, axis.pos(seq));
  if (x >= margin && x <= width - margin) return clampView(axis, view, width);
  const wanted = x < margin ? margin : width - margin;
  return clampView(axis, { scroll: axis.pos(seq) - wanted / view.scale, scale: view.scale }, width);
}

/** The view of another axis that shows about what `view` shows: the same step in the middle, the same share of the run. */
export function viewOnAxis(from: Axis, to: Axis, view: View, width: number): View {
  const part = width / view.scale / from.length;
  const middle = from.seqAt(toPos(view, width / 2));
  const scale = Math.max(fitView(to, width).scale, width / (part * to.length));
  const centre = to.pos(Math.max(0, Math.min(middle, to.size)));
  return clampView(to, { scroll: centre - width / scale / 2, scale }, width);
}
