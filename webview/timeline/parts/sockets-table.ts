import type { Reading, SocketState, TraceReader } from '../../../src/contracts/trace-model';
import { fill, h } from '../../kit/dom';
import { addressText } from '../store/filter';
import type { Part } from './part';

/** Rows shown at most: beyond that nobody reads on, and the filter helps. */
const MOST_ROWS = 200;

const COLUMNS: { name: string; title: string }[] = [
  { name: 'Proto', title: 'Protocol: tcp, udp or unix; a 6 for IPv6' },
  {
    name: 'Recv-Q',
    title: 'Bytes that the kernel holds for the program to read. Of a listening socket: connections that wait to be accepted',
  },
  { name: 'Send-Q', title: 'Bytes handed to the kernel that the other side has not acknowledged. Of a listening socket: the backlog' },
  { name: 'Local Address', title: 'Address and port of this socket; * is any' },
  { name: 'Foreign Address', title: 'Address and port of the other end; *:* for none' },
  { name: 'State', title: 'TCP state as in RFC 9293' },
  { name: 'PID/Program', title: 'Process that owns the socket' },
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
  const body = h('tbody');
  const more = h('p', { class: 'faint' });
  const element = h(
    'div',
    { class: 'tab-body' },
    h(
      'table',
      { class: 'sockets', 'aria-label': 'Sockets at the current step' },
      h('thead', {}, h('tr', {}, ...COLUMNS.map((column) => h('th', { scope: 'col', title: column.title }, column.name)))),
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
      const open = sockets.filter((socket) => socket.open || socket.index === current || socket.state === 'TIME_WAIT');
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
  const cells = [
    h('td', { title: `${socket.id}${socket.fd === null ? '' : `, descriptor ${socket.fd}`}` }, socket.protocol),
    h(
      'td',
      { class: 'number', title: readingTitle(socket.recvQ, listener ? 'Connections waiting to be accepted' : 'Bytes waiting to be read') },
      readingText(socket.recvQ),
    ),
    h(
      'td',
      { class: 'number', title: readingTitle(socket.sendQ, listener ? 'Backlog' : 'Bytes not yet acknowledged') },
      readingText(socket.sendQ),
    ),
    h('td', {}, addressText(socket.local, socket.protocol)),
    h('td', {}, addressText(socket.remote, socket.protocol)),
    h('td', { class: 'state', title: `${state} (${socket.stateProvenance})` }, socket.open ? state : `${state}, closed`),
    h('td', {}, `${socket.pid}/${process?.program ?? '?'}`),
  ];
  const element = h(
    'tr',
    { class: current ? 'current' : null, 'aria-current': current ? 'true' : null, 'data-socket': socket.id },
    ...cells,
  );
  element.addEventListener('click', () => actions.choose(socket.index));
  return element;
}
