/** Constructed streams of macOS and Windows programs, translated as a collector does: their calls, and the states that follow. */
import assert from 'node:assert/strict';
import type { ProbeOp, ProbeOperation, ProbeProcess } from '../../src/contracts/probe-stream';
import { errnoName, ruleTables, syscallRules } from '../../src/knowledge/syscalls';
import { formatCall } from '../../src/knowledge/syscalls/format-call';
import { newStream, Translator } from '../../src/runner/translate';
import { StateTracker, stateEvent, TraceStore } from '../../src/trace';

const PROCESS: ProbeProcess = {
  type: 'process',
  time: 0,
  pid: 1,
  ppid: 0,
  threadId: 0,
  platform: 'linux',
  node: '24.21.0',
  uv: '1.52.1',
  argv: ['node', 'p.js'],
  cwd: '/',
};
const OP: ProbeOperation = {
  type: 'op',
  time: 0,
  op: 'api',
  handle: 1,
  fd: -1,
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
type Step = [handle: number, op: ProbeOp, more?: Partial<ProbeOperation>];

/** Runs the steps; `calls` by handle's socket id as `s1: bind(...) = 0`, `states` as `s1 LISTEN`. */
function translated(platform: string, uv: string, steps: readonly Step[]): { calls: string[]; states: string[] } {
  const store = new TraceStore({ socketscope: 1, platform, cwd: '/', began: '2026-01-01T00:00:00.000Z', dropped: 0, notices: [] });
  store.addProcess({ pid: 1, ppid: 0, argv: [], cwd: '/', node: '24.21.0', exit: null, notices: [] } as never);
  const tracker = new StateTracker();
  const calls: string[] = [];
  const states: string[] = [];
  const append = (event: Parameters<TraceStore['append']>[0]): void => {
    const seq = store.append(event);
    if (event.kind === 'call') calls.push(`${event.socket}: ${formatCall(event)}`);
    if (event.kind === 'state') {
      states.push(`${event.socket} ${event.state?.to}`);
      return;
    }
    for (const change of tracker.apply(store.event(seq), store)) append(stateEvent(change, event, store));
  };
  const translator = new Translator(
    { rules: syscallRules, errnoName },
    { socket: (socket) => store.addSocket(socket as never), role: () => {}, inode: () => {}, event: append },
  );
  const stream = newStream({ ...PROCESS, platform, uv });
  for (const [index, [handle, op, more]] of steps.entries())
    translator.operation(stream, { ...OP, handle, op, ...more }, index * 1_000_000);
  return { calls, states };
}

const SERVER = { address: '127.0.0.1', port: 80 };
const CLIENT = { address: '127.0.0.1', port: 5000 };
/** An echo of 5 bytes, both ends in one process. `fd`: what the platform says of descriptors. */
const echo = (fd: (number: number) => number): Step[] => [
  [1, 'open', { args: { handle: 'tcp' } }],
  [1, 'bind', { fd: fd(20), args: SERVER, local: SERVER }],
  [1, 'listen', { fd: fd(20), args: { backlog: 511 }, local: SERVER }],
  [2, 'open', { args: { handle: 'tcp' } }],
  [2, 'connect', { fd: fd(21), args: SERVER, remote: SERVER }],
  [1, 'accept', { fd: fd(20), result: fd(22), args: { accepted: 3 }, local: SERVER, remote: CLIENT }],
  [2, 'connected', { fd: fd(21), local: CLIENT, remote: SERVER }],
  [2, 'write', { fd: fd(21), bytes: 5, queue: 0, args: { buffers: 1, async: false, written: 5 } }],
  [3, 'read', { fd: fd(22), result: 5, bytes: 5, args: { wake: 1 } }],
  [2, 'shutdown', { fd: fd(21) }],
  [2, 'shutdownDone', { fd: fd(21) }],
  [3, 'read', { fd: fd(22), result: -4095, bytes: 0, args: { wake: 1 } }],
  [3, 'shutdown', { fd: fd(22) }],
  [3, 'shutdownDone', { fd: fd(22) }],
  [3, 'close', { fd: fd(22) }],
  [2, 'read', { fd: fd(21), result: -4095, bytes: 0, args: { wake: 2 } }],
  [2, 'close', { fd: fd(21) }],
  [1, 'close', { fd: fd(20) }],
];
const refused: Step[] = [
  [1, 'open', { args: { handle: 'tcp' } }],
  [1, 'connect', { args: SERVER, remote: SERVER }],
  [1, 'connected', { result: -4078, remote: SERVER }],
  [1, 'close'],
];
const same = (number: number) => number;
const none = () => -1;

describe('a Windows program', () => {
  it('makes its own calls, in their order', () => {
    assert.deepEqual(translated('win32', '1.52.1', echo(none)).calls, [
      's1: socket(AF_INET, SOCK_STREAM, 0) = ?',
      's1: ioctlsocket(?, FIONBIO, 1) = 0',
      's1: bind(?, {127.0.0.1, 80}) = 0',
      's1: listen(?, 511) = 0',
      's2: socket(AF_INET, SOCK_STREAM, 0) = ?',
      's2: ioctlsocket(?, FIONBIO, 1) = 0',
      's2: bind(?, {0.0.0.0, 0}) = 0',
      's2: ConnectEx(?, {127.0.0.1, 80}) = FALSE ERROR_IO_PENDING',
      's1: AcceptEx(?, NULL, NULL) = ?',
      's1: setsockopt(?, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, [0]) = 0',
      's2: GetQueuedCompletionStatusEx(ConnectEx) = 0',
      's2: setsockopt(?, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, [0]) = 0',
      's2: WSASend(?, ..., 5) = 5',
      's3: WSARecv(?, ..., 65536) = 5',
      's2: shutdown(?, SD_SEND) = 0',
      's3: WSARecv(?, "", 65536) = 0',
      's3: shutdown(?, SD_SEND) = 0',
      's3: closesocket(?) = 0',
      's2: WSARecv(?, "", 65536) = 0',
      's2: closesocket(?) = 0',
      's1: closesocket(?) = 0',
    ]);
  });

  it('goes through the same states as a Linux program', () => {
    const windows = translated('win32', '1.52.1', echo(none)).states;
    assert.deepEqual(windows, translated('linux', '1.52.1', echo(same)).states);
    assert.deepEqual(
      windows.filter((state) => state.startsWith('s2')).map((state) => state.slice(3)),
      ['SYN_SENT', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT'],
    );
  });

  it('is told that a connect failed', () => {
    const { calls, states } = translated('win32', '1.52.1', refused);
    assert.equal(calls.at(-2), 's1: GetQueuedCompletionStatusEx(ConnectEx) = ECONNREFUSED');
    assert.deepEqual(states, ['s1 SYN_SENT', 's1 CLOSED']);
  });

  it('sends what the kernel does not take at once with one overlapped call', () => {
    const steps: Step[] = [
      [1, 'open', { fd: -1, args: { handle: 'tcp' } }],
      [1, 'connect', { args: SERVER }],
      [1, 'connected', {}],
      [1, 'write', { bytes: 900, queue: 900, args: { buffers: 2, async: true, written: 0 } }],
      [1, 'write', { bytes: 100, queue: 1000, args: { buffers: 1, async: true, written: 0 } }],
      [1, 'writeDone', { bytes: 900 }],
      [1, 'writeDone', { bytes: 100 }],
    ];
    assert.deepEqual(translated('win32', '1.52.1', steps).calls.slice(-3), [
      's1: WSASend(?, ..., 900) = -1 EAGAIN',
      's1: WSASend(?, ..., 900) = 900',
      's1: WSASend(?, ..., 100) = 100',
    ]);
  });

  it('sends and receives datagrams; a port cannot be divided', () => {
    const { calls } = translated('win32', '1.52.1', [
      [1, 'open', { args: { handle: 'udp', family: 6 } }],
      [1, 'bind', { args: { address: '::', port: 0, flags: 4 } }],
      [1, 'send', { bytes: 3, args: { address: '::1', port: 9 } }],
      [1, 'recv', { result: 4, bytes: 4, args: { address: '::1', port: 9 } }],
      [1, 'close'],
      [2, 'open', { args: { handle: 'udp', family: 4 } }],
      [2, 'bind', { result: -4049, args: { address: '0.0.0.0', port: 0, flags: 64 } }],
    ]);
    assert.deepEqual(calls, [
      's1: socket(AF_INET6, SOCK_DGRAM, 0) = ?',
      's1: ioctlsocket(?, FIONBIO, 1) = 0',
      's1: setsockopt(?, SOL_SOCKET, SO_REUSEADDR, [1]) = 0',
      's1: setsockopt(?, IPPROTO_IPV6, IPV6_V6ONLY, [0]) = 0',
      's1: bind(?, {::, 0}) = 0',
      's1: WSASendTo(?, {::1, 9}, ...) = 3',
      's1: WSARecvFrom(?, {::1, 9}, ...) = 4',
      's1: closesocket(?) = 0',
    ]);
  });

  it('has files for pipes: nothing is derived', () => {
    const steps: Step[] = [
      [1, 'open', { args: { handle: 'pipe' } }],
      [1, 'connect', { args: { path: '\\\\.\\pipe\\x' } }],
      [1, 'connected', {}],
      [1, 'close'],
    ];
    assert.deepEqual(translated('win32', '1.52.1', steps).calls, []);
  });
});

describe('a macOS program', () => {
  it('makes a descriptor non-blocking by calls of their own', () => {
    const { calls } = translated('darwin', '1.52.1', echo(same));
    assert.deepEqual(calls.slice(0, 12), [
      's1: socket(AF_INET, SOCK_STREAM, 0) = 20',
      's1: ioctl(20, FIONBIO, 1) = 0',
      's1: fcntl(20, F_SETFD, FD_CLOEXEC) = 0',
      's1: setsockopt(20, SOL_SOCKET, SO_NOSIGPIPE, [1]) = 0',
      's1: setsockopt(20, SOL_SOCKET, SO_OOBINLINE, [1]) = 0',
      's1: setsockopt(20, SOL_SOCKET, SO_REUSEADDR, [1]) = 0',
      's1: bind(20, {127.0.0.1, 80}) = 0',
      's1: listen(20, 511) = 0',
      's2: socket(AF_INET, SOCK_STREAM, 0) = 21',
      's2: ioctl(21, FIONBIO, 1) = 0',
      's2: fcntl(21, F_SETFD, FD_CLOEXEC) = 0',
      's2: setsockopt(21, SOL_SOCKET, SO_NOSIGPIPE, [1]) = 0',
    ]);
    assert.deepEqual(calls.filter((call) => call.startsWith('s1: ')).slice(8, 12), [
      's1: accept(20, NULL, NULL) = 22',
      's1: fcntl(22, F_SETFD, FD_CLOEXEC) = 0',
      's1: ioctl(22, FIONBIO, 1) = 0',
      's1: setsockopt(22, SOL_SOCKET, SO_OOBINLINE, [1]) = 0',
    ]);
  });

  it('goes through the same states as a Linux program', () => {
    assert.deepEqual(translated('darwin', '1.52.1', echo(same)).states, translated('linux', '1.52.1', echo(same)).states);
  });

  it('shares a datagram port by SO_REUSEPORT, and cannot divide one', () => {
    const bind = (flags: number, result = 0): string[] =>
      translated('darwin', '1.52.1', [
        [1, 'open', { args: { handle: 'udp', family: 4 } }],
        [1, 'bind', { fd: 20, result, args: { address: '0.0.0.0', port: 9, flags } }],
      ]).calls.slice(4);
    assert.deepEqual(bind(4), ['s1: setsockopt(20, SOL_SOCKET, SO_REUSEPORT, [1]) = 0', 's1: bind(20, {0.0.0.0, 9}) = 0']);
    assert.deepEqual(bind(64, -45), []);
  });
});

describe('versions of libuv are rows', () => {
  const keepAlive = (platform: string, uv: string, args: { [key: string]: number | boolean }): string[] =>
    translated(platform, uv, [
      [1, 'open', { args: { handle: 'tcp' } }],
      [1, 'connect', { fd: 20, args: SERVER }],
      [1, 'option', { fd: 20, args: { name: 'keepAlive', value: true, ...args } }],
    ])
      .calls.filter((call) => /KEEP/.test(call))
      .map((call) => /(TCP_\w+|SO_KEEPALIVE).*/.exec(call)![0]);
  const TABLE: [what: string, platform: string, uv: string, args: { [key: string]: number }, calls: string[]][] = [
    ['no delay: the kernel refuses it', 'linux', '1.46.0', { delay: 0 }, ['SO_KEEPALIVE, [1]) = 0', 'TCP_KEEPIDLE, [0]) = -1 EINVAL']],
    ['no delay: libuv refuses it', 'linux', '1.49.0', { delay: 0 }, ['SO_KEEPALIVE, [1]) = 0']],
    [
      'a delay',
      'linux',
      '1.46.0',
      { delay: 7 },
      ['SO_KEEPALIVE, [1]) = 0', 'TCP_KEEPIDLE, [7]) = 0', 'TCP_KEEPINTVL, [1]) = 0', 'TCP_KEEPCNT, [10]) = 0'],
    ],
    [
      'interval and count',
      'linux',
      '1.52.1',
      { delay: 3, interval: 2, count: 4 },
      ['SO_KEEPALIVE, [1]) = 0', 'TCP_KEEPIDLE, [3]) = 0', 'TCP_KEEPINTVL, [2]) = 0', 'TCP_KEEPCNT, [4]) = 0'],
    ],
    ['macOS before 1.48', 'darwin', '1.46.0', { delay: 7 }, ['SO_KEEPALIVE, [1]) = 0', 'TCP_KEEPALIVE, [7]) = 0']],
    [
      'macOS',
      'darwin',
      '1.48.0',
      { delay: 7 },
      ['SO_KEEPALIVE, [1]) = 0', 'TCP_KEEPALIVE, [7]) = 0', 'TCP_KEEPINTVL, [1]) = 0', 'TCP_KEEPCNT, [10]) = 0'],
    ],
    ['Windows', 'win32', '1.52.1', { delay: 7 }, ['SO_KEEPALIVE, [1]) = 0', 'TCP_KEEPALIVE, [7]) = 0']],
  ];
  for (const [what, platform, uv, args, expected] of TABLE)
    it(`keep-alive, ${what}: ${platform} ${uv}`, () => assert.deepEqual(keepAlive(platform, uv, args), expected));

  it('reusePort is from 1.49 on', () => {
    const bind = (uv: string) =>
      translated('linux', uv, [
        [1, 'open', { args: { handle: 'tcp' } }],
        [1, 'bind', { fd: 20, args: { ...SERVER, flags: 2 }, local: SERVER }],
      ]).calls.map((call) => call.includes('SO_REUSEPORT'));
    assert.deepEqual(bind('1.48.0'), [false, false, false]);
    assert.deepEqual(bind('1.49.0'), [false, false, true, false]);
  });

  it('each row says where it comes from, and of which versions', () => {
    for (const [platform, table] of Object.entries(ruleTables))
      for (const [op, rows] of Object.entries(table))
        for (const row of rows) {
          const what = `${platform} ${op} ${row.call}`;
          assert.match(row.source, platform === 'win32' ? /win\/\w+\.c|Node src\// : /unix\/\w+\.c|Node src\//, what);
          for (const version of [row.uv?.from, row.uv?.before]) if (version !== undefined) assert.match(version, /^1\.\d+$/, what);
        }
  });
});

describe('sockets that came with their descriptor', () => {
  it('a received datagram socket: looked at, shared, closed', () => {
    const { calls } = translated('linux', '1.52.1', [
      [1, 'open', { fd: 19, args: { handle: 'udp', family: 4, received: true }, local: SERVER }],
      [1, 'recv', { fd: 19, result: 4, bytes: 4, args: CLIENT }],
      [1, 'close', { fd: 19 }],
    ]);
    assert.deepEqual(calls, [
      's1: getsockopt(19, SOL_SOCKET, SO_TYPE, [SOCK_DGRAM]) = 0',
      's1: setsockopt(19, SOL_SOCKET, SO_REUSEADDR, [1]) = 0',
      's1: recvmsg(19, {127.0.0.1, 5000}, ...) = 4',
      's1: close(19) = 0',
    ]);
  });

  it('a descriptor that the program opens: nothing is made or bound', () => {
    const { calls } = translated('linux', '1.52.1', [
      [1, 'open', { args: { handle: 'tcp' } }],
      [1, 'listen', { fd: 3, args: { backlog: 5 }, local: SERVER }],
      [1, 'close', { fd: 3 }],
      [2, 'open', { args: { handle: 'udp', family: 4 } }],
      [2, 'bind', { fd: 4, args: { fd: 4 }, local: SERVER }],
      [2, 'close', { fd: 4 }],
    ]);
    assert.deepEqual(calls, [
      's1: listen(3, 5) = 0',
      's1: close(3) = 0',
      's2: setsockopt(4, SOL_SOCKET, SO_REUSEADDR, [1]) = 0',
      's2: close(4) = 0',
    ]);
  });
});
