import { h } from '../../kit/dom';
import { readTheme } from '../../kit/theme';
import { SharpCanvas } from '../draw/canvas';
import { paintMinimap, paintWindow } from '../draw/minimap';
import { layoutMinimap } from '../layout/minimap';
import type { TimelineStore } from '../store/store';
import type { Part } from './part';

/** A run that grows is laid out again at most this often (milliseconds). */
const REFRESH = 250;

/** The whole run in one strip: click or drag to look there. */
export function minimapView(store: TimelineStore): Part & { retheme(): void } {
  const canvas = h('canvas', { 'aria-hidden': 'true' });
  const element = h('div', { class: 'minimap', title: 'The whole run. Drag to look elsewhere' }, canvas);
  const sharp = new SharpCanvas(canvas);
  const copy = new SharpCanvas(document.createElement('canvas'));
  let theme = readTheme();
  let key = '';
  let drawnAt = 0;
  let timer = 0;
  let size = { width: 0, height: 0 };

  const paint = () => {
    const reader = store.reader;
    const { width, height } = size;
    if (!reader || width === 0) return;
    sharp.fit(width, height);
    const wanted = `${store.revision}/${width}/${height}/${theme.background}/${window.devicePixelRatio}`;
    if (wanted !== key) {
      const wait = REFRESH - (performance.now() - drawnAt);
      if (wait <= 0 || key === '') {
        key = wanted;
        copy.fit(width, height);
        const lines = Math.max(1, Math.min(store.rows.rows.length, Math.floor((height - 12) / 2)));
        const columns = Math.max(1, Math.min(Math.floor(width / 2), store.axis.kind === 'steps' ? store.axis.size + 1 : width));
        paintMinimap(
          copy.context,
          layoutMinimap(reader, store.axis, store.rows, store.index.failures, columns, lines),
          theme,
          width,
          height,
        );
        drawnAt = performance.now();
      } else if (!timer) {
        timer = window.setTimeout(() => {
          timer = 0;
          element.removeAttribute('data-waits');
          paint();
        }, wait);
        element.setAttribute('data-waits', '');
      }
    }
    sharp.context.setTransform(1, 0, 0, 1, 0, 0);
    sharp.context.drawImage(copy.element, 0, 0);
    const ratio = canvas.width / width;
    sharp.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { axis, view } = store;
    const toX = (pos: number) => (pos / axis.length) * width;
    paintWindow(
      sharp.context,
      theme,
      Math.max(0, toX(view.scroll)),
      Math.min(width, toX(view.scroll + store.width / view.scale)),
      toX(axis.pos(store.step)),
      height,
    );
  };

  new ResizeObserver((entries) => {
    const box = entries.at(-1)!.contentRect;
    size = { width: Math.floor(box.width), height: Math.floor(box.height) };
    paint();
  }).observe(element);

  const look = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    store.centre((event.clientX - box.left) / Math.max(1, box.width));
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    look(event);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) look(event);
  });
  return {
    element,
    update: paint,
    retheme() {
      theme = readTheme();
      paint();
    },
  };
}
