/** What the last run did, by place in the source: one pass over the new events, columns only. */
import type { Site } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';

/** Events of one name at one place. */
export interface Tally {
  count: number;
  bytes: number;
  first: number;
  last: number;
}

export interface SiteRecord {
  site: Site;
  /** By name of the system call, and of the Node call. */
  calls: Map<string, Tally>;
  apis: Map<string, Tally>;
  /** Indexes of the sockets that events at this place are about. */
  sockets: Set<number>;
  /** The first failed call here. */
  error: { name: string; step: number } | null;
  /** How often write() returned false here; null: never. */
  refused: Tally | null;
}

export interface SocketRecord {
  /** Step at which it was listening, connected or bound; 0 when never. */
  ready: number;
  error: { name: string; step: number } | null;
  received: number;
  sent: number;
  accepted: number[];
}

/** Results that belong to a non-blocking socket and are no failure. */
const NO_FAILURE = new Set(['EINPROGRESS', 'EAGAIN', 'EWOULDBLOCK', 'EINTR']);

export class RunSites {
  private readonly bySite = new Map<number, SiteRecord>();
  private readonly byFile = new Map<string, SiteRecord[]>();
  private readonly bySocket: SocketRecord[] = [];
  private seen = 0;
  private seenSockets = 0;
  private readonly indexes = new Map<string, number>();

  constructor(readonly reader: TraceReader) {}

  /** Takes in the events that were added. */
  update(): void {
    const { reader } = this;
    while (this.bySocket.length < reader.sockets.length) {
      this.indexes.set(reader.sockets[this.bySocket.length]!.id, this.bySocket.length);
      this.bySocket.push({ ready: 0, error: null, received: 0, sent: 0, accepted: [] });
    }
    const size = reader.size;
    for (let seq = this.seen + 1; seq <= size; seq++) this.take(seq);
    this.seen = size;
    for (; this.seenSockets < reader.sockets.length; this.seenSockets++) {
      const { listener } = reader.sockets[this.seenSockets]!;
      if (listener) this.bySocket[this.indexes.get(listener) ?? -1]?.accepted.push(this.seenSockets);
    }
  }

  /** Places in a file of the run. */
  inFile(file: string): readonly SiteRecord[] {
    return this.byFile.get(file) ?? [];
  }

  files(): Iterable<string> {
    return this.byFile.keys();
  }

  socket(index: number): SocketRecord | undefined {
    return this.bySocket[index];
  }

  private take(seq: number): void {
    const { reader } = this;
    const socket = reader.socketIndex(seq);
    const record = this.bySocket[socket];
    const kind = reader.kind(seq);
    const call = kind === 'call' ? reader.call(seq) : null;
    const name = reader.error(seq) ?? this.toldError(seq, call);
    const error = name && !NO_FAILURE.has(name) ? { name, step: seq } : null;
    if (record) {
      const state = reader.stateTo(seq);
      if (record.ready === 0 && (state === 'LISTEN' || state === 'ESTABLISHED' || state === 'CONNECTED' || state === 'BOUND'))
        record.ready = seq;
      // A write that sent nothing is the line's error; the socket has one only if 'error' follows.
      if (error && !record.error && (kind !== 'api' || reader.api(seq) === 'error')) record.error = error;
      if (!error && call?.startsWith('recv')) record.received++;
      if (!error && call?.startsWith('send')) record.sent++;
    }
    const id = reader.siteId(seq);
    // A state may have been brought about by a line of the other end: that line did not act on this socket.
    if (id < 0 || kind === 'state') return;
    const site = this.record(id);
    if (record) site.sockets.add(socket);
    if (error && !site.error) site.error = error;
    if (call) count(site.calls, call, reader.bytes(seq) ?? 0, seq);
    const api = reader.api(seq);
    if (api) count(site.apis, api, 0, seq);
    if (api === 'socket.write' && kind === 'api' && reader.event(seq).args?.event === 'returned false') {
      site.refused ??= { count: 0, bytes: 0, first: seq, last: seq };
      site.refused.count++;
    }
  }

  /** Errors that are not the call's own: of a connect, read by getsockopt(SO_ERROR); of a look-up, told by 'error'. */
  private toldError(seq: number, call: string | null): string | null {
    const { reader } = this;
    if (call === 'getsockopt') {
      const { args } = reader.event(seq);
      return args?.option === 'SO_ERROR' && typeof args.value === 'string' ? args.value : null;
    }
    if (call !== null || reader.api(seq) !== 'error') return null;
    const code = reader.event(seq).args?.code;
    return typeof code === 'string' ? code : null;
  }

  private record(id: number): SiteRecord {
    let found = this.bySite.get(id);
    if (found) return found;
    const site = this.reader.site(id);
    // A deferred call has a site of its own that says so; to the reader of the source it is the same place.
    const list = this.byFile.get(site.file) ?? [];
    found = list.find((other) => other.site.line === site.line && other.site.column === site.column);
    if (!found) {
      found = { site, calls: new Map(), apis: new Map(), sockets: new Set(), error: null, refused: null };
      list.push(found);
      this.byFile.set(site.file, list);
    }
    this.bySite.set(id, found);
    return found;
  }
}

function count(into: Map<string, Tally>, name: string, bytes: number, seq: number): void {
  const tally = into.get(name);
  if (tally) {
    tally.count++;
    tally.bytes += bytes;
    tally.last = seq;
  } else into.set(name, { count: 1, bytes, first: seq, last: seq });
}
