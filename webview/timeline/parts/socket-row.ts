import type { SocketState } from '../../../src/contracts/trace-model';
import { h, setAttributes } from '../../kit/dom';
import { visible } from '../../kit/visible';
import { type Cell, COLUMNS, type ColumnId, type RowWords } from '../layout/socket-rows';

export const NUMBERS: ReadonlySet<ColumnId> = new Set(['recv', 'send']);
export const classOf = (id: ColumnId) => (NUMBERS.has(id) ? 'number' : id);

/** What a row does. */
export interface RowActions {
  choose(socketIndex: number): void;
  /** Says what a cell means. */
  explain(words: string): void;
}

/** One line of the sockets table. Lines are kept and only their changed cells are written: a step touches few. */
export class SocketRow {
  readonly element: HTMLElement;
  readonly #cells: HTMLElement[];
  readonly #texts = COLUMNS.map(() => document.createTextNode(''));
  #index = -1;
  #shown: SocketState | null = null;
  #now = false;
  #at = -1;
  #meanings: readonly Cell[] = [];
  /** What the cells say. */
  readonly texts: string[] = [];

  constructor({ choose, explain }: RowActions) {
    this.#cells = COLUMNS.map(({ id }, i) => h('td', { role: 'cell', class: classOf(id), tabindex: -1 }, this.#texts[i]!));
    this.element = h('tr', { role: 'row', tabindex: 0 }, ...this.#cells);
    this.element.addEventListener('click', () => choose(this.#index));
    for (const [i, cell] of this.#cells.entries()) {
      // What a cell means is worked out for the one that is asked.
      const say = () => {
        const meaning = this.#meanings[i]?.meaning() ?? '';
        setAttributes(cell, { title: meaning });
        explain(`${COLUMNS[i]!.name} ${cell.textContent}: ${meaning}`);
      };
      cell.addEventListener('mouseenter', say);
      cell.addEventListener('focus', say);
    }
    this.element.addEventListener('keydown', (event) => this.#key(event, choose));
  }

  /** Left and right go over the cells of the row, up and down to other rows; elsewhere these keys step. */
  #key(event: KeyboardEvent, choose: (socketIndex: number) => void): void {
    const at = this.#cells.indexOf(event.target as HTMLElement);
    const near = (row: Element | null) => (at < 0 ? row : row?.children[at]) as HTMLElement | null | undefined;
    let to: HTMLElement | null | undefined;
    if (event.key === 'Enter') choose(this.#index);
    else if (event.key === 'ArrowRight') to = this.#cells[Math.min(at + 1, this.#cells.length - 1)];
    else if (event.key === 'ArrowLeft') to = at > 0 ? this.#cells[at - 1] : this.element;
    else if (event.key === 'ArrowDown') to = near(this.element.nextElementSibling);
    else if (event.key === 'ArrowUp') to = near(this.element.previousElementSibling);
    else if (event.key === 'Escape') to = this.element;
    else return;
    event.preventDefault();
    to?.focus();
  }

  /**
   * Shows a socket as line `at` of the table. What did not change is left alone: this runs for every line in view at every step.
   * @param current index of the socket of the step
   */
  show(socket: SocketState, at: number, current: number, wordsOf: (socket: SocketState) => RowWords): void {
    if (this.#at !== at) {
      this.#at = at;
      // The headings are the first row.
      setAttributes(this.element, { 'aria-rowindex': at + 2 });
    }
    const now = socket.index === current;
    // A state is one object for as long as it holds; only TIME_WAIT counts down.
    if (this.#shown === socket && this.#now === now && socket.state !== 'TIME_WAIT') return;
    if (this.#now !== now) {
      this.#now = now;
      setAttributes(this.element, { class: now ? 'current' : null, 'aria-current': now ? 'true' : null });
    }
    this.#shown = socket;
    const { cells, label } = wordsOf(socket);
    this.#meanings = cells;
    if (this.#index !== socket.index) {
      this.#index = socket.index;
      setAttributes(this.element, { 'data-socket': socket.id });
    }
    // Asking the page what it says already costs more than remembering it.
    if (this.#label !== label) {
      this.#label = label;
      this.element.setAttribute('aria-label', visible(label));
    }
    for (let i = 0; i < cells.length; i++) {
      const { text } = cells[i]!;
      if (this.texts[i] === text) continue;
      this.texts[i] = text;
      this.#texts[i]!.data = visible(text);
    }
  }
  #label = '';
}
