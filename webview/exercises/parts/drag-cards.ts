import { h } from '../../kit/dom';

interface Dragging {
  element: HTMLElement;
  /** The two places where a card can be let go. */
  orderBox: HTMLElement;
  order: HTMLElement;
  poolBox: HTMLElement;
  enabled(): boolean;
  /** The card was let go so that it is the `at`-th of the order. */
  place(id: string, at: number): void;
  remove(id: string): void;
}

/** Pixels before a press becomes a drag. */
const SLACK = 4;

/** Cards follow the pointer (mouse, pen or finger); a line shows where the card would go. Escape lets it go where it was. */
export function dragCards(options: Dragging): void {
  const { element, order } = options;
  const line = h('li', { class: 'drop-line', 'aria-hidden': 'true', role: 'presentation' });

  element.addEventListener('pointerdown', (down) => {
    const target = down.target as Element;
    const card = target.closest<HTMLElement>('li.card');
    if (!card || down.button !== 0 || !options.enabled() || target.closest('.card-tools')) return;
    // No text is marked while a card moves.
    down.preventDefault();
    card.setPointerCapture(down.pointerId);
    let dragging = false;
    const others = () => [...order.querySelectorAll<HTMLElement>('li.card')].filter((one) => one !== card);
    const inside = (box: HTMLElement, { clientX: x, clientY: y }: PointerEvent) => {
      const { left, right, top, bottom } = box.getBoundingClientRect();
      return x >= left && x <= right && y >= top && y <= bottom;
    };
    const middle = (one: HTMLElement) => one.getBoundingClientRect().top + one.offsetHeight / 2;
    const placeAt = (event: PointerEvent) => others().filter((one) => middle(one) < event.clientY).length;
    const move = (event: PointerEvent) => {
      const [x, y] = [event.clientX - down.clientX, event.clientY - down.clientY];
      if (!dragging && Math.hypot(x, y) < SLACK) return;
      if (!dragging) {
        dragging = true;
        card.classList.add('dragged');
      }
      card.style.transform = `translate(${x}px, ${y}px)`;
      if (inside(options.orderBox, event)) order.insertBefore(line, others()[placeAt(event)] ?? null);
      else line.remove();
    };
    const done = () => {
      card.removeEventListener('pointermove', move);
      card.removeEventListener('pointerup', up);
      card.removeEventListener('lostpointercapture', done);
      removeEventListener('keydown', giveUp, true);
      line.remove();
      card.classList.remove('dragged');
      card.style.removeProperty('transform');
      dragging = false;
    };
    const up = (event: PointerEvent) => {
      const moved = dragging;
      done();
      if (!moved) return;
      if (inside(options.orderBox, event)) options.place(card.dataset.id!, placeAt(event));
      else if (inside(options.poolBox, event)) options.remove(card.dataset.id!);
    };
    const giveUp = (event: KeyboardEvent) => {
      if (event.key === 'Escape') done();
    };
    card.addEventListener('pointermove', move);
    card.addEventListener('pointerup', up);
    // Cancelled, or the page was made anew under it.
    card.addEventListener('lostpointercapture', done);
    addEventListener('keydown', giveUp, true);
  });
}
