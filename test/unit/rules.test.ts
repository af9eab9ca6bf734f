import assert from 'node:assert/strict';
import type { ProbeOp, ProbeOperation } from '../../src/contracts/probe-stream';
import type { RuleContext } from '../../src/contracts/syscall-rules';
import { errnoName, syscallRules } from '../../src/knowledge/syscalls';
import { formatCall, previewBytes } from '../../src/knowledge/syscalls/format-call';

const CONTEXT: RuleContext = { platform: 'linux', node: [24, 21, 0], uv: [1, 52, 1], protocol: 'tcp', hasDescriptor: false };
const OP: ProbeOperation = {
  type: 'op',
  time: 0,
  op: 'api',
  handle: 1,
  fd: 20,
  result: 0,
  bytes: -1,
  api: null,
  site: null,
  siteIsCause: false,
  args: null,
  local: null,
  remote: null,
  payload: null,
  writable: -1,
  readable: -1,
  queue: -1,
};
const open: Partial<RuleContext> = { hasDescriptor: true };
const v4 = { address: '127.0.0.1', port: 80 };
const SOCKET4 = 'socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 20';
const SOCKET_UNIX = 'socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 20';
const UDP = 'socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 20';

/** What an operation stands for, as strace would print it. */
function calls(op: ProbeOp, operation: Partial<ProbeOperation>, context: Partial<RuleContext> = {}): string[] {
  return syscallRules({ ...OP, ...operation, op }, { ...CONTEXT, ...context }).map((call) => formatCall(call));
}

type Case = [what: string, op: ProbeOp, operation: Partial<ProbeOperation>, context: Partial<RuleContext>, expected: string[]];
const CASES: Case[] = [
  ['bind TCP to an address of the other family: libuv refuses', 'bind', { args: v4, result: -22, fd: -1 }, {}, []],
  ['bind UDP to an address of the other family', 'bind', { args: v4, result: -22, fd: -1 }, { protocol: 'udp' }, []],
  ['bind to a path that does not fit', 'bind', { args: { path: '/x' }, result: -22, fd: -1 }, { protocol: 'unix' }, []],
  ['connect to a path that does not fit', 'connect', { args: { path: '/x' }, result: -22, fd: -1 }, { protocol: 'unix' }, []],
  [
    'close in the abstract namespace: no file, no unlink',
    'close',
    {},
    { ...open, protocol: 'unix', boundPath: '\0name' },
    ['close(20) = 0'],
  ],
  ['bind TCP', 'bind', { args: v4 }, {}, [SOCKET4, 'setsockopt(20, SOL_SOCKET, SO_REUSEADDR, [1]) = 0', 'bind(20, {127.0.0.1, 80}) = 0']],
  [
    'bind TCP, address in use: libuv keeps it',
    'bind',
    { args: v4 },
    { delayedError: 'EADDRINUSE' },
    [SOCKET4, 'setsockopt(20, SOL_SOCKET, SO_REUSEADDR, [1]) = 0', 'bind(20, {127.0.0.1, 80}) = -1 EADDRINUSE'],
  ],
  [
    'bind TCP, refused',
    'bind',
    { args: v4, result: -13 },
    {},
    [SOCKET4, 'setsockopt(20, SOL_SOCKET, SO_REUSEADDR, [1]) = 0', 'bind(20, {127.0.0.1, 80}) = -1 EACCES'],
  ],
  [
    'bind without descriptors left',
    'bind',
    { args: v4, result: -24, fd: -1 },
    {},
    ['socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = -1 EMFILE'],
  ],
  [
    'bind IPv6',
    'bind',
    { args: { address: '::', port: 0 } },
    { protocol: 'tcp6' },
    [
      'socket(AF_INET6, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 20',
      'setsockopt(20, SOL_SOCKET, SO_REUSEADDR, [1]) = 0',
      'setsockopt(20, IPPROTO_IPV6, IPV6_V6ONLY, [0]) = 0',
      'bind(20, {::, 0}) = 0',
    ],
  ],
  ['bind a path', 'bind', { args: { path: '/s' } }, { protocol: 'unix' }, [SOCKET_UNIX, 'bind(20, {"/s"}) = 0']],
  [
    'bind a path in use: the descriptor is gone before it was seen',
    'bind',
    { args: { path: '/s' }, result: -98, fd: -1 },
    { protocol: 'unix' },
    ['socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = ?', 'bind(?, {"/s"}) = -1 EADDRINUSE', 'close(?) = 0'],
  ],
  ['bind UDP', 'bind', { args: v4 }, { protocol: 'udp' }, [UDP, 'bind(20, {127.0.0.1, 80}) = 0']],
  [
    'bind UDP, reuseAddr',
    'bind',
    { args: { ...v4, flags: 4 } },
    { protocol: 'udp' },
    [UDP, 'setsockopt(20, SOL_SOCKET, SO_REUSEADDR, [1]) = 0', 'bind(20, {127.0.0.1, 80}) = 0'],
  ],
  ['listen', 'listen', { args: { backlog: 511 } }, open, ['listen(20, 511) = 0']],
  ['listen after the bind that failed', 'listen', { args: { backlog: 511 }, result: -98 }, { ...open, delayedError: 'EADDRINUSE' }, []],
  ['connect', 'connect', { args: v4 }, {}, [SOCKET4, 'connect(20, {127.0.0.1, 80}) = -1 EINPROGRESS']],
  ['connect at once impossible', 'connect', { args: v4, result: -101 }, {}, [SOCKET4, 'connect(20, {127.0.0.1, 80}) = -1 ENETUNREACH']],
  [
    'connect, options set before',
    'connect',
    { args: v4 },
    { pendingOptions: [{ name: 'noDelay', value: true }] },
    [SOCKET4, 'setsockopt(20, IPPROTO_TCP, TCP_NODELAY, [1]) = 0', 'connect(20, {127.0.0.1, 80}) = -1 EINPROGRESS'],
  ],
  ['connected', 'connected', {}, open, ['getsockopt(20, SOL_SOCKET, SO_ERROR, [0]) = 0']],
  ['refused', 'connected', { result: -111 }, open, ['getsockopt(20, SOL_SOCKET, SO_ERROR, [ECONNREFUSED]) = 0']],
  ['closed while connecting', 'connected', { result: -125 }, open, []],
  [
    'connect to a path: socket only, the rest when its result is known',
    'connect',
    { args: { path: '/s' } },
    { protocol: 'unix' },
    [SOCKET_UNIX],
  ],
  [
    'connected to a path',
    'connected',
    {},
    { ...open, protocol: 'unix', connecting: { path: '/s' } },
    ['connect(20, {"/s"}) = 0', 'getsockopt(20, SOL_SOCKET, SO_ERROR, [0]) = 0'],
  ],
  [
    'no such path',
    'connected',
    { result: -2 },
    { ...open, protocol: 'unix', connecting: { path: '/s' } },
    ['connect(20, {"/s"}) = -1 ENOENT'],
  ],
  ['accept', 'accept', { result: 21 }, open, ['accept4(20, NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK) = 21']],
  ['accept without descriptors left', 'accept', { result: -24 }, open, ['accept4(20, NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK) = -1 EMFILE']],
  ['read', 'read', { result: 5, bytes: 5 }, open, ['read(20, ..., 65536) = 5']],
  ['read that fails', 'read', { result: -104 }, open, ['read(20, ..., 65536) = -1 ECONNRESET']],
  ['end of file', 'read', { result: -4095, bytes: 0 }, open, ['read(20, "", 65536) = 0']],
  [
    'end of file after part of a buffer, own side open: the connection was reset',
    'read',
    { result: -4095 },
    { ...open, partialRead: { sameWake: true } },
    [],
  ],
  [
    'end of file after part of a buffer, own side open, wake-up not known: a TCP socket does not hang up before its own end',
    'read',
    { result: -4095 },
    { ...open, partialRead: { sameWake: null } },
    ['read(20, "", 65536) = 0'],
  ],
  ['end of file by hang-up', 'read', { result: -4095 }, { ...open, writeEnded: true, partialRead: { sameWake: true } }, []],
  [
    'end of file that may be by hang-up: nothing is claimed',
    'read',
    { result: -4095 },
    { ...open, writeEnded: true, partialRead: { sameWake: null } },
    [],
  ],
  [
    'end of file in a later wake-up',
    'read',
    { result: -4095 },
    { ...open, writeEnded: true, partialRead: { sameWake: false } },
    ['read(20, "", 65536) = 0'],
  ],
  [
    'end of file by hang-up of a Unix-domain socket',
    'read',
    { result: -4095 },
    { ...open, protocol: 'unix', partialRead: { sameWake: true } },
    [],
  ],
  ['write', 'write', { bytes: 7, queue: 0, args: { buffers: 1, async: false, written: 7 } }, open, ['write(20, ..., 7) = 7']],
  [
    'write of several buffers',
    'write',
    { bytes: 7, queue: 0, args: { buffers: 3, async: false, written: 7 } },
    open,
    ['writev(20, ..., 3) = 7'],
  ],
  // Short first, the rest taken by the second attempt: two calls, of which only the sum is known.
  ['write in two', 'write', { bytes: 9, queue: 0, args: { buffers: 1, async: true, written: 9 } }, open, ['write(20, ..., 9) = ?']],
  ['write in part', 'write', { bytes: 9, queue: 5, args: { buffers: 1, async: true, written: 4 } }, open, ['write(20, ..., 9) = 4']],
  [
    'write into a full buffer',
    'write',
    { bytes: 9, queue: 9, args: { buffers: 1, async: true, written: 0 } },
    open,
    ['write(20, ..., 9) = -1 EAGAIN'],
  ],
  ['write behind others: only queued', 'write', { bytes: 9, queue: 30, args: { buffers: 1, async: true, written: 0 } }, open, []],
  [
    'write into a reset connection',
    'write',
    { bytes: 9, result: -32, args: { buffers: 1, async: false, written: 0 } },
    open,
    ['write(20, ..., 9) = -1 EPIPE'],
  ],
  [
    'write after shutdown: libuv refuses it',
    'write',
    { bytes: 9, result: -32, args: { buffers: 1, async: false, written: 0 } },
    { ...open, writeEnded: true },
    [],
  ],
  ['the rest of a write: bytes certain, calls not', 'writeDone', { bytes: 9 }, { ...open, rest: 5 }, ['write(20, ..., 5) = ?']],
  ['a write that libuv did whole', 'writeDone', { bytes: 9 }, { ...open, rest: 0 }, []],
  ['a cancelled rest', 'writeDone', { bytes: 9, result: -125 }, { ...open, rest: 5 }, []],
  ['shutdown is asked for', 'shutdown', {}, open, []],
  ['shutdown is made', 'shutdownDone', {}, open, ['shutdown(20, SHUT_WR) = 0']],
  ['shutdown of what is not connected', 'shutdownDone', { result: -107 }, open, ['shutdown(20, SHUT_WR) = -1 ENOTCONN']],
  ['close before shutdown came about', 'shutdownDone', { result: -125 }, open, []],
  ['close', 'close', {}, open, ['close(20) = 0']],
  ['close without a descriptor', 'close', { fd: -1 }, {}, []],
  ['close of a listening path', 'close', {}, { ...open, protocol: 'unix', boundPath: '/s' }, ['unlink("/s") = ?', 'close(20) = 0']],
  ['reset', 'reset', {}, open, ['setsockopt(20, SOL_SOCKET, SO_LINGER, [{onoff=1, linger=0}]) = 0', 'close(20) = 0']],
  ['reset that libuv refuses', 'reset', { result: -22 }, open, []],
  ['send', 'send', { bytes: 5, args: v4 }, { ...open, protocol: 'udp' }, ['sendmsg(20, {127.0.0.1, 80}, ...) = 5']],
  ['send nothing', 'send', { bytes: 0, args: v4 }, { ...open, protocol: 'udp' }, ['sendmsg(20, {127.0.0.1, 80}, "") = 0']],
  [
    'send too much',
    'send',
    { bytes: 70000, result: -90, args: v4 },
    { ...open, protocol: 'udp' },
    ['sendmsg(20, {127.0.0.1, 80}, ...) = -1 EMSGSIZE'],
  ],
  ['recv', 'recv', { result: 5, bytes: 5, args: v4 }, { ...open, protocol: 'udp' }, ['recvmsg(20, {127.0.0.1, 80}, ...) = 5']],
  ['connect UDP', 'udpConnect', { args: v4 }, { ...open, protocol: 'udp' }, ['connect(20, {127.0.0.1, 80}) = 0']],
  [
    'keep-alive',
    'option',
    { args: { name: 'keepAlive', value: true, delay: 5 } },
    open,
    [
      'setsockopt(20, SOL_SOCKET, SO_KEEPALIVE, [1]) = 0',
      'setsockopt(20, IPPROTO_TCP, TCP_KEEPIDLE, [5]) = 0',
      'setsockopt(20, IPPROTO_TCP, TCP_KEEPINTVL, [1]) = 0',
      'setsockopt(20, IPPROTO_TCP, TCP_KEEPCNT, [10]) = 0',
    ],
  ],
  [
    'keep-alive without delay on Node 24',
    'option',
    { args: { name: 'keepAlive', value: true, delay: 0 } },
    open,
    ['setsockopt(20, SOL_SOCKET, SO_KEEPALIVE, [1]) = 0'],
  ],
  ['an option before there is a descriptor', 'option', { args: { name: 'noDelay', value: true }, fd: -1 }, {}, []],
];

describe('rules on Linux', () => {
  for (const [what, op, operation, context, expected] of CASES) it(what, () => assert.deepEqual(calls(op, operation, context), expected));

  it('derive everything and observe nothing', () => {
    for (const [, op, operation, context] of CASES)
      for (const call of syscallRules({ ...OP, ...operation, op }, { ...CONTEXT, ...context })) assert.equal(call.provenance, 'derived');
  });
});

describe('rules elsewhere', () => {
  it('derive nothing on a platform that is not known', () => assert.deepEqual(calls('connect', { args: v4 }, { platform: 'plan9' }), []));

  it('know error numbers of every platform', () => {
    assert.equal(errnoName(-98, 'linux'), 'EADDRINUSE');
    assert.equal(errnoName(-48, 'darwin'), 'EADDRINUSE');
    assert.equal(errnoName(-4091, 'win32'), 'EADDRINUSE');
    assert.equal(errnoName(-4095, 'linux'), 'EOF');
    assert.equal(errnoName(-12345, 'linux'), 'errno 12345');
  });
});

describe('bytes in a line', () => {
  const shown = (text: string | number[], total?: number, width = 40) => {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : Uint8Array.from(text);
    return previewBytes(bytes, total ?? bytes.length, width);
  };
  it('are text where they are, and never more than one line', () => {
    assert.equal(shown('GET / HTTP/1.1\r\n'), '"GET / HTTP/1.1\\r\\n"');
    assert.equal(shown('grüße €'), '"grüße €"');
    assert.equal(shown([0, 1, 255, 0x1b]), '"\\0\\x01\\xff\\e"');
    assert.equal(shown('say "\\"'), '"say \\"\\\\\\""');
    assert.equal(shown('a\u202eb'), '"a\\u{202e}b"');
  });
  it('end in ... when there are more', () => {
    assert.equal(shown('hello', 10), '"hello"...');
    assert.equal(shown('abcdef', 6, 3), '"abc"...');
    // A character that was cut in the middle.
    assert.equal(shown([0x61, 0xe2, 0x82], 9), '"a\\xe2\\x82"...');
  });
});
