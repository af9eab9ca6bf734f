/** From one end of a connection to the other: from a connect to the listen that it reached, and back. */
import { realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Location } from 'vscode-languageserver';
import type { Argument, SocketCall, Span } from './analysis';
import type { LastRun, Look } from './last-run';
import type { RunSites, SiteRecord } from './run-sites';

/** An open document with its calls. */
export interface OpenCalls {
  uri: string;
  look: Look;
}

const CALLS = /^(?:net\.connect|net\.createConnection|socket\.connect|tls\.connect|dgram\.(?:send|connect))$/;
const WAITS = /^(?:server\.listen|dgram\.bind)$/;

/**
 * Where the other end of a call is: by the last run where it says so, else every call of the open documents that names the same port
 * or path. Empty when neither knows one, or when the call is at no end.
 */
export function otherEnds(call: SocketCall, here: OpenCalls, run: LastRun | null, open: readonly OpenCalls[]): Location[] {
  if (!CALLS.test(call.api) && !WAITS.test(call.api)) return [];
  const seen = run ? byRun(call, here, run.sites) : [];
  return seen.length > 0 ? seen.map((record) => placeOf(record, open)) : bySource(call, open);
}

function byRun(call: SocketCall, { look }: OpenCalls, sites: RunSites): SiteRecord[] {
  const { reader } = sites;
  const index = new Map(reader.sockets.map(({ id }, at) => [id, at]));
  const ends = new Set<number>();
  for (const socket of look.scene(call)?.scene.sockets ?? []) {
    const accepted = sites.socket(socket)?.accepted ?? [];
    for (const one of WAITS.test(call.api) && accepted.length > 0 ? accepted : [socket]) {
      const peer = reader.sockets[one]?.peer;
      const at = peer ? index.get(peer) : undefined;
      if (at === undefined) continue;
      // A client's peer is the accepted socket: what the program wrote for it is the listen of its server.
      const listener = reader.sockets[at]!.listener;
      ends.add(listener ? (index.get(listener) ?? at) : at);
    }
  }
  const wanted = WAITS.test(call.api) ? ['connect', 'sendmsg', 'sendto'] : ['listen', 'bind'];
  const records = [...sites.files()].flatMap((file) => sites.inFile(file));
  return [...ends].flatMap((end) => {
    const own = records.filter(({ sockets }) => sockets.has(end));
    for (const name of wanted) {
      const found = own.filter(({ calls }) => calls.has(name));
      if (found.length > 0) return found;
    }
    return [];
  });
}

/** The place of a record in the text as it is now. */
function placeOf(record: SiteRecord, open: readonly OpenCalls[]): Location {
  const { file, line, column } = record.site;
  for (const { uri, look } of open) {
    if (!isFile(uri, file)) continue;
    const call = look.calls.find((each) => look.scene(each)?.scene.here === record);
    if (call) return { uri, range: call.name };
    return { uri, range: point(line, column) };
  }
  return { uri: pathToFileURL(file).href, range: point(line, column) };
}

const point = (line: number, column: number): Span => {
  const at = { line: Math.max(line - 1, 0), character: Math.max(column - 1, 0) };
  return { start: at, end: at };
};

function isFile(uri: string, file: string): boolean {
  if (!uri.startsWith('file:')) return false;
  const path = fileURLToPath(uri);
  try {
    return path === file || realpathSync.native(path) === file;
  } catch {
    // Not on the disk any more.
    return false;
  }
}

function bySource(call: SocketCall, open: readonly OpenCalls[]): Location[] {
  const other = WAITS.test(call.api) ? CALLS : WAITS;
  const isDatagram = call.api.startsWith('dgram');
  return open.flatMap(({ uri, look }) =>
    look.calls
      .filter((each) => other.test(each.api) && each.api.startsWith('dgram') === isDatagram && isSamePlace(call, each))
      .map(({ name }) => ({ uri, range: name })),
  );
}

function isSamePlace(one: SocketCall, two: SocketCall): boolean {
  const equal = <T>(a: Argument<T>, b: Argument<T>) => a.is === 'literal' && b.is === 'literal' && a.value === b.value;
  return equal(one.args.port, two.args.port) || equal(one.args.path, two.args.path);
}
