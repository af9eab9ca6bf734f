/** What Linux and macOS have in common: the system calls behind each handle operation, as libuv 1.46 (Node 20) and later makes them. */

import type { JsonObject } from '../../contracts/trace';
import { errnoName } from './errno';
import {
  domain,
  isTcp,
  isUdp,
  isUnix,
  madeSocket,
  makesSocket,
  number,
  pending,
  refusedByLibuv,
  setsockopt,
  socketFailed,
  target,
  waitsBehindOthers,
} from './facts';
import { optionRows } from './options';
import type { Facts, Row, RuleTable } from './rule-table';

/** Where the platforms differ. */
export interface UnixParts {
  platform: 'linux' | 'darwin';
  /** Flags of socket() and accept4(); '' where neither has any. */
  flags: string;
  /** Calls after socket(): what the flags do elsewhere. */
  afterSocket: readonly Row[];
  /** Calls at the end of uv__stream_open. */
  opened: readonly Row[];
  accept: readonly Row[];
  /** The option that lets several datagram sockets have one port. */
  shared: string;
  /** Whether a port may be divided among listeners (reusePort); else libuv refuses to. */
  reusePort: boolean;
}

const socketRow = (flags: string): Row => ({
  call: 'socket',
  when: makesSocket,
  args: (facts) => ({
    domain: domain(facts),
    type: `${isUdp(facts) ? 'SOCK_DGRAM' : 'SOCK_STREAM'}${flags === '' ? '' : `|${flags}`}`,
    protocol: 0,
  }),
  // After a failed bind libuv closes a Unix-domain socket at once: its number was never seen.
  result: ({ op }) => (op.fd >= 0 ? op.fd : null),
  error: (facts) => (socketFailed(facts) ? facts.error : null),
  fd: () => null,
  source: 'unix/tcp.c new_socket, unix/udp.c uv__udp_bind, unix/pipe.c uv_pipe_bind2; unix/core.c uv__socket',
});

const keepsAlive = (facts: Facts) => madeSocket(facts) && pending(facts, 'keepAlive')?.value === true;

/** unix/stream.c uv__stream_open: options set before there was a descriptor. */
function deferred(platform: UnixParts['platform']): Row[] {
  const source = 'unix/stream.c uv__stream_open, unix/tcp.c uv__tcp_keepalive';
  const idle = platform === 'darwin' ? 'TCP_KEEPALIVE' : 'TCP_KEEPIDLE';
  const uv = platform === 'darwin' ? { from: '1.48' } : undefined;
  return [
    setsockopt(
      'IPPROTO_TCP',
      'TCP_NODELAY',
      1,
      (f) => madeSocket(f) && pending(f, 'noDelay')?.value === true,
      'unix/stream.c uv__stream_open',
    ),
    // It does not keep the delay that was asked for: 60 s, whatever it was ("TODO Use delay the user passed in").
    setsockopt('SOL_SOCKET', 'SO_KEEPALIVE', 1, keepsAlive, source),
    setsockopt('IPPROTO_TCP', idle, 60, keepsAlive, source),
    { ...setsockopt('IPPROTO_TCP', 'TCP_KEEPINTVL', 1, keepsAlive, source), uv },
    { ...setsockopt('IPPROTO_TCP', 'TCP_KEEPCNT', 10, keepsAlive, source), uv },
  ];
}

const UV_TCP_REUSEPORT = 2;
const UV_UDP_REUSEADDR = 4;
const UV_UDP_LINUX_RECVERR = 32;
const UV_UDP_REUSEPORT = 64;
const flag = (facts: Facts, bit: number) => (number(facts.args.flags) & bit) !== 0;
const bound = (facts: Facts) => !socketFailed(facts) && !refusedByLibuv(facts);
const v6 = (facts: Facts) => domain(facts) === 'AF_INET6';

/** dgram's bind({fd}): the socket is there already, and bound. */
const opensOwn = (facts: Facts) => typeof facts.args.fd === 'number';

/** socket() and what libuv does with a new descriptor. */
const birth = (parts: UnixParts): Row[] => [socketRow(parts.flags), ...parts.afterSocket, ...deferred(parts.platform), ...parts.opened];

const wantsPortShared = (facts: Facts) => flag(facts, isUdp(facts) ? UV_UDP_REUSEPORT : UV_TCP_REUSEPORT);

/** reusePort, from libuv 1.49 on; where it cannot be had libuv refuses (ENOTSUP) before bind. */
const portShared = (parts: UnixParts, when: (facts: Facts) => boolean, source: string): Row[] =>
  parts.reusePort
    ? [{ ...setsockopt('SOL_SOCKET', 'SO_REUSEPORT', 1, when, `${source}; unix/core.c uv__sock_reuseport`), uv: { from: '1.49' } }]
    : [];

const bind = (parts: UnixParts): Row[] => [
  ...birth(parts),
  setsockopt('SOL_SOCKET', 'SO_REUSEADDR', 1, (f) => isTcp(f) && bound(f), 'unix/tcp.c uv__tcp_bind'),
  ...portShared(parts, (f) => isTcp(f) && bound(f) && flag(f, UV_TCP_REUSEPORT), 'unix/tcp.c uv__tcp_bind'),
  {
    call: 'setsockopt',
    when: (f) => isTcp(f) && bound(f) && v6(f),
    args: (f) => ({ level: 'IPPROTO_IPV6', option: 'IPV6_V6ONLY', value: flag(f, 1) ? 1 : 0 }),
    result: () => 0,
    source: 'unix/tcp.c uv__tcp_bind',
  },
  {
    call: 'setsockopt',
    when: (f) => parts.platform === 'linux' && isUdp(f) && bound(f) && flag(f, UV_UDP_LINUX_RECVERR),
    args: (f) =>
      v6(f) ? { level: 'IPPROTO_IPV6', option: 'IPV6_RECVERR', value: 1 } : { level: 'IPPROTO_IP', option: 'IP_RECVERR', value: 1 },
    result: () => 0,
    source: 'unix/udp.c uv__udp_bind',
  },
  setsockopt(
    'SOL_SOCKET',
    parts.shared,
    1,
    (f) => isUdp(f) && bound(f) && flag(f, UV_UDP_REUSEADDR),
    'unix/udp.c uv__udp_bind, uv__sock_reuseaddr',
  ),
  ...portShared(parts, (f) => isUdp(f) && bound(f) && flag(f, UV_UDP_REUSEPORT), 'unix/udp.c uv__udp_bind'),
  setsockopt('IPPROTO_IPV6', 'IPV6_V6ONLY', 1, (f) => isUdp(f) && bound(f) && v6(f) && flag(f, 1), 'unix/udp.c uv__udp_bind'),
  setsockopt('SOL_SOCKET', parts.shared, 1, opensOwn, 'unix/udp.c uv_udp_open'),
  {
    call: 'bind',
    when: (f) => bound(f) && !opensOwn(f) && (parts.reusePort || !wantsPortShared(f)),
    args: (f) => target(f.args),
    // TCP: libuv keeps EADDRINUSE to itself and reports it at listen or connect (unix/tcp.c, delayed_error).
    error: (f) => f.context.delayedError ?? f.error,
    source: 'unix/tcp.c uv__tcp_bind, unix/udp.c uv__udp_bind, unix/pipe.c uv_pipe_bind2',
  },
  {
    call: 'close',
    when: (f) => isUnix(f) && madeSocket(f) && f.error !== null && f.op.fd < 0,
    result: () => 0,
    source: 'unix/pipe.c uv_pipe_bind2, err_socket',
  },
];

/** The result of a Unix-domain connect as its completion tells it: errno name, or null for success. */
const endedAs = ({ args, context }: Facts) => (number(args.ended) < 0 ? errnoName(number(args.ended), context.platform) : null);

const soError: Row = {
  call: 'getsockopt',
  when: (f) => f.error !== 'ECANCELED' && !f.context.delayedError && !(isUnix(f) && f.error !== null),
  args: (f) => ({ level: 'SOL_SOCKET', option: 'SO_ERROR', value: f.error ?? 0 }),
  result: () => 0,
  source: 'unix/stream.c uv__stream_connect',
};

/** One write(2), or writev(2) for several buffers. */
const writeCall = (facts: Facts) => (number(facts.args.buffers, 1) > 1 ? 'writev' : 'write');
const writes = (call: 'write' | 'writev', row: Omit<Row, 'call'>): Row => ({
  ...row,
  call,
  when: (facts) => writeCall(facts) === call && (row.when?.(facts) ?? true),
});
const bothWrites = (row: Omit<Row, 'call'>): Row[] => [writes('write', row), writes('writev', row)];

const refusedUnmade = (facts: Facts) => facts.error === 'EBADF' || (facts.error === 'EPIPE' && facts.context.writeEnded === true);

/**
 * The first attempt was short or refused, and the second one, which libuv makes at once for what it was to queue (unix/stream.c uv_write2),
 * took all the rest: how much each took is not told.
 */
const tookTwo = ({ op, args }: Facts) => args.async === true && op.bytes > 0 && number(args.written) === op.bytes;

/** What a read asks for; of TLS not known: it offers what its buffer has left (Node src/crypto/crypto_tls.cc OnStreamAlloc). */
const readLength = ({ args }: Facts): JsonObject => (isBelow(args) ? {} : { length: number(args.length, 65536) });

/** Seen by the counters of the handle: C++ made the call. */
const isBelow = (args: JsonObject) => args.below !== undefined;

/** The table of a platform. */
export const unixTable = (parts: UnixParts): RuleTable => ({
  open: [
    {
      call: 'getsockopt',
      when: (f) => f.args.received === true,
      args: (f) => ({ level: 'SOL_SOCKET', option: 'SO_TYPE', value: isUdp(f) ? 'SOCK_DGRAM' : 'SOCK_STREAM' }),
      result: () => 0,
      source: 'unix/tty.c uv_guess_handle, asked by Node for a handle that comes over an IPC channel (uv_pipe_pending_type)',
    },
    setsockopt('SOL_SOCKET', parts.shared, 1, (f) => f.args.received === true && isUdp(f), 'unix/udp.c uv_udp_open'),
  ],
  bind: bind(parts),
  listen: [
    {
      call: 'listen',
      when: (f) => !f.context.delayedError && f.context.hasDescriptor,
      args: ({ args }) => ({ backlog: number(args.backlog) }),
      source: 'unix/tcp.c uv__tcp_listen, unix/pipe.c uv__pipe_listen',
    },
  ],
  connect: [
    ...birth(parts),
    {
      call: 'connect',
      when: (f) => isTcp(f) && bound(f) && !f.context.delayedError,
      args: (f) => target(f.args),
      error: (f) => f.error ?? 'EINPROGRESS',
      source: 'unix/tcp.c uv__tcp_connect; the handshake takes longer than the call on a non-blocking socket',
    },
    {
      call: 'connect',
      // A Unix-domain connect ends at once; libuv tells its result at the completion, which is joined to it where it was read in time.
      when: (f) => isUnix(f) && bound(f) && typeof f.args.ended === 'number' && endedAs(f) !== 'ECANCELED',
      args: (f) => target(f.args),
      result: () => 0,
      error: endedAs,
      source: 'unix/pipe.c uv_pipe_connect2',
    },
  ],
  connected: [
    {
      call: 'connect',
      when: (f) => isUnix(f) && f.error !== 'ECANCELED' && f.context.connecting?.ended === undefined,
      args: (f) => target(f.context.connecting ?? f.args),
      source: 'unix/pipe.c uv_pipe_connect2',
    },
    soError,
  ],
  accept: parts.accept,
  read: [
    {
      call: 'read',
      when: (f) => f.op.result > 0,
      args: readLength,
      result: ({ op }) => op.result,
      bytes: ({ op }) => op.result,
      source: 'unix/stream.c uv__read; Node asks for 64 KiB (deps/uv/src/unix/stream.c, alloc_cb)',
    },
    {
      call: 'read',
      when: (f) => f.error === 'EOF' && endOfFileWasRead(f),
      args: readLength,
      error: () => null,
      result: () => 0,
      bytes: () => 0,
      source: 'unix/stream.c uv__read',
    },
    {
      call: 'read',
      when: (f) => f.error !== null && f.error !== 'EOF' && f.error !== 'ECANCELED',
      args: readLength,
      source: 'unix/stream.c uv__read',
    },
  ],
  write: [
    ...bothWrites({
      when: (f) => !isBelow(f.args) && !refusedUnmade(f) && !waitsBehindOthers(f) && !f.context.connecting,
      args: (f) => ({
        length: f.op.bytes,
        ...(number(f.args.buffers, 1) > 1 ? { buffers: number(f.args.buffers) } : {}),
        ...(tookTwo(f) ? { atLeastOneCall: true } : {}),
      }),
      error: (f) => f.error ?? (f.args.async === true && number(f.args.written) === 0 && f.op.bytes > 0 ? 'EAGAIN' : null),
      result: (f) => (tookTwo(f) ? null : f.args.async === true ? number(f.args.written) : number(f.args.written, f.op.bytes)),
      bytes: (f) => (f.error !== null ? null : f.args.async === true ? number(f.args.written) : number(f.args.written, f.op.bytes)),
      source: 'unix/stream.c uv_try_write, called by Node src/stream_wrap.cc DoTryWrite',
    }),
    {
      // One write(2) or writev(2): in how many pieces the bytes were is not told, and of much not in how many calls.
      call: 'write',
      when: (f) => isBelow(f.args),
      args: (f) => ({ length: f.op.bytes, ...(f.args.several === true ? { atLeastOneCall: true } : {}) }),
      result: (f) => (f.args.several === true ? null : f.op.bytes),
      error: () => null,
      bytes: ({ op }) => op.bytes,
      source: 'Node src/crypto/crypto_tls.cc EncOut: up to ten pieces of ciphertext in one Write, again until all is out',
    },
  ],
  writeDone: [
    {
      // How often libuv had to try is not told: the bytes are certain, the return values are not.
      call: 'write',
      when: (f) => (f.context.rest ?? f.op.bytes) > 0 && f.error !== 'ECANCELED',
      args: (f) => ({ length: f.context.rest ?? f.op.bytes, atLeastOneCall: true }),
      result: () => null,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? (f.context.rest ?? f.op.bytes) : null),
      source: 'unix/stream.c uv__write: the rest, when the socket takes bytes again; one call or several',
    },
  ],
  shutdownDone: [
    {
      call: 'shutdown',
      when: (f) => f.error !== 'ECANCELED',
      args: () => ({ how: 'SHUT_WR' }),
      source: 'unix/stream.c uv__drain: when the write queue is empty, one turn of the loop after uv_shutdown',
    },
  ],
  close: [
    {
      call: 'unlink',
      // A name in the abstract namespace (it begins with a NUL) is not a file.
      when: (f) => f.context.hasDescriptor && typeof f.context.boundPath === 'string' && !f.context.boundPath.startsWith('\0'),
      args: (f) => ({ path: f.context.boundPath ?? '' }),
      result: () => null,
      fd: () => null,
      source: 'unix/pipe.c uv__pipe_close',
    },
    {
      call: 'close',
      when: (f) => f.context.hasDescriptor,
      result: () => 0,
      error: () => null,
      source: 'unix/stream.c uv__stream_close, unix/udp.c uv__udp_close',
    },
  ],
  reset: [
    {
      call: 'setsockopt',
      when: (f) => f.error === null && f.context.hasDescriptor,
      args: () => ({ level: 'SOL_SOCKET', option: 'SO_LINGER', value: { onoff: 1, linger: 0 } }),
      result: () => 0,
      source: 'unix/tcp.c uv_tcp_close_reset',
    },
    {
      call: 'close',
      // What makes this close a reset belongs to it.
      args: () => ({ linger: true }),
      when: (f) => f.error === null && f.context.hasDescriptor,
      result: () => 0,
      source: 'unix/tcp.c uv_tcp_close_reset',
    },
  ],
  send: [
    {
      call: 'sendmsg',
      when: (f) => f.args.async !== true && f.error !== 'EBADF',
      args: (f) => ({ ...target(f.args), length: f.op.bytes }),
      result: ({ op }) => op.bytes,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? f.op.bytes : null),
      source: 'unix/udp.c uv__udp_try_send, called first by Node src/udp_wrap.cc',
    },
  ],
  sendDone: [
    {
      call: 'sendmsg',
      when: (f) => f.args.async === true && f.error !== 'ECANCELED',
      args: (f) => ({ ...target(f.args), length: f.op.bytes }),
      result: ({ op }) => op.bytes,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? f.op.bytes : null),
      source: 'unix/udp.c uv__udp_sendmsg',
    },
  ],
  recv: [
    {
      call: 'recvmsg',
      args: (f) => ({ ...target(f.args), length: 65536 }),
      result: ({ op }) => op.result,
      error: (f) => f.error,
      bytes: (f) => (f.error === null ? f.op.result : null),
      source: 'unix/udp.c uv__udp_recvmsg',
    },
  ],
  udpConnect: [...birth(parts), { call: 'connect', when: bound, args: (f) => target(f.args), source: 'unix/udp.c uv__udp_connect' }],
  udpDisconnect: [{ call: 'connect', args: () => ({ domain: 'AF_UNSPEC' }), source: 'unix/udp.c uv__udp_disconnect' }],
  option: optionRows(parts.platform),
  getsockname: [
    { call: 'getsockname', when: (f) => f.context.hasDescriptor, args: (f) => target(f.args), source: 'unix/core.c uv__getsockpeername' },
  ],
  getpeername: [
    { call: 'getpeername', when: (f) => f.context.hasDescriptor, args: (f) => target(f.args), source: 'unix/core.c uv__getsockpeername' },
  ],
});

/**
 * libuv reports end of file without a read() = 0 when, in the same wake-up, a read took less than the buffer held and the socket had
 * hung up (unix/stream.c uv__stream_io, "Short-circuit iff POLLHUP is polled"; after a short read it reads no more in that wake-up, uv__read).
 * Where Node does not tell the wake-up: a TCP socket hangs up after its own shutdown (tcp_poll: both directions shut down; or the
 * connection was reset, which is rare); a Unix-domain one also when the peer closes (unix_release_sock).
 */
function endOfFileWasRead(facts: Facts): boolean {
  const { partialRead, writeEnded } = facts.context;
  // Of TLS this may be its own end (close_notify), which came with the bytes just read; of HTTP/2 nothing is known.
  if (isBelow(facts.args)) return facts.args.below === 'tls' && partialRead?.sameWake !== null && partialRead?.sameWake !== true;
  if (!partialRead) return true;
  if (partialRead.sameWake !== null) return !partialRead.sameWake;
  return isTcp(facts) && writeEnded !== true;
}
