import type { ProcessInfo, SocketStateName } from '../../../src/contracts/trace';
import type { Reading, SocketState, TraceReader } from '../../../src/contracts/trace-model';
import { STATE_MEANING } from '../../../src/knowledge/meanings';
import type { StateSpan } from './bands';
import { duration } from './ticks';
import { addressText, programName } from './titles';

/** netstat's columns, in its order. */
export const COLUMNS = [
  { id: 'proto', name: 'Proto', title: 'Protocol: tcp, udp or unix; a 6 for IPv6' },
  {
    id: 'recv',
    name: 'Recv-Q',
    title: 'Bytes that the kernel holds for the program to read. Of a listening socket: connections that wait to be accepted',
  },
  {
    id: 'send',
    name: 'Send-Q',
    title: 'Bytes handed to the kernel that the other side has not acknowledged. Of a listening socket: the backlog',
  },
  { id: 'local', name: 'Local Address', title: 'Address and port of this socket; * is any' },
  { id: 'foreign', name: 'Foreign Address', title: 'Address and port of the other end; *:* for none' },
  { id: 'state', name: 'State', title: 'TCP state as in RFC 9293' },
  { id: 'owner', name: 'PID/Program', title: 'Process that owns the socket' },
] as const;
export type ColumnId = (typeof COLUMNS)[number]['id'];

/** A cell: what it says, what that means for this socket, and the key by which it is sorted. */
export interface Cell {
  text: string;
  meaning: () => string;
  key: string | number;
}

/** How long a socket stays in TIME_WAIT, ns: Linux TCP_TIMEWAIT_LEN, macOS twice net.inet.tcp.msl. Elsewhere it is not known here. */
const TIME_WAIT_NS: Record<string, number> = { linux: 60e9, darwin: 30e9 };

/** A queue as people read it: `0`, `<= 4096`, `12-40`, and `?` for not known. */
export function readingText(reading: Reading | null): string {
  if (!reading) return '?';
  if (reading.low === reading.high) return String(reading.low);
  return reading.low === 0 ? `<= ${reading.high}` : `${reading.low}-${reading.high}`;
}

function readingMeaning(reading: Reading | null, exact: (n: number) => string, none: string): string {
  if (!reading) return none;
  if (reading.low === reading.high) return `${exact(reading.low)} (${reading.provenance})`;
  return `Between ${reading.low} and ${reading.high}: ${exact(reading.high)}, or fewer; what was seen does not say more (${reading.provenance})`;
}

const bytes = (n: number) => (n === 1 ? '1 byte' : `${n.toLocaleString('en')} bytes`);
const NOT_KNOWN = 'Not known here: it would need a reading from the kernel.';

/** What is left of TIME_WAIT at a step, ns; null when the socket is not in it, or its length is not known. */
export function timeWaitLeft(reader: TraceReader, socket: SocketState, step: number): number | null {
  const whole = TIME_WAIT_NS[reader.header.platform];
  if (socket.state !== 'TIME_WAIT' || whole === undefined || step === 0) return null;
  const events = reader.eventsOfSocket(socket.index);
  for (let i = events.length - 1; i >= 0; i--) {
    const seq = events[i]!;
    if (seq <= step && reader.stateTo(seq) === 'TIME_WAIT') return Math.max(0, whole - (reader.time(step) - reader.time(seq)));
  }
  return null;
}

/** Processes by pid; of a pid that was used again the later one. */
export function processesOf(reader: TraceReader): Map<number, ProcessInfo> {
  return new Map(reader.processes.map((process) => [process.pid, process]));
}

/** The row of a socket at a step, one cell for each of COLUMNS. */
export function cellsOf(reader: TraceReader, socket: SocketState, step: number, processes = processesOf(reader)): Cell[] {
  const process = processes.get(socket.pid);
  const listener = socket.role === 'listener';
  const owner = `${socket.pid}/${process ? programName(process.program) : '?'}`;
  const inKernel = !socket.open && socket.state !== 'CLOSED';
  const local = addressText(socket.local, socket.protocol);
  const foreign = addressText(socket.remote, socket.protocol);
  const state = socket.orState ? `${socket.state} or ${socket.orState}` : socket.state;
  const left = timeWaitLeft(reader, socket, step);
  const unix = socket.protocol === 'unix';
  const recv = () =>
    listener
      ? readingMeaning(
          socket.recvQ,
          (n) =>
            n === 0 ? 'No connection waits to be accepted' : `${n === 1 ? '1 connection waits' : `${n} connections wait`} to be accepted`,
          NOT_KNOWN,
        )
      : readingMeaning(
          socket.recvQ,
          (n) => (n === 0 ? 'Nothing waits to be read' : `${bytes(n)} arrived and not yet read by ${owner}`),
          NOT_KNOWN,
        );
  const send = () =>
    listener
      ? readingMeaning(socket.sendQ, (n) => `Backlog: room for ${n} connections that wait to be accepted`, NOT_KNOWN)
      : unix
        ? 'A Unix-domain socket has no send queue: what is written is at the receiver at once.'
        : readingMeaning(
            socket.sendQ,
            (n) => (n === 0 ? 'Everything that was sent is acknowledged' : `${bytes(n)} sent and not yet acknowledged by the other end`),
            NOT_KNOWN,
          );
  return [
    { text: socket.protocol, meaning: () => `${socket.id}${socket.fd === null ? '' : `, descriptor ${socket.fd}`}`, key: socket.protocol },
    { text: readingText(socket.recvQ), meaning: recv, key: socket.recvQ?.high ?? -1 },
    { text: readingText(socket.sendQ), meaning: send, key: socket.sendQ?.high ?? -1 },
    { text: local, meaning: () => localMeaning(socket, local), key: portKey(local) },
    {
      text: foreign,
      meaning: () =>
        socket.remote
          ? `The other end: ${foreign}${socket.peer ? `, ${socket.peer} in this trace${socket.peerBy === 'order' ? ' (by the order of connect and accept: the kernel was not asked while it was open)' : ''}` : ', not in this trace'}`
          : listener
            ? 'Anybody may connect'
            : 'No other end yet',
      key: portKey(foreign),
    },
    {
      text: socket.open || inKernel ? (left === null ? state : `${state} ${seconds(left)}`) : 'closed',
      meaning: () =>
        `${STATE_MEANING[socket.state]} (${socket.stateProvenance})${left === null ? '' : ` The kernel keeps it for ${duration(left)} more: until then this pair of addresses is taken (model).`}`,
      key: state,
    },
    {
      text: inKernel ? '-' : owner,
      meaning: () =>
        inKernel
          ? `${owner} has closed it; the kernel finishes the connection`
          : `Process ${socket.pid}, ${process?.program ?? 'not known'}`,
      key: owner,
    },
  ];
}

const seconds = (ns: number) => (ns === 0 ? '0 s' : `${(ns / 1e9).toFixed(ns < 10e9 ? 1 : 0)} s`);

function localMeaning(socket: SocketState, local: string): string {
  if (!socket.local) return 'No address yet';
  if (local.startsWith('*')) return `${local}: every address of this machine`;
  return /^(127\.|\[::1\])/.test(local) ? `${local}: reached from this machine only` : local;
}

/** Sorts addresses by port, then by host. */
function portKey(text: string): string {
  const at = text.lastIndexOf(':');
  return `${text.slice(at + 1).padStart(6, '0')} ${text.slice(0, at)}`;
}

/** How the rows are sorted; null: in order of birth. */
export interface Sorting {
  column: ColumnId;
  descending: boolean;
}

/** What a row of the table says. */
export interface RowWords {
  cells: readonly Cell[];
  /** All of it in a line, to be read out. */
  label: string;
}

/** What a search looks at, what rows say, and keys to sort by: a state object is the same for as long as nothing about its socket changes. */
export class SocketTexts {
  #rows = new WeakMap<SocketState, RowWords>();
  readonly #texts = new WeakMap<SocketState, string>();
  readonly #keys = new WeakMap<SocketState, Map<ColumnId, string | number>>();
  #processes = new Map<number, ProcessInfo>();
  #count = -1;

  constructor(readonly reader: TraceReader) {}

  /** What the row of a socket says at a step. */
  row(socket: SocketState, step: number): RowWords {
    const { processes } = this;
    let words = this.#rows.get(socket);
    if (words === undefined) {
      const cells = cellsOf(this.reader, socket, step, processes);
      const label = `${socket.id}: ${cells.map((cell, i) => `${COLUMNS[i]!.name} ${cell.text}`).join(', ')}. Enter goes to where it was created`;
      words = { cells, label };
      // In TIME_WAIT it counts down.
      if (socket.state !== 'TIME_WAIT') this.#rows.set(socket, words);
    }
    return words;
  }

  /** Everything that the row of a socket says, in small letters; of TIME_WAIT without the countdown. */
  text(socket: SocketState): string {
    let text = this.#texts.get(socket);
    if (text === undefined) {
      text = `${socket.id} ${cellsOf(this.reader, socket, 0, this.processes)
        .map((cell) => cell.text)
        .join(' ')}`.toLowerCase();
      this.#texts.set(socket, text);
    }
    return text;
  }

  key(socket: SocketState, column: ColumnId): string | number {
    let keys = this.#keys.get(socket);
    if (!keys) {
      keys = new Map();
      this.#keys.set(socket, keys);
    }
    let key = keys.get(column);
    if (key === undefined) {
      key = cellsOf(this.reader, socket, 0, this.processes)[COLUMNS.findIndex(({ id }) => id === column)]!.key;
      keys.set(column, key);
    }
    return key;
  }

  get processes(): Map<number, ProcessInfo> {
    if (this.#count !== this.reader.processes.length) {
      this.#count = this.reader.processes.length;
      this.#processes = processesOf(this.reader);
      this.#rows = new WeakMap();
    }
    return this.#processes;
  }
}

/** Sockets that match a text (every word of it, in any cell or the id), sorted. */
export function filterAndSort(texts: SocketTexts, sockets: readonly SocketState[], text: string, sorting: Sorting | null): SocketState[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = sockets.filter((socket) => {
    const all = words.length ? texts.text(socket) : '';
    return words.every((word) => all.includes(word));
  });
  if (!sorting) return found;
  const sign = sorting.descending ? -1 : 1;
  const keyed = found.map((socket) => ({ socket, key: texts.key(socket, sorting.column) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.socket.index - b.socket.index) * (a.key === b.key ? 1 : sign));
  return keyed.map(({ socket }) => socket);
}

/** Answers "who owns this port?" when the text is one (`8080`, `:8080`); null otherwise. */
export function portOwner(reader: TraceReader, sockets: readonly SocketState[], text: string): string | null {
  const match = /^:?(\d{1,5})$/.exec(text.trim());
  const port = match ? Number(match[1]) : Number.NaN;
  if (!(port > 0 && port < 65536)) return null;
  const here = sockets.filter(
    (socket) => socket.local && 'port' in socket.local && socket.local.port === port && (socket.open || socket.state !== 'CLOSED'),
  );
  const holder = here.find((socket) => socket.role === 'listener' || socket.protocol.startsWith('udp'));
  const name = (socket: SocketState) => {
    const process = reader.processes.findLast(({ pid }) => pid === socket.pid);
    return `${process ? programName(process.program) : '?'} (pid ${socket.pid})`;
  };
  const others = here.filter((socket) => socket !== holder);
  const more = others.length ? ` ${others.length === 1 ? '1 connection has' : `${others.length} connections have`} it as local port.` : '';
  if (holder) {
    const does = holder.role === 'listener' ? 'listens on' : 'receives at';
    return `Port ${port} belongs to ${name(holder)}: ${holder.id} ${does} ${addressText(holder.local, holder.protocol)} since step ${reader.sockets[holder.index]!.birth}.${more}`;
  }
  if (others.length) return `Nobody in this trace listens on port ${port}.${more} First: ${others[0]!.id} of ${name(others[0]!)}.`;
  return `No socket of this trace has port ${port} at this step. A program outside the trace may.`;
}

/** Up to so many sockets are listed in order of birth; of more than that the open ones come first. */
const FEW = 60;

/** Sockets of a step by what becomes of them in the table: indexes in order. */
export interface Listed {
  /** Open, or that of the current step. */
  open: number[];
  /** Closed by the program, and the kernel still finishes the connection. */
  rest: number[];
  /** How many are gone. */
  closed: number;
}

/**
 * Which sockets may have a row at a step. Looks at births, deaths and changes of state alone: what else is known of a socket costs much more. They are kept
 * as three numbers a socket, so that a step through a run of thousands reads these and nothing else.
 */
export class Lifetimes {
  #size = -1;
  #births = new Float64Array(0);
  #deaths = new Float64Array(0);
  /** From when on it is closed for good. */
  #gone = new Float64Array(0);

  constructor(
    readonly reader: Pick<TraceReader, 'sockets' | 'size'>,
    readonly spans: readonly (readonly StateSpan[])[],
  ) {}

  at(step: number, current: number): Listed {
    this.#read();
    const listed: Listed = { open: [], rest: [], closed: 0 };
    const births = this.#births;
    const deaths = this.#deaths;
    const gone = this.#gone;
    for (let index = 0; index < births.length; index++) {
      if (births[index]! > step) continue;
      if (deaths[index]! > step || index === current) listed.open.push(index);
      else if (gone[index]! <= step || stateIn(this.spans[index] ?? [], step) === 'CLOSED') listed.closed++;
      else listed.rest.push(index);
    }
    return listed;
  }

  #read(): void {
    const { sockets, size } = this.reader;
    if (size === this.#size && sockets.length === this.#births.length) return;
    this.#size = size;
    this.#births = Float64Array.from(sockets, ({ birth }) => birth || Number.POSITIVE_INFINITY);
    this.#deaths = Float64Array.from(sockets, ({ death }) => death ?? Number.POSITIVE_INFINITY);
    this.#gone = Float64Array.from(sockets, (_, index) => {
      const last = this.spans[index]?.at(-1);
      return last?.state === 'CLOSED' ? last.from : Number.POSITIVE_INFINITY;
    });
  }
}

function stateIn(spans: readonly StateSpan[], step: number): SocketStateName | undefined {
  for (let i = spans.length - 1; i >= 0; i--) if (spans[i]!.from <= step) return spans[i]!.state;
  return undefined;
}

/** The order of the table: by birth; in a crowd the open ones first, then those that the kernel still finishes. */
export function orderOf({ open, rest }: Listed): number[] {
  const all = open.concat(rest);
  return all.length <= FEW ? all.sort((a, b) => a - b) : all;
}
