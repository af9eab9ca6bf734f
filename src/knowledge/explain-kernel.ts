/** Sentences for readings of the kernel and for faults that were put in: both are made from the event's own values. */
import type { TraceEvent } from '../contracts/trace';
import { explainFault as faultSentence } from './fault-words';
import { countWords } from './plain-words';

/** What happened, and what it means. */
export interface Words {
  happened: string;
  means: string;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const amount = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** A reading of the kernel: what it says, and whether that is what had been worked out. */
export function explainKernel(event: TraceEvent): Words {
  const args = event.args ?? {};
  if ('peer' in args) return explainPeer(event, args.peer);
  const says: string[] = [];
  if (args.state) says.push(`state ${text(args.state)}`);
  const queue = (key: string, words: string) => {
    const bytes = amount(args[key]);
    if (bytes !== null) says.push(`${countWords(bytes, 'byte')} ${words}`);
  };
  queue('recvQueue', 'in the receive queue');
  queue('sendQueue', 'in the send queue');
  const waiting = amount(args.acceptQueue);
  if (waiting !== null) {
    const backlog = amount(args.backlog);
    says.push(`${countWords(waiting, 'connection')} in the accept queue${backlog === null ? '' : `, which holds ${backlog}`}`);
  }
  const drops = amount(args.drops);
  if (drops !== null) says.push(`${countWords(drops, 'datagram')} dropped, because the receive buffer was full`);
  const source = text(args.source);
  const happened = `The kernel says of ${event.socket ?? 'it'}${source ? ` (${source})` : ''}: ${says.join('; ') || 'it is there'}.`;
  if (args.contradicts)
    return {
      happened,
      means: `This contradicts what had been worked out from the calls, ${text(args.contradicts)}. The kernel is right: from here on its state is shown.`,
    };
  return { happened, means: 'It was read from the tables of the kernel, and agrees with what had been worked out from the calls.' };
}

/** `ss -x`: the other end of a Unix-domain socket. */
function explainPeer(event: TraceEvent, peer: unknown): Words {
  const who = event.socket ?? 'this socket';
  return {
    happened:
      peer === null
        ? `The kernel says (ss -x) that the other end of ${who} belongs to a program that is not in this trace.`
        : `The kernel says (ss -x) that the other end of ${who} is ${text(peer)}.`,
    means: 'The two ends of a Unix-domain connection have no address in common that tells which belongs to which; only the kernel knows.',
  };
}

/** A fault that was put in. */
export function explainFault(event: TraceEvent): Words {
  return {
    happened: `Injected: ${faultSentence(event)}`,
    means: 'It did not happen by itself: it was asked for with --faults or in the settings, and the same seed brings it again.',
  };
}

/** A reading of the kernel in a few words: `kernel ss -E: TIME_WAIT, Recv-Q 0`. */
export function kernelLine(event: Pick<TraceEvent, 'args'>): string {
  const args = event.args ?? {};
  if ('peer' in args) return `kernel ss -x: the other end is ${args.peer === null ? 'not in this trace' : text(args.peer)}`;
  const parts = [text(args.state)].filter(Boolean);
  for (const [key, name] of [
    ['recvQueue', 'Recv-Q'],
    ['sendQueue', 'Send-Q'],
    ['acceptQueue', 'accept queue'],
    ['backlog', 'backlog'],
    ['drops', 'drops'],
  ] as const)
    if (amount(args[key]) !== null) parts.push(`${name} ${args[key]}`);
  if (args.contradicts) parts.push(`not ${text(args.contradicts)}`);
  return `kernel${args.source ? ` ${text(args.source)}` : ''}: ${parts.join(', ') || 'it is there'}`;
}
