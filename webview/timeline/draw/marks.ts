import type { Theme } from '../../kit/theme';
import type { Mark } from '../layout/scene';

const R = 5;

/**
 * Paints one event. The shape says what it is and where the fact comes from: a call is a circle, filled when observed,
 * hollow when derived, dashed when a model; a kernel reading is a square; a fault that was put in is a triangle. A failure has
 * a cross, so that red is not its only sign.
 */
export function paintMark(ctx: CanvasRenderingContext2D, mark: Mark, theme: Theme, current: boolean): void {
  const { x, y } = mark;
  // What was put in has a colour of its own beside its shape and its word, so that nobody takes it for what happened by itself.
  const colour = mark.kind === 'fault' ? theme.tones.waiting : mark.failed ? theme.error : current ? theme.accent : theme.text;
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.5;
  if (mark.provenance === 'model') ctx.setLineDash([2, 2]);
  ctx.beginPath();
  switch (shapeOf(mark)) {
    case 'square':
      ctx.rect(x - 4, y - 4, 8, 8);
      break;
    case 'triangle':
      ctx.moveTo(x, y - R);
      ctx.lineTo(x + R, y + 4);
      ctx.lineTo(x - R, y + 4);
      ctx.closePath();
      break;
    case 'diamond': {
      const r = mark.kind === 'state' ? 4 : R;
      ctx.moveTo(x, y - r);
      ctx.lineTo(x + r, y);
      ctx.lineTo(x, y + r);
      ctx.lineTo(x - r, y);
      ctx.closePath();
      break;
    }
    case 'bar':
      ctx.rect(x - 1.5, y - 4, 3, 8);
      break;
    case 'lines':
      for (const dy of [-3, 0, 3]) ctx.rect(x - 4, y + dy - 0.5, dy === 3 ? 5 : 8, 1);
      break;
    case 'stop':
      ctx.rect(x - 4.5, y - 4.5, 9, 9);
      break;
    case 'circle':
      ctx.arc(x, y, R - 0.5, 0, Math.PI * 2);
      break;
  }
  if (mark.provenance === 'observed' || mark.provenance === 'injected') ctx.fill();
  else {
    ctx.fillStyle = theme.background;
    ctx.fill();
    ctx.stroke();
  }
  ctx.setLineDash([]);
  if (mark.failed) paintCross(ctx, x, y, mark.provenance === 'observed' ? theme.background : theme.error);
  ctx.globalAlpha = 1;
  if (current) {
    ctx.strokeStyle = theme.accent;
    ctx.lineWidth = 2;
    ctx.beginPath();
    ctx.arc(x, y, mark.kind === 'state' ? R + 2 : R + 4, 0, Math.PI * 2);
    ctx.stroke();
  }
}

/** Shape of a mark. */
export function shapeOf(mark: Pick<Mark, 'kind' | 'provenance'>): 'circle' | 'square' | 'triangle' | 'diamond' | 'bar' | 'lines' | 'stop' {
  if (mark.provenance === 'kernel' || mark.kind === 'kernel') return 'square';
  if (mark.provenance === 'injected' || mark.kind === 'fault') return 'triangle';
  switch (mark.kind) {
    case 'state':
    case 'api':
      return 'diamond';
    case 'buffer':
      return 'bar';
    case 'output':
      return 'lines';
    case 'exit':
      return 'stop';
    case 'call':
      return 'circle';
  }
}

function paintCross(ctx: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x - 2, y - 2);
  ctx.lineTo(x + 2, y + 2);
  ctx.moveTo(x + 2, y - 2);
  ctx.lineTo(x - 2, y + 2);
  ctx.stroke();
}
