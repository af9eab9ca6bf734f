/** Calls and events of stream sockets. */
import type { ApiEntry } from './api-entry';
import { NODE_DOCS } from './node-docs';
import { man, rfc } from './references';

const NO_CALLS = { linux: 'none', macos: 'none', windows: 'none' } as const;

type SocketApi =
  | 'net.connect'
  | 'net.createConnection'
  | 'tls.connect'
  | 'net.Socket'
  | 'socket.connect'
  | 'socket.write'
  | 'socket.end'
  | 'socket.destroy'
  | 'socket.resetAndDestroy'
  | 'socket.setTimeout'
  | 'socket.setKeepAlive'
  | 'socket.setNoDelay'
  | 'socket.on(data)'
  | 'socket.on(end)'
  | 'socket.on(close)'
  | 'socket.on(connect)'
  | 'socket.on(drain)'
  | 'socket.on(error)';

const connect = (title: string, what: string): ApiEntry => ({
  title,
  what,
  libuv: 'uv_tcp_connect',
  calls: {
    linux: 'socket → connect = -1 EINPROGRESS → epoll_pwait → getsockopt(SO_ERROR)',
    macos: 'socket → ioctl/fcntl → connect = -1 EINPROGRESS → kevent → getsockopt(SO_ERROR)',
    windows: 'WSASocketW → bind → ConnectEx → setsockopt(SO_UPDATE_CONNECT_CONTEXT)',
  },
  states: 'CLOSED → SYN_SENT → ESTABLISHED, or CLOSED when it fails',
  errors: ['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND'],
  card: 'connect',
  references: [man('connect(2)'), rfc(9293, '3.5')],
});

const STARTS = "Starts a TCP handshake and returns at once; `'connect'` or `'error'` tells how it went. A host name is looked up first.";

export const SOCKET_APIS: Readonly<Record<SocketApi, ApiEntry>> = {
  'net.connect': connect('net.connect()', STARTS),
  'net.createConnection': connect('net.createConnection()', `${STARTS} The same as \`net.connect()\`.`),
  'socket.connect': connect('socket.connect()', STARTS),
  'tls.connect': connect('tls.connect()', `${STARTS} The TLS handshake follows as ordinary writes and reads on the same socket.`),
  'net.Socket': {
    title: 'new net.Socket()',
    what: 'Makes a Socket object in JavaScript. There is no socket in the kernel yet: `socket()` happens at `connect()`.',
    libuv: null,
    calls: NO_CALLS,
    states: 'no socket → no socket',
    errors: [],
    card: 'socket',
    references: [NODE_DOCS['net.Socket'], man('socket(2)')],
  },
  'socket.write': {
    title: 'socket.write()',
    what: "Copies bytes into the kernel's send buffer and returns; what does not fit waits in Node. Success means that the kernel took the bytes, not that they arrived. `false` means: wait for `'drain'`.",
    libuv: 'uv_try_write, uv_write for the rest',
    calls: {
      linux: 'write, or writev for several buffers',
      macos: 'write, or writev for several buffers',
      windows: 'WSASend (overlapped)',
    },
    states: 'ESTABLISHED or CLOSE_WAIT, unchanged',
    errors: ['EPIPE', 'ECONNRESET', 'ERR_STREAM_WRITE_AFTER_END'],
    card: 'send',
    references: [man('write(2)'), man('tcp(7)'), NODE_DOCS['socket.write']],
  },
  'socket.end': {
    title: 'socket.end()',
    what: "Says that you will send no more: after the queued bytes a FIN goes out. You can still receive. Without `allowHalfOpen` the other side's Node ends its direction too.",
    libuv: 'uv_shutdown, when the write queue is empty',
    calls: { linux: 'shutdown(SHUT_WR)', macos: 'shutdown(SHUT_WR)', windows: 'shutdown(SD_SEND)' },
    states: 'ESTABLISHED → FIN_WAIT_1 → FIN_WAIT_2, or CLOSE_WAIT → LAST_ACK',
    errors: ['EPIPE', 'ERR_STREAM_WRITE_AFTER_END'],
    card: 'shutdown',
    references: [man('shutdown(2)'), rfc(9293, '3.6')],
  },
  'socket.destroy': {
    title: 'socket.destroy()',
    what: 'Closes the descriptor now and drops what Node still has queued. The kernel finishes sending what it took and sends FIN, or RST when received bytes were never read from it.',
    libuv: 'uv_close',
    calls: { linux: 'epoll_ctl(DEL) → close', macos: 'close', windows: 'closesocket' },
    states: 'ESTABLISHED → FIN_WAIT_1 ... TIME_WAIT, or CLOSED after RST',
    errors: ['ERR_STREAM_DESTROYED'],
    card: 'close',
    references: [man('close(2)'), rfc(9293, '3.6.1')],
  },
  'socket.resetAndDestroy': {
    title: 'socket.resetAndDestroy()',
    what: 'Aborts the connection: RST instead of FIN, what is queued is dropped, no TIME_WAIT. The other side gets ECONNRESET.',
    libuv: 'uv_tcp_close_reset',
    calls: {
      linux: 'setsockopt(SO_LINGER {1, 0}) → close',
      macos: 'setsockopt(SO_LINGER {1, 0}) → close',
      windows: 'setsockopt(SO_LINGER {1, 0}) → closesocket',
    },
    states: 'ESTABLISHED → CLOSED',
    errors: [],
    card: 'close',
    references: [NODE_DOCS['socket.resetAndDestroy'], man('socket(7)')],
  },
  'socket.setTimeout': {
    title: 'socket.setTimeout()',
    what: "Starts an idle timer in JavaScript. `'timeout'` only tells you: the socket stays open. Your own writes restart the timer.",
    libuv: null,
    calls: NO_CALLS,
    states: 'unchanged',
    errors: [],
    card: 'close',
    references: [NODE_DOCS['socket.setTimeout']],
  },
  'socket.setKeepAlive': {
    title: 'socket.setKeepAlive()',
    what: "Asks the kernel to probe an idle connection. An answer proves that the peer's kernel is there, not that its program works.",
    libuv: 'uv_tcp_keepalive',
    calls: {
      linux: 'setsockopt(SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL 1, TCP_KEEPCNT 10)',
      macos: 'setsockopt(SO_KEEPALIVE, TCP_KEEPALIVE)',
      windows: 'setsockopt(SO_KEEPALIVE, TCP_KEEPIDLE...) or SIO_KEEPALIVE_VALS',
    },
    states: 'unchanged',
    errors: ['ETIMEDOUT'],
    card: 'setsockopt',
    references: [man('tcp(7)'), rfc(9293, '3.8.4')],
  },
  'socket.setNoDelay': {
    title: 'socket.setNoDelay()',
    what: "Turns Nagle's algorithm off for what this socket sends: small writes leave at once. It changes nothing for the other direction, nor for delayed ACKs.",
    libuv: 'uv_tcp_nodelay',
    calls: { linux: 'setsockopt(TCP_NODELAY)', macos: 'setsockopt(TCP_NODELAY)', windows: 'setsockopt(TCP_NODELAY)' },
    states: 'unchanged',
    errors: [],
    card: 'nagle-and-delayed-ack',
    references: [man('tcp(7)'), rfc(9293, '3.7.4')],
  },
  'socket.on(data)': {
    title: "'data' event",
    what: 'Bytes that one read of the socket gave: any number, at most 65,536. TCP is a stream: a chunk may hold half a message or five.',
    libuv: 'uv_read_start → uv__read',
    calls: {
      linux: 'epoll_pwait → read(fd, 65536)',
      macos: 'kevent → read(fd, 65536)',
      windows: 'WSARecv of 0 bytes as a signal → WSARecv',
    },
    states: 'ESTABLISHED, FIN_WAIT_1 or FIN_WAIT_2, unchanged',
    errors: ['ECONNRESET', 'ETIMEDOUT'],
    card: 'recv',
    references: [man('recv(2)'), man('read(2)')],
  },
  'socket.on(end)': {
    title: "'end' event",
    what: "The other side's FIN was read: it will send no more. It comes only after all bytes were consumed. Without `allowHalfOpen` Node now ends your direction too.",
    libuv: 'uv__read gives UV_EOF',
    calls: { linux: 'read = 0', macos: 'read = 0', windows: 'WSARecv = 0' },
    states: 'ESTABLISHED → CLOSE_WAIT, or FIN_WAIT_2 → TIME_WAIT (when the FIN arrived)',
    errors: [],
    card: 'recv',
    references: [man('recv(2)'), rfc(9293, '3.6')],
  },
  'socket.on(close)': {
    title: "'close' event",
    what: 'The descriptor is closed and this object is finished, however it came to that. The place for cleaning up.',
    libuv: 'callback of uv_close',
    calls: { linux: 'close was made', macos: 'close was made', windows: 'closesocket was made' },
    states: "the kernel's side may live on, as TIME_WAIT for instance",
    errors: [],
    card: 'close',
    references: [NODE_DOCS['socket.on(close)'], man('close(2)')],
  },
  'socket.on(connect)': {
    title: "'connect' event",
    what: "The handshake is complete. The server's kernel did its part: the server's program may not have accepted yet.",
    libuv: 'callback of uv_tcp_connect',
    calls: { linux: 'getsockopt(SO_ERROR) = 0', macos: 'getsockopt(SO_ERROR) = 0', windows: 'completion of ConnectEx' },
    states: 'SYN_SENT → ESTABLISHED',
    errors: [],
    card: 'connect',
    references: [man('connect(2)'), rfc(9293, '3.5')],
  },
  'socket.on(drain)': {
    title: "'drain' event",
    what: 'What `write()` had queued in Node is now in the kernel: safe to write again after a `write()` that returned false.',
    libuv: 'the last uv_write completed',
    calls: { linux: 'none of its own', macos: 'none of its own', windows: 'none of its own' },
    states: 'unchanged',
    errors: [],
    card: 'buffers',
    references: [NODE_DOCS['socket.on(drain)']],
  },
  'socket.on(error)': {
    title: "'error' event",
    what: "A call on this socket failed; `'close'` follows. Without a listener for it the whole process ends.",
    libuv: 'a negative status',
    calls: { linux: 'the call that failed is in err.syscall', macos: 'as on Linux', windows: 'as on Linux' },
    states: '→ CLOSED',
    errors: ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'],
    card: 'close',
    references: [NODE_DOCS['socket.on(error)']],
  },
};
