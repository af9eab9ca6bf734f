import type { Theme } from '../../kit/theme';
import type { Minimap } from '../layout/minimap';

/** Paints the whole run once; the window and cursor are painted over a copy of it. */
export function paintMinimap(ctx: CanvasRenderingContext2D, map: Minimap, theme: Theme, width: number, height: number): void {
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, width, height);
  const cellWidth = width / map.columns;
  const top = 8;
  const cellHeight = (height - top - 4) / map.lines;
  ctx.globalAlpha = theme.highContrast ? 0.25 : 1;
  for (const fold of map.folds) {
    ctx.fillStyle = theme.line;
    ctx.fillRect(fold.from * cellWidth, 0, Math.max(1, (fold.to - fold.from) * cellWidth), height);
  }
  ctx.fillStyle = theme.text;
  ctx.globalAlpha = 0.55;
  ctx.beginPath();
  for (let line = 0; line < map.lines; line++) {
    let start = -1;
    for (let column = 0; column <= map.columns; column++) {
      const on = column < map.columns && map.cells[line * map.columns + column] === 1;
      if (on && start < 0) start = column;
      if (on || start < 0) continue;
      ctx.rect(start * cellWidth, top + line * cellHeight, (column - start) * cellWidth, Math.max(1, cellHeight - 1));
      start = -1;
    }
  }
  ctx.fill();
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.error;
  ctx.beginPath();
  for (const column of map.failures) {
    const x = (column + 0.5) * cellWidth;
    ctx.moveTo(x - 3, 1);
    ctx.lineTo(x + 3, 1);
    ctx.lineTo(x, 6);
  }
  ctx.fill();
}

/** Paints the window (pixels from..to) and the cursor. */
export function paintWindow(ctx: CanvasRenderingContext2D, theme: Theme, from: number, to: number, cursor: number, height: number): void {
  ctx.fillStyle = theme.text;
  ctx.globalAlpha = theme.highContrast ? 0 : 0.1;
  ctx.fillRect(from, 0, to - from, height);
  ctx.globalAlpha = 1;
  ctx.strokeStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.strokeRect(Math.round(from) + 0.5, 0.5, Math.max(2, Math.round(to - from) - 1), height - 1);
  ctx.fillStyle = theme.accent;
  ctx.fillRect(Math.round(cursor) - 1, 0, 2, height);
}
