import type { TraceReader } from '../../contracts/trace-model';

const known = new WeakMap<TraceReader, Map<string, number>>();

/** Index of the socket with this id; -1 when there is none. Sockets are only ever added, so each is looked at once. */
export function socketIndexOf(trace: TraceReader, id: string | null | undefined): number {
  if (!id) return -1;
  let ids = known.get(trace);
  if (!ids) {
    ids = new Map();
    known.set(trace, ids);
  }
  for (let index = ids.size; index < trace.sockets.length; index++) ids.set(trace.sockets[index]!.id, index);
  return ids.get(id) ?? -1;
}
