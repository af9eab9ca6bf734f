/**
 * The rules that look for a misconception: which one, what is said at the line, which card explains it. What a rule says before a run
 * is a guess about a program that nobody ran, so its words ask or explain; it never says that something is wrong.
 */
import type { MisconceptionId } from './misconceptions';

export interface Rule {
  misconception: MisconceptionId;
  /** Shown at the line, before a run. */
  text: string;
  /** Id of the card. */
  card: string;
}

const rule = (misconception: MisconceptionId, card: string, text: string): Rule => ({ misconception, card, text });

/** In order of weight: of two on one line the first is shown. */
export const RULES = {
  'no-error-listener': rule(
    'M12',
    'close',
    "This socket has no 'error' listener. When its peer resets the connection, the 'error' event that nobody listens for ends the program.",
  ),
  'chunk-as-message': rule('M02', 'recv', 'TCP hands you bytes, not messages. This chunk may hold half a message, or five.'),
  'try-around-async': rule('M12', 'connect', "A socket error arrives later, as an 'error' event; by then this try/catch has been left."),
  'uncaught-exception': rule(
    'M12',
    'close',
    "This also catches socket errors that have no 'error' listener, but it cannot say whose they were. An 'error' listener on each socket can.",
  ),
  'answer-after-end': rule(
    'M13',
    'half-close',
    'When the peer ended, Node ended this side too (allowHalfOpen is false). An answer that is written later goes nowhere.',
  ),
  'write-after-end': rule('M13', 'half-close', 'end() says: I will write no more. A write after it fails with ERR_STREAM_WRITE_AFTER_END.'),
  'timeout-leaves-open': rule(
    'M15',
    'tcp-states',
    "The 'timeout' event only tells. The socket stays open until your program ends or destroys it.",
  ),
  'cleanup-on-end': rule('M14', 'close', "A reset or destroy() gives no 'end', so this cleanup may not run. 'close' always comes last."),
  'shared-state': rule('M16', 'accept', 'All connections share this variable: the next client overwrites what belongs to this one.'),
  'chunk-to-text': rule(
    'M10',
    'recv',
    "A character may be cut between two chunks, and its halves become U+FFFD. setEncoding('utf8') or a StringDecoder keeps the rest.",
  ),
  'ignored-backpressure': rule(
    'M07',
    'buffers',
    "write() returns false when bytes pile up in memory. Waiting for 'drain', or pipeline(), keeps the queue short.",
  ),
  'no-limit': rule('M20', 'buffers', 'A peer that never finishes its message makes this grow for ever. A limit closes such a connection.'),
  'pipe-without-errors': rule(
    'M29',
    'buffers',
    "pipe() passes on data and 'end', not errors: when one side fails the other stays open. pipeline() ends both.",
  ),
  'listener-in-loop': rule('M23', 'buffers', 'This adds one more listener each time it runs; none is taken away.'),
  'reconnect-adds-listeners': rule(
    'M23',
    'connect',
    'Each new attempt adds these listeners to the same socket again, so each message will be handled several times. A new Socket for each attempt has its own.',
  ),
  'unlink-before-listen': rule(
    'M24',
    'bind',
    'If a server is alive on this path, removing the file cuts it off. connect() first shows whether somebody answers.',
  ),
  'blocking-call': rule('M26', 'server-patterns', 'While this runs, every socket of the process waits: one thread serves them all.'),
  'end-as-message-end': rule(
    'M28',
    'half-close',
    "HTTP/1.1 keeps connections open: 'end' may come long after the whole answer. Content-Length or the chunks say where it ends.",
  ),
  'wildcard-as-destination': rule(
    'M08',
    'socket-address',
    'This address is for listening: "every address of this host". As a destination it works on some systems only; name the host you mean.',
  ),
  'aggregate-error': rule(
    'M09',
    'connect',
    'When a name has several addresses and all fail, the message of this error is empty; err.errors has one error for each address.',
  ),
  'write-is-delivery': rule(
    'M06',
    'send',
    'This callback says that the kernel has the bytes. Only an answer of the peer says that it handled them.',
  ),
  'datagram-is-delivery': rule('M25', 'datagrams', 'This callback says that the datagram was handed to the system. It may still be lost.'),
  'own-writes-restart-timer': rule(
    'M21',
    'tcp-states',
    'Your own writes restart this idle timer, and they come more often than it waits: it will not notice a silent peer.',
  ),
  'keep-alive-as-health-check': rule(
    'M21',
    'setsockopt',
    "Keep-alive probes are answered by the peer's kernel, even when its program hangs. Only an answer of the program proves that it lives.",
  ),
  'no-delay-as-framing': rule(
    'M03',
    'nagle-and-delayed-ack',
    'It changes when small segments leave, not how reads are cut. Messages need a delimiter or a length.',
  ),
  'huge-backlog': rule(
    'M04',
    'backlog-and-accept-queue',
    'The backlog is the waiting room for finished handshakes. Linux caps it at net.core.somaxconn (4096 since 5.4); your event loop is what empties it.',
  ),
  'state-per-worker': rule('M27', 'server-patterns', 'Each worker is a process of its own and has its own copy of this variable.'),
  // Only a run can tell of these.
  'address-in-use': rule('M18', 'bind', 'The address was in use.'),
  refused: rule('M30', 'connect', 'The connection was refused.'),
  'several-addresses': rule('M09', 'getaddrinfo', 'The name has several addresses.'),
  'close-waits': rule('M19', 'close', 'close() stops accepting; connections stay.'),
  'lost-datagrams': rule('M25', 'datagrams', 'Datagrams were not read.'),
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;
export const RULE_IDS = Object.keys(RULES) as RuleId[];
