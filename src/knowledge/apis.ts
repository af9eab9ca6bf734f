/**
 * What a Node call leads to: libuv's functions and each system's calls. Checked against libuv 1.46-1.52 (source; its Linux
 * side also with strace on Node 20 and 24). Data only; the cards in media/docs tell the whole story.
 */
import type { ApiEntry, System } from './api-entry';
import { DATAGRAM_APIS } from './apis-datagram';
import { SERVER_APIS } from './apis-server';
import { SOCKET_APIS } from './apis-socket';

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

export type { ApiEntry, System } from './api-entry';

export const APIS: Readonly<Record<ApiId, ApiEntry>> = { ...SERVER_APIS, ...SOCKET_APIS, ...DATAGRAM_APIS };

/** The tables' name for `process.platform`. Systems that are neither macOS nor Windows are described by Linux. */
export function systemOf(platform: string): System {
  if (platform === 'darwin') return 'macos';
  return platform === 'win32' ? 'windows' : 'linux';
}
