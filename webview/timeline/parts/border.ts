import { h, setAttributes, setStyle } from '../../kit/dom';
import type { TimelineStore } from '../store/store';
import type { Part } from './part';

/** Below this width, in CSS pixels, the details are under the picture instead of beside it. */
const STACKED = 860;
/** Lower than this, beside and under the picture, the card of the step is a tab among the others: there is no room for both. */
const LOW = { beside: 560, under: 960 };
/**
 * Share of the room that the picture has when nobody has moved the border: enough for its lanes, within these limits. In a low panel at least
 * half, so that the border keeps its place while a run grows.
 */
const PICTURE = { leastLow: 0.5, least: 0.3, most: 0.6 };
/** Neither side becomes smaller than this, in CSS pixels. */
const LEAST = { width: 240, height: 96 };
/** One press of an arrow key moves the border so far. */
const NUDGE = 16;

/** How the page is laid out at a size: `stacked` with the details below, `compact` with the card as a tab. */
export function shapeOf(width: number, height: number): { stacked: boolean; compact: boolean } {
  const stacked = width <= STACKED;
  return { stacked, compact: height < (stacked ? LOW.under : LOW.beside) };
}

/**
 * Height of the picture over the details, in CSS pixels.
 * @param room height of both together
 * @param need height at which every lane is seen without scrolling
 * @param share what the learner chose (0..1); null when nobody has moved the border
 */
export function pictureHeight(room: number, need: number, share: number | null, compact: boolean): number {
  const least = compact ? PICTURE.leastLow : PICTURE.least;
  const wanted = share === null ? Math.max(least * room, Math.min(need, PICTURE.most * room)) : share * room;
  return Math.round(Math.max(LEAST.height, Math.min(wanted, room - LEAST.height)));
}

/** Width of the picture beside the details; null leaves it to the style sheet. Parameters as of `pictureHeight`. */
export function pictureWidth(room: number, share: number | null): number | null {
  return share === null ? null : Math.round(Math.max(LEAST.width, Math.min(share * room, room - LEAST.width)));
}

/** The border between picture and details: dragged, or moved with the arrow keys; Enter or a double click puts it back. */
export function border(store: TimelineStore, root: HTMLElement, main: HTMLElement, picture: HTMLElement, plot: HTMLElement): Part {
  const element = h('div', {
    class: 'border',
    role: 'separator',
    tabindex: 0,
    'aria-label': 'Border between picture and details',
    'aria-valuemin': 0,
    'aria-valuemax': 100,
    title: 'Drag to give the picture or the details more room; double click puts it back',
    'data-name': 'border',
  });
  let stacked = false;
  const room = () => (stacked ? main.clientHeight : main.clientWidth);
  const least = () => (stacked ? LEAST.height : LEAST.width);

  let placed = '';
  const place = () => {
    const size = room();
    if (size === 0) return;
    placed = key();
    let at: number;
    if (stacked) {
      // What is in the picture beside the lanes: the ruler and the legend.
      const around = picture.clientHeight - plot.clientHeight + RULER;
      at = pictureHeight(size, store.rows.height + around, store.split.rows, store.compact);
    } else at = pictureWidth(size, store.split.columns) ?? picture.clientWidth;
    setStyle(main, '--picture', stacked ? `${at}px` : '');
    setStyle(main, '--columns', stacked || store.split.columns === null ? '' : `${at}px minmax(0, 1fr)`);
    setAttributes(element, { 'aria-orientation': stacked ? 'horizontal' : 'vertical', 'aria-valuenow': Math.round((at / size) * 100) });
  };
  /** What the place depends on beside the sizes of things, which the observer tells: to ask for those lays the page out. */
  const key = () => `${stacked}/${stacked ? store.rows.height : 0}/${store.split.rows}/${store.split.columns}/${store.compact}`;
  const put = (at: number | null) => {
    const size = room();
    const share = at === null ? null : Math.max(least(), Math.min(at, size - least())) / size;
    store.setSplit(stacked ? { ...store.split, rows: share } : { ...store.split, columns: share });
  };
  const from = () => (stacked ? picture.clientHeight : picture.clientWidth);

  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  element.addEventListener('pointermove', (event) => {
    if (!element.hasPointerCapture(event.pointerId)) return;
    const box = main.getBoundingClientRect();
    put(stacked ? event.clientY - box.top : event.clientX - box.left);
  });
  element.addEventListener('dblclick', () => put(null));
  element.addEventListener('keydown', (event) => {
    const less = stacked ? 'ArrowUp' : 'ArrowLeft';
    const more = stacked ? 'ArrowDown' : 'ArrowRight';
    if (event.key === less) put(from() - NUDGE);
    else if (event.key === more) put(from() + NUDGE);
    else if (event.key === 'Enter') put(null);
    else return;
    event.preventDefault();
  });
  const sizes = new ResizeObserver(() => {
    const shape = shapeOf(root.clientWidth, root.clientHeight);
    stacked = shape.stacked;
    root.classList.toggle('stacked', stacked);
    root.classList.toggle('compact', shape.compact);
    store.setCompact(shape.compact);
    place();
  });
  for (const one of [root, main, picture, plot]) sizes.observe(one);
  return {
    element,
    update() {
      if (key() !== placed) place();
    },
  };
}

/** Height of the numbers over the lanes, in CSS pixels. */
export const RULER = 24;
