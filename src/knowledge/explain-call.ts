import type { TraceEvent } from '../contracts/trace';
import { failureIn } from './failures';
import { netstatAddress } from './plain-words';

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

export const bytesText = (count: number) => (count === 1 ? '1 byte' : `${count.toLocaleString('en')} bytes`);

function target(event: TraceEvent): string {
  const args = event.args ?? {};
  if (typeof args.path === 'string') return args.path || 'an unnamed path';
  if (typeof args.address === 'string' || typeof args.port === 'number')
    return netstatAddress({ address: text(args.address), port: Number(args.port ?? 0) }, 'unix');
  return event.remote ? netstatAddress(event.remote) : 'an address';
}

/** One plain sentence about a system call. */
export function happenedCall(event: TraceEvent, who: string): string {
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
        : `${who} took a finished connection${event.remote ? ` from ${netstatAddress(event.remote)}` : ''} off the queue${event.result === null ? '' : `: descriptor ${event.result}`}.`;
    case 'read':
    case 'recvmsg':
    case 'recvfrom':
      if (failed) return `${who} tried to read from ${fd} and failed: ${failed}.`;
      if (event.error) return `${who} asked ${fd} for bytes; none were waiting.`;
      if (event.call === 'read' && event.result === 0) return `${who} read the end: the other side will send no more.`;
      if (event.call === 'read') return `${who} read ${bytesText(event.bytes ?? event.result ?? 0)} from ${fd}.`;
      return `${who} received one datagram of ${bytesText(event.bytes ?? event.result ?? 0)}${event.remote ? ` from ${netstatAddress(event.remote)}` : ''}.`;
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
