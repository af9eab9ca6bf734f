/** Error codes that socket programs meet: what happened and what to do. Causes checked on Linux by experiment or in libuv's source. */
import type { Family } from './family';
import type { Reference } from './references';
import { man, nodeDoc, rfc } from './references';

export interface ErrnoCard {
  /** `EADDRINUSE`, or one of Node's own `ERR_...`. */
  code: string;
  /** What happened, in one sentence. */
  cause: string;
  /** The first question to ask oneself. */
  ask: string;
  /** What to do. */
  fix: string;
  /** What is easily taken wrong; null when nothing is. */
  note: string | null;
  reference: Reference;
}

/** The first question, by code. */
const ASK: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'Who has this address? `ss -ltnp` (Linux), `lsof -nP -iTCP -sTCP:LISTEN` (macOS) or `netstat -ano` (Windows) names the process.',
  EACCES: 'Is the port below 1024?',
  EADDRNOTAVAIL: 'Is that address one of this machine?',
  ECONNREFUSED: 'Is it the right port, the right family (`::1` or `127.0.0.1`), and is the server up yet?',
  ETIMEDOUT: 'Does anything answer from that address at all?',
  ENETUNREACH: 'Has this machine a route to that network?',
  EHOSTUNREACH: 'Is the other machine up, and on this network?',
  ENOTFOUND: 'Is it a host name alone, without `http://` in front and `:port` behind?',
  EAI_AGAIN: 'Does the network work, and does it have a name server?',
  ECONNRESET: 'What was the last thing that each side sent?',
  EPIPE: 'Who closed first, and had this side been told?',
  EMFILE: 'Which sockets are never closed?',
  EMSGSIZE: 'How many bytes has the datagram?',
  ECONNABORTED: 'Who ended it before it was accepted?',
  ENOTSUP: 'Which system does this program run on?',
  EINVAL: 'Which argument does not fit the socket?',
  ENOENT: 'Has the server been started, and does it use the same path?',
  ENOTCONN: 'Was the socket connected at all, or is it closed already?',
  ERR_SERVER_ALREADY_LISTEN: 'Which of the two calls of `listen()` is meant?',
  ERR_SERVER_NOT_RUNNING: 'Was it closed before, or never listening?',
  ERR_SOCKET_BAD_PORT: 'Where does the port come from? A string from the environment?',
  ERR_STREAM_WRITE_AFTER_END: 'Which line called `end()`?',
  ERR_STREAM_DESTROYED: 'Who writes after the socket is gone: a timer?',
  ERR_SOCKET_DGRAM_NOT_RUNNING: 'Who closed the socket before?',
  ERR_SOCKET_ALREADY_BOUND: 'Did `send()` bind it already?',
  ENFILE: 'Which program has so many files open?',
  EAGAIN: 'Is it a failure at all?',
  EINPROGRESS: 'How did the connect end?',
  EISCONN: 'Which line connected it before?',
  EBADF: 'Has the socket been made yet, and not been closed?',
  EAFNOSUPPORT: 'Does this machine have IPv6?',
  ECANCELED: 'Which line closed the socket?',
  ENOBUFS: 'How fast does the program send?',
  EPROTO: 'Do both ends speak TLS, or neither?',
  ERR_SOCKET_CLOSED: 'Which line closed the socket?',
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: 'Which line closed it before it was connected?',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'How long does a handshake take on this network?',
  ERR_SOCKET_BAD_TYPE: 'What was given as type?',
  ERR_SOCKET_DGRAM_NOT_CONNECTED: 'Was there a `connect()`?',
  ERR_SOCKET_DGRAM_IS_CONNECTED: 'Which line connected it before?',
  ERR_UNHANDLED_ERROR: "Which socket or server has no 'error' listener?",
  ERR_OUT_OF_RANGE: 'Had the whole message arrived?',
  ERR_BUFFER_OUT_OF_BOUNDS: 'Had the whole message arrived?',
  ERR_HTTP_REQUEST_TIMEOUT: 'What has the client sent so far?',
};

const card = (code: string, cause: string, fix: string, note: string | null, reference: Reference): ErrnoCard => ({
  code,
  cause,
  ask: ASK[code] ?? '',
  fix,
  note,
  reference,
});

const LIST: readonly ErrnoCard[] = [
  card(
    'EADDRINUSE',
    'another live socket is bound to this address and port, often your own earlier process',
    'stop it, or listen on port 0',
    'Node says `listen EADDRINUSE` although bind failed: libuv reports it one call later. TIME_WAIT is not the reason: libuv sets SO_REUSEADDR on Unix. For a Unix-domain path: the file exists; see whether somebody answers there, then unlink it.',
    man('bind(2)'),
  ),
  card(
    'EACCES',
    'no permission: on Linux a port below 1024 as an ordinary user; on Windows a reserved port range',
    'use a port from 1024 up (Windows: `netsh int ipv4 show excludedportrange`)',
    'The message may show 0.0.0.0 because Node tried :: first.',
    man('bind(2)'),
  ),
  card(
    'EADDRNOTAVAIL',
    'the address is not one of this machine (when connecting: the ephemeral ports are used up)',
    'look at `os.networkInterfaces()`',
    null,
    man('bind(2)'),
  ),
  card(
    'ECONNREFUSED',
    'the other machine answered with RST: nothing listens on that port',
    'check the port, IPv4 or IPv6, and whether the server is up yet',
    'A connected UDP socket gets it for an earlier datagram, from ICMP; not on Windows.',
    man('connect(2)'),
  ),
  card(
    'ETIMEDOUT',
    'no answer came: packets are dropped on the way, or the accept queue is full',
    'set a deadline of your own',
    "Linux's own limit for connect is about 127 s.",
    man('connect(2)'),
  ),
  card('ENETUNREACH', 'there is no route to that network', 'check the network', null, man('connect(2)')),
  card('EHOSTUNREACH', 'the network says that the host cannot be reached', 'check the network', null, man('connect(2)')),
  card(
    'ENOTFOUND',
    'the name does not exist; or a URL or `host:port` was given as a host',
    'give the host name only',
    'From getaddrinfo, before there is any socket.',
    man('getaddrinfo(3)'),
  ),
  card('EAI_AGAIN', 'the resolver failed for now', 'try again later', 'From getaddrinfo, not from a socket.', man('getaddrinfo(3)')),
  card(
    'ECONNRESET',
    'the peer sent RST: it crashed, reset, closed with unread data, or we wrote to a connection it had closed',
    "handle 'error'; look at the last bytes that each side sent",
    null,
    rfc(9293, '3.6.1'),
  ),
  card(
    'EPIPE',
    'written to a connection that is known to be closed; without a syscall in the error, Node refused because the peer had ended',
    "stop writing on 'close', check `writable`, or use `allowHalfOpen`",
    null,
    man('write(2)'),
  ),
  card('ECONNABORTED', 'the connection was gone before it was taken off the queue', 'nothing: Node ignores it', null, man('accept(2)')),
  card(
    'EMFILE',
    'the process has no free descriptors',
    'close sockets, set `maxConnections`, or raise `ulimit -n`',
    'When accepting, libuv closes the waiting connections.',
    man('accept(2)'),
  ),
  card(
    'ENOENT',
    'there is no file at that path: no server has made it yet, or it was removed',
    'start the server first, and use the same path in both programs',
    'A Unix-domain server makes the file when it listens and removes it when it closes.',
    man('unix(7)'),
  ),
  card('ENOTCONN', 'the socket is not connected (any more)', "wait for 'connect'; stop on 'close'", null, man('shutdown(2)')),
  card('EMSGSIZE', 'the datagram is too large: UDP over IPv4 carries at most 65,507 bytes', 'split it', null, man('udp(7)')),
  card(
    'ENOTSUP',
    'this system does not offer it (`reusePort` on macOS and Windows)',
    'leave the option out there',
    null,
    nodeDoc('net', 'serverlistenoptions-callback', 'Node: server.listen()'),
  ),
  card(
    'EINVAL',
    'an argument or the state of the socket does not fit (already bound, wrong address family, path too long)',
    'look at the arguments of the call',
    null,
    man('bind(2)'),
  ),
  card(
    'ERR_SERVER_ALREADY_LISTEN',
    '`listen()` was called twice',
    "wait for 'close' before listening again",
    null,
    nodeDoc('net', 'serverlisten', 'Node: server.listen()'),
  ),
  card(
    'ERR_SERVER_NOT_RUNNING',
    '`close()` was called on a server that does not listen',
    'close once',
    null,
    nodeDoc('net', 'serverclosecallback', 'Node: server.close()'),
  ),
  card(
    'ERR_SOCKET_BAD_PORT',
    'the port is not a number from 0 to 65535',
    'parse PORT and check it',
    null,
    nodeDoc('net', 'socketconnectoptions-connectlistener', 'Node: socket.connect()'),
  ),
  card(
    'ERR_STREAM_WRITE_AFTER_END',
    '`write()` after your own `end()`',
    'look at the order of the calls',
    null,
    nodeDoc('net', 'socketenddata-encoding-callback', 'Node: socket.end()'),
  ),
  card(
    'ERR_STREAM_DESTROYED',
    '`write()` after `destroy()`; only its callback is told',
    "stop timers in 'close'",
    null,
    nodeDoc('net', 'socketdestroyerror', 'Node: socket.destroy()'),
  ),
  card(
    'ERR_SOCKET_DGRAM_NOT_RUNNING',
    'the UDP socket is closed already',
    'close once, send before closing',
    null,
    nodeDoc('dgram', 'socketclosecallback', 'Node: socket.close()'),
  ),
  card(
    'ERR_SOCKET_ALREADY_BOUND',
    '`bind()` was called twice',
    'bind once',
    null,
    nodeDoc('dgram', 'socketbindport-address-callback', 'Node: socket.bind()'),
  ),
  card('ENFILE', 'the whole system has no free descriptors', 'find the program that keeps them (`lsof`)', null, man('accept(2)')),
  card(
    'EAGAIN',
    'nothing is there to read, or the send buffer is full; normal for a non-blocking socket',
    'nothing in Node: libuv waits for readiness and goes on',
    'On a Unix-domain connect it means that the accept queue is full.',
    man('recv(2)'),
  ),
  card(
    'EINPROGRESS',
    'a non-blocking connect has begun; it is no failure',
    'wait until the socket is writable, then read SO_ERROR (Node does so)',
    null,
    man('connect(2)'),
  ),
  card('EISCONN', 'the socket is connected already', 'make a new socket for another peer', null, man('connect(2)')),
  card(
    'EBADF',
    'the descriptor is closed, or there is none yet',
    "ask after 'listening' or 'connect', and before 'close'",
    null,
    man('getsockname(2)'),
  ),
  card(
    'EAFNOSUPPORT',
    'this machine does not have that address family, for instance no IPv6',
    'use an IPv4 address, or switch IPv6 on',
    null,
    man('socket(2)'),
  ),
  card(
    'ECANCELED',
    'the socket was closed while the operation was under way',
    "nothing: it is the end that you asked for; let 'close' clean up",
    null,
    nodeDoc('net', 'socketdestroyerror', 'Node: socket.destroy()'),
  ),
  card(
    'ENOBUFS',
    'the system has no memory for the queue of this socket',
    'send more slowly, wait for callbacks',
    'On Linux UDP a full queue of the network card may drop silently instead.',
    man('send(2)'),
  ),
  card(
    'EPROTO',
    'the bytes were not what the protocol expects; with TLS often plain text on a TLS port, or the other way round',
    'check that both ends speak the same protocol on that port',
    null,
    nodeDoc('tls', 'tls-ssl', 'Node: tls'),
  ),
  card(
    'ERR_SOCKET_CLOSED',
    'something was asked of a socket that is closed already',
    "stop on 'close'",
    null,
    nodeDoc('net', 'socketdestroyerror', 'Node: socket.destroy()'),
  ),
  card(
    'ERR_SOCKET_CLOSED_BEFORE_CONNECTION',
    'the socket was closed while it was connecting, with a write waiting',
    "write after 'connect', and destroy only when nothing waits",
    null,
    nodeDoc('net', 'socketdestroyerror', 'Node: socket.destroy()'),
  ),
  card(
    'ERR_SOCKET_CONNECTION_TIMEOUT',
    'an attempt to connect to one of several addresses took longer than its share of time',
    'raise `autoSelectFamilyAttemptTimeout` on a slow network',
    null,
    nodeDoc('net', 'socketconnectoptions-connectlistener', 'Node: socket.connect()'),
  ),
  card(
    'ERR_SOCKET_BAD_TYPE',
    'createSocket was given another type than `udp4` or `udp6`',
    'give one of the two',
    null,
    nodeDoc('dgram', 'dgramcreatesocketoptions-callback', 'Node: dgram.createSocket()'),
  ),
  card(
    'ERR_SOCKET_DGRAM_NOT_CONNECTED',
    'the UDP socket has no peer',
    'call `connect()` first, or give port and address with each `send()`',
    null,
    nodeDoc('dgram', 'socketconnectport-address-callback', 'Node: socket.connect()'),
  ),
  card(
    'ERR_SOCKET_DGRAM_IS_CONNECTED',
    'the UDP socket has a peer already',
    'call `disconnect()` first',
    null,
    nodeDoc('dgram', 'socketdisconnect', 'Node: socket.disconnect()'),
  ),
  card(
    'ERR_UNHANDLED_ERROR',
    "an 'error' event had no listener, so the process ended",
    "add an 'error' listener to every socket and every server",
    null,
    { title: 'Node: events', url: 'https://nodejs.org/api/events.html#error-events' },
  ),
  card(
    'ERR_OUT_OF_RANGE',
    'a number was read from a buffer at a place that it does not have: often a header that has not fully arrived',
    'check `buffer.length` before parsing',
    null,
    { title: 'Node: errors', url: 'https://nodejs.org/api/errors.html#err_out_of_range' },
  ),
  card(
    'ERR_BUFFER_OUT_OF_BOUNDS',
    'something outside of a buffer was read or written: often a message that has not fully arrived',
    'check `buffer.length` before parsing',
    null,
    { title: 'Node: errors', url: 'https://nodejs.org/api/errors.html#err_buffer_out_of_bounds' },
  ),
  card(
    'ERR_HTTP_REQUEST_TIMEOUT',
    'the client did not send its request in time; the server answers 408',
    'look at what the client sends, and at `server.headersTimeout` and `requestTimeout`',
    null,
    nodeDoc('http', 'serverrequesttimeout', 'Node: server.requestTimeout'),
  ),
];

export const ERRNO_CARDS: ReadonlyMap<string, ErrnoCard> = new Map(LIST.map((entry) => [entry.code, entry]));

/** What differs for a datagram socket. UDP has no RST: a closed port answers with ICMP, which only a connected socket hears of (udp(7)). */
const DATAGRAM: ReadonlyMap<string, ErrnoCard> = new Map([
  [
    'ECONNREFUSED',
    card(
      'ECONNREFUSED',
      'an earlier datagram found nobody on that port, and the other machine said so by ICMP; only a connected UDP socket is told (not on Windows)',
      'check the port, and whether the receiver is up yet',
      null,
      man('udp(7)'),
    ),
  ],
]);

/** What differs for a Unix-domain socket. */
const UNIX: ReadonlyMap<string, ErrnoCard> = new Map([
  [
    'ECONNREFUSED',
    card(
      'ECONNREFUSED',
      'the file at that path is there, but nobody listens on it: its server has ended without removing it',
      'start the server again; it may have to unlink the old file first',
      null,
      man('unix(7)'),
    ),
  ],
]);

/** The card of an error, as it is meant for this kind of socket; undefined when there is none. */
export const errnoCard = (code: string, family: Family): ErrnoCard | undefined =>
  (family === 'udp' ? DATAGRAM.get(code) : family === 'unix' ? UNIX.get(code) : undefined) ?? ERRNO_CARDS.get(code);
