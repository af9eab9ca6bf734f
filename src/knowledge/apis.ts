/**
 * What a Node call leads to: libuv's functions and each system's calls. Checked against libuv 1.46-1.52 (source; its Linux
 * side also with strace on Node 20 and 24). Data only; the cards in media/docs tell the whole story.
 */
import { DATAGRAM_APIS } from './apis-datagram';
import { SERVER_APIS } from './apis-server';
import { SOCKET_APIS } from './apis-socket';
import type { Reference } from './references';

/** Node's calls and events that Socketscope knows, under the names that traces use. */
export const API_IDS = [
  'net.createServer',
  'http.createServer',
  'https.createServer',
  'http2.createServer',
  'tls.createServer',
  'server.listen',
  'server.close',
  'server.on(connection)',
  'net.connect',
  'net.createConnection',
  'tls.connect',
  'net.Socket',
  'socket.connect',
  'socket.write',
  'socket.end',
  'socket.destroy',
  'socket.resetAndDestroy',
  'socket.setTimeout',
  'socket.setKeepAlive',
  'socket.setNoDelay',
  'socket.on(data)',
  'socket.on(end)',
  'socket.on(close)',
  'socket.on(connect)',
  'socket.on(drain)',
  'socket.on(error)',
  'dgram.createSocket',
  'dgram.bind',
  'dgram.send',
  'dgram.connect',
  'dgram.close',
  'dgram.on(message)',
] as const;
export type ApiId = (typeof API_IDS)[number];

/** A system as the tables tell them apart. */
export type System = 'linux' | 'macos' | 'windows';

/** What a hover says of a Node call. Markdown inline text; calls as `a → b`. */
export interface ApiEntry {
  /** As the learner writes it: `server.listen()`. */
  title: string;
  /** One or two sentences. */
  what: string;
  /** Functions of libuv; null when the call stays in JavaScript. */
  libuv: string | null;
  calls: Readonly<Record<System, string>>;
  /** States before and after. */
  states: string;
  /** errno names, most likely first; looked up in ERRNO_CARDS. */
  errors: readonly string[];
  /** Id of the full card. */
  card: string;
  /** Man page, RFC or Node's own page for what is said here. */
  references: readonly Reference[];
}

export const APIS: Readonly<Record<ApiId, ApiEntry>> = { ...SERVER_APIS, ...SOCKET_APIS, ...DATAGRAM_APIS };

/** The tables' name for `process.platform`. Systems that are neither macOS nor Windows are described by Linux. */
export function systemOf(platform: string): System {
  if (platform === 'darwin') return 'macos';
  return platform === 'win32' ? 'windows' : 'linux';
}
