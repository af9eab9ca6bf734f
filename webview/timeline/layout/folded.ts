import type { TraceReader } from '../../../src/contracts/trace-model';
import type { Row } from './lanes';

/** Above this many events a union is made anew only when the trace has grown by a tenth. */
const LARGE = 100_000;

const made = new WeakMap<object, { size: number; events: Uint32Array }>();

/** The steps of all sockets that a folded row stands for, ascending. */
export function foldedEvents(reader: TraceReader, row: Row): ArrayLike<number> {
  if (row.kind !== 'quiet' || !row.members) return [];
  const known = made.get(row.members);
  if (known && (known.size === reader.size || (known.events.length > LARGE && reader.size < known.size * 1.1))) return known.events;
  const lists = row.members.map((socket) => reader.eventsOfSocket(socket));
  const events = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    events.set(list, at);
    at += list.length;
  }
  events.sort();
  made.set(row.members, { size: reader.size, events });
  return events;
}
