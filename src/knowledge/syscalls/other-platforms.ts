/**
 * macOS and Windows, read from libuv's sources and not yet compared with a system-call tracer there. Each table starts from the Linux
 * one and says what differs.
 */
import { isTcp, isUdp, makesSocket, setsockopt } from './facts';
import { LINUX } from './linux';
import { optionRows } from './options';
import type { Row, RuleTable } from './rule-table';

const linux = (op: keyof RuleTable): readonly Row[] => LINUX[op] ?? [];

/** Puts rows behind the `socket` row of an operation. */
function afterSocket(rows: readonly Row[], more: readonly Row[]): Row[] {
  return rows.flatMap((row) => (row.call === 'socket' ? [row, ...more] : [row]));
}

/** macOS has no flags for socket and accept: two more calls make the descriptor non-blocking and close-on-exec. */
const plainSocket = (row: Row): Row =>
  row.call !== 'socket'
    ? row
    : {
        ...row,
        args: (facts) => ({ ...row.args?.(facts), type: isUdp(facts) ? 'SOCK_DGRAM' : 'SOCK_STREAM' }),
        source: 'unix/core.c uv__socket',
      };

const descriptorFlags: Row[] = [
  {
    call: 'ioctl',
    when: makesSocket,
    args: () => ({ request: 'FIONBIO', value: 1 }),
    result: () => 0,
    source: 'unix/core.c uv__nonblock_ioctl',
  },
  {
    call: 'fcntl',
    when: makesSocket,
    args: () => ({ command: 'F_SETFD', value: 'FD_CLOEXEC' }),
    result: () => 0,
    source: 'unix/core.c uv__cloexec',
  },
  setsockopt('SOL_SOCKET', 'SO_NOSIGPIPE', 1, (facts) => makesSocket(facts), 'unix/core.c uv__socket'),
  setsockopt('SOL_SOCKET', 'SO_OOBINLINE', 1, (facts) => makesSocket(facts) && isTcp(facts), 'unix/stream.c uv__stream_open'),
];

const onMac = (op: keyof RuleTable) => afterSocket(linux(op).map(plainSocket), descriptorFlags);

export const DARWIN: RuleTable = {
  ...LINUX,
  bind: onMac('bind'),
  connect: onMac('connect'),
  udpConnect: onMac('udpConnect'),
  accept: [
    { call: 'accept', args: () => ({}), source: 'unix/core.c uv__accept' },
    ...descriptorFlags.slice(0, 2).map((row) => ({ ...row, when: undefined, fd: ({ op }: { op: { result: number } }) => op.result })),
  ],
  option: optionRows('darwin'),
};

/** The Winsock function behind a POSIX name. */
const winsock = (row: Row, name: string): Row => ({
  ...row,
  args: (facts) => ({ ...row.args?.(facts), syscall: name }),
  fd: () => null,
  source: row.source.replaceAll('unix/', 'win/'),
});

const WINSOCK: Record<string, string> = {
  socket: 'WSASocketW',
  connect: 'ConnectEx',
  accept: 'AcceptEx',
  read: 'WSARecv',
  write: 'WSASend',
  writev: 'WSASend',
  sendmsg: 'WSASendTo',
  recvmsg: 'WSARecvFrom',
  close: 'closesocket',
};

/** Named pipes are files there, no sockets: nothing is derived for them. */
function onWindows(op: keyof RuleTable): Row[] {
  return linux(op)
    .filter((row) => row.call !== 'unlink' && row.call !== 'getsockopt')
    .map((row) => {
      const when = (facts: Parameters<NonNullable<Row['when']>>[0]) => facts.context.protocol !== 'unix' && (row.when?.(facts) ?? true);
      return winsock({ ...row, when }, WINSOCK[row.call] ?? row.call);
    });
}

const windows = Object.fromEntries((Object.keys(LINUX) as (keyof RuleTable)[]).map((op) => [op, onWindows(op)])) as RuleTable;

export const WIN32: RuleTable = {
  ...windows,
  // No SO_REUSEADDR there (win/tcp.c uv__tcp_try_bind).
  bind: windows.bind!.filter((row) => !(row.call === 'setsockopt' && row.source.includes('tcp.c'))),
  option: optionRows('win32'),
};
