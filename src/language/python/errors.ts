/** The exceptions that Python raises for error codes of the system, and what to do in a Python program. */
import type { ApiEntry } from '../../knowledge';
import type { ErrorLine } from '../analysis';

const line = (code: string, cause: string, fix: string): ErrorLine => ({ code, cause, fix });

const ERRORS: Readonly<Record<string, ErrorLine>> = {
  EADDRINUSE: line(
    'OSError: [Errno EADDRINUSE]',
    'another socket has this address, or (without SO_REUSEADDR) connections of an earlier run are in TIME_WAIT',
    'set SO_REUSEADDR before bind, stop the other program, or take port 0',
  ),
  EACCES: line('PermissionError', 'no permission, on Linux for a port below 1024', 'use a port from 1024 up'),
  EADDRNOTAVAIL: line('OSError: [Errno EADDRNOTAVAIL]', 'the address is not one of this machine', "use one of its addresses, or ''"),
  ECONNREFUSED: line(
    'ConnectionRefusedError',
    'the other machine answered with RST: nothing listens on that port',
    'check host and port, and whether the server is up',
  ),
  ETIMEDOUT: line('TimeoutError', 'no answer came in time', 'set a timeout of your own with `settimeout()` before connecting'),
  ENETUNREACH: line('OSError: [Errno ENETUNREACH]', 'there is no route to that network', 'check the network'),
  ENOTFOUND: line('socket.gaierror', 'the name cannot be found', 'give a host name alone, without `http://` and port'),
  EAI_AGAIN: line('socket.gaierror', 'the resolver failed for now', 'try again later'),
  EPIPE: line('BrokenPipeError', 'the connection is known to be closed', 'stop sending; the other side has gone'),
  ECONNRESET: line(
    'ConnectionResetError',
    'the other side sent RST: it crashed, or closed with unread bytes',
    'catch it for each connection, and go on with the others',
  ),
  EMFILE: line('OSError: [Errno EMFILE]', 'the process has no free descriptors', 'close sockets, use `with`, or raise `ulimit -n`'),
  EMSGSIZE: line('OSError: [Errno EMSGSIZE]', 'the datagram is too large: UDP over IPv4 carries at most 65,507 bytes', 'split it'),
  EINVAL: line(
    'OSError: [Errno EINVAL]',
    'the state of the socket does not fit (bound twice, not listening)',
    'look at the order of the calls',
  ),
  ENOTCONN: line(
    'OSError: [Errno ENOTCONN]',
    'the socket is not connected (any more)',
    'connect first; after a failure of the other side just close',
  ),
};

/** UDP has no RST: a closed port answers with ICMP. */
const UDP: Readonly<Record<string, ErrorLine>> = {
  ECONNREFUSED: line(
    'ConnectionRefusedError',
    'an earlier datagram found nobody on that port; only a connected UDP socket is told',
    'check the port, and whether the receiver is up',
  ),
};

/** The errors of a call, as Python shows them. */
export const pythonErrors = ({ errors, udp }: ApiEntry): ErrorLine[] =>
  errors.flatMap((code) => (udp ? UDP[code] : undefined) ?? ERRORS[code] ?? []);
