import type { TraceReader } from '../../../src/contracts/trace-model';
import { type Theme, toneOf } from '../../kit/theme';
import { boxOfArrow } from '../layout/arrows';
import type { Band } from '../layout/bands';
import { TRACK_HEIGHT } from '../layout/charts';
import type { Dense } from '../layout/dense';
import type { Box } from '../layout/labels';
import { SOCKET_HEIGHT } from '../layout/lanes';
import type { EndMark } from '../layout/run-end';
import { BAND_HEIGHT, BAND_Y, type Lane, MARK_Y, type Scene } from '../layout/scene';
import { grouped } from '../layout/ticks';
import { titleOf } from '../layout/titles';
import { paintArrows } from './arrows';
import { elide, rimmed } from './canvas';
import { chartText, paintCharts } from './charts';
import type { Damage } from './damage';
import { paintLoop } from './loop-lane';
import { paintMark } from './marks';
import { paintMissed } from './missed';

/** Where things are on the canvas, in CSS pixels. */
export interface Frame {
  gutter: number;
  ruler: number;
  width: number;
  height: number;
}

export interface PaintInput {
  reader: TraceReader;
  scene: Scene;
  theme: Theme;
  frame: Frame;
  hover: number | null;
  measure: (text: string) => number;
  measureBold: (text: string) => number;
  /** Width of a text in the font of the names of sockets. */
  measureName: (text: string) => number;
}

/** A stretch of a lane, x in pixels of the plot. */
interface Stretch {
  from: number;
  to: number;
}
const WHOLE: Stretch = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const within = ({ from, to }: Stretch, x: number, width: number) => x < to && x + width > from;

/**
 * Paints the picture from its layout; nothing is computed here that a test of the layout could not see.
 * @param damage the parts that are painted; null for all of it
 */
export function paintScene(ctx: CanvasRenderingContext2D, input: PaintInput, damage: Damage | null = null): void {
  const { scene, theme, frame, measure } = input;
  ctx.save();
  damage?.clip(ctx);
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, frame.width, frame.height);
  const seen: { lane: Lane; at: Stretch }[] = [];
  for (const lane of scene.lanes) {
    const at = damage ? damage.stretch(frame.ruler + lane.y, lane.height, frame.gutter) : WHOLE;
    if (at) seen.push({ lane, at: { from: at.from - frame.gutter, to: at.to - frame.gutter } });
  }
  const touches = (boxes: readonly Box[]) =>
    !damage || boxes.some(({ x, y, width, height }) => damage.touches(frame.gutter + x, frame.ruler + y, width, height));
  ctx.save();
  ctx.beginPath();
  ctx.rect(frame.gutter, frame.ruler, scene.width, scene.height);
  ctx.clip();
  ctx.translate(frame.gutter, frame.ruler);
  paintGrounds(ctx, input);
  for (const { lane, at } of seen) {
    paintBands(ctx, lane, theme, at);
    paintCharts(ctx, lane, theme);
    paintLoop(ctx, lane, theme);
  }
  if (scene.end) paintEnd(ctx, scene, scene.end, theme);
  paintCursor(ctx, scene, theme);
  paintArrows(
    ctx,
    scene.arrows.filter((arrow) => touches(boxOfArrow(arrow, measure))),
    theme,
  );
  paintMissed(ctx, scene.missed, theme);
  for (const { lane, at } of seen) paintEvents(ctx, lane, input, at);
  if (scene.end?.text) paintEndWords(ctx, scene.end, theme);
  ctx.restore();
  const named = damage ? scene.lanes.filter((lane) => damage.touches(0, frame.ruler + lane.y, frame.gutter, lane.height)) : scene.lanes;
  paintGutter(ctx, input, named);
  paintRuler(ctx, input);
  ctx.restore();
}

function paintGrounds(ctx: CanvasRenderingContext2D, { scene, theme }: PaintInput): void {
  for (const lane of scene.lanes) {
    if (lane.row.kind !== 'socket') {
      ctx.fillStyle = theme.surface;
      ctx.fillRect(0, lane.y, scene.width, lane.height);
    } else if (lane.current) {
      ctx.globalAlpha = 0.5;
      ctx.fillStyle = theme.selection;
      ctx.fillRect(0, lane.y, scene.width, lane.height);
      ctx.globalAlpha = 1;
    }
    ctx.fillStyle = theme.line;
    ctx.globalAlpha = theme.highContrast ? 0.6 : 1;
    ctx.fillRect(0, lane.y + lane.height - 1, scene.width, 1);
    ctx.globalAlpha = 1;
  }
  for (const fold of scene.folds) {
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = theme.surface;
    ctx.fillRect(fold.x, 0, fold.width, scene.height);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = theme.line;
    ctx.setLineDash([4, 4]);
    ctx.strokeRect(fold.x + 0.5, -1, Math.max(1, fold.width - 1), scene.height + 2);
    ctx.setLineDash([]);
  }
}

function paintBands(ctx: CanvasRenderingContext2D, lane: Lane, theme: Theme, at: Stretch): void {
  const y = lane.y + BAND_Y;
  ctx.font = theme.fontSmall;
  ctx.textBaseline = 'middle';
  for (const band of lane.bands) {
    if (!within(at, band.x - 1, band.width + 2)) continue;
    const colour = theme.tones[toneOf(band.state)];
    ctx.fillStyle = colour;
    if (!theme.highContrast || band.provenance === 'observed') {
      ctx.globalAlpha = band.provenance === 'model' ? 0.1 : theme.highContrast ? 0.35 : 0.2;
      ctx.fillRect(band.x, y, band.width, BAND_HEIGHT);
      ctx.globalAlpha = 1;
    }
    paintBandEdge(ctx, band, y, colour);
    if (!band.text) continue;
    ctx.fillStyle = theme.text;
    ctx.fillText(band.text, band.textX, y + BAND_HEIGHT / 2 + 0.5);
  }
  ctx.textBaseline = 'alphabetic';
}

/** Observed: a fill with a left edge only. Derived: outlined. Model: dashed. */
function paintBandEdge(ctx: CanvasRenderingContext2D, band: Band, y: number, colour: string): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  if (band.provenance !== 'observed') {
    if (band.provenance === 'model') ctx.setLineDash([3, 3]);
    ctx.strokeRect(band.x + 0.5, y + 0.5, Math.max(1, band.width - 2), BAND_HEIGHT - 1);
    ctx.setLineDash([]);
  }
  if (band.startsHere) ctx.fillRect(band.x, y, 2, BAND_HEIGHT);
}

function paintEvents(ctx: CanvasRenderingContext2D, lane: Lane, input: PaintInput, at: Stretch): void {
  const { theme, scene, hover } = input;
  if (lane.dense) paintDense(ctx, lane, lane.dense, theme, at);
  paintLeads(ctx, lane, theme);
  ctx.font = theme.fontSmall;
  for (const mark of lane.marks) {
    const left = Math.min(mark.x - 12, mark.text ? mark.textX - 4 : mark.x);
    const right = Math.max(mark.x + 12, mark.text ? mark.textX + input.measure(mark.text) + 4 : mark.x);
    if (!within(at, left, right - left)) continue;
    if (mark.seq !== scene.step) paintMark(ctx, mark, theme, false);
    if (mark.seq === hover) {
      ctx.strokeStyle = theme.faint;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.arc(mark.x, mark.y, 8.5, 0, Math.PI * 2);
      ctx.stroke();
    }
    if (!mark.text) continue;
    if (mark.seq === scene.step) {
      // The cursor must not run through the name of its own step.
      ctx.fillStyle = lane.row.kind === 'socket' ? theme.background : theme.surface;
      ctx.fillRect(mark.textX - 2, mark.textY - 10, input.measure(mark.text) + 4, 13);
    }
    ctx.fillStyle = mark.failed ? theme.error : mark.seq === scene.step ? theme.text : theme.faint;
    ctx.fillText(mark.text, mark.textX, mark.textY);
    ctx.globalAlpha = 1;
  }
  const current = lane.marks.find((mark) => mark.seq === scene.step);
  if (current) paintMark(ctx, current, theme, true);
}

/** How long something was ready before its callback ran: a thin line with a foot where it became ready. */
function paintLeads(ctx: CanvasRenderingContext2D, lane: Lane, theme: Theme): void {
  ctx.fillStyle = theme.text;
  for (const { x, to, y } of lane.leads) {
    ctx.fillRect(x, y, Math.max(0, to - x - 5), 1);
    ctx.fillRect(x, y - 4, 1, 9);
  }
}

function paintDense(ctx: CanvasRenderingContext2D, lane: Lane, dense: Dense, theme: Theme, at: Stretch): void {
  const middle = lane.y + (lane.row.kind === 'socket' ? MARK_Y - 4 : lane.height / 2);
  ctx.fillStyle = theme.text;
  for (let level = 1; level <= 4; level++) {
    ctx.globalAlpha = 0.25 + level * 0.15;
    ctx.beginPath();
    const half = 2 + level * 2;
    for (const run of dense.runs)
      if (run.level === level && within(at, run.x, run.width)) ctx.rect(run.x, middle - half, run.width, half * 2);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
  ctx.fillStyle = theme.error;
  ctx.beginPath();
  for (const x of dense.failures) {
    ctx.moveTo(x - 2, lane.y + 1);
    ctx.lineTo(x + 4, lane.y + 1);
    ctx.lineTo(x + 1, lane.y + 7);
  }
  ctx.fill();
}

/** A double line where the run ended; nothing comes behind it. */
function paintEnd(ctx: CanvasRenderingContext2D, { width, height }: Scene, end: EndMark, theme: Theme): void {
  ctx.fillStyle = theme.surface;
  ctx.fillRect(end.x, 0, width - end.x, height);
  ctx.fillStyle = end.failed ? theme.error : theme.faint;
  ctx.fillRect(end.x, 0, 1, height);
  ctx.fillRect(end.x + 3, 0, 2, height);
}

function paintEndWords(ctx: CanvasRenderingContext2D, end: EndMark, theme: Theme): void {
  rimmed(ctx, theme)(end.text, end.textX, end.textY, end.failed ? theme.error : theme.faint);
  ctx.textBaseline = 'alphabetic';
}

function paintCursor(ctx: CanvasRenderingContext2D, scene: Scene, theme: Theme): void {
  if (scene.cursorX < -1 || scene.cursorX > scene.width + 1) return;
  ctx.fillStyle = theme.accent;
  ctx.fillRect(Math.round(scene.cursorX) - 1, 0, 2, scene.height);
}

function paintGutter(ctx: CanvasRenderingContext2D, input: PaintInput, lanes: readonly Lane[]): void {
  const { reader, scene, theme, frame } = input;
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, frame.gutter, frame.height);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, frame.ruler, frame.gutter, scene.height);
  ctx.clip();
  const room = frame.gutter - 24;
  for (const lane of lanes) {
    const y = frame.ruler + lane.y;
    const narrow = frame.gutter < 180;
    const { main, sub, notice } = titleOf(reader, lane.row, narrow);
    if (lane.current) {
      ctx.fillStyle = theme.accent;
      ctx.fillRect(0, y, 3, lane.height - 1);
    }
    ctx.fillStyle = theme.text;
    if (lane.row.kind === 'loop') {
      ctx.font = theme.fontSmall;
      ctx.fillStyle = theme.faint;
      ctx.fillText(elide(sub ? `${main}, ${sub}` : main, room, input.measure), 16, y + 14);
    } else if (lane.row.kind !== 'socket') {
      ctx.font = lane.row.kind === 'process' ? theme.fontBold : theme.font;
      const width = lane.row.kind === 'process' ? input.measureBold : input.measure;
      const left = lane.row.kind === 'process' ? 12 : 28;
      if (lane.row.kind !== 'process') paintChevron(ctx, 16, y + 14, lane.row.open === true, theme);
      ctx.fillStyle = theme.text;
      const name = elide(main, frame.gutter - left - 8, width);
      ctx.fillText(name, left, y + 18);
      const after = left + width(name) + 8;
      ctx.font = theme.fontSmall;
      ctx.fillStyle = theme.faint;
      // A pid without its last digits is another pid.
      const fits = after + input.measure(sub) <= frame.gutter - 4;
      if (fits) ctx.fillText(sub, after, y + 18);
      if (notice) paintNotice(ctx, Math.min(after + (fits ? input.measure(sub) + 12 : 4), frame.gutter - 12), y + 14, theme);
    } else {
      ctx.font = theme.font;
      const badges = [lane.descriptor, lane.descriptor.replace(', reused', ' ↻')].map((text) => ({ text, width: input.measure(text) }));
      const widthOf = input.measureName;
      const fits = (name: string) => badges.find(({ width }) => 24 + widthOf(name) + width <= frame.gutter - 8);
      // The descriptor stands at the right edge; shorter words for the role make room for it.
      const names = [main, titleOf(reader, lane.row, true).main];
      const name = names.find(fits) ?? elide(main, room - 4, widthOf);
      const badge = fits(name);
      ctx.fillText(name, 16, y + 22);
      ctx.font = theme.fontSmall;
      ctx.fillStyle = theme.faint;
      if (badge) ctx.fillText(badge.text, frame.gutter - 8 - badge.width, y + 22);
      ctx.fillText(elide(sub, room, input.measure), 16, y + 40);
      for (const [i, chart] of lane.charts.entries())
        ctx.fillText(elide(chartText(chart, narrow), room, input.measure), 16, y + SOCKET_HEIGHT + i * TRACK_HEIGHT + 16);
    }
    ctx.fillStyle = theme.line;
    ctx.globalAlpha = theme.highContrast ? 0.6 : 1;
    ctx.fillRect(0, y + lane.height - 1, frame.gutter, 1);
    ctx.globalAlpha = 1;
  }
  ctx.restore();
  ctx.fillStyle = theme.line;
  ctx.fillRect(frame.gutter - 1, 0, 1, frame.height);
}

/** An i in a circle: the tip and the card say more. Drawn, because not every font has the sign. */
function paintNotice(ctx: CanvasRenderingContext2D, x: number, y: number, theme: Theme): void {
  ctx.strokeStyle = theme.faint;
  ctx.fillStyle = theme.faint;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.arc(x, y, 5.5, 0, Math.PI * 2);
  ctx.stroke();
  ctx.fillRect(x - 0.75, y - 3, 1.5, 1.5);
  ctx.fillRect(x - 0.75, y - 0.5, 1.5, 3.5);
}

/** Whether a folded row is open: a triangle that points down, or to the right. */
function paintChevron(ctx: CanvasRenderingContext2D, x: number, y: number, open: boolean, theme: Theme): void {
  ctx.fillStyle = theme.faint;
  ctx.beginPath();
  if (open) {
    ctx.moveTo(x - 4, y - 2);
    ctx.lineTo(x + 4, y - 2);
    ctx.lineTo(x, y + 4);
  } else {
    ctx.moveTo(x - 2, y - 4);
    ctx.lineTo(x + 4, y);
    ctx.lineTo(x - 2, y + 4);
  }
  ctx.closePath();
  ctx.fill();
}

function paintRuler(ctx: CanvasRenderingContext2D, { scene, theme, frame, measure }: PaintInput): void {
  ctx.save();
  ctx.fillStyle = theme.surface;
  ctx.fillRect(0, 0, frame.width, frame.ruler);
  ctx.fillStyle = theme.line;
  ctx.fillRect(0, frame.ruler - 1, frame.width, 1);
  ctx.font = theme.fontSmall;
  ctx.beginPath();
  ctx.rect(frame.gutter, 0, scene.width, frame.ruler);
  ctx.clip();
  ctx.translate(frame.gutter, 0);
  const badge = grouped(scene.step);
  const badgeWidth = Math.max(20, measure(badge) + 10);
  const left = scene.cursorX - badgeWidth / 2;
  ctx.fillStyle = theme.faint;
  for (const tick of scene.ticks) {
    const width = measure(tick.text);
    ctx.fillRect(Math.round(tick.x), frame.ruler - 5, 1, 4);
    if (tick.x + width / 2 > left - 4 && tick.x - width / 2 < left + badgeWidth + 4) continue;
    ctx.fillText(tick.text, tick.x - width / 2, frame.ruler - 8);
  }
  for (const fold of scene.folds) {
    const width = measure(fold.text);
    const x = fold.x + (fold.width - width) / 2;
    if (fold.text && (x + width < left - 4 || x > left + badgeWidth + 4)) ctx.fillText(fold.text, x, frame.ruler - 8);
  }
  // A bookmark is a small flag on the ruler.
  ctx.fillStyle = theme.accent;
  for (const x of scene.flags) {
    ctx.fillRect(Math.round(x) - 1, 1, 1, frame.ruler - 2);
    ctx.beginPath();
    ctx.moveTo(Math.round(x), 1);
    ctx.lineTo(Math.round(x) + 7, 4);
    ctx.lineTo(Math.round(x), 8);
    ctx.fill();
  }
  if (scene.cursorX >= -badgeWidth && scene.cursorX <= scene.width + badgeWidth) {
    ctx.fillStyle = theme.accent;
    ctx.fillRect(left, 3, badgeWidth, frame.ruler - 6);
    ctx.fillRect(Math.round(scene.cursorX) - 1, frame.ruler - 4, 2, 4);
    ctx.fillStyle = theme.highContrast && theme.dark ? '#000000' : '#ffffff';
    ctx.fillText(badge, scene.cursorX - measure(badge) / 2, frame.ruler - 8);
  }
  ctx.restore();
}
