import { PROVENANCES, type Provenance, type SocketStateName } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { failureOf } from './failures';
import type { LaneIndex } from './lane-index';

export { finder } from './finder';

/** What the learner wants to look at; empty strings mean all. What does not pass is hidden. */
export interface Filter {
  /** Socket id; its peer is shown with it. */
  socket: string;
  /** Name of a system call, or `errors`. */
  call: string;
  /** Pid, in digits. */
  process: string;
  result: '' | 'ok' | 'failed' | 'later';
  /** Made while the socket was in this state, or leading to it. */
  state: '' | SocketStateName;
  provenance: '' | Provenance;
  /** Absolute name of a source file, with `:line` behind it for one line. */
  file: string;
  /** Text in the bytes that moved. */
  bytes: string;
}

export const NO_FILTER: Filter = { socket: '', call: '', process: '', result: '', state: '', provenance: '', file: '', bytes: '' };
/** Value of Filter.call for everything that failed. */
export const ERRORS = 'errors';

/** Whether anything is filtered. */
export const isFiltered = (filter: Filter): boolean => Object.values(filter).some((value) => value !== '');

/** A filter out of what was kept of one; unknown parts are left out. */
export function restoreFilter(kept: unknown): Filter {
  const found: Record<string, string> = { ...NO_FILTER };
  if (kept && typeof kept === 'object')
    for (const key of Object.keys(NO_FILTER)) {
      const value = (kept as Record<string, unknown>)[key];
      if (typeof value === 'string') found[key] = value;
    }
  if (found.provenance && !(PROVENANCES as readonly string[]).includes(found.provenance)) found.provenance = '';
  return found as unknown as Filter;
}

/** Whether a socket's lane is wanted, or null when all are. */
export function socketFilter(reader: TraceReader, filter: Filter): ((socketIndex: number) => boolean) | null {
  if (!filter.socket) return null;
  const chosen = reader.sockets.find((socket) => socket.id === filter.socket);
  if (!chosen) return null;
  return (index) => {
    const socket = reader.sockets[index];
    return socket !== undefined && (socket.id === chosen.id || socket.id === chosen.peer || socket.peer === chosen.id);
  };
}

type Test = (seq: number) => boolean;

/** Whether an event matches, or null when all do. `index` knows the states of the sockets. */
export function eventFilter(reader: TraceReader, filter: Filter, index: LaneIndex): Test | null {
  const tests = [
    socketTest(reader, filter),
    processTest(reader, filter),
    callTest(reader, filter),
    resultTest(reader, filter),
    stateTest(reader, filter, index),
    filter.provenance ? (seq: number) => reader.provenance(seq) === filter.provenance : null,
    fileTest(reader, filter),
    bytesTest(reader, filter),
  ].filter((test): test is Test => test !== null);
  if (tests.length === 0) return null;
  return (seq) => tests.every((test) => test(seq));
}

function socketTest(reader: TraceReader, filter: Filter): Test | null {
  const wanted = socketFilter(reader, filter);
  return wanted && ((seq) => wanted(reader.socketIndex(seq)));
}

function processTest(reader: TraceReader, { process }: Filter): Test | null {
  if (!process) return null;
  return (seq) => String(reader.processes[reader.processIndex(seq)]?.pid) === process;
}

function callTest(reader: TraceReader, { call }: Filter): Test | null {
  if (!call) return null;
  return call === ERRORS ? (seq) => failureOf(reader, seq) !== null : (seq) => reader.call(seq) === call;
}

function resultTest(reader: TraceReader, { result }: Filter): Test | null {
  switch (result) {
    case '':
      return null;
    case 'failed':
      return (seq) => failureOf(reader, seq) !== null;
    case 'later':
      return (seq) => reader.error(seq) !== null && failureOf(reader, seq) === null;
    case 'ok':
      return (seq) => reader.kind(seq) === 'call' && reader.error(seq) === null && failureOf(reader, seq) === null;
  }
}

function stateTest(reader: TraceReader, { state }: Filter, index: LaneIndex): Test | null {
  if (!state) return null;
  return (seq) => {
    const socket = reader.socketIndex(seq);
    if (socket < 0) return false;
    if (reader.kind(seq) === 'state') return reader.stateTo(seq) === state || reader.stateFrom(seq) === state;
    const spans = index.spans[socket] ?? [];
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (spans[middle]!.to <= seq) low = middle + 1;
      else high = middle;
    }
    return spans[low]?.state === state && spans[low]!.from <= seq;
  };
}

function fileTest(reader: TraceReader, { file }: Filter): Test | null {
  if (!file) return null;
  const [, name, line] = /^(.*?)(?::(\d+))?$/.exec(file) ?? [];
  const known = new Map<number, boolean>([[-1, false]]);
  return (seq) => {
    const id = reader.siteId(seq);
    let fits = known.get(id);
    if (fits === undefined) {
      const site = reader.site(id);
      fits = site.file.replace(/^file:\/\//, '') === name && (line === undefined || site.line === Number(line));
      known.set(id, fits);
    }
    return fits;
  };
}

/** Text that is looked for in bytes, as UTF-8; upper and lower case are told apart, as bytes are. */
function bytesTest(reader: TraceReader, { bytes }: Filter): Test | null {
  if (!bytes) return null;
  const needle = new TextEncoder().encode(bytes);
  return (seq) => {
    if ((reader.bytes(seq) ?? 0) < needle.length) return false;
    const { payload } = reader.event(seq);
    return payload ? contains(payload, needle) : false;
  };
}

function contains(bytes: Uint8Array, needle: Uint8Array): boolean {
  for (let at = bytes.indexOf(needle[0]!); at >= 0 && at + needle.length <= bytes.length; at = bytes.indexOf(needle[0]!, at + 1)) {
    let i = 1;
    while (i < needle.length && bytes[at + i] === needle[i]) i++;
    if (i === needle.length) return true;
  }
  return false;
}
