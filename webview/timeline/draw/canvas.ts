import type { Theme } from '../../kit/theme';

/** A canvas that is sharp on any screen: sizes are CSS pixels, the backing store follows the device pixel ratio. */
export class SharpCanvas {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  width = 0;
  height = 0;
  #ratio = 0;

  constructor(element: HTMLCanvasElement) {
    this.element = element;
    // Opaque: every paint begins with the background, and the compositor need not blend.
    const context = element.getContext('2d', { alpha: false });
    if (!context) throw new Error('this browser has no 2d canvas');
    this.context = context;
  }

  /** Fits the backing store; returns true when it was cleared by that. */
  fit(width: number, height: number): boolean {
    const ratio = window.devicePixelRatio || 1;
    if (width === this.width && height === this.height && ratio === this.#ratio) return false;
    this.width = width;
    this.height = height;
    this.#ratio = ratio;
    this.element.width = Math.max(1, Math.round(width * ratio));
    this.element.height = Math.max(1, Math.round(height * ratio));
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    return true;
  }
}

/**
 * Measures texts in one font and remembers the widths. On a canvas of its own, in no page: to change the font of one that is seen makes the browser
 * work out styles, and that many times a frame.
 */
export function measurer(font: string): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d')!;
  context.font = font;
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      width = context.measureText(text).width;
      if (known.size > 5000) known.clear();
      known.set(text, width);
    }
    return width;
  };
}

/** Makes ready for texts with a rim in the colour of the ground: it keeps lines and letters apart without cutting a hole into what is below. Returns what writes one. */
export function rimmed(ctx: CanvasRenderingContext2D, theme: Theme): (text: string, x: number, y: number, colour: string) => void {
  ctx.globalAlpha = 1;
  ctx.font = theme.fontSmall;
  ctx.textBaseline = 'middle';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4;
  ctx.strokeStyle = theme.background;
  return (text, x, y, colour) => {
    if (!text) return;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = colour;
    ctx.fillText(text, x, y);
  };
}

/** Shortens a text with an ellipsis so that it fits; paths and addresses keep their end. */
export function elide(text: string, width: number, measure: (text: string) => number): string {
  // No letter is narrower than a pixel: what is longer than that need not be measured whole.
  const most = Math.max(16, Math.ceil(width));
  if (text.length <= most && measure(text) <= width) return text;
  let low = 0;
  let high = Math.min(text.length, most);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (measure(`${text.slice(0, middle)}…`) <= width) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? `${text.slice(0, low)}…` : '';
}
