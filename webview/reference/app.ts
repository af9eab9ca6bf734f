/** The page: a search field and the list of cards, and the card that is read. */
import type { ReferenceCard, ToReference } from '../../src/contracts/reference-api';
import { searchCards } from '../../src/knowledge';
import { button, textField } from '../kit/controls';
import { fill, h, setText } from '../kit/dom';
import { markdown } from '../kit/markdown';
import { CardList } from './card-list';

export interface ReferenceActions {
  see(id: string): void;
  shown(id: string): void;
}

export class ReferenceApp {
  private cards: readonly ReferenceCard[] = [];
  private shown: ReferenceCard | null = null;
  /** Ids of the cards that were read, and the place in them. */
  private readonly trail: string[] = [];
  private at = -1;
  private readonly article = h('article', { class: 'reference-card', tabindex: -1, 'aria-label': 'Card' });
  private readonly count = h('p', { class: 'reference-count', role: 'status', 'aria-live': 'polite' });
  private readonly list: CardList;
  private readonly search = textField({
    label: 'Find a card',
    placeholder: 'Find: listen, TIME_WAIT...',
    name: 'find',
    icon: 'search',
    input: () => this.find(),
    enter: () => this.openFirst(),
    escape: () => this.clear(),
  });
  private readonly back = button({ label: 'Back', icon: 'arrow-left', key: 'Alt+Left', name: 'back', press: () => this.go(-1) });
  private readonly forward = button({ label: 'Forward', icon: 'arrow-right', key: 'Alt+Right', name: 'forward', press: () => this.go(1) });
  private readonly see = button({
    label: 'See it in the timeline',
    icon: 'pulse',
    text: 'See it in the timeline',
    name: 'see',
    press: () => this.shown && this.actions.see(this.shown.id),
  });

  constructor(
    root: HTMLElement,
    private readonly actions: ReferenceActions,
  ) {
    this.list = new CardList((id) => this.open(id, true));
    fill(
      root,
      h(
        'div',
        { class: 'reference' },
        h('nav', { class: 'reference-side', 'aria-label': 'Cards' }, this.search.element, this.count, this.list.element),
        h(
          'main',
          { class: 'reference-main' },
          h('div', { class: 'reference-bar' }, this.back.element, this.forward.element, this.see.element),
          this.article,
        ),
      ),
    );
    this.see.element.hidden = true;
    this.buttons();
    this.search.element.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown') return;
      event.preventDefault();
      this.list.focusFirst();
    });
    this.list.onLeaveUp = () => this.search.focus();
    document.addEventListener('keydown', (event) => this.key(event));
  }

  receive(message: ToReference): void {
    if (message.type === 'show') return void this.open(message.id, true);
    this.cards = message.cards;
    this.find();
    this.open(message.id ?? this.shown?.id ?? 'what-is-a-socket', false);
  }

  private key(event: KeyboardEvent): void {
    const typing = (event.target as Element | null)?.closest('vscode-text-field');
    if (event.altKey && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) this.go(event.key === 'ArrowLeft' ? -1 : 1);
    else if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) this.search.focus();
    else return;
    event.preventDefault();
  }

  private find(): void {
    const found = searchCards(this.cards, this.search.value());
    this.list.show(found, this.shown?.id ?? null, this.search.value().trim() !== '');
    setText(
      this.count,
      found.length === this.cards.length
        ? `${found.length} cards`
        : found.length
          ? `${found.length} of ${this.cards.length} cards`
          : 'No card has these words. Try one word, such as listen or ECONNRESET.',
    );
  }

  private openFirst(): void {
    const [first] = searchCards(this.cards, this.search.value());
    if (first) this.open(first.id, true);
  }

  private clear(): void {
    this.search.set('');
    this.find();
  }

  private go(by: number): void {
    const id = this.trail[this.at + by];
    if (id === undefined) return;
    this.at += by;
    this.show(id, true);
  }

  /** Shows a card and keeps it in the trail. */
  private open(id: string, focus: boolean): void {
    if (!this.cards.some((card) => card.id === id)) return;
    if (this.trail[this.at] !== id) this.trail.splice(++this.at, this.trail.length, id);
    this.show(id, focus);
  }

  private show(id: string, focus: boolean): void {
    const card = this.cards.find((each) => each.id === id)!;
    this.shown = card;
    fill(this.article, ...markdown(card.body, { link: (href, content) => this.link(href, content) }));
    this.article.setAttribute('aria-label', card.title);
    this.article.dataset.id = id;
    this.article.scrollTop = 0;
    this.see.element.hidden = !card.showable;
    this.buttons();
    this.list.mark(id);
    if (focus) this.article.focus({ preventScroll: true });
    this.actions.shown(id);
  }

  private buttons(): void {
    this.back.enable(this.at > 0);
    this.forward.enable(this.at < this.trail.length - 1);
  }

  /** Links between cards stay on the page; others are opened by the host, in a browser. */
  private link(href: string, content: Node[]): HTMLElement | null {
    const id = /^([\w-]+)\.md$/.exec(href)?.[1];
    if (!id) return /^https:\/\//.test(href) ? h('a', { href, title: href }, ...content) : null;
    const link = h('a', { href: `#${id}`, 'data-card': id }, ...content);
    link.addEventListener('click', (event) => {
      event.preventDefault();
      this.open(id, true);
    });
    return link;
  }
}
