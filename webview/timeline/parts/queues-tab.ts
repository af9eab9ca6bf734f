import type { TraceReader } from '../../../src/contracts/trace-model';
import { type BufferSeries, bufferSeries, covers, isLoopback, type SeriesName } from '../../../src/trace';
import { socketIndexOf } from '../../../src/trace/bytes';
import { waitingAt } from '../../../src/trace/waiting/accept-queue';
import { fill, h, icon } from '../../kit/dom';
import { type Connection, connectionAt, isDatagram } from '../layout/connection';
import type { TimelineStore } from '../store/store';
import { gauge, type Moment, momentsOf, readingAt, readingWords } from './gauge';
import { endName } from './ladder';
import { loopView } from './loop-view';
import type { Part } from './part';
import { provenanceChip } from './provenance';

const BUFFER: Record<SeriesName, { title: string; what: string }> = {
  'stream-write': { title: 'Stream write buffer', what: 'writableLength: what write() took and Node has not been told is sent' },
  'libuv-write': { title: 'libuv queue', what: 'writeQueueSize: what the kernel had no room for yet; libuv tries again when there is' },
  'kernel-send': { title: 'Kernel send', what: 'Send-Q: in the kernel, not yet acknowledged by the other end' },
  'kernel-receive': { title: 'Kernel receive', what: 'Recv-Q: arrived, and not yet read by the program' },
  'stream-read': { title: 'Stream read buffer', what: 'readableLength: read, and not yet taken by the program' },
  'accept-queue': { title: 'Accept queue', what: 'Connections that the kernel completed and the program has not accepted' },
  'udp-drops': { title: 'Dropped', what: 'Datagrams that the kernel threw away because the receive buffer was full' },
};
/** Events of a connection from which on the charts show only the steps around the current one. */
const MANY = 20_000;
/** While a run grows the series of a long connection are worked out at most so often, ms. */
const OFTEN = 500;

interface Worked {
  key: string;
  size: number;
  at: number;
  from: number;
  to: number;
  sender: BufferSeries[];
  receiver: BufferSeries[];
  moments: Moment[];
}

/** The buffers that the bytes of a connection pass, in a chain; the accept queue of its listener; what only a model can say. */
export function queuesTab(actions: { goTo(step: number): void }): Part {
  const element = h('div', { class: 'tab-body queues', role: 'group', tabindex: 0, 'aria-label': 'Buffers and queues' });
  let shown = '';
  let store: TimelineStore | null = null;
  let direction: { key: string; out: boolean } | null = null;
  let worked: Worked | null = null;

  const work = (reader: TraceReader, from: number, to: number, step: number, datagram: boolean): Worked => {
    const own = [from, to].filter((index) => index >= 0);
    const events = own.map((index) => reader.eventsOfSocket(index));
    const count = events.reduce((sum, list) => sum + list.length, 0);
    const many = count > MANY;
    const key = `${from}/${to}/${many ? Math.floor(step / 4000) : ''}`;
    const same = worked?.key === key && (worked.size === reader.size || (count > 2000 && performance.now() - worked.at < OFTEN));
    if (worked && same) return worked;
    const first = Math.min(...events.map((list) => list[0] ?? reader.size));
    const last = Math.max(...events.map((list) => list.at(-1) ?? 1));
    const range = many ? { from: Math.max(first, step - 6000), to: Math.min(last, step + 6000) } : { from: first, to: last };
    const names: SeriesName[][] = datagram
      ? [
          ['libuv-write', 'kernel-send'],
          ['kernel-receive', 'udp-drops'],
        ]
      : [
          ['stream-write', 'libuv-write', 'kernel-send'],
          ['kernel-receive', 'stream-read'],
        ];
    const series = (index: number, list: SeriesName[]) =>
      index < 0 ? list.map(outside) : list.map((name) => bufferSeries(reader, index, name, range.from, range.to));
    worked = {
      key,
      size: reader.size,
      at: performance.now(),
      ...range,
      sender: series(from, names[0]!),
      receiver: series(to, names[1]!),
      moments: momentsOf(reader, from),
    };
    return worked;
  };

  const draw = () => {
    const reader = store?.reader;
    if (!store || !reader || store.shownTab !== 'queues') return;
    const key = `${store.step}/${reader.size}/${store.title}`;
    if (key === shown) return;
    shown = key;
    const { step } = store;
    const at = step > 0 ? reader.socketIndex(step) : -1;
    const connection = connectionAt(reader, step);
    const listener = listenerOf(reader, at, connection, step);
    const parts: (HTMLElement | null)[] = [];
    const door = listener >= 0 ? acceptQueue(reader, listener, step, actions.goTo) : null;
    if (at >= 0 && at === listener) parts.push(door);
    if (connection) parts.push(...chain(reader, connection, step));
    else if (!door) parts.push(h('p', { class: 'faint' }, 'No socket with buffers in this trace.'));
    if (!(at >= 0 && at === listener)) parts.push(door);
    const process = step > 0 ? reader.processIndex(step) : 0;
    parts.push(loopView(reader, process, step, actions.goTo));
    fill(element, ...parts);
  };

  const chain = (reader: TraceReader, connection: Connection, step: number): (HTMLElement | null)[] => {
    const pair = `${connection.left}/${connection.right}`;
    const out = direction?.key === pair ? direction.out : sendsAt(reader, connection, step);
    const from = out ? connection.left : connection.right;
    const to = out ? connection.right : connection.left;
    const datagram = isDatagram(connection);
    const known = work(reader, from, to, step, datagram);
    const names = { from: endName(reader, from, 'outside this trace'), to: endName(reader, to, 'outside this trace') };
    const turn = (way: boolean, a: number, b: number) => {
      const button = h(
        'button',
        { type: 'button', class: 'direction', 'aria-pressed': String(way === out) },
        endName(reader, a, 'outside'),
        icon('arrow-right'),
        endName(reader, b, 'outside'),
      );
      button.addEventListener('click', () => {
        direction = { key: pair, out: way };
        shown = '';
        draw();
      });
      return button;
    };
    const one = (series: BufferSeries, owner: string) =>
      gauge({
        ...BUFFER[series.name],
        owner,
        series,
        from: known.from,
        to: known.to,
        step,
        moments: series.name === 'stream-write' ? known.moments : [],
        goTo: actions.goTo,
      });
    return [
      h(
        'div',
        { class: 'directions', role: 'group', 'aria-label': 'Direction' },
        turn(true, connection.left, connection.right),
        turn(false, connection.right, connection.left),
      ),
      h(
        'p',
        { class: 'faint' },
        'The way of the bytes, from write() to the other program. Do not add these up: the same byte can be counted in more than one.',
      ),
      h(
        'div',
        { class: 'chain' },
        ...known.sender.map((series) => one(series, names.from)),
        ...known.receiver.map((series) => one(series, names.to)),
      ),
      datagram ? null : windowModel(reader, connection, known, step),
    ];
  };
  return {
    element,
    update(current) {
      store = current;
      draw();
    },
  };
}

function outside(name: SeriesName): BufferSeries {
  return { name, unit: 'bytes', within: [], points: [], limit: null, none: 'No reading here: this end is not in the trace.' };
}

const MOVES = /^(write|writev|send|sendto|sendmsg|read|readv|recv|recvfrom|recvmsg)$/;

/** Whether the bytes that move at the step (or before it) go from left to right. */
function sendsAt(reader: TraceReader, connection: Connection, step: number): boolean {
  for (let seq = step; seq > Math.max(0, step - 200); seq--) {
    const index = reader.socketIndex(seq);
    if (index < 0 || (index !== connection.left && index !== connection.right)) continue;
    const isLeft = index === connection.left;
    const call = reader.call(seq);
    if (call !== null && MOVES.test(call)) return /^(write|send)/.test(call) === isLeft;
    // A buffer for writing is the sender's.
    if (reader.kind(seq) === 'buffer') return (reader.event(seq).buffer !== 'stream-read') === isLeft;
  }
  return connection.left >= 0;
}

/** The listener that the step is about: itself, or the one whose connection it is; of a client that waits, the one at whose address. */
function listenerOf(reader: TraceReader, at: number, connection: Connection | null, step: number): number {
  if (at >= 0 && reader.sockets[at]!.role === 'listener') return at;
  if (!connection) return -1;
  const id = connection.right >= 0 ? reader.sockets[connection.right]!.listener : null;
  if (id) return socketIndexOf(reader, id);
  const { remote, role } = reader.sockets[connection.own]!;
  if (role !== 'client' || !remote) return -1;
  return reader.sockets.findLastIndex(
    (socket) =>
      socket.role === 'listener' &&
      socket.birth <= step &&
      (socket.death === null || socket.death >= step) &&
      socket.local !== null &&
      covers(socket.local, remote),
  );
}

/** The accept queue against its backlog, with the connections that wait in it. */
function acceptQueue(reader: TraceReader, listener: number, step: number, goTo: (step: number) => void): HTMLElement {
  const events = reader.eventsOfSocket(listener);
  const series = bufferSeries(reader, listener, 'accept-queue', events[0] ?? 1, reader.size);
  const backlog = reader.socketAt(listener, step)?.sendQ ?? null;
  const waiting = waitingAt(reader, listener, step);
  const now = readingAt(series, step);
  const list = (title: string, indexes: number[]) =>
    indexes.length === 0
      ? null
      : h(
          'p',
          {},
          `${title}: `,
          ...indexes.slice(0, 12).map((index) => {
            const button = h('button', { type: 'button', class: 'link waiting' }, endName(reader, index, ''));
            button.addEventListener('click', () => goTo(reader.sockets[index]!.birth));
            return button;
          }),
          indexes.length > 12 ? `and ${indexes.length - 12} more` : '',
        );
  const full = now && backlog && now.low > backlog.low;
  return h(
    'section',
    { class: 'accept-queue' },
    h('h2', { class: 'piece-title' }, `Listener ${endName(reader, listener, '')}`),
    gauge({
      ...BUFFER['accept-queue'],
      owner: backlog ? `backlog ${readingWords(backlog, 'connections')}` : '',
      series,
      from: events[0] ?? 1,
      to: reader.size,
      step,
      moments: [],
      goTo,
    }),
    list('Waiting to be accepted', waiting.connected),
    list('Connecting, may wait already', waiting.connecting),
    h(
      'p',
      { class: 'model-note' },
      provenanceChip('model'),
      h(
        'span',
        { class: 'faint' },
        full
          ? 'The queue is full: Linux now drops what would enter it without an answer. Those clients stay in SYN_SENT and send their SYN again after 1 s, 3 s and 7 s.'
          : 'SYN queue: empty between steps. On one machine a handshake is over within connect(); only when the accept queue is full do SYNs wait, and are sent again after 1 s, 3 s and 7 s.',
      ),
    ),
  );
}

/** What the receiver's window does, as far as the readings let one say. */
function windowModel(reader: TraceReader, connection: Connection, known: Worked, step: number): HTMLElement | null {
  const { remote, protocol } = reader.sockets[connection.own]!;
  if (protocol === 'unix') return null;
  const queued = known.sender.find((series) => series.name === 'libuv-write');
  const waits = queued ? (readingAt(queued, step)?.low ?? 0) : 0;
  const window =
    waits > 0
      ? 'Window: the kernel takes no more from libuv, so its send buffer is full; most likely the receiver’s window is closed, because its program does not read fast enough.'
      : 'Window: open as far as can be told; nothing waits for the kernel at this step.';
  const again =
    remote && isLoopback(remote)
      ? 'Retransmissions: none to be expected, nothing is lost on one machine.'
      : 'Retransmissions: not seen from here; the kernel does them by itself.';
  return h('p', { class: 'model-note' }, provenanceChip('model'), h('span', { class: 'faint' }, `${window} ${again}`));
}
