import { type Arrow, boxOfArrow } from '../layout/arrows';
import type { Box } from '../layout/labels';
import { boxOfMissed, type Missed } from '../layout/missed';
import type { Lane } from '../layout/scene';
import type { PaintInput } from './lanes';

/** The parts of a picture that are painted again, in CSS pixels of the canvas; the rest stays. Whole pixels of the screen, so that no edge is blended twice. */
export class Damage {
  readonly boxes: Box[] = [];

  constructor(private readonly ratio: number) {}

  add(x: number, y: number, width: number, height: number): void {
    const { ratio } = this;
    const left = Math.floor(x * ratio) / ratio;
    const top = Math.floor(y * ratio) / ratio;
    this.boxes.push({
      x: left,
      y: top,
      width: Math.ceil((x + width) * ratio) / ratio - left,
      height: Math.ceil((y + height) * ratio) / ratio - top,
    });
  }

  clip(ctx: CanvasRenderingContext2D): void {
    ctx.beginPath();
    for (const { x, y, width, height } of this.boxes) ctx.rect(x, y, width, height);
    ctx.clip();
  }

  /** Whether any part of a box is painted again. */
  touches(x: number, y: number, width: number, height: number): boolean {
    return this.boxes.some((box) => box.x < x + width && x < box.x + box.width && box.y < y + height && y < box.y + box.height);
  }

  /** The stretch of some lines in which something is painted again, from the first to the last; null when nothing is. */
  stretch(y: number, height: number, from: number): { from: number; to: number } | null {
    let left = Number.POSITIVE_INFINITY;
    let right = from;
    for (const box of this.boxes) {
      if (box.y >= y + height || y >= box.y + box.height || box.x + box.width <= from) continue;
      left = Math.min(left, box.x);
      right = Math.max(right, box.x + box.width);
    }
    return left < right ? { from: left, to: right } : null;
  }
}

/** What differs between a picture and the next one at another step; null when all of it may. */
export function damageOf(before: PaintInput, now: PaintInput, ratio: number): Damage | null {
  const [old, scene] = [before.scene, now.scene];
  const { frame } = now;
  if (before.theme !== now.theme || before.frame !== frame || old.lanes.length !== scene.lanes.length) return null;
  if (!old.basis.every((one, i) => Object.is(one, scene.basis[i])) || JSON.stringify(old.end) !== JSON.stringify(scene.end)) return null;
  const damage = new Damage(ratio);
  damage.add(0, 0, frame.width, frame.ruler);
  const plot = (x: number, y: number, width: number, height: number) => damage.add(frame.gutter + x, frame.ruler + y, width, height);
  for (const [i, lane] of scene.lanes.entries()) {
    const other = old.lanes[i]!;
    if (other === lane) continue;
    if (other.y !== lane.y || other.height !== lane.height) return null;
    // The same marks: only the readings of its buffers changed, and they stand at the left.
    damage.add(0, frame.ruler + lane.y, other.marks === lane.marks ? frame.gutter : frame.width, lane.height);
  }
  for (const { cursorX } of [old, scene]) plot(Math.round(cursorX) - 1, 0, 2, scene.height);
  for (const { seq, lanes } of [
    { seq: before.hover, lanes: old.lanes },
    { seq: now.hover, lanes: scene.lanes },
  ])
    if (before.hover !== now.hover) for (const mark of marksAt(lanes, seq)) plot(mark.x - 10, mark.y - 10, 20, 20);
  const size = (text: string) => now.measure(text);
  for (const arrow of unlike(old.arrows, scene.arrows)) addBoxes(plot, boxOfArrow(arrow, size));
  for (const missed of unlike(old.missed, scene.missed)) addBoxes(plot, boxOfMissed(missed, size));
  return damage;
}

function marksAt(lanes: readonly Lane[], seq: number | null) {
  return seq === null ? [] : lanes.flatMap((lane) => lane.marks.filter((mark) => mark.seq === seq));
}

function addBoxes(add: (x: number, y: number, width: number, height: number) => void, boxes: readonly Box[]): void {
  for (const { x, y, width, height } of boxes) add(x, y, width, height);
}

/** What is in one list and not in the other. */
function unlike<T extends Arrow | Missed>(a: readonly T[], b: readonly T[]): T[] {
  const keyed = (list: readonly T[]) => new Map(list.map((one) => [JSON.stringify(one), one]));
  const [first, second] = [keyed(a), keyed(b)];
  const found: T[] = [];
  for (const [key, one] of first) if (!second.has(key)) found.push(one);
  for (const [key, one] of second) if (!first.has(key)) found.push(one);
  return found;
}
