import type { Provenance, TraceEvent } from '../../../src/contracts/trace';
import type { RunState, SocketState, TraceReader } from '../../../src/contracts/trace-model';
import { programName } from '../layout/titles';
import { failureIn } from '../store/failures';
import { addressText } from '../store/filter';
import { explainApi } from './explain-api';
import { callMeaning, errorHelp, type Family, STATE_MEANING } from './meanings';

/** What the card says of a step, in the order in which it is read. */
export interface Explanation {
  /** What happened, from the event's own values. */
  happened: string;
  /** What that means, in one or two sentences; empty when there is nothing to add. */
  means: string;
  /** For a failure. */
  cause: string | null;
  fix: string | null;
  note: string | null;
  /** State of the socket before and after; null when the event has none. */
  before: string | null;
  after: string | null;
  provenance: Provenance;
  /** How we know. */
  how: string;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

const bytesText = (count: number) => (count === 1 ? '1 byte' : `${count.toLocaleString('en')} bytes`);

function target(event: TraceEvent): string {
  const args = event.args ?? {};
  if (typeof args.path === 'string') return args.path || 'an unnamed path';
  if (typeof args.address === 'string' || typeof args.port === 'number')
    return addressText({ address: text(args.address), port: Number(args.port ?? 0) }, 'unix');
  return event.remote ? addressText(event.remote) : 'an address';
}

/** One plain sentence about a system call. */
function happenedCall(event: TraceEvent, who: string): string {
  const failed = failureIn(event);
  const fd = event.fd === null ? 'the socket' : `descriptor ${event.fd}`;
  switch (event.call) {
    case 'socket':
      return failed
        ? `${who} asked for a new socket and got none: ${failed}.`
        : `${who} asked for a new socket${event.result === null ? '' : ` and got descriptor ${event.result}`}.`;
    case 'bind':
      return failed
        ? `${who} asked for the address ${target(event)} and was refused: ${failed}.`
        : event.args?.port === 0
          ? `${who} asked for an address with any free port for ${fd} (port 0); the kernel chooses one.`
          : `${who} gave ${fd} the address ${target(event)}.`;
    case 'listen':
      return failed
        ? `${who} asked to listen and was refused: ${failed}.`
        : `${who} began to listen; up to ${text(event.args?.backlog) || 'a number of'} connections may wait to be accepted.`;
    case 'connect':
      if (failed) return `${who} tried to connect to ${target(event)} and failed: ${failed}.`;
      return event.error ? `${who} began to connect to ${target(event)}; the answer comes later.` : `${who} connected to ${target(event)}.`;
    case 'accept':
    case 'accept4':
      return failed
        ? `${who} asked for the next connection and got none: ${failed}.`
        : `${who} took a finished connection${event.remote ? ` from ${addressText(event.remote)}` : ''} off the queue${event.result === null ? '' : `: descriptor ${event.result}`}.`;
    case 'read':
    case 'recvmsg':
    case 'recvfrom':
      if (failed) return `${who} tried to read from ${fd} and failed: ${failed}.`;
      if (event.error) return `${who} asked ${fd} for bytes; none were waiting.`;
      if (event.call === 'read' && event.result === 0) return `${who} read the end: the other side will send no more.`;
      if (event.call === 'read') return `${who} read ${bytesText(event.bytes ?? event.result ?? 0)} from ${fd}.`;
      return `${who} received one datagram of ${bytesText(event.bytes ?? event.result ?? 0)}${event.remote ? ` from ${addressText(event.remote)}` : ''}.`;
    case 'write':
    case 'writev':
    case 'send':
      if (failed) return `${who} tried to write to ${fd} and failed: ${failed}.`;
      if (event.error) return `${who} tried to write, but the send buffer had no room; the bytes wait in the process.`;
      return `${who} handed ${bytesText(event.bytes ?? event.result ?? 0)} to the kernel for sending.`;
    case 'sendmsg':
    case 'sendto':
      return failed
        ? `${who} tried to send a datagram to ${target(event)} and failed: ${failed}.`
        : `${who} sent one datagram of ${bytesText(event.bytes ?? event.result ?? 0)} to ${target(event)}.`;
    case 'shutdown':
      return failed
        ? `${who} tried to finish sending and failed: ${failed}.`
        : `${who} said that it will send no more on ${fd}; it can still read.`;
    case 'close':
      return `${who} gave ${fd} back.`;
    case 'setsockopt':
      return `${who} set ${text(event.args?.option) || 'an option'}${event.args?.value === undefined ? '' : ` to ${JSON.stringify(event.args.value).replaceAll('"', '')}`} on ${fd}.`;
    case 'getsockopt':
      if (event.args?.option !== 'SO_ERROR') return `${who} asked for ${text(event.args?.option) || 'an option'} of ${fd}.`;
      return failed
        ? `${who} asked how the connection attempt on ${fd} ended: it failed with ${failed}.`
        : `${who} asked how the connection attempt on ${fd} ended: it is connected.`;
    case 'getsockname':
    case 'getpeername':
      return `${who} asked which address ${event.call === 'getsockname' ? fd : `the other end of ${fd}`} has.`;
    default:
      return `${who} called ${event.call ?? 'the system'}${failed ? ` and failed: ${failed}` : ''}.`;
  }
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
      return `A reading of the kernel's own tables.`;
    case 'fault':
      return `Socketscope put a fault in here.`;
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
      ? `, bound to ${addressText(socket.local)}`
      : '';
  return socket.open || socket.state === 'CLOSED' ? `${state}${bound}` : `${state}, descriptor closed`;
};

function meaning(reader: TraceReader, event: TraceEvent, who: string): string {
  const family = familyOf(reader, event.seq);
  if (event.kind === 'state' && event.state) {
    // A datagram socket is closed and gone; it never had a connection that could end.
    if (event.state.to === 'CLOSED' && family === 'udp') return 'The socket is gone, and its address is free again.';
    if (event.state.to === 'CLOSED' && event.state.from === 'LISTEN')
      return 'Nobody listens here any more: a new connection request would be refused.';
    return STATE_MEANING[event.state.to];
  }
  if (event.kind === 'api') return explainApi(event, who).means;
  const means = callMeaning(event, family);
  const sent = family === 'udp' && (event.call === 'sendmsg' || event.call === 'sendto') && failureIn(event) === null;
  if (!sent || reader.links(event.seq).length > 0) return means;
  return `${means} No socket in this trace has received this one: it was lost, is still on its way, or its receiver is not traced.`;
}

function familyOf(reader: TraceReader, seq: number): Family {
  const protocol = reader.sockets[reader.socketIndex(seq)]?.protocol ?? 'tcp';
  return protocol === 'unix' ? 'unix' : protocol.startsWith('udp') ? 'udp' : 'tcp';
}

/** How the state of a socket is known. */
const HOW_STATE: Partial<Record<Provenance, string>> = {
  observed: 'A call of this program, or the answer that it got, brings the socket into this state.',
  derived:
    'Worked out from what both ends did: by the rules of TCP (RFC 9293) the socket is in this state now. The moment may be a little off.',
};

/** Explains a step; `before` and `after` are the states around it. */
export function explain(reader: TraceReader, event: TraceEvent, before: RunState, after: RunState): Explanation {
  const process = reader.processes[reader.processIndex(event.seq)];
  const who = process ? programName(process.program) : `Process ${event.pid}`;
  const find = (run: RunState) => run.sockets.find((socket) => socket.id === event.socket);
  const was = stateText(find(before));
  const is = stateText(find(after));
  const failed = failureIn(event);
  const help = failed ? errorHelp(failed, event.call, familyOf(reader, event.seq)) : null;
  return {
    happened: happened(event, who),
    means: meaning(reader, event, who),
    cause: help?.cause ?? null,
    fix: help?.fix ?? null,
    note: help?.note ?? null,
    before: event.socket ? (was ?? 'not there yet') : null,
    after: event.socket ? is : null,
    provenance: event.provenance,
    how: (event.kind === 'state' ? HOW_STATE[event.provenance] : null) ?? HOW[event.provenance],
  };
}

/** How a kind of fact is known, for legends and tooltips. */
export const howWeKnow = (provenance: Provenance): string => HOW[provenance];
