/**
 * Linux, libuv 1.46 (Node 20) to 1.52 (Node 24, 26).
 * Proven: the calls of test programs are compared with what strace sees in the same run.
 */
import { type UnixParts, unixTable } from './unix';

const FLAGS = 'SOCK_CLOEXEC|SOCK_NONBLOCK';

const PARTS: UnixParts = {
  platform: 'linux',
  flags: FLAGS,
  afterSocket: [],
  opened: [],
  accept: [
    {
      call: 'accept',
      args: () => ({ flags: FLAGS, syscall: 'accept4' }),
      source: 'unix/stream.c uv__server_io; unix/core.c uv__accept: accept4(fd, NULL, NULL, SOCK_NONBLOCK|SOCK_CLOEXEC)',
    },
  ],
  shared: 'SO_REUSEADDR',
  reusePort: true,
};

export const LINUX = unixTable(PARTS);
