import type { TraceReader } from '../../../src/contracts/trace-model';
import { netstatAddress as addressText } from '../../../src/knowledge/plain-words';

import { failureOf } from './failures';

export { addressText };

/** What the learner wants to look at; empty strings mean all. */
export interface Filter {
  /** Socket id; its peer is shown with it. */
  socket: string;
  /** Name of a system call, or `errors`. */
  call: string;
}

export const NO_FILTER: Filter = { socket: '', call: '' };
/** Value of Filter.call for everything that failed. */
export const ERRORS = 'errors';

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

/** Whether an event matches, or null when all do. */
export function eventFilter(reader: TraceReader, filter: Filter): ((seq: number) => boolean) | null {
  const wanted = socketFilter(reader, filter);
  const { call } = filter;
  if (!wanted && !call) return null;
  return (seq) => {
    if (wanted && !wanted(reader.socketIndex(seq))) return false;
    if (!call) return true;
    return call === ERRORS ? failureOf(reader, seq) !== null : reader.call(seq) === call;
  };
}

/**
 * Whether an event has a text in its call, API, error, socket, address, program or file. Each distinct word is looked at
 * once, so a search over a million events costs column reads only.
 */
export function finder(reader: TraceReader, query: string): ((seq: number) => boolean) | null {
  const needle = query.trim().toLowerCase();
  if (!needle) return null;
  const words = new Map<string | null, boolean>([[null, false]]);
  const has = (word: string | null): boolean => {
    let found = words.get(word);
    if (found === undefined) {
      found = word!.toLowerCase().includes(needle);
      words.set(word, found);
    }
    return found;
  };
  const sockets = new Map<number, boolean>([[-1, false]]);
  const socketHas = (index: number): boolean => {
    let found = sockets.get(index);
    if (found === undefined) {
      const socket = reader.sockets[index]!;
      found =
        socket.id.toLowerCase() === needle ||
        addressText(socket.local).toLowerCase().includes(needle) ||
        addressText(socket.remote).toLowerCase().includes(needle);
      sockets.set(index, found);
    }
    return found;
  };
  const sites = new Map<number, boolean>([[-1, false]]);
  const siteHas = (id: number): boolean => {
    let found = sites.get(id);
    if (found === undefined) {
      const site = reader.site(id);
      found = `${site.file}:${site.line}`.toLowerCase().includes(needle);
      sites.set(id, found);
    }
    return found;
  };
  return (seq) =>
    has(reader.call(seq)) ||
    has(reader.api(seq)) ||
    has(reader.error(seq)) ||
    socketHas(reader.socketIndex(seq)) ||
    siteHas(reader.siteId(seq)) ||
    (reader.kind(seq) === 'state' && has(reader.stateTo(seq)));
}
