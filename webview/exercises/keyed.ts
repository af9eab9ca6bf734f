import { fill } from '../kit/dom';

/**
 * A part of the page that is made anew only when what it shows has changed, so that a field keeps its text and the reader keeps the place.
 * Details that were open stay open.
 */
export class Keyed<E extends HTMLElement = HTMLElement> {
  private key = '';

  constructor(readonly element: E) {
    element.hidden = true;
  }

  /** Shows what `build` makes for this value; an empty list hides the part. Returns whether it changed. */
  show(value: unknown, build: () => (Node | string | null)[]): boolean {
    const key = JSON.stringify(value) ?? '';
    if (key === this.key) return false;
    this.key = key;
    const open = new Map<string, boolean>();
    for (const one of this.element.querySelectorAll<HTMLDetailsElement>('details[data-name]')) open.set(one.dataset.name!, one.open);
    const content = build().filter((one) => one !== null);
    fill(this.element, ...content);
    for (const one of this.element.querySelectorAll<HTMLDetailsElement>('details[data-name]'))
      one.open = open.get(one.dataset.name!) ?? one.open;
    this.element.hidden = content.length === 0;
    return true;
  }
}
