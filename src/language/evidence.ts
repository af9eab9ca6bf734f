/** What the last run says to a rule at a call: facts with a step, never a guess. */

import type { TraceReader } from '../contracts/trace-model';
import type { RuleId } from '../knowledge/rules';
import { formatAddress } from '../trace';
import type { SocketCall } from './analysis';
import { duration, mostOpen, plural, readsOf, size, timeoutsOf, withoutEnd, writesOf } from './run-readings';
import type { RunSites, SiteRecord } from './run-sites';

export interface Evidence {
  /** A sentence or two. */
  text: string;
  step: number;
  /** Something was lost or ended because of it: more than information. */
  harm: boolean;
}

/** What evidence is made from: the run, and what of it belongs to the call. */
export interface Scene {
  sites: RunSites;
  here: SiteRecord | null;
  sockets: readonly number[];
  /** Listening sockets of the call's server. */
  listeners: readonly number[];
}

const says = (text: string, step: number, harm = false): Evidence => ({ text, step, harm });

/** null: the run has nothing to say here. */
export function evidenceOf(rule: RuleId, scene: Scene): Evidence | null {
  const { sites, here, sockets } = scene;
  const { reader } = sites;
  switch (rule) {
    case 'chunk-as-message':
    case 'no-delay-as-framing': {
      const reads = readsOf(reader, sockets);
      if (!reads?.cut) return null;
      const joined = reads.joined ? `${reads.joined} held more than one` : '';
      if (!reads.cut.count && !joined)
        return says(`each of ${plural(reads.count, 'chunk')} was one whole write of the peer; nothing promises that`, reads.first);
      const cut = reads.cut.count ? `${reads.cut.count} of ${plural(reads.count, 'chunk')} ended inside a write of the peer` : '';
      const text =
        cut && joined
          ? `${cut}, ${joined}`
          : cut || `${reads.joined} of ${plural(reads.count, 'chunk')} held more than one write of the peer`;
      return says(text, reads.cut.first || reads.first, true);
    }
    case 'chunk-to-text': {
      const reads = readsOf(reader, sockets);
      if (!reads?.brokenText.count) return null;
      return says(`${reads.brokenText.count} of ${plural(reads.count, 'chunk')} ended inside a character`, reads.brokenText.first, true);
    }
    case 'ignored-backpressure': {
      const writes = writesOf(reader, sockets);
      if (!writes?.refused.count) return null;
      const peak = writes.peak.bytes ? `; up to ${size(writes.peak.bytes)} waited in memory` : '';
      return says(`write() returned false ${plural(writes.refused.count, 'time')}${peak}`, writes.peak.step || writes.refused.first, true);
    }
    case 'timeout-leaves-open':
    case 'own-writes-restart-timer': {
      const timeouts = timeoutsOf(reader, sockets);
      if (!timeouts)
        return rule === 'own-writes-restart-timer' && sockets.length > 0
          ? says("'timeout' never came", reader.sockets[sockets[0]!]!.birth)
          : null;
      if (rule === 'own-writes-restart-timer') return null;
      const lived =
        timeouts.lived === null
          ? 'the socket was open to the end of the run'
          : `the socket was open for another ${duration(timeouts.lived)}`;
      return says(`'timeout' came ${plural(timeouts.count, 'time')}; ${lived}`, timeouts.first, true);
    }
    case 'cleanup-on-end': {
      const { count, first } = withoutEnd(reader, sockets);
      return count ? says(`${count} of ${plural(sockets.length, 'connection')} closed without 'end'`, first, true) : null;
    }
    case 'shared-state': {
      const most = mostOpen(reader, sockets);
      return most.count > 1 ? says(`${plural(most.count, 'connection')} were open at one time`, most.step, true) : null;
    }
    case 'no-error-listener':
    case 'pipe-without-errors':
    case 'try-around-async':
      return failure(sites, here, sockets);
    case 'answer-after-end':
    case 'write-after-end':
      return here?.error ? says(`nothing was sent (${here.error.name})`, here.error.step, true) : null;
    default:
      return onlyFromRuns(rule, scene);
  }
}

/** An error that reached a socket, and the end of the program that followed. */
function failure(sites: RunSites, here: SiteRecord | null, sockets: readonly number[]): Evidence | null {
  const { reader } = sites;
  const failed = sockets.map((index) => ({ index, error: sites.socket(index)?.error ?? null })).filter(({ error }) => error);
  const first = failed[0]?.error ?? here?.error ?? null;
  if (!first) return null;
  const pid = failed[0] ? reader.sockets[failed[0].index]?.pid : null;
  const exit = reader.header.processes.find((process) => process.pid === pid)?.exit;
  const last = failed.find(({ index }) => endedWith(reader, index));
  const ended = exit?.code && last ? `, and the program ended with exit code ${exit.code}` : '';
  return says(`${first.name} reached ${failed.length > 1 ? plural(failed.length, 'socket') : 'a socket'}${ended}`, first.step, !!ended);
}

/** Whether the 'error' of a socket was the last thing that its program saw: after it the program did nothing more. */
function endedWith(reader: TraceReader, index: number): boolean {
  const told = reader.eventsOfSocket(index).filter((seq) => reader.kind(seq) === 'api' && reader.api(seq) === 'error');
  const last = told.at(-1);
  if (last === undefined) return false;
  for (let seq = last + 1; seq <= reader.size; seq++) {
    if (reader.processIndex(seq) !== reader.processIndex(last)) continue;
    const kind = reader.kind(seq);
    // What the kernel closes when a process ends has no result.
    if (kind === 'api' || (kind === 'call' && reader.event(seq).result !== null)) return false;
  }
  return true;
}

function onlyFromRuns(rule: RuleId, { sites, here, sockets, listeners }: Scene): Evidence | null {
  const { reader } = sites;
  switch (rule) {
    case 'address-in-use': {
      if (here?.error?.name !== 'EADDRINUSE') return null;
      const unix = reader.header.platform === 'win32' ? '' : ' TIME_WAIT is not the reason: Node sets SO_REUSEADDR.';
      return says(`a live socket has this address (EADDRINUSE).${unix}`, here.error.step, true);
    }
    case 'refused': {
      const error = here?.error;
      if (error?.name !== 'ECONNREFUSED' || sockets.some((index) => sites.socket(index)?.ready)) return null;
      const remote = sockets.map((index) => reader.sockets[index]?.remote).find((address) => address);
      const where = remote ? ` at ${formatAddress(remote)}` : '';
      return says(
        `a machine answered, and nothing listens${where} (ECONNREFUSED). A firewall or a busy server would be silent`,
        error.step,
      );
    }
    case 'several-addresses': {
      const refused = sockets.find((index) => sites.socket(index)?.error && !sites.socket(index)?.ready);
      const ready = sockets.find((index) => sites.socket(index)?.ready);
      if (refused === undefined || ready === undefined || refused > ready || sockets.length > 4) return null;
      const [first, second] = [reader.sockets[refused]!.remote, reader.sockets[ready]!.remote];
      if (!first || !second || 'path' in first || 'path' in second || first.address === second.address) return null;
      const { name, step } = sites.socket(refused)!.error!;
      return says(`the name has several addresses: ${formatAddress(first)} gave ${name}, then ${formatAddress(second)} answered`, step);
    }
    case 'close-waits': {
      const closed = here?.calls.get('close')?.first;
      if (!closed) return null;
      const open = listeners
        .flatMap((index) => sites.socket(index)?.accepted ?? [])
        .map((index) => reader.sockets[index]!)
        .filter(({ birth, death }) => birth < closed && (death === null || death > closed));
      if (open.length === 0) return null;
      const still = open.filter(({ death }) => death === null).length;
      const last = Math.max(...open.map(({ death }) => death ?? 0));
      const how = still
        ? `${still} of them to the end of the run`
        : `the last for another ${duration(reader.time(last) - reader.time(closed))}`;
      return says(`${plural(open.length, 'connection')} stayed open, ${how}: close() only stops accepting`, closed);
    }
    case 'lost-datagrams':
      return lostDatagrams(sites, sockets);
    default:
      return null;
  }
}

/** Datagrams looked at, at most. */
const MOST_SENDS = 20_000;

function lostDatagrams(sites: RunSites, sockets: readonly number[]): Evidence | null {
  const { reader } = sites;
  for (const index of sockets) {
    const { local, protocol } = reader.sockets[index]!;
    const record = sites.socket(index);
    if (!protocol.startsWith('udp') || !local || 'path' in local || !record?.received) continue;
    let sent = 0;
    let last = 0;
    for (const [other, info] of reader.sockets.entries()) {
      if (other === index || !info.protocol.startsWith('udp')) continue;
      for (const seq of reader.eventsOfSocket(other)) {
        if (!reader.call(seq)?.startsWith('send') || reader.error(seq) || sent > MOST_SENDS) continue;
        const { args, remote } = reader.event(seq);
        const port = args?.port ?? (remote && 'port' in remote ? remote.port : null);
        if (port !== local.port) continue;
        sent++;
        last = seq;
      }
    }
    if (sent > record.received)
      return says(
        `${plural(sent, 'datagram')} were sent here, ${record.received.toLocaleString('en-US')} were read: a full receive buffer drops the rest, and nobody is told`,
        last,
        true,
      );
  }
  return null;
}

/** Rules that only a run can apply, at these calls. */
export function runRules(call: SocketCall): readonly RuleId[] {
  switch (call.api) {
    case 'server.listen':
      return ['address-in-use'];
    case 'net.connect':
    case 'net.createConnection':
    case 'socket.connect':
    case 'tls.connect':
      return ['refused', 'several-addresses'];
    case 'server.close':
      return ['close-waits'];
    case 'dgram.bind':
      return ['lost-datagrams'];
    default:
      return [];
  }
}
