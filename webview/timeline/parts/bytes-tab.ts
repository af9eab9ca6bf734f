import type { TraceReader } from '../../../src/contracts/trace-model';
import {
  type ByteStream,
  type ByteWay,
  type Datagram,
  datagramsFrom,
  followByte,
  type Pieces,
  pieceAt,
  piecesUpTo,
  StreamContent,
  splitByReads,
  startOf,
  streamFrom,
  streamTo,
  totalOf,
} from '../../../src/trace/bytes';
import { fill, h, icon } from '../../kit/dom';
import { type Connection, connectionAt, isDatagram } from '../layout/connection';
import { programName } from '../layout/titles';
import type { TimelineStore } from '../store/store';
import { contentView } from './bytes-content';
import { datagramsView } from './bytes-datagrams';
import { bytesText, cutWords, rulerView, stripWords } from './bytes-ruler';
import type { Part } from './part';

/** Borders that are looked at for cut characters, for the sentence over the ruler. */
const MOST_READS = 2000;
/** While a run grows a long stream, or its datagrams, are gone through at most so often, ms. */
const OFTEN = 500;
const MANY = 5000;

const pieces = ({ writes, reads }: ByteStream) => writes.seqs.length + reads.seqs.length;

interface Shown {
  stream: ByteStream;
  content: StreamContent;
  /** The whole run in a sentence. */
  words: string;
}

/** The bytes of the connection that the step is about: the stream as a ruler, one piece as text and hex, one byte followed. */
export function bytesTab(actions: { goTo(step: number): void }): Part {
  const element = h('div', { class: 'tab-body bytes', role: 'group', tabindex: 0, 'aria-label': 'Bytes of the connection' });
  const ruler = rulerView((seq) => actions.goTo(seq));
  let shown = '';
  /** What the learner chose by hand, until another step is shown. */
  let chosen: { step: number; title: string; direction: 'out' | 'in' | null; offset: number | null } | null = null;
  let cache: { reader: TraceReader; size: number; socket: number; at: number; shown: Shown } | null = null;
  let sent: { reader: TraceReader; sender: number; size: number; at: number; list: Datagram[] } | null = null;
  let store: TimelineStore | null = null;

  const streamOf = (reader: TraceReader, socket: number, other: number): Shown => {
    const key = socket >= 0 ? socket : -2 - other;
    const same = cache?.reader === reader && cache.socket === key;
    const grown =
      cache !== null && cache.size !== reader.size && (pieces(cache.shown.stream) < MANY || performance.now() - cache.at > OFTEN);
    if (!cache || !same || grown) {
      const stream = socket >= 0 ? streamFrom(reader, socket) : streamTo(reader, other);
      const content = new StreamContent(reader, stream);
      cache = {
        reader,
        size: reader.size,
        socket: key,
        at: performance.now(),
        shown: { stream, content, words: `${summary(stream)}${cutCharacters(content)}` },
      };
    }
    return cache.shown;
  };
  const datagramsOf = (reader: TraceReader, sender: number): Datagram[] => {
    const fresh = sent?.reader === reader && sent.sender === sender && (sent.size === reader.size || performance.now() - sent.at < OFTEN);
    if (!fresh) sent = { reader, sender, size: reader.size, at: performance.now(), list: datagramsFrom(reader, sender) };
    return sent!.list;
  };
  const choose = (change: { direction?: 'out' | 'in'; offset?: number | null }) => {
    if (!store) return;
    const before = chosen?.step === store.step && chosen.title === store.title ? chosen : null;
    chosen = { direction: before?.direction ?? null, offset: null, ...change, step: store.step, title: store.title };
    shown = '';
    draw();
  };

  const draw = () => {
    const reader = store?.reader;
    if (!store || !reader || store.shownTab !== 'bytes') return;
    const key = `${store.step}/${reader.size}/${store.title}/${element.clientWidth}`;
    if (key === shown) return;
    shown = key;
    const connection = connectionAt(reader, store.step);
    if (!connection) {
      fill(element, h('p', { class: 'faint' }, 'No connection and no datagram socket in this trace, so no bytes.'));
      return;
    }
    const mine = chosen?.step === store.step && chosen.title === store.title ? chosen : null;
    if (isDatagram(connection)) {
      drawDatagrams(reader, connection, mine?.direction ?? null);
      return;
    }
    const out = mine?.direction ? mine.direction === 'out' : goesOut(reader, connection, store.step);
    const from = out ? connection.left : connection.right;
    const to = out ? connection.right : connection.left;
    const { stream, content, words } = streamOf(reader, from, to);
    const piece = pieceOf(stream, store.step);
    const offset = mine?.offset ?? null;
    const queued = from >= 0 ? (reader.socketAt(from, store.step)?.writeQueueSize ?? null) : null;
    const total = Math.max(totalOf(stream.writes), totalOf(stream.reads));
    fill(
      element,
      directions(reader, connection, out, choose),
      h('p', {}, words),
      total > 0 ? ruler.element : null,
      total > 0
        ? h(
            'p',
            { class: 'faint' },
            store.step > 0 ? `At step ${store.step}: ${stripWords({ stream, step: store.step, queued })}.` : 'Before anything.',
          )
        : null,
      ...(total > 0 ? followed(stream, offset ?? (piece ? piece.start : 0), store.step, queued ?? 0, actions.goTo, choose, total) : []),
      ...(piece ? pieceContent(content, piece, offset, element.clientWidth - 32, choose) : []),
    );
    if (total > 0)
      ruler.draw({ stream, content, step: store.step, focus: offset ?? piece?.start ?? 0, queued, room: element.clientWidth - 32 });
  };

  const drawDatagrams = (reader: TraceReader, connection: Connection, direction: 'out' | 'in' | null) => {
    const peer = connection.peer >= 0 ? connection.peer : otherEnd(reader, connection.own, store!.step);
    // A receive shows what was sent to this socket, by the one that sent it.
    const out = direction ? direction === 'out' : peer < 0 || sendsDatagrams(reader, connection.own, store!.step);
    const sender = out ? connection.own : peer;
    const list = sender >= 0 ? datagramsOf(reader, sender) : [];
    fill(
      element,
      directions(reader, { ...connection, left: connection.own, right: peer, peer }, out, choose),
      ...datagramsView(reader, list, store!.step, actions.goTo),
    );
    const row = element.querySelector<HTMLElement>('tr.current');
    if (row) element.scrollTop = Math.max(0, row.offsetTop - element.clientHeight / 2);
  };
  new ResizeObserver(() => draw()).observe(element);
  return {
    element,
    update(current) {
      store = current;
      draw();
    },
  };
}

const SENDS = /^(write|writev|send|sendto|sendmsg)$/;
const RECEIVES = /^(read|readv|recv|recvfrom|recvmsg)$/;

/** Whether the last datagram of a socket up to a step, else its first one, was one that it sent. */
function sendsDatagrams(reader: TraceReader, own: number, step: number): boolean {
  const calls = (seq: number) => reader.call(seq) ?? '';
  const moves = (seq: number) => SENDS.test(calls(seq)) || RECEIVES.test(calls(seq));
  const events = reader.eventsOfSocket(own);
  const last = events.findLast((seq) => seq <= step && moves(seq)) ?? events.find(moves);
  return last === undefined || SENDS.test(calls(last));
}

/** Whether the direction from left to right is the one that the step is about. */
function goesOut(reader: TraceReader, connection: Connection, step: number): boolean {
  const ends = new Set([connection.left, connection.right]);
  for (let seq = step; seq > Math.max(0, step - 200); seq--) {
    const socket = reader.socketIndex(seq);
    if (socket < 0 || !ends.has(socket)) continue;
    const call = reader.call(seq) ?? '';
    if (SENDS.test(call)) return socket === connection.left;
    if (RECEIVES.test(call) && reader.bytes(seq)) return socket === connection.right;
  }
  // Nothing yet: the direction in which something is sent at all.
  return (
    connection.left < 0 || reader.eventsOfSocket(connection.left).some((seq) => SENDS.test(reader.call(seq) ?? '')) || connection.right < 0
  );
}

/** The socket at the other end of a datagram, where no fixed peer is known. */
function otherEnd(reader: TraceReader, own: number, step: number): number {
  const events = reader.eventsOfSocket(own);
  for (let i = events.length - 1; i >= 0; i--) {
    if (events[i]! > step && i > 0) continue;
    for (const link of reader.links(events[i]!))
      if (link.kind === 'datagram') return reader.socketIndex(link.from === events[i] ? link.to : link.from);
  }
  return -1;
}

function nameOf(reader: TraceReader, socket: number): string {
  if (socket < 0) return 'outside this trace';
  const { id, pid } = reader.sockets[socket]!;
  const process = reader.processes.findLast((candidate) => candidate.pid === pid);
  return `${id} ${process ? programName(process.program) : ''}`.trim();
}

/** Two buttons: which way the bytes go. */
function directions(
  reader: TraceReader,
  connection: Connection,
  out: boolean,
  choose: (change: { direction: 'out' | 'in' }) => void,
): HTMLElement {
  const one = (direction: 'out' | 'in', from: number, to: number) => {
    const pressed = (direction === 'out') === out;
    const words = `${nameOf(reader, from)} → ${nameOf(reader, to)}`;
    const button = h(
      'button',
      {
        type: 'button',
        class: 'direction',
        'aria-pressed': String(pressed),
        'data-direction': direction,
        title: `Show the bytes ${words}`,
      },
      nameOf(reader, from),
      icon('arrow-right'),
      nameOf(reader, to),
    );
    button.addEventListener('click', () => choose({ direction }));
    return button;
  };
  return h(
    'div',
    { class: 'directions', role: 'group', 'aria-label': 'Direction' },
    one('out', connection.left, connection.right),
    one('in', connection.right, connection.left),
  );
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count.toLocaleString('en')} ${what}s`;
}

/** The whole run in one sentence. */
function summary(stream: ByteStream): string {
  const { writes, reads } = stream;
  const written = `${bytesText(totalOf(writes))} in ${counted(writes.seqs.length, 'write')}`;
  const read = `${bytesText(totalOf(reads))} in ${counted(reads.seqs.length, 'read')}`;
  if (stream.from < 0) return `In this run: ${read}. The writer is not in this trace, so where its writes began is not known.`;
  if (totalOf(writes) === 0) return 'In this run nothing was written in this direction.';
  if (stream.to < 0) return `In this run: ${written}. The reader is not in this trace.`;
  const left = totalOf(writes) - totalOf(reads);
  return `In this run: ${written}, ${read}${left > 0 ? `; ${bytesText(left)} never read` : ''}.`;
}

function cutCharacters(content: StreamContent): string {
  const { reads } = content.stream;
  if (reads.seqs.length > MOST_READS) return '';
  const cut = splitByReads(content, 0, reads.seqs.length).size;
  return cut === 0
    ? ''
    : ` ${counted(cut, 'character')} cut in two by a read: decode with setEncoding('utf8') or a StringDecoder, not chunk by chunk.`;
}

interface Piece {
  what: 'write' | 'read';
  n: number;
  seq: number;
  start: number;
  end: number;
  now: boolean;
}

/** The write or read that the step is, or the last one before it, else the first. */
function pieceOf(stream: ByteStream, step: number): Piece | null {
  const last = (pieces: Pieces, what: Piece['what']): Piece | null => {
    if (pieces.seqs.length === 0) return null;
    const n = Math.max(0, piecesUpTo(pieces, step) - 1);
    const seq = pieces.seqs[n]!;
    return { what, n, seq, start: startOf(pieces, n), end: pieces.ends[n]!, now: seq === step };
  };
  const w = last(stream.writes, 'write');
  const r = last(stream.reads, 'read');
  if (!w || !r) return w ?? r;
  if (w.now || r.now) return w.now ? w : r;
  const past = [w, r].filter((piece) => piece.seq < step);
  return past.length === 0 ? (w.seq < r.seq ? w : r) : past.reduce((a, b) => (a.seq > b.seq ? a : b));
}

const AT: Record<ByteWay['at'], string> = {
  unsent: 'not handed to the kernel yet',
  libuv: 'in libuv’s write queue: the kernel had no room for it yet',
  kernel: 'in the kernel, in the sender’s send buffer or in the peer’s receive buffer',
  read: 'read by the other program',
};

/** One byte's way, with links to its steps, and buttons to the bytes beside it. */
function followed(
  stream: ByteStream,
  offset: number,
  step: number,
  queued: number,
  goTo: (seq: number) => void,
  choose: (change: { offset: number }) => void,
  total: number,
): HTMLElement[] {
  const way = followByte(stream, offset, step, queued);
  const link = (seq: number, text: string, mark: string) => {
    if (seq === 0) return h('span', { class: 'way-stop faint' }, text);
    const button = h(
      'button',
      { type: 'button', class: `way-stop link${seq === step ? ' now' : ''}`, 'data-way': mark },
      `${text}, step ${seq}`,
    );
    button.addEventListener('click', () => goTo(seq));
    return button;
  };
  const nudge = (to: number, iconName: string, label: string) => {
    const button = h(
      'button',
      { type: 'button', class: 'nudge', 'aria-label': label, title: label, disabled: to < 0 || to >= total },
      icon(iconName),
    );
    button.addEventListener('click', () => choose({ offset: to }));
    return button;
  };
  const w = pieceAt(stream.writes, offset);
  const r = pieceAt(stream.reads, offset);
  const libuv = way.at === 'libuv' ? ' here' : '';
  const kernel = way.at === 'kernel' ? ' here' : '';
  return [
    h(
      'div',
      { class: 'way', 'data-name': 'byte-way' },
      nudge(offset - 1, 'chevron-left', 'Follow the byte before'),
      h('strong', {}, `Byte ${offset.toLocaleString('en')}`),
      nudge(offset + 1, 'chevron-right', 'Follow the byte behind'),
      link(way.written, w < 0 ? 'write not seen' : `write ${w + 1}`, 'write'),
      icon('arrow-right'),
      h('span', { class: `way-stop${libuv}${kernel}` }, way.at === 'libuv' ? 'libuv' : 'kernel'),
      icon('arrow-right'),
      link(way.read, r < 0 ? 'never read' : `read ${r + 1}`, 'read'),
    ),
    h('p', { class: 'faint' }, `At step ${step} it is ${AT[way.at]}.`),
  ];
}

function pieceContent(
  content: StreamContent,
  piece: Piece,
  offset: number | null,
  room: number,
  choose: (change: { offset: number }) => void,
): (HTMLElement | null)[] {
  const { stream } = content;
  const words = piece.what === 'read' ? cutWords(stream, piece.n) : '';
  const title = `${piece.what === 'read' ? 'Read' : 'Write'} ${piece.n + 1}, step ${piece.seq}: ${bytesText(piece.end - piece.start)}${words ? `, ${words}` : ''}`;
  return [h('h2', { class: 'piece-title' }, title), ...contentView(content, piece, offset, room, (at) => choose({ offset: at }))];
}
