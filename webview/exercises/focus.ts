/** The focus while the page changes under it. */

/** What has the focus and takes text: nothing may be moved under somebody who types. */
export function isTyping(): boolean {
  const active = document.activeElement;
  return active instanceof HTMLInputElement && active.type !== 'radio' && active.type !== 'checkbox';
}

/**
 * Makes a change. What had the focus gets it back when it was made anew under the same `data-name`; returns false when it is gone.
 * A field that stays keeps its focus by itself.
 */
export function keepingFocus(root: HTMLElement, change: () => void): boolean {
  const active = document.activeElement;
  const name =
    active instanceof HTMLElement && root.contains(active) ? active.closest<HTMLElement>('[data-name]')?.dataset.name : undefined;
  change();
  if (active === null || active === document.body) return false;
  if (active.isConnected && isShown(active)) {
    // Moved to another place of the page, it has lost the focus.
    if (document.activeElement !== active && active instanceof HTMLElement) active.focus({ preventScroll: true });
    return true;
  }
  const again = name === undefined ? null : root.querySelector<HTMLElement>(`[data-name="${CSS.escape(name)}"]`);
  if (!again || !isShown(again)) return false;
  again.focus({ preventScroll: true });
  return true;
}

const isShown = (element: Element) => element.getClientRects().length > 0;

/** Goes to a heading, for reading on; only when the page has the focus, so that nobody who writes in the editor loses it. */
export function goTo(element: HTMLElement | null | undefined): void {
  if (!element) return;
  if (element.tabIndex < 0) element.tabIndex = -1;
  if (document.hasFocus()) element.focus({ preventScroll: true });
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');
  element.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}
