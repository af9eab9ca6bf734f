/** The list of cards: one stop for Tab, arrows inside. */
import type { ReferenceCard } from '../../src/contracts/reference-api';
import { fill, h, setAttributes } from '../kit/dom';

const HEADS = { call: 'Calls', concept: 'Concepts', error: 'Errors' } as const;

export class CardList {
  readonly element = h('div', { class: 'reference-list' });
  /** The first item was left upwards. */
  onLeaveUp: () => void = () => {};
  private items: HTMLElement[] = [];

  constructor(private readonly open: (id: string) => void) {
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  /** `ranked`: best first, without groups. */
  show(cards: readonly ReferenceCard[], current: string | null, ranked: boolean): void {
    this.items = [];
    const item = (card: ReferenceCard): HTMLElement => {
      const element = h('button', { type: 'button', 'data-card': card.id, tabindex: -1 }, card.title);
      if (ranked) element.append(h('span', { class: 'reference-kind' }, ` ${card.kind}`));
      element.addEventListener('click', () => this.open(card.id));
      this.items.push(element);
      return h('li', {}, element);
    };
    if (ranked) fill(this.element, h('ul', { 'aria-label': 'Found' }, ...cards.map(item)));
    else {
      fill(
        this.element,
        ...(['call', 'concept', 'error'] as const).flatMap((kind) => [
          h('h2', {}, HEADS[kind]),
          h('ul', { 'aria-label': HEADS[kind] }, ...cards.filter((card) => card.kind === kind).map(item)),
        ]),
      );
    }
    this.mark(current);
    if (ranked) this.element.scrollTop = 0;
  }

  /** Marks the card that is read, and makes it the stop for Tab. */
  mark(id: string | null): void {
    const current = this.items.find((each) => each.dataset.card === id);
    for (const each of this.items) setAttributes(each, { 'aria-current': each === current ? 'true' : null });
    this.stop(current ?? this.items[0]);
    current?.scrollIntoView({ block: 'nearest' });
  }

  focusFirst(): void {
    this.focus(0);
  }

  private stop(stop: HTMLElement | undefined): void {
    for (const each of this.items) setAttributes(each, { tabindex: each === stop ? 0 : -1 });
  }

  private focus(index: number): void {
    const element = this.items[index];
    if (!element) return;
    this.stop(element);
    element.focus();
  }

  private key(event: KeyboardEvent): void {
    const at = this.items.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    if (event.key === 'ArrowDown') this.focus(Math.min(at + 1, this.items.length - 1));
    else if (event.key === 'ArrowUp' && at === 0) this.onLeaveUp();
    else if (event.key === 'ArrowUp') this.focus(at - 1);
    else if (event.key === 'Home') this.focus(0);
    else if (event.key === 'End') this.focus(this.items.length - 1);
    else return;
    event.preventDefault();
  }
}
