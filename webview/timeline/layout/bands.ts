import type { Provenance, SocketStateName } from '../../../src/contracts/trace';

/** One state of a socket, from one step to the next change. */
export interface StateSpan {
  state: SocketStateName;
  /** Step of the change; the band lasts until before `to`. */
  from: number;
  to: number;
  provenance: Provenance;
}

/** A piece of band as drawn. */
export interface Band {
  x: number;
  width: number;
  state: SocketStateName;
  provenance: Provenance;
  /** What is written inside; empty when it does not fit. */
  text: string;
  textX: number;
  /** False where it goes on outside the view. */
  startsHere: boolean;
  endsHere: boolean;
}

const PAD = 5;

/** Shorter names that `ss` and `netstat` print, for narrow bands. */
const SHORT: Partial<Record<SocketStateName, string>> = { ESTABLISHED: 'ESTAB', SYN_RECEIVED: 'SYN_RECV' };

/**
 * Bands of the spans that lie in [0, width], with names that fit and stay in view while their band does.
 * @param x pixel of a step
 */
export function layoutBands(
  spans: readonly StateSpan[],
  x: (seq: number) => number,
  width: number,
  measure: (text: string) => number,
): Band[] {
  const bands: Band[] = [];
  for (const span of spans) {
    const left = x(span.from);
    const right = x(span.to);
    if (right < 0 || left > width) continue;
    const from = Math.max(left, -4);
    const to = Math.min(right, width + 4);
    // Beside the mark of the change, or at the edge of the view.
    const textX = left >= 0 ? left + PAD + 3 : PAD;
    const room = Math.min(right, width) - textX - PAD;
    const text = [span.state, SHORT[span.state] ?? ''].find((name) => name && measure(name) <= room) ?? '';
    bands.push({
      x: from,
      width: Math.max(1, to - from),
      state: span.state,
      provenance: span.provenance,
      text,
      textX,
      startsHere: left >= 0,
      endsHere: right <= width,
    });
  }
  return bands;
}
