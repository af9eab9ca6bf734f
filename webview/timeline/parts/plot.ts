import type { TraceReader } from '../../../src/contracts/trace-model';
import { h, setText } from '../../kit/dom';
import { readTheme, type Theme } from '../../kit/theme';
import { measurer, SharpCanvas } from '../draw/canvas';
import { chartText } from '../draw/charts';
import { damageOf } from '../draw/damage';
import { type Frame, type PaintInput, paintScene } from '../draw/lanes';
import { TRACK_HEIGHT } from '../layout/charts';
import { gutterFor } from '../layout/gutter';
import { type Hit, hitTest } from '../layout/hit';
import { type Row, SOCKET_HEIGHT } from '../layout/lanes';
import { pieceUnder } from '../layout/loop-lane';
import { type RunEnd, runEnd } from '../layout/run-end';
import { layoutScene, type Scene } from '../layout/scene';
import { duration } from '../layout/ticks';
import { endsText, programName } from '../layout/titles';
import { failureIn } from '../store/failures';
import type { TimelineStore } from '../store/store';
import { RULER } from './border';
import { callLine } from './call-line';
import type { Part } from './part';
import { LOOP_LANE } from './provenance';

/** The picture of the lanes and everything that the mouse does on it. */
export function plot(store: TimelineStore): Part & { retheme(): void } {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const tip = h('div', { class: 'tip', hidden: true });
  const element = h('div', { class: 'plot', role: 'slider', tabindex: 0, 'aria-label': 'Timeline, step', 'aria-valuemin': 0 }, canvas, tip);
  const sharp = new SharpCanvas(canvas);
  let theme: Theme = readTheme();
  let measure = measurer(theme.fontSmall);
  let measureBold = measurer(theme.fontBold);
  let measureName = measurer(theme.font);
  let scene: Scene | null = null;
  let frame: Frame = { gutter: 160, ruler: RULER, width: 0, height: 0 };
  let hover: Hit = null;
  let pointer: { x: number; y: number } | null = null;

  /** What is on the canvas; null when nothing of it can stay. */
  let painted: PaintInput | null = null;

  const resize = (width: number, height: number) => {
    if (sharp.fit(width, height)) painted = null;
    const gutter = gutterFor(width);
    frame = { gutter, ruler: RULER, width, height };
    store.resize(Math.max(40, width - gutter), Math.max(40, height - RULER));
  };
  new ResizeObserver((entries) => {
    const box = entries.at(-1)!.contentRect;
    if (box.width > 0 && box.height > 0) {
      resize(Math.floor(box.width), Math.floor(box.height));
      paint();
    }
  }).observe(element);

  // Asked for in every frame, and the same until more comes.
  let ended: { key: string; end: RunEnd | null } = { key: '', end: null };
  const howItEnded = (reader: TraceReader) => {
    const key = `${store.live}/${store.stopped}/${reader.size}/${store.title}`;
    if (key !== ended.key) ended = { key, end: runEnd(reader, store.live, store.stopped) };
    return ended.end;
  };

  const paint = () => {
    const reader = store.reader;
    if (!reader || frame.width === 0) return;
    const input = {
      reader,
      index: store.index,
      rows: store.rows,
      axis: store.axis,
      view: store.view,
      scrollY: store.scrollY,
      width: store.width,
      height: store.height,
      step: store.step,
      passing: store.passing,
      bookmarks: store.bookmarks.steps,
      end: howItEnded(reader),
      measure,
    };
    // What a live run tells of its programs may change without another event.
    const before = store.live ? null : painted;
    scene = layoutScene(input, before?.scene);
    if (pointer) hover = hitTest(scene, store.axis, store.view, pointer.x, pointer.y);
    const seq = hover?.kind === 'mark' ? hover.seq : null;
    const now = { reader, scene, theme, frame, hover: seq, measure, measureBold, measureName };
    paintScene(sharp.context, now, before && damageOf(before, now, canvas.width / frame.width));
    painted = now;
  };

  const place = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left - frame.gutter, y: event.clientY - box.top - RULER };
  };

  const showTip = () => {
    const reader = store.reader;
    if (!reader || !pointer || !hover || hover.kind === 'ruler') {
      canvas.classList.remove('over-mark');
      const x = pointer?.x ?? -1;
      const fold = hover?.kind === 'ruler' && scene?.folds.find((one) => x >= one.x && x <= one.x + one.width);
      placeTip(fold ? fold.sentence : '');
      return;
    }
    canvas.classList.toggle('over-mark', hover.kind === 'mark');
    let text = '';
    if (hover.kind === 'mark') {
      const event = reader.event(hover.seq);
      text = `${hover.seq}  ${callLine(event)}  ·  ${event.provenance}`;
      tip.classList.toggle('failed', failureIn(event) !== null);
    } else if (pointer.x < 0 && hover.lane.row.kind === 'socket') {
      const info = reader.sockets[hover.lane.row.index]!;
      text = [`${info.id} ${info.role}`, info.protocol, endsText(info), hover.lane.descriptor].filter(Boolean).join(', ');
    } else if (hover.lane.row.kind === 'loop') {
      const piece = pointer.x < 0 ? null : pieceUnder(hover.lane.loop, pointer.x);
      text = piece ? `${piece.text()}  ·  derived` : pointer.x < 0 ? LOOP_LANE : '';
    } else if (hover.lane.row.kind !== 'socket' && (pointer.x < 0 || hover.lane.row.key)) {
      text = rowTip(reader, hover.lane.row);
    } else {
      const x = pointer.x;
      const y = pointer.y - hover.lane.y;
      const band =
        y >= 30 && y <= 50 ? hover.lane.bands.find((candidate) => x >= candidate.x && x <= candidate.x + candidate.width) : undefined;
      const chart = hover.lane.charts[Math.floor((y - SOCKET_HEIGHT) / TRACK_HEIGHT)];
      text = band
        ? `${band.state}  ·  ${band.provenance}`
        : chart
          ? `${chartText(chart)} at step ${store.step}, at most ${chart.max.toLocaleString('en')}`
          : '';
    }
    placeTip(text);
  };

  const placeTip = (text: string) => {
    setText(tip, text);
    tip.hidden = text === '';
    if (text === '' || !pointer) return;
    const left = pointer.x + frame.gutter;
    const width = tip.offsetWidth;
    tip.style.left = `${Math.max(4, Math.min(left + 12, frame.width - width - 4))}px`;
    const below = pointer.y + RULER + 18;
    tip.style.top = `${below + tip.offsetHeight > frame.height ? pointer.y + RULER - tip.offsetHeight - 8 : below}px`;
  };

  let drag: { x: number; y: number; moved: boolean; ruler: boolean } | null = null;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.focus({ preventScroll: true });
    const at = place(event);
    drag = { x: event.clientX, y: event.clientY, moved: false, ruler: at.y < 0 };
    canvas.setPointerCapture(event.pointerId);
    if (drag.ruler && scene) {
      const hit = hitTest(scene, store.axis, store.view, at.x, at.y);
      if (hit?.kind === 'ruler' && at.x >= 0) store.goTo(hit.seq);
    }
  });
  canvas.addEventListener('pointermove', (event) => {
    pointer = place(event);
    if (drag) {
      if (drag.ruler) {
        if (scene && pointer.x >= 0 && pointer.x <= store.width) {
          const hit = hitTest(scene, store.axis, store.view, pointer.x, -1);
          if (hit?.kind === 'ruler' && hit.seq !== store.step) store.goTo(hit.seq);
        }
        return;
      }
      const dx = event.clientX - drag.x;
      const dy = event.clientY - drag.y;
      if (!drag.moved && Math.hypot(dx, dy) < 4) return;
      drag = { ...drag, x: event.clientX, y: event.clientY, moved: true };
      canvas.classList.add('dragging');
      tip.hidden = true;
      store.pan(-dx, -dy);
      return;
    }
    if (!scene) return;
    const before = hover?.kind === 'mark' ? hover.seq : null;
    hover = hitTest(scene, store.axis, store.view, pointer.x, pointer.y);
    showTip();
    if ((hover?.kind === 'mark' ? hover.seq : null) !== before) paint();
  });
  const end = () => {
    canvas.classList.remove('dragging');
    drag = null;
  };
  canvas.addEventListener('pointerup', (event) => {
    const wasDrag = drag?.moved || drag?.ruler;
    end();
    if (wasDrag || event.button !== 0 || !scene) return;
    const at = place(event);
    const hit = hitTest(scene, store.axis, store.view, at.x, at.y);
    const row = hit && hit.kind !== 'ruler' ? hit.lane.row : null;
    if (row?.key && (at.x < 0 || hit?.kind === 'lane')) store.toggleRow(row.key);
    else if (hit?.kind === 'mark') store.goTo(hit.seq, true);
    else if (hit?.kind === 'lane' && row?.kind === 'loop' && at.x >= 0) {
      const piece = pieceUnder(hit.lane.loop, at.x);
      if (piece) store.goTo(piece.to);
    }
  });
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', () => {
    pointer = null;
    hover = null;
    tip.hidden = true;
    paint();
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 16 : 1;
      const at = place(event);
      if (at.x < 0) store.pan(0, event.deltaY * unit);
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) store.pan((event.deltaX || event.deltaY) * unit, 0);
      else if (event.altKey) store.pan(0, event.deltaY * unit);
      else store.zoom(Math.exp((-event.deltaY * unit) / 300), at.x);
    },
    { passive: false },
  );

  let spoken = -1;
  return {
    element,
    update() {
      const reader = store.reader;
      if (!reader) return;
      paint();
      showTip();
      element.setAttribute('aria-valuemax', String(reader.size));
      if (spoken !== store.step) {
        spoken = store.step;
        element.setAttribute('aria-valuenow', String(store.step));
        element.setAttribute(
          'aria-valuetext',
          store.step === 0
            ? 'before anything'
            : `${store.step}: ${callLine(reader.event(store.step))}, at ${duration(reader.time(store.step))}`,
        );
      }
    },
    retheme() {
      theme = readTheme();
      measure = measurer(theme.fontSmall);
      measureBold = measurer(theme.fontBold);
      measureName = measurer(theme.font);
      paint();
    },
  };
}

/** What a row without a socket of its own stands for: the reasons why programs are apart, what a process hides. */
function rowTip(reader: TraceReader, row: Row): string {
  if (row.kind === 'quiet') return `${row.open ? 'Click to fold' : 'Click to show'} the sockets that had no failure and are no listener`;
  const reasons = (indexes: readonly number[]) =>
    indexes.map((index) => {
      const process = reader.processes[index]!;
      return [`${programName(process.program)} (pid ${process.pid})`, process.quiet ?? '', ...process.notices].filter(Boolean).join('. ');
    });
  return row.kind === 'programs'
    ? reasons(row.members ?? [])
        .slice(0, 8)
        .join('\n')
    : reasons([row.index])[0]!;
}
