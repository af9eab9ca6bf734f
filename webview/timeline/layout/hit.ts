import { type Axis, toPos, toX, type View } from './axis';
import type { Lane, Scene } from './scene';
import { lowerBound } from './search';

/** What is under the pointer. */
export type Hit = { kind: 'mark'; seq: number; lane: Lane } | { kind: 'lane'; lane: Lane } | { kind: 'ruler'; seq: number } | null;

/** How far from a mark a click still counts, in pixels. */
const REACH = 10;

/** Finds what is at a point of the plot; y below 0 is the ruler. */
export function hitTest(scene: Scene, axis: Axis, view: View, x: number, y: number): Hit {
  if (y < 0) return { kind: 'ruler', seq: nearestStep(axis, view, x) };
  const lane = scene.lanes.find((candidate) => y >= candidate.y && y < candidate.y + candidate.height);
  if (!lane) return null;
  if (lane.row.kind === 'loop') return { kind: 'lane', lane };
  if (lane.dense) {
    const seq = nearestEvent(lane.events, axis, view, x);
    return seq !== null && Math.abs(toX(view, axis.pos(seq)) - x) <= REACH ? { kind: 'mark', seq, lane } : { kind: 'lane', lane };
  }
  let best: { seq: number; distance: number } | null = null;
  for (const mark of lane.marks) {
    const overText = mark.text !== '' && x >= mark.textX && x <= mark.textX + Math.max(1, mark.text.length * 6) && y < mark.textY + 3;
    const distance = overText ? 1 : Math.abs(mark.x - x) + Math.abs(mark.y - y) / 4;
    if (distance <= REACH && (!best || distance < best.distance)) best = { seq: mark.seq, distance };
  }
  return best ? { kind: 'mark', seq: best.seq, lane } : { kind: 'lane', lane };
}

/** The step nearest to a pixel of the ruler. */
export function nearestStep(axis: Axis, view: View, x: number): number {
  const pos = toPos(view, x);
  const after = Math.min(axis.size, axis.seqAt(pos));
  const before = Math.max(0, after - 1);
  return pos - axis.pos(before) < axis.pos(after) - pos ? before : after;
}

/** The event of a sorted list nearest to a pixel; null for an empty list. */
export function nearestEvent(events: ArrayLike<number>, axis: Axis, view: View, x: number): number | null {
  if (events.length === 0) return null;
  const pos = toPos(view, x);
  const i = lowerBound(events, axis.seqAt(pos));
  const after = events[Math.min(i, events.length - 1)]!;
  const before = events[Math.max(0, i - 1)]!;
  return Math.abs(axis.pos(after) - pos) < Math.abs(axis.pos(before) - pos) ? after : before;
}
