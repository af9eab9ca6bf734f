import type { Theme } from '../../kit/theme';
import type { Missed } from '../layout/missed';
import { paintCross, paintHead } from './arrows';
import { rimmed } from './canvas';

/**
 * Paints datagrams that did not arrive. The end says what became of each: a cross where it was lost or a fault threw it
 * away, a bar where it was refused, with the answer's way back dashed.
 */
export function paintMissed(ctx: CanvasRenderingContext2D, all: readonly Missed[], theme: Theme): void {
  const ordered = all.some(({ strong }) => strong) ? [...all].sort((a, b) => Number(a.strong) - Number(b.strong)) : all;
  for (const missed of ordered) {
    const colour = colourOf(missed, theme);
    ctx.globalAlpha = missed.strong || theme.highContrast ? 1 : 0.75;
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = missed.strong ? 2 : 1;
    paintWay(ctx, missed);
    if (missed.fate === 'refused') paintBar(ctx, missed);
    else paintCross(ctx, missed.endX, missed.endY);
  }
  const write = rimmed(ctx, theme);
  for (const missed of ordered) write(missed.text, missed.textX, missed.textY, colourOf(missed, theme));
  ctx.textBaseline = 'alphabetic';
}

function colourOf({ fate }: Missed, theme: Theme): string {
  return fate === 'dropped' ? theme.tones.waiting : theme.error;
}

function paintWay(ctx: CanvasRenderingContext2D, { x, y, endX, endY, back, fate }: Missed): void {
  const way = endY > y ? 1 : -1;
  const stop = endY - (fate === 'refused' ? 2 : 4) * way;
  ctx.beginPath();
  ctx.moveTo(x, y + 6 * way);
  ctx.quadraticCurveTo(x + 2, stop - 4 * way, endX - (back ? 3 : 2), stop);
  ctx.stroke();
  if (!back) return;
  ctx.setLineDash([3, 3]);
  ctx.beginPath();
  ctx.moveTo(endX + 3, stop);
  ctx.quadraticCurveTo(back.x - 2, stop - 4 * way, back.x, back.y + 12 * way);
  ctx.stroke();
  ctx.setLineDash([]);
  paintHead(ctx, back.x, back.y + 7 * way, way < 0);
}

function paintBar(ctx: CanvasRenderingContext2D, { endX, endY }: Missed): void {
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(endX - 7, endY);
  ctx.lineTo(endX + 7, endY);
  ctx.stroke();
}
