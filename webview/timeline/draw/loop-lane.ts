import type { Theme } from '../../kit/theme';
import type { Lane } from '../layout/scene';

const TOP = 6;
const HIGH = 8;
/** Distance of the lines of a hatching. */
const HATCH = 4;

/** Paints when an event loop was busy (filled), waited for events (empty), or both in an order that nobody knows (hatched, as high as it was busy). */
export function paintLoop(ctx: CanvasRenderingContext2D, lane: Lane, theme: Theme): void {
  if (lane.loop.length === 0) return;
  const top = lane.y + TOP;
  const base = top + HIGH;
  ctx.fillStyle = theme.faint;
  ctx.globalAlpha = theme.highContrast ? 1 : 0.55;
  ctx.beginPath();
  for (const piece of lane.loop) {
    if (piece.kind === 'busy') ctx.rect(piece.x, top, Math.max(1, piece.width), HIGH);
    // The line on which it stands: here the loop is known.
    else if (piece.kind !== 'unknown') ctx.rect(piece.x, base - 1, piece.width, 1);
  }
  ctx.fill();
  const mixed = lane.loop.filter(({ kind }) => kind === 'both');
  if (mixed.length > 0) paintHatching(ctx, mixed, base, theme);
  ctx.globalAlpha = 1;
}

function paintHatching(ctx: CanvasRenderingContext2D, pieces: Lane['loop'], base: number, theme: Theme): void {
  ctx.save();
  ctx.beginPath();
  for (const piece of pieces) {
    const high = Math.max(3, Math.round(piece.busy * HIGH));
    ctx.rect(piece.x, base - high, piece.width, high);
  }
  ctx.clip();
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.beginPath();
  const from = Math.floor(pieces[0]!.x / HATCH) * HATCH - HIGH;
  const last = pieces.at(-1)!;
  for (let x = from; x < last.x + last.width; x += HATCH) {
    ctx.moveTo(x, base);
    ctx.lineTo(x + HIGH, base - HIGH);
  }
  ctx.stroke();
  ctx.restore();
}
