import type { Theme } from '../../kit/theme';
import { type Chart, TRACK_HEIGHT } from '../layout/charts';
import { SOCKET_HEIGHT } from '../layout/lanes';
import type { Lane } from '../layout/scene';
import { BUFFER_NAMES, SHORT_BUFFER_NAMES } from '../layout/titles';

const ROOM = TRACK_HEIGHT - 6;

/** Paints how full each buffer was: the height is the share of its largest reading. */
export function paintCharts(ctx: CanvasRenderingContext2D, lane: Lane, theme: Theme): void {
  for (const [i, chart] of lane.charts.entries()) {
    const base = lane.y + SOCKET_HEIGHT + (i + 1) * TRACK_HEIGHT - 4;
    ctx.fillStyle = theme.tones.closing;
    ctx.globalAlpha = theme.highContrast ? 0.35 : 0.2;
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

/** The name of a track and its reading at the current step: `stream write buffer 3,800 B`; without a reading the name alone. */
export function chartText(chart: Chart, narrow = false): string {
  const name = (narrow ? SHORT_BUFFER_NAMES : BUFFER_NAMES)[chart.buffer];
  if (chart.now === null) return name;
  return `${name} ${chart.now.toLocaleString('en')}${chart.buffer === 'accept-queue' ? '' : ' B'}`;
}
