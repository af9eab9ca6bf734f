/** What kind of call a place of a trace is. */
import type { TraceReader } from '../contracts/trace-model';
import { APIS, type ApiId } from '../knowledge';
import type { SiteRecord } from './run-sites';

/** The Node call whose system calls were made at a place; null when it is none that we explain. */
export function seenApi(record: SiteRecord, reader: TraceReader): ApiId | null {
  if (record.calls.has('listen')) return 'server.listen';
  const datagram = [...record.sockets].some((index) => reader.sockets[index]?.protocol.startsWith('udp'));
  if (record.calls.has('connect')) return datagram ? 'dgram.connect' : 'net.connect';
  for (const api of record.apis.keys()) {
    if (Object.hasOwn(APIS, api)) return api as ApiId;
  }
  return null;
}
