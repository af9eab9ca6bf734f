/** The cards of error codes, made from the table of errno causes: one place for each fact. */
import { type Card, cardFooter } from './cards';
import { ERRNO_CARDS, type ErrnoCard, errnoCard } from './errnos';
import { MESSAGE_CARDS } from './error-messages';

/** Cards that say more, by code. */
const RELATED: Readonly<Record<string, readonly string[]>> = {
  EADDRINUSE: ['bind', 'reuseport', 'time-wait'],
  EACCES: ['bind', 'ports'],
  EADDRNOTAVAIL: ['bind', 'special-addresses', 'ephemeral-ports'],
  ECONNREFUSED: ['connect', 'happy-eyeballs', 'tuples'],
  ETIMEDOUT: ['connect', 'keep-alive', 'backlog-and-accept-queue'],
  ENETUNREACH: ['connect'],
  EHOSTUNREACH: ['connect'],
  ENOTFOUND: ['getaddrinfo'],
  EAI_AGAIN: ['getaddrinfo'],
  ECONNRESET: ['reset', 'close'],
  EPIPE: ['half-close', 'reset'],
  ECONNABORTED: ['accept'],
  EMFILE: ['file-descriptor', 'accept'],
  ENFILE: ['file-descriptor'],
  ENOENT: ['unix-domain-sockets'],
  EMSGSIZE: ['datagrams'],
  ENOTSUP: ['reuseport'],
  EAGAIN: ['blocking-readiness-completion'],
  EINPROGRESS: ['connect'],
  ERR_STREAM_WRITE_AFTER_END: ['half-close'],
  ERR_OUT_OF_RANGE: ['byte-stream'],
  ERR_BUFFER_OUT_OF_BOUNDS: ['byte-stream'],
  AggregateError: ['happy-eyeballs', 'connect'],
  'socket hang up': ['reset', 'keep-alive'],
  'Unexpected end of JSON input': ['byte-stream'],
  'Unexpected non-whitespace character after JSON': ['byte-stream'],
};

/** One card for each code; its id is the code. `cards`: the others, whose titles the footers name. */
export function errorCards(cards: readonly Card[]): Card[] {
  return [...ERRNO_CARDS.values(), ...MESSAGE_CARDS.values()].map((entry) => {
    const card: Card = {
      id: entry.code,
      title: entry.code,
      kind: 'error',
      covers: [],
      sources: [`[${entry.reference.title}](${entry.reference.url})`],
      related: ['errors', ...(RELATED[entry.code] ?? [])],
      seeInTimeline: /^E[A-Z_]+$/.test(entry.code)
        ? 'a red mark; the card of the step says cause and fix'
        : 'the calls just before it: what had come, and who closed',
      step: null,
      body: '',
    };
    return { ...card, body: `${text(entry)}\n\n${cardFooter(card, cards)}` };
  });
}

function text(entry: ErrnoCard): string {
  const parts = [
    `# ${entry.code}`,
    `**What happened**: ${entry.cause}.`,
    ...(entry.ask ? [`**First question**: ${entry.ask}`] : []),
    `**What to do**: ${entry.fix}.`,
  ];
  const udp = errnoCard(entry.code, 'udp');
  const unix = errnoCard(entry.code, 'unix');
  if (udp && udp !== entry) parts.push(`**On a UDP socket**: ${udp.cause}. To do: ${udp.fix}.`);
  if (unix && unix !== entry) parts.push(`**On a Unix-domain socket**: ${unix.cause}. To do: ${unix.fix}.`);
  if (entry.note) parts.push('## Easily taken wrong', entry.note);
  return parts.join('\n\n');
}
