/** Which sockets of a run a call of the source is about: those that it acted on, and those that its object stands for. */
import type { SocketCall } from './analysis';
import type { CallIndex } from './call-index';
import type { RunSites, SiteRecord } from './run-sites';

const CONNECTS = /^(?:net\.connect|net\.createConnection|socket\.connect|tls\.connect)$/;

/** What is known of a call's place in the run. */
export type PlaceOf = (call: SocketCall) => SiteRecord | null;

export function socketsOfCall(call: SocketCall, calls: CallIndex, placeOf: PlaceOf, sites: RunSites): number[] {
  const found = new Set<number>(placeOf(call)?.sockets ?? []);
  const ofObject = (origin: number, apis: RegExp): SiteRecord[] =>
    calls.ofObject(origin).flatMap((other) => (apis.test(other.api) ? (placeOf(other) ?? []) : []));
  // A socket that the server gave to a listener, or a place that stands for all of them.
  const server = call.server ?? (/createServer$|on\(connection\)$/.test(call.api) ? call.origin : null);
  if (server !== null) {
    for (const listen of ofObject(server, /^server\.listen$/))
      for (const index of listen.sockets) for (const accepted of sites.socket(index)?.accepted ?? []) found.add(accepted);
  }
  if (call.origin !== null && call.server === null && !/createServer$|^server\./.test(call.api)) {
    const places = ofObject(call.origin, CONNECTS);
    for (const place of places) {
      for (const index of place.sockets) if (sites.reader.sockets[index]?.role === 'client') found.add(index);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Listening sockets of the server that a call belongs to. */
export function listenersOfCall(call: SocketCall, calls: CallIndex, placeOf: PlaceOf, sites: RunSites): number[] {
  const server = call.server ?? call.origin;
  if (server === null) return [];
  return calls
    .ofObject(server)
    .filter((other) => other.api === 'server.listen')
    .flatMap((listen) => [...(placeOf(listen)?.sockets ?? [])])
    .filter((index) => sites.reader.sockets[index]?.role === 'listener');
}
