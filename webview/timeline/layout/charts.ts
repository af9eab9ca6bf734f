import type { BufferName } from '../../../src/contracts/trace';
import { type Axis, toPos, toX, type View } from './axis';
import { gallop, lowerBound } from './search';

/** Readings of one buffer of a socket, in order; each holds until the next. */
export interface Series {
  buffer: BufferName;
  seqs: number[];
  /** Bytes (connections for the accept queue). */
  values: number[];
  max: number;
}

/** A buffer's track under the band of its socket. */
export interface Chart {
  buffer: BufferName;
  /** Share of the largest reading, 0..1, over a stretch of pixels. */
  bars: { x: number; width: number; part: number }[];
  /** Reading at the current step; null when there was none yet, and when the socket is closed. */
  now: number | null;
  max: number;
}

/** Height of a track in CSS pixels. */
export const TRACK_HEIGHT = 24;

/**
 * Bars of a series in view, up to the step at which its socket was closed (`death`), with which its buffers are gone: one for each reading, or the largest reading of each pixel when there are more readings than pixels.
 */
export function layoutChart(series: Series, axis: Axis, view: View, width: number, step: number, death: number | null = null): Chart {
  const { seqs, values, max } = series;
  const bars: Chart['bars'] = [];
  const x = (seq: number) => toX(view, axis.pos(seq));
  const add = (from: number, to: number, value: number) => {
    if (value > 0 && to > from && max > 0) bars.push({ x: from, width: to - from, part: value / max });
  };
  const low = Math.max(0, lowerBound(seqs, axis.seqAt(toPos(view, 0))) - 1);
  const high = Math.min(seqs.length, lowerBound(seqs, axis.seqAt(toPos(view, width)) + 1, low));
  const end = Math.min(width, death === null ? toX(view, axis.length) : x(death));
  if (high - low <= width) {
    for (let i = low; i < high; i++) add(Math.max(0, x(seqs[i]!)), i + 1 < seqs.length ? Math.min(end, x(seqs[i + 1]!)) : end, values[i]!);
  } else {
    let at = low;
    let last = values[low] ?? 0;
    for (let column = 0; column < end; column++) {
      const next = gallop(seqs, axis.seqAt(toPos(view, column + 1)), at, high);
      let most = last;
      for (; at < next; at++) {
        last = values[at]!;
        if (last > most) most = last;
      }
      add(column, column + 1, most);
    }
  }
  return { buffer: series.buffer, bars, now: readingOf(series, step, death), max };
}

/** The reading of a buffer at a step; null when there was none yet, and when its socket is closed. */
export function readingOf({ seqs, values }: Series, step: number, death: number | null): number | null {
  const i = lowerBound(seqs, step + 1) - 1;
  return i >= 0 && !(death !== null && step >= death) ? values[i]! : null;
}
