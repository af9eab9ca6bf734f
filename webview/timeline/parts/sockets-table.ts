import type { SocketState } from '../../../src/contracts/trace-model';
import { textField } from '../../kit/controls';
import { h, icon, setAttributes, setText } from '../../kit/dom';
import {
  type Cell,
  COLUMNS,
  type ColumnId,
  cellsOf,
  chooseRows,
  filterAndSort,
  listedAt,
  MOST_ROWS,
  portOwner,
  SocketTexts,
  type Sorting,
} from '../layout/socket-rows';
import type { TimelineStore } from '../store/store';
import type { Part } from './part';

const NUMBERS: ReadonlySet<ColumnId> = new Set(['recv', 'send']);
const classOf = (id: ColumnId) => (NUMBERS.has(id) ? 'number' : id);

/** The table of all sockets at the current step, in the words of netstat: sorted, filtered, and each cell explained. */
export function socketsTable(actions: { choose(socketIndex: number): void }): Part {
  const body = h('tbody', { role: 'rowgroup' });
  const more = h('p', { class: 'faint' });
  const answer = h('p', { class: 'port-owner', role: 'status' });
  const meaning = h('p', { class: 'cell-meaning faint', 'aria-live': 'polite' }, HINT);
  let sorting: Sorting | null = null;
  let text = '';
  let shown = '';
  let store: TimelineStore | null = null;
  let texts: SocketTexts | null = null;
  const again = () => {
    shown = '';
    draw();
  };
  const field = textField({
    label: 'Filter the sockets; a port number tells who owns it',
    placeholder: 'Filter, or port: who owns it?',
    name: 'filter-sockets',
    icon: 'filter',
    input(value) {
      text = value;
      again();
    },
    enter() {},
    escape() {
      field.set('');
      text = '';
      again();
    },
  });
  const heads = COLUMNS.map(({ id, name, title }) => {
    const button = h('button', { type: 'button', class: 'sort', title: `${title}. Click to sort` }, name);
    button.addEventListener('click', () => {
      sorting =
        sorting?.column !== id
          ? { column: id, descending: NUMBERS.has(id) }
          : sorting.descending === NUMBERS.has(id)
            ? { column: id, descending: !sorting.descending }
            : null;
      again();
    });
    return h('th', { scope: 'col', role: 'columnheader', class: classOf(id), 'data-column': id }, button);
  });
  const table = h(
    'table',
    { class: 'sockets', role: 'table', 'aria-label': 'Sockets at the current step' },
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...heads)),
    body,
  );
  const scroll = h('div', { class: 'sockets-scroll' }, table, more);
  const element = h('div', { class: 'tab-body sockets-tab' }, h('div', { class: 'sockets-bar' }, field.element, answer), scroll, meaning);
  const pool: Row[] = [];
  const explain = (words: string | null) => setText(meaning, words ?? HINT);
  element.addEventListener('mouseleave', () => explain(null));

  const draw = () => {
    const reader = store?.reader;
    if (!store || !reader || store.shownTab !== 'sockets') return;
    const key = `${store.step}/${reader.size}/${store.title}`;
    if (key === shown) return;
    shown = key;
    const { step } = store;
    const current = step > 0 ? reader.socketIndex(step) : -1;
    const searching = text.trim() !== '' || sorting !== null;
    // A search looks at all of them; without one the rows are chosen before anything is asked of them.
    const all = listedAt(reader, store.index.spans, step, current);
    const chosen = searching ? { rows: [...all.open, ...all.rest].sort((a, b) => a - b), left: 0 } : chooseRows(all, current);
    const { left } = chosen;
    const closed = searching ? 0 : all.closed;
    const rows = chosen.rows.map((index) => reader.socketAt(index, step)).filter((socket) => socket !== null);
    if (texts?.reader !== reader) texts = new SocketTexts(reader);
    const { processes } = texts;
    const port = text.trim() ? portOwner(reader, rows, text) : null;
    const found = searching ? filterAndSort(texts, rows, port ? `:${text.trim().replace(/^:/, '')}` : text, sorting) : rows;
    const listed = found.slice(0, MOST_ROWS);
    while (pool.length < listed.length) {
      const row = new Row(actions.choose, explain);
      pool.push(row);
      body.append(row.element);
    }
    for (const [i, row] of pool.entries()) row.show(listed[i] ?? null, current, (socket) => cellsOf(reader, socket, step, processes));
    for (const [i, { id }] of COLUMNS.entries()) {
      const order = sorting?.column === id ? (sorting.descending ? 'descending' : 'ascending') : null;
      setAttributes(heads[i]!, { 'aria-sort': order });
      const button = heads[i]!.firstElementChild!;
      button.querySelector('.codicon')?.remove();
      if (order) button.append(icon(order === 'ascending' ? 'triangle-up' : 'triangle-down'));
    }
    setText(answer, port ?? '');
    answer.hidden = !port;
    // Once all parts of the page are written: where things are is worked out once then.
    queueMicrotask(() => revealIn(scroll, table.tHead!.offsetHeight, body.querySelector<HTMLElement>('tr.current')));
    const hidden = found.length - listed.length + left;
    const filtered = rows.length - found.length;
    const counts = [
      filtered > 0 ? `${found.length.toLocaleString('en')} of ${rows.length.toLocaleString('en')} sockets match.` : '',
      hidden > 0 ? `${hidden.toLocaleString('en')} more ${hidden === 1 ? 'socket is' : 'sockets are'} not listed.` : '',
      closed > 0 ? `${closed.toLocaleString('en')} closed ${closed === 1 ? 'socket is' : 'sockets are'} not listed.` : '',
    ];
    setText(more, all.open.length + all.rest.length + all.closed === 0 ? 'No socket yet at this step.' : counts.filter(Boolean).join(' '));
  };
  return {
    element,
    update(current) {
      store = current;
      draw();
    },
  };
}

const HINT = 'Point at a cell, or press ↓ and → in a row, to see what it means for that socket.';

/** Scrolls the table alone: scrollIntoView would also move what is around it. */
function revealIn(box: HTMLElement, head: number, row: HTMLElement | null): void {
  if (!row || row.hidden || box.scrollHeight <= box.clientHeight) return;
  const outer = box.getBoundingClientRect();
  const inner = row.getBoundingClientRect();
  // The headings stay, above what scrolls.
  if (inner.top < outer.top + head) box.scrollTop -= outer.top + head - inner.top + 8;
  // Where there is no room for the whole row, its beginning is what is shown.
  else if (inner.bottom > outer.bottom) box.scrollTop += Math.min(inner.bottom - outer.bottom + 8, inner.top - outer.top - head);
}

/** One line of the table. Lines are kept and only their changed cells are written: a step touches few. */
class Row {
  readonly element: HTMLElement;
  readonly #cells: HTMLElement[];
  #index = -1;

  #shown: SocketState | null = null;
  #now = false;
  readonly #texts: string[] = [];
  readonly #titles: string[] = [];

  constructor(choose: (socketIndex: number) => void, explain: (words: string | null) => void) {
    this.#cells = COLUMNS.map(({ id }) => h('td', { role: 'cell', class: classOf(id), tabindex: -1 }));
    this.element = h('tr', { role: 'row', tabindex: 0 }, ...this.#cells);
    this.element.addEventListener('click', () => choose(this.#index));
    for (const [i, cell] of this.#cells.entries()) {
      const say = () => explain(`${COLUMNS[i]!.name} ${cell.textContent}: ${cell.title}`);
      cell.addEventListener('mouseenter', say);
      cell.addEventListener('focus', say);
    }
    this.element.addEventListener('keydown', (event) => this.#key(event, choose));
  }

  /** Left and right go over the cells of the row, up and down to other rows; elsewhere these keys step. */
  #key(event: KeyboardEvent, choose: (socketIndex: number) => void): void {
    const at = this.#cells.indexOf(event.target as HTMLElement);
    const near = (row: Element | null): HTMLElement | null => {
      const cell = row && !(row as HTMLElement).hidden ? row : null;
      return (at < 0 ? cell : cell?.children[at]) as HTMLElement | null;
    };
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

  /** Shows a socket; null hides the row. What did not change is left alone: this runs for every row at every step. */
  show(socket: SocketState | null, current: number, cellsOf: (socket: SocketState) => Cell[]): void {
    if (this.element.hidden !== (socket === null)) this.element.hidden = socket === null;
    if (!socket) return;
    const now = socket.index === current;
    // A state is one object for as long as it holds; only TIME_WAIT counts down.
    if (this.#shown === socket && this.#now === now && socket.state !== 'TIME_WAIT') return;
    this.#shown = socket;
    this.#now = now;
    this.#index = socket.index;
    const cells = cellsOf(socket);
    setAttributes(this.element, {
      class: now ? 'current' : null,
      'aria-current': now ? 'true' : null,
      'data-socket': socket.id,
      'aria-label': `${socket.id}: ${cells.map((cell, i) => `${COLUMNS[i]!.name} ${cell.text}`).join(', ')}. Enter goes to where it was created`,
    });
    for (const [i, cell] of this.#cells.entries()) {
      const { text, meaning } = cells[i]!;
      const title = meaning();
      // Asking the page what it says already costs more than remembering it.
      if (this.#texts[i] !== text) setText(cell, text);
      if (this.#titles[i] !== title) setAttributes(cell, { title });
      this.#texts[i] = text;
      this.#titles[i] = title;
    }
  }
}
