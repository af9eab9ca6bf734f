/**
 * macOS, read from libuv's sources (1.46 and 1.50) and not yet compared with a system-call tracer there.
 * It has no flags for socket and accept: more calls make the descriptor non-blocking and close-on-exec.
 */
import { isTcp, madeSocket, setsockopt } from './facts';
import type { Facts, Row } from './rule-table';
import { unixTable } from './unix';

const nonBlocking: Row = {
  call: 'ioctl',
  args: () => ({ request: 'FIONBIO', value: 1 }),
  result: () => 0,
  error: () => null,
  source: 'unix/core.c uv__nonblock_ioctl',
};
const closeOnExec: Row = {
  call: 'fcntl',
  args: () => ({ command: 'F_SETFD', value: 'FD_CLOEXEC' }),
  result: () => 0,
  error: () => null,
  source: 'unix/core.c uv__cloexec',
};
const accepted = (row: Row): Row => ({ ...row, when: (facts) => facts.error === null, fd: ({ op }) => op.result });

/** The kernel refuses it for other sockets, which libuv ignores. */
const inline = (when: (facts: Facts) => boolean): Row => setsockopt('SOL_SOCKET', 'SO_OOBINLINE', 1, when, 'unix/stream.c uv__stream_open');

export const DARWIN = unixTable({
  platform: 'darwin',
  flags: '',
  afterSocket: [
    { ...nonBlocking, when: madeSocket },
    { ...closeOnExec, when: madeSocket },
    setsockopt('SOL_SOCKET', 'SO_NOSIGPIPE', 1, madeSocket, 'unix/core.c uv__socket'),
  ],
  opened: [inline((facts) => madeSocket(facts) && isTcp(facts))],
  accept: [
    { call: 'accept', args: () => ({}), source: 'unix/stream.c uv__server_io; unix/core.c uv__accept' },
    accepted(closeOnExec),
    accepted(nonBlocking),
    { ...accepted(inline(isTcp)), when: (facts) => facts.error === null && isTcp(facts) },
  ],
  // Not SO_REUSEADDR, which means something else there.
  shared: 'SO_REUSEPORT',
  reusePort: false,
});
