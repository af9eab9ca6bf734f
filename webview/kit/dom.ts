import { visible } from './visible';

/** Attribute values: `false` and null leave the attribute out, `true` makes it empty. */
export type Attributes = Record<string, string | number | boolean | null | undefined>;

/** Creates an element. Strings become text nodes, so nothing from a trace can turn into markup; there is no way to pass HTML. See `visible` for what else a trace may hold. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  for (const child of children) if (child !== null) element.append(typeof child === 'string' ? visible(child) : child);
  return element;
}

/** Sets or removes attributes; `style` is refused because the page's CSP forbids inline styles. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'style') throw new Error('inline styles are forbidden here: set a class or a property of element.style');
    // What is read out or shown at the mouse is text as well.
    const text = name === 'title' || name.startsWith('aria-') ? visible(String(value)) : String(value);
    const wanted = value === null || value === undefined || value === false ? null : value === true ? '' : text;
    // Writing an equal value still makes the browser work, and this runs in every frame.
    if (element.getAttribute(name) === wanted) continue;
    if (wanted === null) element.removeAttribute(name);
    else element.setAttribute(name, wanted);
  }
}

/** Sets a style property only when it changed: an equal value, too, makes the browser work out styles again. */
export function setStyle(element: HTMLElement, name: string, value: string): void {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/** Sets text only when it changed, so that live regions do not speak twice and layout stays clean. */
export function setText(element: Element, text: string): void {
  const wanted = visible(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

/** Replaces all children. */
export function fill(element: Element, ...children: (Node | string | null)[]): void {
  element.replaceChildren(
    ...children
      .filter((child): child is Node | string => child !== null)
      .map((child) => (typeof child === 'string' ? visible(child) : child)),
  );
}

/** A codicon, hidden from screen readers: the control around it carries the name. */
export function icon(name: string): HTMLElement {
  return h('span', { class: `codicon codicon-${name}`, 'aria-hidden': 'true' });
}
