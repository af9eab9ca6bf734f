/** Why a step matters and where to read on: data, by call, state and Node event. Facts with their source beside them. */
import type { SocketStateName, TraceEvent } from '../contracts/trace';
import type { Family } from './family';
import { NODE_DOCS } from './node-docs';
import { man, nodeDoc, type Reference, rfc } from './references';

/** What is said of a step besides what happened. */
export interface StepNote {
  /** One sentence or two; '' when there is nothing worth saying. */
  matters: string;
  /** Id of a card in media/docs; null when there is none. */
  card: string | null;
  references: readonly Reference[];
}

type ByFamily = string | Partial<Record<Family, string>>;

const note = (matters: ByFamily, card: string, ...references: Reference[]) => ({ matters, card, references });
type Entry = ReturnType<typeof note>;

const ACCEPT = note(
  {
    tcp: 'Every accepted connection has the port of its listener; the other half, the address and port of the client, tells them apart.',
    unix: 'Every client gets a connection of its own; the path is only how they find the server.',
  },
  'accept',
  man('accept(2)'),
);
const WRITE = note(
  {
    tcp: 'Only an answer of the other program says that it has read them.',
    unix: 'Only an answer says that the other program did something with them.',
  },
  'send',
  man('send(2)'),
);
const SEND = note(
  'Whoever needs to know what arrived, and in which order, has to number the datagrams and ask for answers.',
  'datagrams',
  man('udp(7)'),
);
const RECEIVE = note(
  'The address of the sender comes with each datagram: a UDP server answers there and keeps no connection.',
  'recv',
  man('recv(2)'),
);

const CALLS: Readonly<Record<string, Entry>> = {
  socket: note(
    'A process may have only so many descriptors (`ulimit -n`): every socket has to be closed again.',
    'socket',
    man('socket(2)'),
  ),
  bind: note(
    {
      tcp: 'The address decides who can reach it: 127.0.0.1 only programs on this machine, 0.0.0.0 or :: everybody. One listener has a port at a time.',
      udp: 'The address decides who can reach it: 127.0.0.1 only programs on this machine, 0.0.0.0 or :: everybody.',
      unix: 'The file stays when the program is killed; the next bind then fails with EADDRINUSE.',
    },
    'bind',
    man('bind(2)'),
  ),
  listen: note(
    'The backlog limits how many finished connections may wait for accept, not how many clients there can be.',
    'listen',
    man('listen(2)'),
  ),
  connect: note(
    {
      tcp: 'When it succeeds, the kernel over there has said yes; its program may not know of it yet.',
      udp: 'From now on only datagrams of that peer are received, and errors about it are told.',
      unix: 'When it succeeds, the kernel has joined them; the server may not have accepted yet.',
    },
    'connect',
    man('connect(2)'),
  ),
  accept: ACCEPT,
  accept4: ACCEPT,
  read: note(
    'The program has to find the borders of its messages itself: one write may come in several reads, and several writes in one.',
    'recv',
    man('read(2)'),
  ),
  write: WRITE,
  writev: WRITE,
  send: WRITE,
  sendmsg: SEND,
  sendto: SEND,
  recvmsg: RECEIVE,
  recvfrom: RECEIVE,
  shutdown: note(
    {
      tcp: 'Both sides have to do it. A side that never does keeps the connection half open.',
      unix: 'Both sides have to do it before the connection is over.',
    },
    'shutdown',
    man('shutdown(2)'),
    rfc(9293, '3.6'),
  ),
  close: note(
    {
      tcp: 'Bytes that were not read yet make the kernel send RST instead of FIN, and the other side may lose what it has not read.',
      udp: 'What is still in the receive buffer is lost.',
    },
    'close',
    man('close(2)'),
    rfc(2525, '2.17'),
  ),
  setsockopt: note('', 'setsockopt', man('setsockopt(2)')),
  getsockopt: note('', 'setsockopt', man('getsockopt(2)')),
  getsockname: note('After a bind to port 0 this is how to learn which port it became.', 'getsockname', man('getsockname(2)')),
  getpeername: note('', 'getsockname', man('getpeername(2)')),
};

/** Options by name: setsockopt is many things. */
const OPTIONS: Readonly<Record<string, Entry>> = {
  SO_REUSEADDR: note(
    'It lets a server start again while old connections are in TIME_WAIT. On Linux two live servers still cannot have one port.',
    'time-wait',
    man('socket(7)'),
  ),
  TCP_NODELAY: note(
    'Small writes leave at once (no Nagle). It does not keep messages apart: the reader may still get them joined.',
    'nagle-and-delayed-ack',
    man('tcp(7)'),
  ),
  SO_KEEPALIVE: note('The kernel of the other side answers the probes, even for a program that hangs.', 'setsockopt', man('tcp(7)')),
  SO_ERROR: note(
    'This is where a refused connection shows: connect itself had returned before the answer came.',
    'connect',
    man('connect(2)'),
  ),
};

const TCP_STATE = rfc(9293, '3.3.2');

/** Linux: TIME_WAIT lasts TCP_TIMEWAIT_LEN, 60 s (include/net/tcp.h); an orphan's FIN_WAIT_2 lasts tcp_fin_timeout, 60 s (tcp(7)). */
const STATES: Readonly<Record<SocketStateName, Entry>> = {
  CLOSED: note('', 'tcp-states', TCP_STATE),
  LISTEN: note('No byte ever moves on a listening socket: it only makes others.', 'backlog-and-accept-queue', TCP_STATE),
  SYN_SENT: note(
    'A refusal ends this state at once. Silence keeps the socket here for about two minutes on Linux.',
    'three-way-handshake',
    TCP_STATE,
  ),
  SYN_RECEIVED: note('It is over as soon as the third segment of the handshake arrives.', 'three-way-handshake', TCP_STATE),
  ESTABLISHED: note('It stays so without a single packet, even when the program over there has stopped working.', 'tcp-states', TCP_STATE),
  FIN_WAIT_1: note('Nothing more can be written here; what the other side sends still arrives.', 'half-close', TCP_STATE),
  FIN_WAIT_2: note(
    'It lasts as long as the other program likes; once this socket is closed Linux gives up after 60 s.',
    'half-close',
    TCP_STATE,
  ),
  CLOSE_WAIT: note(
    'Only this program can end it: a socket that stays here is a leak of the program, not of the network.',
    'half-close',
    TCP_STATE,
  ),
  CLOSING: note('It happens when both sides end in the same moment.', 'tcp-states', TCP_STATE),
  LAST_ACK: note('It is over within a round trip.', 'tcp-states', TCP_STATE),
  TIME_WAIT: note('It is no leak and holds no descriptor. On Linux it ends after 60 s.', 'time-wait', TCP_STATE),
  UNBOUND: note('', 'datagrams', man('udp(7)')),
  BOUND: note('', 'datagrams', man('udp(7)')),
  CONNECTED: note('', 'connect', man('connect(2)')),
};

const EVENTS: Readonly<Record<string, Entry>> = {
  'returned false': note(
    'A program that writes on regardless keeps every byte in memory: this is backpressure.',
    'buffers',
    nodeDoc('net', 'socketwritedata-encoding-callback', 'Node: socket.write()'),
  ),
  'nothing sent': note(
    'The other side never learns of these bytes. By default Node ends this side as soon as the other side has ended (allowHalfOpen is false).',
    'half-close',
    nodeDoc('net', 'socketwritedata-encoding-callback', 'Node: socket.write()'),
  ),
  drain: note('It comes only after write() has returned false.', 'buffers', nodeDoc('net', 'event-drain', "Node: 'drain'")),
  timeout: note(
    'A program that wants an idle connection closed has to call destroy() itself.',
    'close',
    nodeDoc('net', 'socketsettimeouttimeout-callback', 'Node: socket.setTimeout()'),
  ),
  error: note(
    'try and catch do not see it: the call has returned long before. After it comes `close`.',
    'close',
    nodeDoc('net', 'event-error_1', "Node: 'error'"),
  ),
  'end called': note(
    'What the other side sends can still be read: end() closes one direction.',
    'half-close',
    nodeDoc('net', 'socketenddata-encoding-callback', 'Node: socket.end()'),
  ),
  'connect called': note(
    'A host name costs a look-up (getaddrinfo) before the first packet, and may give several addresses.',
    'getaddrinfo',
    nodeDoc('net', 'socketconnectoptions-connectlistener', 'Node: socket.connect()'),
  ),
  'server created': note('', 'socket', nodeDoc('net', 'netcreateserveroptions-connectionlistener', 'Node: net.createServer()')),
  'end of file': note('', 'half-close', nodeDoc('net', 'event-end', "Node: 'end'")),
  'not visible here': note('', 'epoll'),
};

const NOTHING: StepNote = { matters: '', card: null, references: [] };

/** Why an event matters and where to read on. */
export function stepNote(event: TraceEvent, family: Family): StepNote {
  const entry = entryOf(event, family);
  if (!entry) return NOTHING;
  const matters = typeof entry.matters === 'string' ? entry.matters : (entry.matters[family] ?? '');
  // Of a call that failed, or is not done yet, what success means is not the point.
  const quiet = event.kind === 'call' && event.error !== null;
  return { matters: quiet ? '' : matters, card: entry.card, references: [...entry.references, ...apiReference(event)] };
}

function entryOf(event: TraceEvent, family: Family): Entry | undefined {
  switch (event.kind) {
    case 'call': {
      const option = event.args?.option;
      if (typeof option === 'string' && OPTIONS[option]) return OPTIONS[option];
      if (event.call === 'read' && event.result === 0) return EVENTS['end of file'];
      // `write` on a datagram socket is a datagram.
      return family === 'udp' && (event.call === 'write' || event.call === 'send') ? SEND : CALLS[event.call ?? ''];
    }
    case 'state':
      return event.state ? STATES[event.state.to] : undefined;
    case 'api':
      return EVENTS[String(event.args?.event ?? event.api)];
    case 'buffer':
      return note('Node’s buffers and the kernel’s lie behind one another, and Node’s overlap: their sizes are never added up.', 'buffers');
    case 'kernel':
      return note('', 'tcp-states', man('proc(5)'));
    case 'fault':
      return note('The program cannot tell it from the real thing: what it does now is what it would do then.', 'buffers');
    default:
      return undefined;
  }
}

/** Node's own page on the API behind an event. */
function apiReference(event: TraceEvent): readonly Reference[] {
  const { api } = event;
  return api !== null && Object.hasOwn(NODE_DOCS, api) ? [NODE_DOCS[api as keyof typeof NODE_DOCS]] : [];
}
