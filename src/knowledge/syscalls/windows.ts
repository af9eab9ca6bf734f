/**
 * Windows, read from libuv's sources (win/tcp.c, win/udp.c, win/core.c of 1.46 and 1.50) and not yet compared with a tracer there.
 *
 * It works by completions: ConnectEx, AcceptEx and an overlapped WSASend are started, and the loop is told of their end by
 * GetQueuedCompletionStatusEx. `call` is the POSIX name of what is done, `args.syscall` the function that does it. What is not shown: the
 * empty WSARecv by which libuv waits for bytes, the 32 AcceptEx that wait at a listener, and look-ups of extension functions.
 * Named pipes are files there, no sockets: nothing is derived for them.
 */
import type { JsonObject } from '../../contracts/trace';
import {
  domain,
  isTcp,
  isUdp,
  madeSocket,
  makesSocket,
  number,
  pending,
  setsockopt,
  socketFailed,
  target,
  waitsBehindOthers,
} from './facts';
import { optionRows } from './options';
import type { Facts, Row, RuleTable } from './rule-table';

const REUSEPORT = { tcp: 2, udp: 64 };
const UV_UDP_REUSEADDR = 4;
const IPV6ONLY = 1;
const flags = ({ args }: Facts) => number(args.flags);
/** libuv refuses reusePort before any call (win/tcp.c uv__tcp_try_bind, win/udp.c uv__udp_maybe_bind). */
const refused = (facts: Facts) => (flags(facts) & (isUdp(facts) ? REUSEPORT.udp : REUSEPORT.tcp)) !== 0;
const v6 = (facts: Facts) => domain(facts) === 'AF_INET6';
const born = (facts: Facts) => madeSocket(facts) && !refused(facts);
const bound = (facts: Facts) => makesSocket(facts) && !socketFailed(facts) && !refused(facts);
const length = ({ op }: Facts): JsonObject => ({ length: op.bytes });

const plain = (row: Row): Row => ({ result: () => 0, error: () => null, ...row });
const update = (option: string, when: Row['when'], source: string): Row =>
  plain({ call: 'setsockopt', when, args: () => ({ level: 'SOL_SOCKET', option, value: 0 }), source });

/** socket() and what libuv does with a new one. */
const birth: Row[] = [
  {
    call: 'socket',
    when: (f) => makesSocket(f) && !refused(f),
    args: (f) => ({ domain: domain(f), type: isUdp(f) ? 'SOCK_DGRAM' : 'SOCK_STREAM', protocol: 0 }),
    result: () => null,
    error: (f) => (socketFailed(f) ? f.error : null),
    source: 'win/tcp.c uv__tcp_try_bind, win/udp.c uv__udp_maybe_bind',
  },
  plain({
    call: 'ioctlsocket',
    when: born,
    args: () => ({ request: 'FIONBIO', value: 1 }),
    source: 'win/tcp.c uv__tcp_set_socket, win/udp.c uv__udp_set_socket',
  }),
  setsockopt('IPPROTO_TCP', 'TCP_NODELAY', 1, (f) => born(f) && pending(f, 'noDelay')?.value === true, 'win/tcp.c uv__tcp_set_socket'),
  // 60 s, whatever was asked for ("TODO: Use stored delay").
  setsockopt('SOL_SOCKET', 'SO_KEEPALIVE', 1, (f) => born(f) && pending(f, 'keepAlive')?.value === true, 'win/tcp.c uv__tcp_set_socket'),
  setsockopt('IPPROTO_TCP', 'TCP_KEEPALIVE', 60, (f) => born(f) && pending(f, 'keepAlive')?.value === true, 'win/tcp.c uv__tcp_set_socket'),
];

const bind: Row[] = [
  ...birth,
  {
    ...plain({
      call: 'setsockopt',
      when: (f) => isTcp(f) && bound(f) && v6(f),
      args: (f) => ({ level: 'IPPROTO_IPV6', option: 'IPV6_V6ONLY', value: (flags(f) & IPV6ONLY) !== 0 ? 1 : 0 }),
      source: 'win/tcp.c uv__tcp_try_bind',
    }),
  },
  setsockopt(
    'SOL_SOCKET',
    'SO_REUSEADDR',
    1,
    (f) => isUdp(f) && bound(f) && (flags(f) & UV_UDP_REUSEADDR) !== 0,
    'win/udp.c uv__udp_maybe_bind',
  ),
  setsockopt(
    'IPPROTO_IPV6',
    'IPV6_V6ONLY',
    0,
    (f) => isUdp(f) && bound(f) && v6(f) && (flags(f) & IPV6ONLY) === 0,
    'win/udp.c uv__udp_maybe_bind',
  ),
  {
    call: 'bind',
    when: bound,
    args: (f) => target(f.args),
    // TCP: WSAEADDRINUSE is kept until listen or connect (delayed_error).
    error: (f) => f.context.delayedError ?? f.error,
    source: 'win/tcp.c uv__tcp_try_bind, win/udp.c uv__udp_maybe_bind',
  },
];

/** ConnectEx wants a bound socket: libuv binds it to any address, port 0. */
const anyBind: Row = plain({
  call: 'bind',
  when: bound,
  args: (f) => ({ address: v6(f) ? '::' : '0.0.0.0', port: 0 }),
  source: 'win/tcp.c uv__tcp_try_connect',
});

const WINDOWS: RuleTable = {
  open: [
    plain({
      call: 'socket',
      when: (f) => isTcp(f) && f.args.received === true,
      args: () => ({ syscall: 'WSASocketW', domain: 'FROM_PROTOCOL_INFO', type: 'FROM_PROTOCOL_INFO', protocol: 'FROM_PROTOCOL_INFO' }),
      result: () => null,
      source: 'win/tcp.c uv__tcp_xfer_import',
    }),
  ],
  bind,
  listen: [
    {
      call: 'listen',
      when: (f) => !f.context.delayedError && f.context.hasDescriptor,
      args: ({ args }) => ({ backlog: number(args.backlog) }),
      source: 'win/tcp.c uv__tcp_listen',
    },
  ],
  connect: [
    ...birth,
    anyBind,
    {
      call: 'connect',
      when: (f) =>
        !socketFailed(f) && !(f.error !== null && makesSocket(f) === false && !f.context.hasDescriptor) && !f.context.delayedError,
      args: (f) => ({ ...target(f.args), syscall: 'ConnectEx', ...(f.error === null ? { pending: 'ERROR_IO_PENDING' } : {}) }),
      error: (f) => f.error ?? 'EINPROGRESS',
      source: 'win/tcp.c uv__tcp_try_connect; the handshake goes on while the program runs',
    },
  ],
  connected: [
    {
      // What SO_ERROR tells elsewhere is in the completion of ConnectEx.
      call: 'getsockopt',
      when: (f) => f.error !== 'ECANCELED' && !f.context.delayedError,
      args: (f) => ({ syscall: 'GetQueuedCompletionStatusEx', completes: 'ConnectEx', option: 'SO_ERROR', value: f.error ?? 0 }),
      result: () => 0,
      error: () => null,
      source: 'win/core.c uv__poll, win/tcp.c uv__process_tcp_connect_req',
    },
    update('SO_UPDATE_CONNECT_CONTEXT', (f) => f.error === null, 'win/tcp.c uv__process_tcp_connect_req'),
  ],
  accept: [
    {
      call: 'accept',
      args: () => ({ syscall: 'AcceptEx' }),
      result: () => null,
      error: (f) => (typeof f.args.accepted === 'number' ? null : f.error),
      source: 'win/tcp.c uv__tcp_queue_accept, uv__process_tcp_accept_req',
    },
    update('SO_UPDATE_ACCEPT_CONTEXT', (f) => typeof f.args.accepted === 'number', 'win/tcp.c uv__process_tcp_accept_req'),
  ],
  read: [
    {
      call: 'read',
      when: (f) => f.op.result > 0,
      args: ({ args }) => ({ syscall: 'WSARecv', length: number(args.length, 65536) }),
      result: ({ op }) => op.result,
      bytes: ({ op }) => op.result,
      source: 'win/tcp.c uv__process_tcp_read_req',
    },
    {
      // There is no short cut by POLLHUP: an end is always a read of nothing. TLS may have an end of its own.
      call: 'read',
      when: (f) =>
        f.error === 'EOF' && (f.args.below === undefined || (f.args.below === 'tls' && f.context.partialRead?.sameWake === false)),
      args: ({ args }) => ({ syscall: 'WSARecv', length: number(args.length, 65536) }),
      error: () => null,
      result: () => 0,
      bytes: () => 0,
      source: 'win/tcp.c uv__process_tcp_read_req',
    },
    {
      call: 'read',
      when: (f) => f.error !== null && f.error !== 'EOF' && f.error !== 'ECANCELED',
      args: ({ args }) => ({ syscall: 'WSARecv', length: number(args.length, 65536) }),
      source: 'win/tcp.c uv__process_tcp_read_req',
    },
  ],
  write: [
    {
      call: 'write',
      // After a shutdown libuv refuses by itself; while another write waits it does not even try.
      when: (f) =>
        !(f.error === 'EPIPE' && f.context.writeEnded === true) && f.error !== 'EBADF' && !waitsBehindOthers(f) && !f.context.connecting,
      args: (f) => ({ syscall: 'WSASend', ...length(f), ...(number(f.args.buffers, 1) > 1 ? { buffers: number(f.args.buffers) } : {}) }),
      error: (f) => f.error ?? (f.args.async === true && number(f.args.written) === 0 && f.op.bytes > 0 ? 'EAGAIN' : null),
      result: (f) => number(f.args.written, f.op.bytes),
      bytes: (f) => (f.error === null ? number(f.args.written, f.op.bytes) : null),
      source: 'win/tcp.c uv__tcp_try_write, called by Node src/stream_wrap.cc DoTryWrite',
    },
  ],
  writeDone: [
    {
      call: 'write',
      // One overlapped WSASend for all that was left: the kernel holds it until it is sent.
      when: (f) => (f.context.rest ?? f.op.bytes) > 0 && f.error !== 'ECANCELED',
      args: (f) => ({ syscall: 'WSASend', length: f.context.rest ?? f.op.bytes }),
      result: (f) => f.context.rest ?? f.op.bytes,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? (f.context.rest ?? f.op.bytes) : null),
      source: 'win/tcp.c uv__tcp_write, uv__process_tcp_write_req',
    },
  ],
  shutdownDone: [
    {
      call: 'shutdown',
      when: (f) => f.error !== 'ECANCELED',
      args: () => ({ how: 'SD_SEND' }),
      source: 'win/tcp.c uv__process_tcp_shutdown_req',
    },
  ],
  close: [
    plain({
      call: 'close',
      when: (f) => f.context.hasDescriptor,
      args: () => ({ syscall: 'closesocket' }),
      source: 'win/tcp.c uv__tcp_close, win/udp.c uv__udp_close',
    }),
  ],
  reset: [
    {
      call: 'setsockopt',
      when: (f) => f.error === null && f.context.hasDescriptor,
      args: () => ({ level: 'SOL_SOCKET', option: 'SO_LINGER', value: { onoff: 1, linger: 0 } }),
      result: () => 0,
      source: 'win/tcp.c uv_tcp_close_reset',
    },
    {
      call: 'close',
      args: () => ({ syscall: 'closesocket', linger: true }),
      when: (f) => f.error === null && f.context.hasDescriptor,
      result: () => 0,
      source: 'win/tcp.c uv_tcp_close_reset',
    },
  ],
  send: [
    {
      call: 'sendmsg',
      when: (f) => f.args.async !== true && f.error !== 'EBADF',
      args: (f) => ({ syscall: 'WSASendTo', ...target(f.args), ...length(f) }),
      result: ({ op }) => op.bytes,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? f.op.bytes : null),
      source: 'win/udp.c uv__udp_try_send, called first by Node src/udp_wrap.cc',
    },
  ],
  sendDone: [
    {
      call: 'sendmsg',
      when: (f) => f.args.async === true && f.error !== 'ECANCELED',
      args: (f) => ({ syscall: 'WSASendTo', ...target(f.args), ...length(f) }),
      result: ({ op }) => op.bytes,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? f.op.bytes : null),
      source: 'win/udp.c uv__send',
    },
  ],
  recv: [
    {
      call: 'recvmsg',
      args: (f) => ({ syscall: 'WSARecvFrom', ...target(f.args), length: 65536 }),
      result: ({ op }) => op.result,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? f.op.result : null),
      source: 'win/udp.c uv__process_udp_recv_req',
    },
  ],
  udpConnect: [
    ...bind.slice(0, -1),
    anyBind,
    { call: 'connect', when: (f) => !socketFailed(f), args: (f) => target(f.args), source: 'win/udp.c uv__udp_connect' },
  ],
  udpDisconnect: [{ call: 'connect', args: () => ({ domain: 'AF_UNSPEC' }), source: 'win/udp.c uv__udp_disconnect' }],
  option: optionRows('win32'),
  getsockname: [
    {
      call: 'getsockname',
      when: (f) => f.context.hasDescriptor,
      args: (f) => target(f.args),
      source: 'win/tcp.c, win/udp.c; win/winsock.c uv__getsockpeername',
    },
  ],
  getpeername: [
    {
      call: 'getpeername',
      when: (f) => f.context.hasDescriptor,
      args: (f) => target(f.args),
      source: 'win/tcp.c, win/udp.c; win/winsock.c uv__getsockpeername',
    },
  ],
};

/** Sockets have no small numbers there, and pipes are no sockets. */
const onlySockets = (row: Row): Row => ({
  ...row,
  fd: () => null,
  when: (facts) => facts.context.protocol !== 'unix' && (row.when?.(facts) ?? true),
});

export const WIN32: RuleTable = Object.fromEntries(Object.entries(WINDOWS).map(([op, rows]) => [op, rows.map(onlySockets)]));
