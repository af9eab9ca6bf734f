/** Options, addresses and ports that stand in socket calls: what a hover says of them. Facts: cards of the same ids, Node's documentation, RFC 6335. */
import type { ApiId } from './apis';
import { nodeDoc, type Reference, rfc } from './references';

export interface WordEntry {
  /** As written: `allowHalfOpen`, `0.0.0.0`. */
  title: string;
  /** One or two sentences. */
  what: string;
  /** Further lines: `Default`, `System calls`... */
  lines: readonly (readonly [label: string, text: string])[];
  card: string;
  references: readonly Reference[];
}

type Part = 'create' | 'listen' | 'connect' | 'dgram' | 'bind';

/** Which options a call has. */
const PARTS: Partial<Record<ApiId, readonly Part[]>> = {
  'net.createServer': ['create'],
  'http.createServer': ['create'],
  'https.createServer': ['create'],
  'tls.createServer': ['create'],
  'server.listen': ['listen'],
  'net.connect': ['connect', 'create'],
  'net.createConnection': ['connect', 'create'],
  'tls.connect': ['connect'],
  'socket.connect': ['connect'],
  'net.Socket': ['create'],
  'dgram.createSocket': ['dgram'],
  'dgram.bind': ['bind'],
};

const LISTEN = nodeDoc('net', 'serverlistenoptions-callback', 'Node: server.listen()');
const CONNECT = nodeDoc('net', 'socketconnectoptions-connectlistener', 'Node: socket.connect()');
const CREATE = nodeDoc('net', 'netcreateserveroptions-connectionlistener', 'Node: net.createServer()');
const DGRAM = nodeDoc('dgram', 'dgramcreatesocketoptions-callback', 'Node: dgram.createSocket()');

interface Option {
  in: readonly Part[];
  what: string;
  lines: WordEntry['lines'];
  card: string;
  reference: Reference;
}

const option = (where: readonly Part[], what: string, lines: WordEntry['lines'], card: string, reference: Reference): Option => ({
  in: where,
  what,
  lines,
  card,
  reference,
});

const NONE = 'none';

const OPTIONS: Readonly<Record<string, readonly Option[]>> = {
  allowHalfOpen: [
    option(
      ['create'],
      'What happens when the other side has sent its FIN. `false`: Node ends this side too, and a late answer is lost without an error. `true`: you call `end()` yourself.',
      [
        ['Default', '`false`'],
        ['System calls', 'none by itself; with `false` a shutdown(SHUT_WR) follows the read of 0 bytes'],
        ['States', '`true`: stays in CLOSE_WAIT until your `end()`; `false`: CLOSE_WAIT → LAST_ACK at once'],
      ],
      'half-close',
      CREATE,
    ),
  ],
  backlog: [
    option(
      ['listen'],
      'How many finished connections may wait to be accepted. It limits neither the number of clients nor their speed.',
      [
        ['Default', '511'],
        ['System calls', 'the second argument of listen; Linux takes at most `net.core.somaxconn` (4096 since 5.4), and lets in one more'],
        ['When it is full', 'Linux drops the SYN or the last ACK: clients try again and get slow'],
      ],
      'backlog-and-accept-queue',
      LISTEN,
    ),
  ],
  reusePort: [
    option(
      ['listen', 'dgram'],
      'Several sockets on the same address and port. Linux spreads new connections by a hash of the tuple, not by load.',
      [
        ['Default', '`false`'],
        ['System calls', 'setsockopt(SO_REUSEPORT) before bind, on every one of them'],
        ['Errors', '`ENOTSUP` on macOS and Windows; Node 20 ignores it for TCP, so the second listener gets `EADDRINUSE`'],
      ],
      'reuseport',
      LISTEN,
    ),
  ],
  exclusive: [
    option(
      ['listen', 'bind'],
      'Only matters in a worker of `cluster`: `true` gives the worker a socket of its own instead of one shared with the primary. It is no cure for `EADDRINUSE`.',
      [['Default', '`false`']],
      'server-patterns',
      LISTEN,
    ),
  ],
  ipv6Only: [
    option(
      ['listen', 'dgram'],
      'With `::` as address: take IPv6 only. Without it IPv4 clients come too, and show up as `::ffff:127.0.0.1`.',
      [
        ['Default', '`false`'],
        ['System calls', 'setsockopt(IPV6_V6ONLY)'],
      ],
      'special-addresses',
      LISTEN,
    ),
  ],
  noDelay: [
    option(
      ['create', 'connect'],
      "Nagle's algorithm off from the start: small writes leave at once. It does not turn off delayed ACK at the other end, and it makes no messages.",
      [
        ['Default', '`false`; `true` for http'],
        ['System calls', 'setsockopt(TCP_NODELAY)'],
      ],
      'nagle-and-delayed-ack',
      CREATE,
    ),
  ],
  keepAlive: [
    option(
      ['create', 'connect'],
      'TCP keep-alive: the kernel probes an idle connection. It proves that the other kernel answers, not that the program works.',
      [
        ['Default', '`false`'],
        ['System calls', 'setsockopt: SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL 1, TCP_KEEPCNT 10'],
        ['Errors', '`ETIMEDOUT` when no probe was answered'],
      ],
      'keep-alive',
      CREATE,
    ),
  ],
  keepAliveInitialDelay: [
    option(
      ['create', 'connect'],
      'How long a connection is idle before the first keep-alive probe, in milliseconds.',
      [['Default', '0: what the system has (Linux: 2 hours)']],
      'keep-alive',
      CREATE,
    ),
  ],
  highWaterMark: [
    option(
      ['create', 'connect'],
      "The mark in bytes of Node's own stream buffers: from there on `write()` returns false, and reading pauses when nobody consumes. It is no limit, and no size of a kernel buffer.",
      [
        ['Default', '64 KiB (16 KiB in Node 20)'],
        ['System calls', NONE],
      ],
      'backpressure',
      CREATE,
    ),
  ],
  pauseOnConnect: [
    option(
      ['create'],
      'Accepted sockets begin paused: nothing is read until `resume()`. For handing a connection to another process.',
      [['Default', '`false`']],
      'accept',
      CREATE,
    ),
  ],
  port: [
    option(
      ['listen', 'connect', 'bind'],
      'The port, 0 to 65535. To listen on: 0 means "choose one for me". To connect to: the port on which the server listens.',
      [['Errors', '`ERR_SOCKET_BAD_PORT` for other values; a string of digits is taken']],
      'ports',
      LISTEN,
    ),
  ],
  host: [
    option(
      ['listen'],
      'The local address on which to listen. Without it Node takes `::`, every address, IPv4 too. A name is looked up first.',
      [['Errors', '`EADDRNOTAVAIL`: the address is not one of this machine']],
      'special-addresses',
      LISTEN,
    ),
    option(
      ['connect'],
      'Where to connect: an address or a name. A name is looked up first, and all its addresses are tried in turn.',
      [
        ['Default', '`localhost`'],
        ['Errors', '`ENOTFOUND`: no such name; give neither `http://` nor `:port`'],
      ],
      'happy-eyeballs',
      CONNECT,
    ),
  ],
  address: [
    option(
      ['bind'],
      'The local address of the UDP socket. Without it every address: `0.0.0.0` for udp4, `::` for udp6.',
      [['Errors', '`EADDRNOTAVAIL`: the address is not one of this machine']],
      'special-addresses',
      nodeDoc('dgram', 'socketbindoptions-callback', 'Node: socket.bind()'),
    ),
  ],
  path: [
    option(
      ['listen', 'connect'],
      'A Unix-domain socket instead of TCP, on Windows a named pipe: for programs of one machine. Port and host are not used then.',
      [['Errors', '`ENOENT`: no such file, when connecting; `EADDRINUSE`: the file is there already, when listening']],
      'unix-domain-sockets',
      CONNECT,
    ),
  ],
  localAddress: [
    option(
      ['connect'],
      'The address of this machine to connect *from*. A bind comes before the connect.',
      [['Errors', '`EADDRNOTAVAIL`: not one of this machine']],
      'bind',
      CONNECT,
    ),
  ],
  localPort: [
    option(
      ['connect'],
      'The port to connect *from*. Seldom needed: without it the system chooses an ephemeral port.',
      [['Errors', '`EADDRINUSE`: the port is taken']],
      'ephemeral-ports',
      CONNECT,
    ),
  ],
  family: [option(['connect'], '4 or 6: look the name up as IPv4 or IPv6 only. 0: both.', [['Default', '0']], 'happy-eyeballs', CONNECT)],
  autoSelectFamily: [
    option(
      ['connect'],
      'Try all addresses of a name in turn, IPv6 and IPv4, until a handshake succeeds.',
      [
        ['Default', '`true`'],
        ['Errors', 'all failed: an AggregateError, with the reasons in `err.errors`'],
      ],
      'happy-eyeballs',
      CONNECT,
    ),
  ],
  autoSelectFamilyAttemptTimeout: [
    option(
      ['connect'],
      'How long one of several addresses may take before the next is tried, in milliseconds.',
      [['Default', '250']],
      'happy-eyeballs',
      CONNECT,
    ),
  ],
  timeout: [
    option(
      ['connect'],
      'Idle time in milliseconds after which a timeout event is emitted. It closes nothing, and is no deadline for connecting.',
      [
        ['Default', 'none'],
        ['System calls', NONE],
      ],
      'keep-alive',
      CONNECT,
    ),
  ],
  type: [
    option(
      ['dgram'],
      '`udp4` or `udp6`: the address family of the UDP socket.',
      [['Errors', '`ERR_SOCKET_BAD_TYPE` for anything else; `EINVAL` when sending to an address of the other family']],
      'datagrams',
      DGRAM,
    ),
  ],
  reuseAddr: [
    option(
      ['dgram'],
      'Bind although another socket has this address: for multicast receivers. Of other datagrams only one of the sockets gets each.',
      [
        ['Default', '`false`'],
        ['System calls', 'Linux: setsockopt(SO_REUSEADDR); macOS: SO_REUSEPORT'],
      ],
      'reuseport',
      DGRAM,
    ),
  ],
  recvBufferSize: [
    option(
      ['dgram'],
      'Size of the receive buffer in the kernel, in bytes. What does not fit is dropped silently.',
      [['System calls', 'setsockopt(SO_RCVBUF); Linux doubles it']],
      'datagrams',
      DGRAM,
    ),
  ],
  sendBufferSize: [
    option(
      ['dgram'],
      'Size of the send buffer in the kernel, in bytes.',
      [['System calls', 'setsockopt(SO_SNDBUF); Linux doubles it']],
      'datagrams',
      DGRAM,
    ),
  ],
};

/** An option of a call; null when the call has none of that name. */
export function optionEntry(name: string, api: ApiId): WordEntry | null {
  const parts = PARTS[api];
  const found =
    parts && Object.hasOwn(OPTIONS, name) ? OPTIONS[name]!.find((each) => each.in.some((part) => parts.includes(part))) : undefined;
  return found ? { title: name, what: found.what, lines: found.lines, card: found.card, references: [found.reference] } : null;
}

const ADDRESSES: Readonly<Record<string, { listens: string; connects: string }>> = {
  '0.0.0.0': {
    listens: 'Every IPv4 address of this machine. Whether others can reach it depends on firewall, NAT and containers too.',
    connects: 'No address of a machine, and systems treat it differently: write the address that you mean, `127.0.0.1` for this machine.',
  },
  '::': {
    listens: 'Every address of this machine, IPv6 and, unless `ipv6Only`, IPv4 too. IPv4 peers show up as `::ffff:127.0.0.1`.',
    connects: 'No address of a machine: write the address that you mean, `::1` for this machine.',
  },
  localhost: {
    listens: 'A name, looked up first: `127.0.0.1` or `::1`. A client that tries the other one is refused.',
    connects: 'A name, looked up first: `::1`, `127.0.0.1` or both, tried in turn. Only this machine.',
  },
  '127.0.0.1': {
    listens: 'Only programs on this machine, over IPv4. In a container: only programs in the container.',
    connects: 'This machine, over IPv4. A server that listens on `::1` only is not found here.',
  },
  '::1': {
    listens: 'Only programs on this machine, over IPv6.',
    connects: 'This machine, over IPv6. A server that listens on `127.0.0.1` only is not found here.',
  },
};

/** An address or host in a call; null for those of which nothing is to be said. `listens`: it is the local address. */
export function addressEntry(text: string, listens: boolean): WordEntry | null {
  const known = Object.hasOwn(ADDRESSES, text) ? ADDRESSES[text]! : null;
  const loopback = /^127\.\d+\.\d+\.\d+$/.test(text) ? ADDRESSES['127.0.0.1']! : null;
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)\d+\.\d+(\.\d+)?$/.test(text);
  const what =
    (known ?? loopback)?.[listens ? 'listens' : 'connects'] ??
    (isPrivate ? 'A private address: it means something in its own network only, and is used again in others (RFC 1918).' : null);
  return what ? { title: text, what, lines: [], card: 'special-addresses', references: [isPrivate ? rfc(1918) : rfc(6890)] } : null;
}

/** Registered names of ports that learners meet (IANA). */
const PORTS: Readonly<Record<number, string>> = {
  20: 'FTP data',
  21: 'FTP control',
  22: 'SSH',
  23: 'Telnet',
  25: 'SMTP, between mail servers',
  53: 'DNS',
  80: 'HTTP',
  110: 'POP3',
  123: 'NTP',
  143: 'IMAP',
  443: 'HTTPS',
  587: 'mail submission',
  853: 'DNS over TLS',
  993: 'IMAP over TLS',
  1883: 'MQTT',
  3306: 'MySQL',
  5432: 'PostgreSQL',
  6379: 'Redis',
  8080: 'an alternative for HTTP',
  27017: 'MongoDB',
};

/** A port in a call; null when it is none. */
export function portEntry(port: number, listens: boolean): WordEntry | null {
  if (!Number.isInteger(port) || port < 0 || port > 65535) return null;
  const by = rfc(6335, '6');
  if (port === 0) {
    const what = listens
      ? 'Port 0: the system chooses a free one. `address().port` tells which, after listening.'
      : 'Port 0 is none to connect to.';
    return { title: '0', what, lines: [], card: listens ? 'ephemeral-ports' : 'ports', references: [by] };
  }
  const range =
    port <= 1023 ? 'A system port (0 to 1023)' : port <= 49151 ? 'A user port (1024 to 49151)' : 'A dynamic port (49152 to 65535)';
  const name = PORTS[port] ? `, by custom ${PORTS[port]}` : '';
  const lines: [string, string][] = [];
  if (listens && port <= 1023) lines.push(['Errors', '`EACCES` on Linux without the privilege: use a port from 1024 up']);
  if (listens && port >= 32768)
    lines.push(['Easily taken wrong', 'Linux takes ephemeral ports from 32768 to 60999: an outgoing connection may have it already']);
  return { title: String(port), what: `${range}${name}. TCP and UDP count separately.`, lines, card: 'ports', references: [by] };
}
