import { textField } from '../../kit/controls';
import { h, icon, setAttributes, setText } from '../../kit/dom';
import { visible } from '../../kit/visible';
import { COLUMNS, filterAndSort, Lifetimes, type Listed, orderOf, portOwner, SocketTexts, type Sorting } from '../layout/socket-rows';
import type { TimelineStore } from '../store/store';
import type { Part } from './part';
import { RowWindow } from './row-window';
import { classOf, NUMBERS, SocketRow } from './socket-row';

/** The table of all sockets at the current step, in the words of netstat: sorted, filtered, and each cell explained. */
export function socketsTable(actions: { choose(socketIndex: number): void }): Part {
  const body = h('tbody', { role: 'rowgroup' });
  const more = h('p', { class: 'faint' });
  const answer = h('p', { class: 'port-owner', role: 'status' });
  const meaning = h('p', { class: 'cell-meaning faint', 'aria-live': 'polite' }, HINT);
  let sorting: Sorting | null = null;
  let text = '';
  let listedFor = '';
  let shown = '';
  let store: TimelineStore | null = null;
  let texts: SocketTexts | null = null;
  let lives: Lifetimes | null = null;
  const again = () => {
    listedFor = shown = '';
    seen.again = true;
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
    h('thead', { role: 'rowgroup' }, h('tr', { role: 'row', 'aria-rowindex': 1 }, ...heads)),
    body,
  );
  const pool: SocketRow[] = [];
  /** Rows that exist: those of lines `from`.. of the list. */
  const rows: SocketRow[] = [];
  let from = 0;
  /** Sockets in the order of the lines. */
  let list: readonly number[] = [];
  let all: Listed = { open: [], rest: [], closed: 0 };
  let port: string | null = null;
  let seen = { step: -1, again: false };
  /** The longest text of each column so far: columns keep their widths while other rows come into view. */
  let longest: string[] = [];
  const scroll = h('div', { class: 'sockets-scroll', tabindex: -1 });
  const lines = new RowWindow(scroll, table.tHead!, () => paintRows());
  scroll.append(lines.before, table, lines.after, more);
  const element = h('div', { class: 'tab-body sockets-tab' }, h('div', { class: 'sockets-bar' }, field.element, answer), scroll, meaning);
  const explain = (words: string | null) => setText(meaning, words ?? HINT);
  const rowActions = { choose: actions.choose, explain };
  element.addEventListener('mouseleave', () => explain(null));

  /** Those that leave at one end come in at the other: a row that stays in view keeps its element, and with it the focus. */
  const move = (by: number) => {
    const leaving = by > 0 ? rows.splice(0, by) : rows.splice(Math.max(0, rows.length + by));
    if (leaving.some(({ element: row }) => row.contains(document.activeElement))) scroll.focus({ preventScroll: true });
    if (by > 0) rows.push(...leaving);
    else rows.unshift(...leaving);
    if (by > 0) body.append(...leaving.map((row) => row.element));
    else body.prepend(...leaving.map((row) => row.element));
  };

  const paintRows = () => {
    const reader = store?.reader;
    if (!store || !reader || !texts || store.shownTab !== 'sockets') return;
    const { step } = store;
    const book = texts;
    const current = step > 0 ? reader.socketIndex(step) : -1;
    const range = lines.range(list.length);
    const by = range.from - from;
    if (by !== 0) move(by);
    from = range.from;
    for (const row of rows.splice(range.to - range.from)) {
      row.element.remove();
      pool.push(row);
    }
    while (rows.length < range.to - range.from) {
      const row = pool.pop() ?? new SocketRow(rowActions);
      rows.push(row);
      body.append(row.element);
    }
    for (const [i, row] of rows.entries()) {
      const socket = reader.socketAt(list[from + i]!, step);
      if (socket) row.show(socket, from + i, current, (one) => book.row(one, step));
      for (const [column, words] of row.texts.entries()) {
        if (words.length <= (longest[column]?.length ?? 0)) continue;
        longest[column] = words;
        setAttributes(heads[column]!, { 'data-longest': visible(words) });
      }
    }
    setAttributes(table, { 'aria-rowcount': list.length + 1 });
    lines.measure(rows[0]?.element ?? null);
    if (reveal(false)) paintRows();
  };

  /** The line of the step is brought into view once a step; true when other lines are in view then. */
  const reveal = (clean: boolean): boolean => {
    const reader = store?.reader;
    if (!store || !reader || !lines.known || (seen.step === store.step && !seen.again)) return false;
    seen = { step: store.step, again: false };
    const current = store.step > 0 ? reader.socketIndex(store.step) : -1;
    const at = current < 0 ? -1 : list.indexOf(current);
    return at >= 0 && lines.reveal(at, clean);
  };

  /** Brings the list up to date; false when it is not seen. */
  const relist = (): boolean => {
    const reader = store?.reader;
    if (!store || !reader || store.shownTab !== 'sockets') return false;
    const key = `${store.step}/${reader.size}/${store.title}`;
    if (key === listedFor) return true;
    listedFor = key;
    const { step } = store;
    const current = step > 0 ? reader.socketIndex(step) : -1;
    if (texts?.reader !== reader) {
      texts = new SocketTexts(reader);
      longest = [];
    }
    if (lives?.reader !== reader) lives = new Lifetimes(reader, store.index.spans);
    all = lives.at(step, current);
    port = null;
    if (text.trim() !== '' || sorting !== null) {
      // A search looks at all of them; without one only those in view are asked what they are.
      const states = orderOf(all)
        .map((index) => reader.socketAt(index, step))
        .filter((socket) => socket !== null);
      port = text.trim() ? portOwner(reader, states, text) : null;
      list = filterAndSort(texts, states, port ? `:${text.trim().replace(/^:/, '')}` : text, sorting).map(({ index }) => index);
    } else list = orderOf(all);
    return true;
  };

  const draw = () => {
    if (!relist() || shown === listedFor) return;
    shown = listedFor;
    paintRows();
    for (const [i, { id }] of COLUMNS.entries()) {
      const order = sorting?.column === id ? (sorting.descending ? 'descending' : 'ascending') : null;
      if (heads[i]!.getAttribute('aria-sort') === order) continue;
      setAttributes(heads[i]!, { 'aria-sort': order });
      const button = heads[i]!.firstElementChild!;
      button.querySelector('.codicon')?.remove();
      if (order) button.append(icon(order === 'ascending' ? 'triangle-up' : 'triangle-down'));
    }
    setText(answer, port ?? '');
    answer.hidden = !port;
    const { closed } = all;
    const count = all.open.length + all.rest.length;
    const searching = text.trim() !== '' || sorting !== null;
    const counts = [
      list.length < count ? `${list.length.toLocaleString('en')} of ${count.toLocaleString('en')} sockets match.` : '',
      closed > 0 && !searching ? `${closed.toLocaleString('en')} closed ${closed === 1 ? 'socket is' : 'sockets are'} not listed.` : '',
    ];
    setText(more, count + closed === 0 ? 'No socket yet at this step.' : counts.filter(Boolean).join(' '));
  };
  return {
    element,
    scroll(current) {
      store = current;
      if (relist() && shown !== listedFor) reveal(true);
    },
    update(current) {
      store = current;
      draw();
    },
  };
}

const HINT = 'Point at a cell, or press ↓ and → in a row, to see what it means for that socket.';
