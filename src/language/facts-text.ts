/** What a run did at a call, in one line: the text after a run of lenses and hovers. */
import type { Address, SocketInfo } from '../contracts/trace';
import type { TraceReader } from '../contracts/trace-model';
import { formatAddress } from '../trace';
import type { SocketCall } from './analysis';
import { evidenceOf, type Scene } from './evidence';
import { duration, plural, readsOf, size, timeoutsOf } from './run-readings';
import type { RunSites, SiteRecord } from './run-sites';

export interface Fact {
  text: string;
  /** The step to show. */
  step: number;
}

/** `listens`: the places where the server of a createServer call listened. null: the run says nothing about this call. */
export function factOf(call: SocketCall, { sites, here, sockets, listeners }: Scene, listens: readonly SiteRecord[]): Fact | null {
  const { reader } = sites;
  switch (call.api) {
    case 'server.listen':
      return here ? listenFact(sites, here) : null;
    case 'net.createServer':
    case 'http.createServer':
    case 'https.createServer':
    case 'http2.createServer':
    case 'tls.createServer':
    case 'server.on(connection)':
      return acceptedFact(sites, listens);
    case 'net.connect':
    case 'net.createConnection':
    case 'socket.connect':
    case 'tls.connect':
      return here ? connectFact(sites, here) : null;
    case 'socket.on(data)':
      return readFact(reader, sockets);
    case 'socket.write':
      return here ? writeFact(reader, here) : null;
    case 'socket.end':
    case 'socket.destroy':
    case 'socket.resetAndDestroy':
      return here ? endFact(reader, here) : null;
    case 'socket.setTimeout': {
      const timeouts = timeoutsOf(reader, sockets);
      if (!timeouts) return here?.apis.size ? { text: 'never fired', step: [...here.apis.values()][0]!.first } : null;
      const lived = timeouts.lived === null ? 'stayed open' : `lived ${duration(timeouts.lived)} more`;
      return { text: `fired ${timeouts.count} ×, ${timeouts.count === 1 ? 'the socket' : 'the first'} ${lived}`, step: timeouts.first };
    }
    case 'server.close': {
      const waits = evidenceOf('close-waits', { sites, here, sockets, listeners });
      return waits ? { text: waits.text.replace(/: close\(\).*/, ''), step: waits.step } : here ? tallyFact(here) : null;
    }
    case 'dgram.bind':
    case 'dgram.createSocket':
      return here ? datagramFact(sites, here) : null;
    default:
      return here ? tallyFact(here) : null;
  }
}

function socketsOf(sites: RunSites, here: SiteRecord, role: SocketInfo['role']): { index: number; info: SocketInfo }[] {
  return [...here.sockets]
    .map((index) => ({ index, info: sites.reader.sockets[index]! }))
    .filter(({ info }) => info.role === role || info.role === 'unknown');
}

function listenFact(sites: RunSites, here: SiteRecord): Fact | null {
  const ready = socketsOf(sites, here, 'listener').filter(({ index }) => sites.socket(index)?.ready);
  const first = ready[0];
  if (!first) return here.error ? { text: here.error.name, step: here.error.step } : null;
  const accepted = ready.reduce((sum, { index }) => sum + (sites.socket(index)?.accepted.length ?? 0), 0);
  const where = first.info.local ? ` ${formatAddress(first.info.local)}` : '';
  const more = ready.length > 1 ? ` and ${ready.length - 1} more` : '';
  const failed = here.error ? `, ${here.error.name}` : '';
  return { text: `LISTEN${where}${more}, ${accepted} accepted${failed}`, step: sites.socket(first.index)!.ready };
}

function acceptedFact(sites: RunSites, listens: readonly SiteRecord[]): Fact | null {
  const listeners = listens.flatMap((site) => socketsOf(sites, site, 'listener')).filter(({ index }) => sites.socket(index)?.ready);
  if (listeners.length === 0) return null;
  const accepted = listeners.flatMap(({ index }) => sites.socket(index)!.accepted).map((index) => sites.reader.sockets[index]!);
  const open = accepted.filter((info) => info.death === null).length;
  const step = accepted[0]?.birth ?? sites.socket(listeners[0]!.index)!.ready;
  if (accepted.length === 0) return { text: '0 accepted', step };
  return { text: `${accepted.length} accepted, ${accepted.length - open} closed, ${open} open`, step };
}

function connectFact(sites: RunSites, here: SiteRecord): Fact | null {
  const sockets = socketsOf(sites, here, 'client');
  const connected = sockets.filter(({ index }) => sites.socket(index)?.ready);
  const failures = sockets.filter(({ index }) => !sites.socket(index)?.ready && sites.socket(index)?.error);
  if (connected.length + failures.length > 1) {
    const names = new Map<string, number>();
    for (const { index } of failures) {
      const { name } = sites.socket(index)!.error!;
      names.set(name, (names.get(name) ?? 0) + 1);
    }
    const parts = [
      ...(connected.length ? [`${connected.length} ${connected[0]!.info.protocol === 'unix' ? 'CONNECTED' : 'ESTABLISHED'}`] : []),
      ...[...names].map(([name, count]) => `${count} ${name}`),
    ];
    const step = connected[0] ? sites.socket(connected[0].index)!.ready : sites.socket(failures[0]!.index)!.error!.step;
    return { text: `${plural(connected.length + failures.length, 'connection')}: ${parts.join(', ')}`, step };
  }
  const [one] = connected;
  if (one) {
    const { info } = one;
    const ends = info.remote ? ` ${bothEnds(info.local, info.remote)}` : '';
    return {
      text: `${info.protocol === 'unix' ? 'CONNECTED' : 'ESTABLISHED'}${ends}${info.death === null ? '' : ', closed'}`,
      step: sites.socket(one.index)!.ready,
    };
  }
  const error = failures[0] ? sites.socket(failures[0].index)!.error! : here.error;
  if (!error) return null;
  const remote = failures[0]?.info.remote;
  return { text: remote ? `${error.name} ${formatAddress(remote)}` : error.name, step: error.step };
}

/** `127.0.0.1:52044 ↔ :8080` when both ends have one address; only the other end when this one has no name (Unix-domain clients). */
function bothEnds(local: Address | null, remote: Address): string {
  if (!local || 'path' in local) return formatAddress(remote);
  const short = 'path' in remote || remote.address !== local.address ? formatAddress(remote) : `:${remote.port}`;
  return `${formatAddress(local)} ↔ ${short}`;
}

function datagramFact(sites: RunSites, here: SiteRecord): Fact | null {
  const bound = [...here.sockets].filter((index) => sites.socket(index)?.ready);
  const [first] = bound;
  if (first === undefined) return here.error ? { text: here.error.name, step: here.error.step } : null;
  const { local } = sites.reader.sockets[first]!;
  const record = sites.socket(first)!;
  return { text: `BOUND${local ? ` ${formatAddress(local)}` : ''}, ${record.received} received, ${record.sent} sent`, step: record.ready };
}

/** Other calls: how often, how many bytes. */
function tallyFact(here: SiteRecord): Fact | null {
  const tallies = [...here.calls];
  if (here.error) return { text: here.error.name, step: here.error.step };
  const [first] = tallies;
  if (!first) {
    const [api] = here.apis.values();
    return api ? { text: plural(api.count, 'time'), step: api.first } : null;
  }
  const text = tallies
    .map(([name, tally]) => `${tally.count} × ${name}${tally.bytes ? ` (${plural(tally.bytes, 'byte')})` : ''}`)
    .join(', ');
  return { text, step: Math.min(...tallies.map(([, tally]) => tally.first)) };
}

/** `17 reads of 1,051 to 65,536 bytes, 3 ended inside a write`. */
function readFact(reader: TraceReader, sockets: readonly number[]): Fact | null {
  const reads = readsOf(reader, sockets);
  if (!reads) return null;
  const sizes =
    reads.smallest === reads.largest
      ? plural(reads.largest, 'byte')
      : `${reads.smallest.toLocaleString('en-US')} to ${plural(reads.largest, 'byte')}`;
  const parts = [`${plural(reads.count, 'read')} of ${sizes}`];
  if (reads.cut?.count) parts.push(`${reads.cut.count} ended inside a write`);
  if (reads.joined) parts.push(`${reads.joined} held several writes`);
  return { text: parts.join(', '), step: reads.cut?.first || reads.first };
}

/** `60 × write (3.8 MB), 1 returned false, up to 64 KiB waited`. */
function writeFact(reader: TraceReader, here: SiteRecord): Fact | null {
  const fact = tallyFact(here);
  if (!fact || here.error) return fact;
  const refused = here.refused;
  if (!refused) return fact;
  let peak = 0;
  for (const index of here.sockets)
    for (const seq of reader.eventsOfSocket(index)) {
      if (reader.kind(seq) !== 'buffer') continue;
      const { buffer, bytes } = reader.event(seq);
      if (buffer === 'stream-write') peak = Math.max(peak, bytes ?? 0);
    }
  const waited = peak ? `, up to ${size(peak)} waited` : '';
  return { text: `${fact.text}, ${refused.count} returned false${waited}`, step: refused.first };
}

/** Ends of a conversation: the call, and the states that followed. */
function endFact(reader: TraceReader, here: SiteRecord): Fact | null {
  const fact = tallyFact(here);
  const [only, ...more] = here.sockets;
  if (!fact || here.error || only === undefined || more.length) return fact;
  const states: string[] = [];
  for (const seq of reader.eventsOfSocket(only)) {
    const to = seq >= fact.step ? reader.stateTo(seq) : null;
    if (to) states.push(to);
  }
  return states.length ? { text: `${fact.text}, ${states.join(' → ')}`, step: fact.step } : fact;
}
