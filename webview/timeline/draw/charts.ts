import type { Theme } from '../../kit/theme';
import { type Chart, TRACK_HEIGHT } from '../layout/charts';
import { SOCKET_HEIGHT } from '../layout/lanes';
import type { Lane } from '../layout/scene';
import { BUFFER_NAMES } from '../layout/titles';

const ROOM = TRACK_HEIGHT - 6;

/** Paints how full each buffer was: the height is the share of its largest reading. */
export function paintCharts(ctx: CanvasRenderingContext2D, lane: Lane, theme: Theme): void {
  for (const [i, chart] of lane.charts.entries()) {
    const base = lane.y + SOCKET_HEIGHT + (i + 1) * TRACK_HEIGHT - 4;
    ctx.fillStyle = theme.tones.closing;
    ctx.globalAlpha = 0.45;
    ctx.beginPath();
    for (const bar of chart.bars) ctx.rect(bar.x, base - Math.max(1, bar.part * ROOM), bar.width, Math.max(1, bar.part * ROOM));
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.fillStyle = theme.tones.closing;
    ctx.beginPath();
    for (const bar of chart.bars) ctx.rect(bar.x, base - Math.max(1, bar.part * ROOM), bar.width, 1);
    ctx.fill();
  }
}

/** The name of a track and its reading at the current step: `stream write buffer 3,800 B`. */
export function chartText(chart: Chart): string {
  const unit = chart.buffer === 'accept-queue' ? '' : ' B';
  return `${BUFFER_NAMES[chart.buffer]} ${chart.now === null ? '?' : `${chart.now.toLocaleString('en')}${unit}`}`;
}
