import type { Reading, SocketState, TraceReader } from '../../../src/contracts/trace-model';
import { h, setAttributes, setText } from '../../kit/dom';
import { programName } from '../layout/titles';
import { addressText } from '../store/filter';
import type { Part } from './part';

/** Rows shown at most: beyond that nobody reads on, and the filter helps. */
const MOST_ROWS = 60;

const COLUMNS: { name: string; className: string; title: string }[] = [
  { name: 'Proto', className: 'proto', title: 'Protocol: tcp, udp or unix; a 6 for IPv6' },
  {
    name: 'Recv-Q',
    className: 'number',
    title: 'Bytes that the kernel holds for the program to read. Of a listening socket: connections that wait to be accepted',
  },
  {
    name: 'Send-Q',
    className: 'number',
    title: 'Bytes handed to the kernel that the other side has not acknowledged. Of a listening socket: the backlog',
  },
  { name: 'Local Address', className: 'local', title: 'Address and port of this socket; * is any' },
  { name: 'Foreign Address', className: 'foreign', title: 'Address and port of the other end; *:* for none' },
  { name: 'State', className: 'state', title: 'TCP state as in RFC 9293' },
  { name: 'PID/Program', className: 'owner', title: 'Process that owns the socket' },
];

/** A queue as people read it: `0`, `<= 4096`, `12-40`, and `?` for not known. */
export function readingText(reading: Reading | null): string {
  if (!reading) return '?';
  if (reading.low === reading.high) return String(reading.low);
  return reading.low === 0 ? `<= ${reading.high}` : `${reading.low}-${reading.high}`;
}

function readingTitle(reading: Reading | null, what: string): string {
  if (!reading) return `${what}: not known here. It would need a reading from the kernel.`;
  if (reading.low === reading.high) return `${what}: ${reading.low} (${reading.provenance})`;
  return `${what}: between ${reading.low} and ${reading.high}; what was seen does not say more (${reading.provenance})`;
}

/** The table of all sockets at the current step, in the words of netstat. */
export function socketsTable(actions: { choose(socketIndex: number): void }): Part {
  const body = h('tbody', { role: 'rowgroup' });
  const more = h('p', { class: 'faint' });
  const element = h(
    'div',
    { class: 'tab-body' },
    h(
      'table',
      { class: 'sockets', role: 'table', 'aria-label': 'Sockets at the current step' },
      h(
        'thead',
        { role: 'rowgroup' },
        h(
          'tr',
          { role: 'row' },
          ...COLUMNS.map(({ name, className, title }) => h('th', { scope: 'col', role: 'columnheader', class: className, title }, name)),
        ),
      ),
      body,
    ),
    more,
  );
  const pool: Row[] = [];
  let shown = '';
  return {
    element,
    update(store) {
      const reader = store.reader;
      if (!reader || store.shownTab !== 'sockets') return;
      const key = `${store.step}/${reader.size}/${store.title}`;
      if (key === shown) return;
      shown = key;
      const { sockets } = store.states().after;
      const current = store.step > 0 ? reader.socketIndex(store.step) : -1;
      const { rows, left, closed } = chooseRows(sockets, current);
      while (pool.length < rows.length) {
        const row = new Row(actions.choose);
        pool.push(row);
        body.append(row.element);
      }
      for (const [i, row] of pool.entries()) row.show(reader, rows[i] ?? null, current);
      revealIn(element, body.querySelector<HTMLElement>('tr.current'));
      setText(
        more,
        sockets.length === 0
          ? 'No socket yet at this step.'
          : [
              left > 0 ? `${left.toLocaleString('en')} more ${left === 1 ? 'socket is' : 'sockets are'} not listed.` : '',
              closed > 0 ? `${closed.toLocaleString('en')} closed ${closed === 1 ? 'socket is' : 'sockets are'} not listed.` : '',
            ].join(' '),
      );
    },
  };
}

/** Scrolls the table alone: scrollIntoView would also move what is around it. */
function revealIn(box: HTMLElement, row: HTMLElement | null): void {
  if (!row || box.scrollHeight <= box.clientHeight) return;
  const outer = box.getBoundingClientRect();
  const inner = row.getBoundingClientRect();
  if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top + 8;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 8;
}

/** Sockets worth a row, in order of birth: open ones, those that the kernel still finishes, and the current one. */
export function chooseRows(sockets: readonly SocketState[], current: number): { rows: SocketState[]; left: number; closed: number } {
  const listed = sockets.filter((socket) => socket.open || socket.state !== 'CLOSED' || socket.index === current);
  const closed = sockets.length - listed.length;
  if (listed.length <= MOST_ROWS) return { rows: listed, left: 0, closed };
  const open = listed.filter((socket) => socket.open || socket.index === current);
  const rest = listed.filter((socket) => !socket.open && socket.index !== current);
  const rows = [...open, ...rest].slice(0, MOST_ROWS);
  const own = listed.find((socket) => socket.index === current);
  if (own && !rows.includes(own)) rows[rows.length - 1] = own;
  rows.sort((a, b) => a.index - b.index);
  return { rows, left: listed.length - rows.length, closed };
}

/** One line of the table. Lines are kept and only their changed cells are written: a step touches few. */
class Row {
  readonly element: HTMLElement;
  readonly #cells: HTMLElement[];
  #index = -1;

  constructor(choose: (socketIndex: number) => void) {
    this.#cells = COLUMNS.map(({ className }) => h('td', { role: 'cell', class: className }));
    this.element = h('tr', { role: 'row', tabindex: 0 }, ...this.#cells);
    this.element.addEventListener('click', () => choose(this.#index));
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') choose(this.#index);
    });
  }

  show(reader: TraceReader, socket: SocketState | null, current: number): void {
    this.element.hidden = socket === null;
    if (!socket) return;
    this.#index = socket.index;
    const now = socket.index === current;
    setAttributes(this.element, {
      class: now ? 'current' : null,
      'aria-current': now ? 'true' : null,
      'data-socket': socket.id,
      title: `${socket.id}: go to where it was created`,
    });
    const cells = cellsOf(reader, socket);
    for (const [i, cell] of this.#cells.entries()) {
      setText(cell, cells[i]!.text);
      setAttributes(cell, { title: cells[i]!.title });
    }
  }
}

/** Text and explanation of each column. */
function cellsOf(reader: TraceReader, socket: SocketState): { text: string; title: string }[] {
  const state = socket.orState ? `${socket.state} or ${socket.orState}` : socket.state;
  const process = reader.processes.findLast((candidate) => candidate.pid === socket.pid);
  const listener = socket.role === 'listener';
  const name = `${socket.pid}/${process ? programName(process.program) : '?'}`;
  const inKernel = !socket.open && socket.state !== 'CLOSED';
  const local = addressText(socket.local, socket.protocol);
  const foreign = addressText(socket.remote, socket.protocol);
  return [
    { text: socket.protocol, title: `${socket.id}${socket.fd === null ? '' : `, descriptor ${socket.fd}`}` },
    {
      text: readingText(socket.recvQ),
      title: readingTitle(socket.recvQ, listener ? 'Connections waiting to be accepted' : 'Bytes waiting to be read'),
    },
    { text: readingText(socket.sendQ), title: readingTitle(socket.sendQ, listener ? 'Backlog' : 'Bytes not yet acknowledged') },
    { text: local, title: local },
    { text: foreign, title: foreign },
    { text: socket.open || inKernel ? state : 'closed', title: `${state} (${socket.stateProvenance})` },
    { text: inKernel ? '-' : name, title: inKernel ? `${name} has closed it; the kernel finishes the connection` : name },
  ];
}
