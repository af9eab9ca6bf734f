import type { Theme } from '../../kit/theme';
import { type Arrow, curveOf } from '../layout/arrows';

const HEAD = 6;

/** Paints arrows: faint, except those of the current step; each says in words what moved. */
export function paintArrows(ctx: CanvasRenderingContext2D, arrows: readonly Arrow[], theme: Theme): void {
  const ordered = arrows.some((arrow) => arrow.strong) ? [...arrows].sort((a, b) => Number(a.strong) - Number(b.strong)) : arrows;
  for (const arrow of ordered) {
    const colour = arrow.kind === 'reset' ? theme.error : arrow.strong ? theme.accent : theme.faint;
    ctx.globalAlpha = arrow.strong || theme.highContrast ? 1 : 0.6;
    ctx.strokeStyle = colour;
    ctx.lineWidth = arrow.strong ? 2 : 1;
    const { c1, c2 } = curveOf(arrow);
    // The line stops short of the mark, where the head begins.
    const down = arrow.y2 > arrow.y1;
    const tipX = arrow.x2 - 4;
    const tipY = arrow.y2 + (down ? -6 : 6);
    ctx.beginPath();
    ctx.moveTo(arrow.x1, arrow.y1 + (down ? 6 : -6));
    ctx.bezierCurveTo(c1, arrow.y1 + (down ? 10 : -10), Math.min(c2, tipX), tipY + (down ? -14 : 14), tipX, tipY);
    ctx.stroke();
    ctx.fillStyle = colour;
    ctx.beginPath();
    ctx.moveTo(tipX + 1, tipY + (down ? 2 : -2));
    ctx.lineTo(tipX - HEAD / 2 - 1, tipY + (down ? -HEAD : HEAD));
    ctx.lineTo(tipX + HEAD / 2 + 1, tipY + (down ? -HEAD : HEAD));
    ctx.closePath();
    ctx.fill();
  }
  ctx.globalAlpha = 1;
  ctx.font = theme.fontSmall;
  ctx.textBaseline = 'middle';
  for (const arrow of ordered) {
    if (!arrow.text) continue;
    const width = ctx.measureText(arrow.text).width + 8;
    ctx.fillStyle = theme.background;
    ctx.fillRect(arrow.textX, arrow.textY, width, 16);
    ctx.fillStyle = arrow.kind === 'reset' ? theme.error : arrow.strong ? theme.text : theme.faint;
    ctx.fillText(arrow.text, arrow.textX + 4, arrow.textY + 8);
  }
  ctx.textBaseline = 'alphabetic';
}
