/** Calls of servers. */
import type { ApiEntry } from './api-entry';
import { NODE_DOCS } from './node-docs';
import { man, type Reference, rfc } from './references';

const NO_CALLS = { linux: 'none', macos: 'none', windows: 'none' } as const;

type ServerApi =
  | 'net.createServer'
  | 'http.createServer'
  | 'https.createServer'
  | 'http2.createServer'
  | 'tls.createServer'
  | 'server.listen'
  | 'server.close'
  | 'server.on(connection)';

/** `createServer` of any module: an object in JavaScript, nothing else yet. */
const created = (title: string, adds: string, reference: Reference): ApiEntry => ({
  title,
  what: `Makes a server object in JavaScript${adds}. There is no socket yet: \`socket()\` happens at \`listen()\`.`,
  libuv: null,
  calls: NO_CALLS,
  states: 'no socket → no socket',
  errors: [],
  card: 'socket',
  references: [reference, man('socket(2)')],
});

export const SERVER_APIS: Readonly<Record<ServerApi, ApiEntry>> = {
  'net.createServer': created('net.createServer()', '', NODE_DOCS['net.createServer']),
  'http.createServer': created('http.createServer()', ' that will speak HTTP over TCP connections', NODE_DOCS['http.createServer']),
  'https.createServer': created('https.createServer()', ' that will speak HTTP over TLS over TCP', NODE_DOCS['https.createServer']),
  'http2.createServer': created('http2.createServer()', ' that will speak HTTP/2 over TCP', NODE_DOCS['http2.createServer']),
  'tls.createServer': created('tls.createServer()', ' that will speak TLS over TCP connections', NODE_DOCS['tls.createServer']),
  'server.listen': {
    title: 'server.listen()',
    what: "Makes the socket, gives it its local address and tells the kernel to complete handshakes for it. Returns at once; `'listening'` says it is done. Nothing is accepted yet.",
    libuv: 'uv_tcp_bind → uv_listen',
    calls: {
      linux: 'socket → setsockopt(SO_REUSEADDR; for :: IPV6_V6ONLY) → bind → listen',
      macos: 'socket → ioctl/fcntl → setsockopt (SO_REUSEADDR and others) → bind → listen',
      windows: 'WSASocketW → bind (no SO_REUSEADDR) → listen → 32 × AcceptEx',
    },
    states: 'no socket → CLOSED, bound → LISTEN',
    errors: ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'],
    card: 'listen',
    references: [man('listen(2)'), man('bind(2)'), rfc(9293, '3.3.2')],
  },
  'server.close': {
    title: 'server.close()',
    what: "Closes the listening socket: no new connections. Connections that exist stay; `'close'` comes when the last of them has ended.",
    libuv: 'uv_close on the listener',
    calls: { linux: 'close (and unlink of a Unix-domain path)', macos: 'close', windows: 'closesocket' },
    states: 'LISTEN → CLOSED; accepted connections keep their states',
    errors: ['ERR_SERVER_NOT_RUNNING'],
    card: 'close',
    references: [man('close(2)'), NODE_DOCS['server.close']],
  },
  'server.on(connection)': {
    title: "'connection' event",
    what: 'A completed connection was taken off the accept queue and has a descriptor and a Socket of its own. The handshake was finished before, by the kernel; the listener never left LISTEN.',
    libuv: 'uv__server_io → uv_accept',
    calls: {
      linux: 'epoll_pwait → accept4(NONBLOCK, CLOEXEC)',
      macos: 'kevent → accept → ioctl/fcntl',
      windows: 'completion of AcceptEx → setsockopt(SO_UPDATE_ACCEPT_CONTEXT)',
    },
    states: 'listener: LISTEN → LISTEN; new socket: ESTABLISHED from the start',
    errors: ['EMFILE', 'ECONNABORTED'],
    card: 'accept',
    references: [man('accept(2)'), NODE_DOCS['server.on(connection)']],
  },
};
