import type { Reading, SocketState, TraceReader } from '../../../src/contracts/trace-model';
import { fill, h } from '../../kit/dom';
import { addressText } from '../store/filter';
import type { Part } from './part';

/** Rows shown at most: beyond that nobody reads on, and the filter helps. */
const MOST_ROWS = 200;

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
  let shown = '';
  return {
    element,
    update(store) {
      const reader = store.reader;
      if (!reader || store.tab !== 'sockets') return;
      const key = `${store.step}/${reader.size}/${store.title}`;
      if (key === shown) return;
      shown = key;
      const { sockets } = reader.stateAt(store.step);
      const current = store.step > 0 ? reader.socketIndex(store.step) : -1;
      const open = sockets.filter((socket) => socket.open || socket.index === current || socket.state !== 'CLOSED');
      const rows = open.length > MOST_ROWS ? open.filter((socket) => socket.index === current || open.indexOf(socket) < MOST_ROWS) : open;
      fill(body, ...rows.map((socket) => row(reader, socket, socket.index === current, actions)));
      const closed = sockets.length - open.length;
      more.textContent =
        sockets.length === 0
          ? 'No socket yet at this step.'
          : [
              open.length > rows.length ? `${open.length - rows.length} more open sockets.` : '',
              closed > 0 ? `${closed} closed ${closed === 1 ? 'socket is' : 'sockets are'} not listed.` : '',
            ].join(' ');
    },
  };
}

function row(reader: TraceReader, socket: SocketState, current: boolean, actions: { choose(index: number): void }): HTMLElement {
  const state = socket.orState ? `${socket.state} or ${socket.orState}` : socket.state;
  const process = reader.processes.findLast((candidate) => candidate.pid === socket.pid);
  const listener = socket.role === 'listener';
  const name = `${socket.pid}/${process?.program ?? '?'}`;
  const inKernel = !socket.open && socket.state !== 'CLOSED';
  const owner = inKernel ? '-' : name;
  const recvTitle = readingTitle(socket.recvQ, listener ? 'Connections waiting to be accepted' : 'Bytes waiting to be read');
  const sendTitle = readingTitle(socket.sendQ, listener ? 'Backlog' : 'Bytes not yet acknowledged');
  const cell = (className: string, title: string, text: string) => h('td', { role: 'cell', class: className, title }, text);
  const local = addressText(socket.local, socket.protocol);
  const foreign = addressText(socket.remote, socket.protocol);
  const element = h(
    'tr',
    {
      role: 'row',
      tabindex: 0,
      class: current ? 'current' : null,
      'aria-current': current ? 'true' : null,
      'data-socket': socket.id,
      title: `${socket.id}: go to where it was created`,
    },
    cell('proto', `${socket.id}${socket.fd === null ? '' : `, descriptor ${socket.fd}`}`, socket.protocol),
    cell('number', recvTitle, readingText(socket.recvQ)),
    cell('number', sendTitle, readingText(socket.sendQ)),
    cell('local', local, local),
    cell('foreign', foreign, foreign),
    cell('state', `${state} (${socket.stateProvenance})`, socket.open || inKernel ? state : 'closed'),
    cell('owner', inKernel ? `${name} has closed it; the kernel finishes the connection` : name, owner),
  );
  element.addEventListener('click', () => actions.choose(socket.index));
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') actions.choose(socket.index);
  });
  return element;
}
