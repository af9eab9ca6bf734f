/**
 * Python's `socket` module: what its calls lead to. Linux by strace of Python 3.11; macOS and Windows from CPython's
 * Modules/socketmodule.c, where the same code calls the same functions of the system, with Winsock's names.
 */
import type { ApiEntry } from '../../knowledge';
import { man, rfc } from '../../knowledge';

const doc = (anchor: string) => ({
  title: `Python: ${anchor.replace(/^socket\./, '')}`,
  url: `https://docs.python.org/3/library/socket.html#${anchor}`,
});
const everywhere = (calls: string) => ({ linux: calls, macos: calls, windows: calls });

const entry = (given: Omit<ApiEntry, 'libuv' | 'references'> & { more: ApiEntry['references'] }): ApiEntry => {
  const { more, ...rest } = given;
  return { ...rest, libuv: null, references: more };
};

/** Python waits where Node goes on. */
const BLOCKS = 'The thread waits until it is done, unless a timeout is set.';

const SEND_ERRORS = ['EPIPE', 'ECONNRESET'];

export interface FunctionRow {
  /** The call returns a connected or listening stream socket. */
  makes: boolean;
  entry: ApiEntry;
}

/** Functions of the module; `socket` is its class. */
export const FUNCTIONS = {
  create_server: {
    makes: true,
    entry: entry({
      title: 'socket.create_server()',
      what: 'A listening TCP socket in one call. On Linux and macOS it sets SO_REUSEADDR first, so a restart is not stopped by TIME_WAIT.',
      calls: {
        linux: 'socket → setsockopt(SO_REUSEADDR) → bind → listen',
        macos: 'socket → setsockopt(SO_REUSEADDR) → bind → listen',
        windows: 'socket → bind → listen',
      },
      states: 'no socket → CLOSED, bound → LISTEN',
      errors: ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'],
      card: 'listen',
      more: [doc('socket.create_server'), man('listen(2)')],
    }),
  },
  create_connection: {
    makes: true,
    entry: entry({
      title: 'socket.create_connection()',
      what: `Looks the name up and tries its addresses one after the other until a handshake succeeds. ${BLOCKS}`,
      calls: everywhere('getaddrinfo → for each address: socket → connect'),
      states: 'no socket → CLOSED → SYN_SENT → ESTABLISHED, or an exception',
      errors: ['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND'],
      card: 'connect',
      more: [doc('socket.create_connection'), man('connect(2)')],
    }),
  },
  socketpair: {
    makes: false,
    entry: entry({
      title: 'socket.socketpair()',
      what: 'Two sockets that are connected to each other already, on this machine only.',
      calls: {
        linux: 'socketpair(AF_UNIX, SOCK_STREAM)',
        macos: 'socketpair',
        windows: 'socket, bind, listen, connect and accept on the loopback address',
      },
      states: 'no socket → both connected',
      errors: ['EMFILE'],
      card: 'socket',
      more: [doc('socket.socketpair'), man('socketpair(2)')],
    }),
  },
  getaddrinfo: {
    makes: false,
    entry: entry({
      title: 'socket.getaddrinfo()',
      what: 'Turns a name and a service into addresses. No socket yet; it may ask a name server, and the thread waits for the answer.',
      calls: { linux: 'getaddrinfo, a library function', macos: 'getaddrinfo, a library function', windows: 'getaddrinfo' },
      states: 'no socket',
      errors: ['ENOTFOUND', 'EAI_AGAIN'],
      card: 'getaddrinfo',
      more: [doc('socket.getaddrinfo'), man('getaddrinfo(3)')],
    }),
  },
} as const satisfies Record<string, FunctionRow>;
export type SocketFunction = keyof typeof FUNCTIONS;

/** `socket.socket()`. */
export const CONSTRUCTOR: ApiEntry = entry({
  title: 'socket.socket()',
  what: 'Makes an endpoint in the kernel at once (Node waits until `listen` or `connect`). It has no address, and nothing is sent.',
  calls: {
    linux: 'socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)',
    macos: 'socket → ioctl/fcntl(FD_CLOEXEC)',
    windows: 'WSASocketW(WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT)',
  },
  states: 'no socket → CLOSED, without an address',
  errors: ['EMFILE'],
  card: 'socket',
  more: [doc('socket.socket'), man('socket(2)')],
});

export interface MethodRow {
  entry: ApiEntry;
  /** What is different of a datagram socket. */
  datagram?: Partial<ApiEntry>;
}

const send = (title: string, what: string, calls: string): MethodRow => ({
  entry: entry({
    title: `sock.${title}()`,
    what,
    calls: everywhere(calls),
    states: 'unchanged (ESTABLISHED or CLOSE_WAIT)',
    errors: SEND_ERRORS,
    card: 'send',
    more: [doc(`socket.socket.${title}`), man('send(2)')],
  }),
  datagram: {
    udp: true,
    what: 'One call is one datagram: it arrives whole or not at all, and nobody tells you.',
    states: 'unchanged (UDP has no TCP states)',
    errors: ['EMSGSIZE', 'ECONNREFUSED'],
  },
});

const recv = (title: string, calls: string, windows: string, how = ''): MethodRow => ({
  entry: entry({
    title: `sock.${title}()`,
    what: `What is there, up to the size you gave: half a message or five${how}. ${title.includes('into') ? '0' : "`b''`"} means that the other side has ended. The thread waits while nothing is there.`,
    calls: { linux: calls, macos: calls, windows },
    states: 'unchanged; after the end of the other side: CLOSE_WAIT',
    errors: ['ECONNRESET'],
    card: 'recv',
    more: [doc(`socket.socket.${title}`), man('recv(2)')],
  }),
  datagram: {
    udp: true,
    what: `One datagram, as it was sent. What does not fit into the size you gave is lost. An empty one is no end: UDP has none.`,
    states: 'unchanged (UDP has no TCP states)',
    errors: ['ECONNREFUSED'],
  },
});

/** Methods of a socket. */
export const METHODS: Readonly<Record<string, MethodRow>> = {
  bind: {
    entry: entry({
      title: 'sock.bind()',
      what: "Gives the socket its local address. Python does not set SO_REUSEADDR for you: after a restart, TIME_WAIT of the old connections can give 'Address already in use'. Set it before bind, or use `create_server()`.",
      calls: everywhere('bind'),
      states: 'CLOSED → CLOSED, bound',
      errors: ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'],
      card: 'bind',
      more: [doc('socket.socket.bind'), man('bind(2)')],
    }),
    datagram: {
      udp: true,
      what: 'Gives the socket its local address: from now on datagrams for it arrive.',
      states: 'no address → bound (UDP has no TCP states)',
    },
  },
  listen: {
    entry: entry({
      title: 'sock.listen()',
      what: 'From now on the kernel completes handshakes by itself and queues the connections. The number limits how many wait to be accepted, not how many clients there can be; without one Python asks for at most 128.',
      calls: everywhere('listen'),
      states: 'CLOSED, bound → LISTEN',
      errors: ['EADDRINUSE', 'EINVAL'],
      card: 'listen',
      more: [doc('socket.socket.listen'), man('listen(2)')],
    }),
  },
  accept: {
    entry: entry({
      title: 'sock.accept()',
      what: 'Takes the oldest finished connection and returns a new socket for it and the address of the peer. The listener stays in LISTEN. The thread waits while there is none.',
      calls: { linux: 'accept4(SOCK_CLOEXEC)', macos: 'accept → ioctl/fcntl(FD_CLOEXEC)', windows: 'accept' },
      states: 'listener: LISTEN → LISTEN; new socket: ESTABLISHED',
      errors: ['EMFILE', 'EINVAL'],
      card: 'accept',
      more: [doc('socket.socket.accept'), man('accept(2)')],
    }),
  },
  connect: {
    entry: entry({
      title: 'sock.connect()',
      what: `Starts the handshake. ${BLOCKS} After a failure make a new socket.`,
      calls: everywhere('getaddrinfo for a name → connect'),
      states: 'CLOSED → SYN_SENT → ESTABLISHED, or CLOSED and an exception',
      errors: ['ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH'],
      card: 'connect',
      more: [doc('socket.socket.connect'), rfc(9293, '3.5')],
    }),
    datagram: {
      udp: true,
      what: 'Remembers a peer and takes datagrams from it only. No packet is sent, there is no handshake.',
      states: 'bound → connected (no handshake)',
      errors: ['ECONNREFUSED'],
    },
  },
  connect_ex: {
    entry: entry({
      title: 'sock.connect_ex()',
      what: 'Like `connect()`, but returns the error number of the system instead of raising it; 0 is success. A name that cannot be found still raises.',
      calls: everywhere('getaddrinfo for a name → connect'),
      states: 'CLOSED → SYN_SENT → ESTABLISHED, or CLOSED',
      errors: ['ECONNREFUSED', 'ETIMEDOUT'],
      card: 'connect',
      more: [doc('socket.socket.connect_ex'), man('connect(2)')],
    }),
    datagram: { udp: true, states: 'bound → connected (no handshake)', errors: ['ECONNREFUSED'] },
  },
  send: send(
    'send',
    'Copies bytes into the send buffer of the kernel and returns how many it took: maybe not all. Success is not delivery.',
    'send (strace shows sendto without an address)',
  ),
  sendall: send(
    'sendall',
    'Calls send until the kernel has taken all bytes. Success is not delivery, and after an error nobody can say how much was sent.',
    'send, again and again until all is taken',
  ),
  sendto: send(
    'sendto',
    'Sends to an address given with the call. A connected TCP socket ignores it or fails: use `send()` or `sendall()`.',
    'sendto',
  ),
  sendmsg: send(
    'sendmsg',
    'Like `send()`, from several buffers, and with ancillary data such as descriptors.',
    'sendmsg (Python has it on Unix only)',
  ),
  sendfile: send(
    'sendfile',
    'Sends a file. On Linux the kernel moves it, without a copy through the program.',
    'sendfile where the system has it, else read and send',
  ),
  recv: recv('recv', 'recv (strace shows recvfrom without an address)', 'recv'),
  recv_into: recv('recv_into', 'recv', 'recv', ', written into your buffer'),
  recvfrom: recv('recvfrom', 'recvfrom', 'recvfrom', ', with the address of the sender for a datagram'),
  recvfrom_into: recv('recvfrom_into', 'recvfrom', 'recvfrom', ', written into your buffer'),
  recvmsg: recv('recvmsg', 'recvmsg', 'none: Python has it on Unix only', ', with ancillary data'),
  shutdown: {
    entry: entry({
      title: 'sock.shutdown()',
      what: '`SHUT_WR` says that you will send no more: after the queued bytes a FIN goes out, and you can still receive. It works on the connection, whoever else has the socket open.',
      calls: everywhere('shutdown'),
      states: 'ESTABLISHED → FIN_WAIT_1 → FIN_WAIT_2, or CLOSE_WAIT → LAST_ACK',
      errors: ['ENOTCONN'],
      card: 'shutdown',
      more: [doc('socket.socket.shutdown'), rfc(9293, '3.6')],
    }),
  },
  close: {
    entry: entry({
      title: 'sock.close()',
      what: 'Gives the descriptor back. When nobody else has it, the connection ends: with FIN, or with RST when bytes that arrived were not read. `with` does the same.',
      calls: { linux: 'close', macos: 'close', windows: 'closesocket' },
      states: 'as after shutdown, without an owner; a listener: LISTEN → CLOSED',
      errors: [],
      card: 'close',
      more: [doc('socket.socket.close'), man('close(2)')],
    }),
    datagram: { udp: true, what: 'Gives the descriptor back. Nothing is sent: nobody learns of it.', states: 'bound → gone' },
  },
};

/** The entry of a method, as it is meant for this kind of socket. */
export function methodEntry(name: string, datagram: boolean): ApiEntry {
  const row = METHODS[name]!;
  return datagram && row.datagram ? { ...row.entry, ...row.datagram } : row.entry;
}
