/** Calls and events of UDP sockets. */
import type { ApiEntry } from './api-entry';
import { NODE_DOCS } from './node-docs';
import { man, rfc } from './references';

type DatagramApi = 'dgram.createSocket' | 'dgram.bind' | 'dgram.send' | 'dgram.connect' | 'dgram.close' | 'dgram.on(message)';

export const DATAGRAM_APIS: Readonly<Record<DatagramApi, ApiEntry>> = {
  'dgram.createSocket': {
    title: 'dgram.createSocket()',
    what: 'Makes a UDP socket object in JavaScript. There is no socket in the kernel yet: `socket()` happens at `bind()`, `connect()` or the first `send()`.',
    libuv: 'uv_udp_init',
    calls: { linux: 'none yet', macos: 'none yet', windows: 'none yet' },
    states: 'no socket → no socket',
    errors: [],
    udp: true,
    card: 'socket',
    references: [NODE_DOCS['dgram.createSocket'], man('udp(7)')],
  },
  'dgram.bind': {
    title: 'socket.bind()',
    what: 'Makes the UDP socket, gives it its local address and starts to receive. No listen, no accept: datagrams from everybody arrive here.',
    libuv: 'uv_udp_bind → uv_udp_recv_start',
    calls: { linux: 'socket(SOCK_DGRAM) → bind', macos: 'socket(SOCK_DGRAM) → ioctl/fcntl → bind', windows: 'WSASocketW → bind' },
    states: 'no socket → bound (UDP has no TCP states)',
    errors: ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'],
    udp: true,
    card: 'bind',
    references: [man('bind(2)'), man('udp(7)')],
  },
  'dgram.send': {
    title: 'socket.send()',
    what: 'One send is one datagram: it arrives whole, or not at all, and nobody tells you. An unbound socket is bound to a port of its own first.',
    libuv: 'uv_udp_send',
    calls: { linux: 'sendmsg, or sendmmsg for several queued', macos: 'sendmsg', windows: 'WSASendTo' },
    states: 'unchanged',
    errors: ['EMSGSIZE', 'ECONNREFUSED'],
    udp: true,
    card: 'send',
    references: [man('send(2)'), man('udp(7)'), rfc(768)],
  },
  'dgram.connect': {
    title: 'socket.connect()',
    what: 'Remembers a default peer and takes datagrams from it only. No packet is sent; errors that come back by ICMP now reach the program (not on Windows).',
    libuv: 'uv_udp_connect',
    calls: { linux: 'bind → connect', macos: 'bind → connect', windows: 'bind → connect' },
    states: 'bound → connected (no handshake)',
    errors: ['ECONNREFUSED'],
    udp: true,
    card: 'connect',
    references: [man('connect(2)'), man('udp(7)')],
  },
  'dgram.close': {
    title: 'socket.close()',
    what: 'Closes the UDP socket. Nothing is sent: the other side does not learn of it.',
    libuv: 'uv_close',
    calls: { linux: 'close', macos: 'close', windows: 'closesocket' },
    states: 'bound → gone',
    errors: ['ERR_SOCKET_DGRAM_NOT_RUNNING'],
    udp: true,
    card: 'close',
    references: [man('close(2)'), NODE_DOCS['dgram.close']],
  },
  'dgram.on(message)': {
    title: "'message' event",
    what: 'One datagram, as it was sent: boundaries are kept, also of an empty one. `rinfo` says who sent it; answer there.',
    libuv: 'uv_udp_recv_start',
    calls: { linux: 'epoll_pwait → recvmsg, up to 32 per wake', macos: 'kevent → recvmsg', windows: 'WSARecvFrom' },
    states: 'unchanged',
    errors: ['ECONNREFUSED'],
    udp: true,
    card: 'recv',
    references: [man('recv(2)'), man('udp(7)')],
  },
};
