/**
 * Errors that no call of a trace can have: what programs print without a code, or with a code of Node's HTTP parser. Found by the words of
 * the message. Apart from the errno cards, so that the timeline does not carry them.
 */
import type { ErrnoCard } from './errnos';
import { nodeDoc, rfc } from './references';

const LIST: readonly ErrnoCard[] = [
  {
    code: 'AggregateError',
    cause: 'the name has several addresses, and the connect to each of them failed; the message is empty, `code` is that of one of them',
    ask: 'What does each of `err.errors` say?',
    fix: 'print `err.errors`: each has its own address and code',
    note: null,
    reference: nodeDoc('net', 'socketconnectoptions-connectlistener', 'Node: socket.connect(), autoSelectFamily'),
  },
  {
    code: 'socket hang up',
    cause: 'an HTTP client lost its connection before an answer had come (code ECONNRESET); no system call failed',
    ask: 'Which end closed the connection, and how many bytes of an answer had come?',
    fix: 'look at why the server closes: an exception there, a timeout, or a kept connection that it gave up just then; such a request can be sent again if repeating it does no harm',
    note: 'The code is ECONNRESET also when the server closed with an ordinary FIN.',
    reference: nodeDoc('http', 'httprequestoptions-callback', 'Node: http.request()'),
  },
  {
    code: 'MaxListenersExceededWarning',
    cause:
      "more than ten listeners of one event are on one emitter: often 'drain', 'data' or 'connect' listeners that each write or each new attempt adds",
    ask: 'Which line adds a listener each time that something happens?',
    fix: 'add the listener once, outside, or with `once()`',
    note: null,
    reference: { title: 'Node: events', url: 'https://nodejs.org/api/events.html#emittersetmaxlistenersn' },
  },
  {
    code: 'HPE_INVALID_METHOD',
    cause: 'what came to an HTTP server does not begin with an HTTP method: often a client that speaks TLS to a plain port',
    ask: 'Which bytes came first, and who sent them?',
    fix: "use https:// only for an https server; look at the first bytes in 'clientError' (`err.rawPacket`)",
    note: null,
    reference: nodeDoc('http', 'event-clienterror', "Node: 'clientError'"),
  },
  {
    code: 'HPE_INVALID_CONSTANT',
    cause: 'what an HTTP client got does not begin with HTTP/: another protocol listens on that port',
    ask: 'Does an HTTP server listen on that port?',
    fix: 'check the port and the protocol; look at the first bytes that came',
    note: null,
    reference: nodeDoc('http', 'httprequestoptions-callback', 'Node: http.request()'),
  },
  {
    code: 'Unexpected end of JSON input',
    cause: 'JSON.parse was given the beginning of a message: a read brings what is there, not a whole message',
    ask: 'How many bytes of the message had arrived?',
    fix: 'gather bytes until the message is whole, for example to the end of its line, and parse then',
    note: null,
    reference: rfc(8259, '2'),
  },
  {
    code: 'Unexpected non-whitespace character after JSON',
    cause: 'JSON.parse was given two messages in one: what is sent apart may be read together',
    ask: 'How many messages had arrived?',
    fix: 'cut the stream into messages first, for example at the ends of lines',
    note: null,
    reference: rfc(8259, '2'),
  },
];

/** By the word or the beginning of the message. */
export const MESSAGE_CARDS: ReadonlyMap<string, ErrnoCard> = new Map(LIST.map((entry) => [entry.code, entry]));
