/** A few plain words beside an event of the transcript. */
import type { SocketInfo, SocketStateName, TraceEvent } from '../contracts/trace';
import { formatAddress } from '../trace';

/** What a change of state means for the segments (RFC 9293 section 3.3.2, figure 5). */
const STATE_NOTES: Partial<Record<`${SocketStateName} ${SocketStateName}`, string>> = {
  'CLOSED SYN_SENT': 'SYN sent',
  'CLOSED SYN_RECEIVED': 'SYN received',
  'LISTEN SYN_RECEIVED': 'SYN received',
  'SYN_SENT ESTABLISHED': 'SYN+ACK received: connected',
  'SYN_RECEIVED ESTABLISHED': 'connected',
  'CLOSED ESTABLISHED': 'connected',
  'ESTABLISHED FIN_WAIT_1': 'FIN sent',
  'ESTABLISHED CLOSE_WAIT': 'FIN received',
  'CLOSE_WAIT LAST_ACK': 'FIN sent',
  'FIN_WAIT_1 FIN_WAIT_2': 'FIN acknowledged',
  'FIN_WAIT_1 CLOSING': 'FIN received',
  'FIN_WAIT_1 TIME_WAIT': 'FIN acknowledged, FIN received',
  'FIN_WAIT_2 TIME_WAIT': 'FIN received',
  'CLOSING TIME_WAIT': 'FIN acknowledged',
  'LAST_ACK CLOSED': 'FIN acknowledged: gone',
  'SYN_SENT CLOSED': 'no connection',
};

const ERROR_NOTES: Record<string, string> = {
  EADDRINUSE: 'already in use by another',
  ECONNREFUSED: 'nobody listens',
  ECONNRESET: 'the other end reset the connection',
  EPIPE: 'the other end takes no more bytes',
  EMSGSIZE: 'too big for one datagram',
  EACCES: 'not allowed',
  ENOENT: 'there is no such path',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENETUNREACH: 'no route to that network',
  EHOSTUNREACH: 'no route to that machine',
  ETIMEDOUT: 'no answer in time',
  EMFILE: 'the process has no descriptor left',
  EINPROGRESS: 'the handshake goes on; the result comes later',
  EAGAIN: 'not now: it would have to wait',
};

/** The note, '' when there is nothing to add. */
export function noteOf(event: TraceEvent, socket: SocketInfo | null): string {
  if (event.kind === 'state' && event.state !== null) return STATE_NOTES[`${event.state.from} ${event.state.to}`] ?? '';
  if (event.kind === 'api') return event.api === 'end of file' ? 'the other end has finished' : '';
  if (event.kind !== 'call' && event.kind !== 'kernel') return '';
  if (event.error !== null) return ERROR_NOTES[event.error] ?? '';
  return callNote(event, socket);
}

function callNote(event: TraceEvent, socket: SocketInfo | null): string {
  const stream = socket !== null && !socket.protocol.startsWith('udp');
  switch (event.call) {
    case 'bind':
      return event.local && 'port' in event.local && event.args?.port === 0 ? `got ${formatAddress(event.local)}` : '';
    case 'accept': {
      const from = event.remote && !('path' in event.remote) ? ` from ${formatAddress(event.remote)}` : '';
      return typeof event.args?.accepted === 'string' ? `${event.args.accepted}${from}` : '';
    }
    case 'getsockopt':
      if (event.args?.option !== 'SO_ERROR') return '';
      if (event.args.value !== 0) return ERROR_NOTES[String(event.args.value)] ?? '';
      return event.local && !('path' in event.local) ? `connected from ${formatAddress(event.local)}` : 'connected';
    case 'read':
      if (event.result !== 0 || !stream) return '';
      return socket.protocol === 'unix' ? 'end of file: the other end has finished' : 'end of file: the other end has sent its FIN';
    case 'write':
    case 'writev':
      if (event.args?.atLeastOneCall === true) return 'the rest, in one call or several';
      return typeof event.args?.length === 'number' && event.result !== null && event.result < event.args.length
        ? `of ${event.args.length}: the send buffer is full`
        : '';
    case 'shutdown':
      return socket?.protocol.startsWith('tcp') ? 'sends FIN: no more bytes from this end' : 'no more bytes from this end';
    case 'close':
      if (event.args?.cause === 'process ended') return 'the process has ended: the kernel closes it';
      if (event.args?.cause === 'worker ended') return 'the worker has ended: Node closes it';
      return event.args?.linger === true ? 'sends RST' : '';
    default:
      return '';
  }
}
