/** A step in words: what happened, what it means, why it matters, what changed, and how it is known. */
import type { ProcessInfo, Provenance, TraceEvent } from '../contracts/trace';
import type { Reading, SocketState, TraceReader } from '../contracts/trace-model';
import { undeliveredText } from './datagram-words';
import { explainApi } from './explain-api';
import { bytesText, happenedCall } from './explain-call';
import { explainFault, explainKernel } from './explain-kernel';
import { failureIn } from './failures';
import { type Family, familyOf } from './family';
import { callMeaning, errorHelp, STATE_MEANING } from './meanings';
import { netstatAddress, programWords } from './plain-words';
import type { Reference } from './references';
import { stepNote } from './step-notes';

/** What the card says of a step, in the order in which it is read. */
export interface Explanation {
  /** What happened, from the event's own values. */
  happened: string;
  /** What that means, in one or two sentences; empty when there is nothing to add. */
  means: string;
  /** Why it matters; '' when there is nothing to add. */
  matters: string;
  /** For a failure: its cause, the first question to ask, and what helps. */
  cause: string | null;
  ask: string | null;
  fix: string | null;
  note: string | null;
  /** State of the socket before and after; null when the event has none. */
  before: string | null;
  after: string | null;
  provenance: Provenance;
  /** What else changed of the socket with this step, `Recv-Q: 14 → 0`. */
  changes: readonly { name: string; before: string; after: string }[];
  /** Id of the card in media/docs that tells more; null when there is none. */
  card: string | null;
  /** RFCs, man pages and pages of Node's documentation. */
  references: readonly Reference[];
  /** How we know. */
  how: string;
}

function happened(event: TraceEvent, who: string): string {
  switch (event.kind) {
    case 'call':
      return happenedCall(event, who);
    case 'state':
      return event.state
        ? `${event.socket ?? 'The socket'} went from ${event.state.from} to ${event.state.to}.`
        : 'The state of the socket changed.';
    case 'buffer':
      return `${bytesText(event.bytes ?? 0)} wait in the ${event.buffer?.replace('-', ' ') ?? ''} buffer.`;
    case 'exit': {
      const { signal, code } = event.args ?? {};
      if (typeof signal === 'string') return `${who} was ended by ${signal}.`;
      const ended = typeof code === 'number' ? code : event.result;
      return ended === null
        ? `${who} ended; how is not known.`
        : ended === 0
          ? `${who} ended normally.`
          : `${who} ended with exit code ${ended}.`;
    }
    case 'output':
      return `${who} printed ${bytesText(event.bytes ?? event.payload?.length ?? 0)}.`;
    case 'api':
      return explainApi(event, who).happened;
    case 'kernel':
      return explainKernel(event).happened;
    case 'fault':
      return explainFault(event).happened;
  }
}

const HOW: Record<Provenance, string> = {
  observed: 'Seen inside the program: a Node call or an answer of its library libuv, with the real result.',
  derived:
    'Worked out: the program made an observed libuv call, and on this platform and version libuv makes this system call for it. The result is the real one.',
  kernel: 'Read from the kernel at this moment.',
  model: 'Our own picture of what TCP does between the events that were seen. It was not seen itself.',
  injected: 'Socketscope did this on purpose, as asked; without it the run would have gone on differently.',
};

const stateText = (socket: SocketState | undefined): string | null => {
  if (!socket) return null;
  const state = socket.orState ? `${socket.state} or ${socket.orState}` : socket.state;
  const bound =
    socket.local && (socket.state === 'CLOSED' || socket.state === 'UNBOUND') && socket.open
      ? `, bound to ${netstatAddress(socket.local)}`
      : '';
  return socket.open || socket.state === 'CLOSED' ? `${state}${bound}` : `${state}, descriptor closed`;
};

function meaning(reader: TraceReader, event: TraceEvent, who: string, family: Family): string {
  if (event.kind === 'state' && event.state) {
    // A datagram socket is closed and gone; it never had a connection that could end.
    if (event.state.to === 'CLOSED' && family === 'udp') return 'The socket is gone, and its address is free again.';
    if (event.state.to === 'CLOSED' && event.state.from === 'LISTEN')
      return 'Nobody listens here any more: a new connection request would be refused.';
    return STATE_MEANING[event.state.to];
  }
  if (event.kind === 'api') return explainApi(event, who).means;
  if (event.kind === 'kernel') return explainKernel(event).means;
  if (event.kind === 'fault') return explainFault(event).means;
  const missed = undeliveredText(reader, event.seq);
  const means = `${callMeaning(event, family)}${missed && ` ${missed}`}`;
  const sent = family === 'udp' && (event.call === 'sendmsg' || event.call === 'sendto') && failureIn(event) === null;
  if (!sent || missed || reader.links(event.seq).length > 0) return means;
  return `${means} It is not known whether this one arrived: its receiver is not in this trace or has not read it yet, or several are alike.`;
}

/** How the state of a socket is known. */
const HOW_STATE: Partial<Record<Provenance, string>> = {
  observed: 'A call of this program, or the answer that it got, brings the socket into this state.',
  derived:
    'Worked out from what both ends did: by the rules of TCP (RFC 9293) the socket is in this state now. The moment may be a little off.',
};

/** Explains a step. Asks only for the state of its own socket, before it and after: that of all would cost too much while stepping. */
export function explain(reader: TraceReader, event: TraceEvent): Explanation {
  const process = reader.processes[reader.processIndex(event.seq)];
  const who = process ? programWords(process.program) : `Process ${event.pid}`;
  const family = familyOf(reader.sockets[reader.socketIndex(event.seq)]?.protocol ?? 'tcp');
  const socket = reader.socketIndex(event.seq);
  const at = (step: number) => (socket < 0 ? undefined : (reader.socketAt(socket, step) ?? undefined));
  const [old, fresh] = [at(event.seq - 1), at(event.seq)];
  const failed = failureIn(event);
  const help = failed ? errorHelp(failed, event.call, family) : null;
  const note = stepNote(event, family);
  return {
    happened: happened(event, who),
    means: meaning(reader, event, who, family),
    matters: note.matters,
    cause: help?.cause ?? null,
    ask: help?.ask || null,
    fix: help?.fix ?? null,
    note: help?.note ?? null,
    before: event.socket ? (stateText(old) ?? 'not there yet') : null,
    after: event.socket ? stateText(fresh) : null,
    changes: fresh ? changesOf(old, fresh) : [],
    card: note.card,
    references: distinct(help?.reference ? [help.reference, ...note.references] : note.references),
    provenance: event.provenance,
    how: howOf(event, process, reader.header.platform),
  };
}

const distinct = (references: readonly Reference[]) => [...new Map(references.map((one) => [one.url, one])).values()];

const range = (reading: Reading | null) =>
  reading === null
    ? '?'
    : reading.low === reading.high
      ? reading.low.toLocaleString('en')
      : `${reading.low.toLocaleString('en')} to ${reading.high.toLocaleString('en')}`;

/** What can be seen of a socket besides its state, by the names that netstat and Node use. */
const FIELDS: readonly { name: string; of(socket: SocketState): string }[] = [
  { name: 'descriptor', of: (socket) => (socket.fd === null || !socket.open ? 'none' : String(socket.fd)) },
  { name: 'local address', of: (socket) => (socket.local ? netstatAddress(socket.local) : 'none') },
  { name: 'foreign address', of: (socket) => (socket.remote ? netstatAddress(socket.remote) : 'none') },
  { name: 'Recv-Q', of: (socket) => range(socket.recvQ) },
  { name: 'Send-Q', of: (socket) => range(socket.sendQ) },
  { name: 'bytes sent', of: (socket) => socket.bytesSent.toLocaleString('en') },
  { name: 'bytes received', of: (socket) => socket.bytesReceived.toLocaleString('en') },
  { name: 'writableLength', of: (socket) => (socket.writableLength ?? 0).toLocaleString('en') },
  { name: 'readableLength', of: (socket) => (socket.readableLength ?? 0).toLocaleString('en') },
];

function changesOf(before: SocketState | undefined, after: SocketState): Explanation['changes'] {
  if (!before) return [];
  return FIELDS.flatMap(({ name, of }) => (of(before) === of(after) ? [] : [{ name, before: of(before), after: of(after) }]));
}

/** How a fact is known, with what it was worked out from. */
function howOf(event: TraceEvent, process: ProcessInfo | undefined, platform: string): string {
  const base = (event.kind === 'state' ? HOW_STATE[event.provenance] : null) ?? HOW[event.provenance];
  if (event.provenance === 'derived' && event.kind === 'call' && process)
    return `${base} Here: ${platform}, Node ${process.node}, libuv ${process.uv}.${severalOf(event)}`;
  if (event.provenance === 'kernel' && typeof event.args?.source === 'string') return `${base} Source: ${event.args.source}.`;
  return base;
}

/** What of a write is not known to be one call. */
function severalOf({ call, args, result }: TraceEvent): string {
  if (args?.atLeastOneCall) return ' libuv told only the sum, so it may have been several calls.';
  const isShort = (call === 'write' || call === 'writev') && result !== null && result > 0 && result < Number(args?.length);
  return isShort ? ' libuv tries a second time at once; should the kernel have taken some more then, that is in this number.' : '';
}

/** How a kind of fact is known, for legends and tooltips. */
export const howWeKnow = (provenance: Provenance): string => HOW[provenance];
