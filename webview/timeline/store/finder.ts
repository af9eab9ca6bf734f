import type { TraceReader } from '../../../src/contracts/trace-model';
import { netstatAddress as addressText } from '../../../src/knowledge/plain-words';
import { findStep } from './moves';

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

/** The next or previous step with a text, among those that pass a filter and around the end. The current one when the text is empty; null when there is none. */
export function findText(
  reader: TraceReader,
  query: string,
  step: number,
  matches: ((seq: number) => boolean) | null,
  way: 'next' | 'previous',
): number | null {
  const found = finder(reader, query);
  if (!found) return step;
  return findStep(reader, step, (seq) => found(seq) && (!matches || matches(seq)), way) || null;
}
