import type { Theme } from '../../kit/theme';
import { type Arrow, curveOf } from '../layout/arrows';
import { rimmed } from './canvas';

const HEAD = 6;
/** How much is drawn of an arrow whose other end is out of view. */
const STUB = 24;

/** Paints arrows: faint, except those of the current step; each says in words what moved. */
export function paintArrows(ctx: CanvasRenderingContext2D, arrows: readonly Arrow[], theme: Theme): void {
  const ordered = arrows.some((arrow) => arrow.strong) ? [...arrows].sort((a, b) => Number(a.strong) - Number(b.strong)) : arrows;
  for (const arrow of ordered) {
    const colour = colourOf(arrow, theme);
    ctx.globalAlpha = arrow.strong || theme.highContrast ? 1 : 0.6;
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.lineWidth = arrow.strong ? 2 : 1;
    if (arrow.stub) paintStub(ctx, arrow);
    else paintWhole(ctx, arrow);
  }
  const write = rimmed(ctx, theme);
  for (const arrow of ordered) {
    const colour = arrow.dropped || arrow.kind === 'reset' ? colourOf(arrow, theme) : arrow.strong ? theme.text : theme.faint;
    write(arrow.text, arrow.textX + 4, arrow.textY + 8, colour);
  }
  ctx.textBaseline = 'alphabetic';
}

function colourOf(arrow: Arrow, theme: Theme): string {
  if (arrow.dropped) return theme.tones.waiting;
  return arrow.kind === 'reset' ? theme.error : arrow.strong ? theme.accent : theme.faint;
}

function paintWhole(ctx: CanvasRenderingContext2D, arrow: Arrow): void {
  const { c1, c2 } = curveOf(arrow);
  // The line stops short of the mark, where the head begins.
  const down = arrow.y2 > arrow.y1;
  const tipX = arrow.x2 - 4;
  const tipY = arrow.y2 + (down ? -6 : 6);
  ctx.beginPath();
  ctx.moveTo(arrow.x1, arrow.y1 + (down ? 6 : -6));
  ctx.bezierCurveTo(c1, arrow.y1 + (down ? 10 : -10), Math.min(c2, tipX), tipY + (down ? -14 : 14), tipX, tipY);
  ctx.stroke();
  if (arrow.dropped) paintCross(ctx, tipX, tipY);
  else paintHead(ctx, tipX, tipY, down);
}

/** The end in view alone, dotted where it goes on: the other end is in a lane above or below. */
function paintStub(ctx: CanvasRenderingContext2D, arrow: Arrow): void {
  const down = arrow.y2 > arrow.y1;
  const way = down ? 1 : -1;
  ctx.setLineDash([2, 3]);
  ctx.beginPath();
  if (arrow.stub === 'from') {
    ctx.moveTo(arrow.x1 + 3, arrow.y1 + 6 * way);
    ctx.quadraticCurveTo(arrow.x1 + 6, arrow.y1 + 14 * way, arrow.x1 + 7, arrow.y1 + STUB * way);
    ctx.stroke();
    ctx.setLineDash([]);
    return;
  }
  const tipX = arrow.x2 - 4;
  const tipY = arrow.y2 - 6 * way;
  ctx.moveTo(tipX, tipY);
  ctx.quadraticCurveTo(tipX - 2, tipY - 10 * way, tipX - 3, tipY - STUB * way);
  ctx.stroke();
  ctx.setLineDash([]);
  if (arrow.dropped) paintCross(ctx, tipX, tipY);
  else paintHead(ctx, tipX, tipY, down);
}

/** The end of one that was lost or thrown away. */
export function paintCross(ctx: CanvasRenderingContext2D, x: number, y: number): void {
  ctx.lineWidth = 2;
  ctx.beginPath();
  ctx.moveTo(x - 4, y - 4);
  ctx.lineTo(x + 4, y + 4);
  ctx.moveTo(x + 4, y - 4);
  ctx.lineTo(x - 4, y + 4);
  ctx.stroke();
}

/** The head of an arrow, with its tip here. */
export function paintHead(ctx: CanvasRenderingContext2D, x: number, y: number, down: boolean): void {
  ctx.beginPath();
  ctx.moveTo(x + 1, y + (down ? 2 : -2));
  ctx.lineTo(x - HEAD / 2 - 1, y + (down ? -HEAD : HEAD));
  ctx.lineTo(x + HEAD / 2 + 1, y + (down ? -HEAD : HEAD));
  ctx.closePath();
  ctx.fill();
}
