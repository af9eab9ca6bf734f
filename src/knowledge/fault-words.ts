/** An injected fault in a few words, the same in the transcript and in the timeline. */
import type { JsonValue, TraceEvent } from '../contracts/trace';

type FaultEvent = Pick<TraceEvent, 'args' | 'error'>;

/** `split-read 12 -> 3 + 9`: the fault, and what it did with the bytes. */
export function formatFault({ args, error }: FaultEvent): string {
  const fault = String(args?.fault ?? '?');
  const detail = DETAIL[fault]?.(args ?? {}) ?? '';
  return [fault, detail, error === null ? '' : error].filter((part) => part !== '').join(' ');
}

/** One sentence for the card of the step: what the program was given instead of what happened. */
export function explainFault({ args }: FaultEvent): string {
  return EXPLAIN[String(args?.fault ?? '')]?.(args ?? {}) ?? 'Socketscope put a fault in here.';
}

type Args = { [key: string]: JsonValue };
const bytes = (value: JsonValue | undefined) => `${value ?? '?'} ${value === 1 ? 'byte' : 'bytes'}`;
const isSend = ({ direction }: Args) => direction === 'send';

const DETAIL: Record<string, (args: Args) => string> = {
  'split-read': ({ had, given, left }) => (left === 0 ? `the last ${given}` : `${had} -> ${given} + ${left}`),
  'join-read': ({ held, read, given, milliseconds }) =>
    given === undefined
      ? `${held} held back for the next read (${milliseconds} ms at most)`
      : read === 0
        ? `${given}, nothing followed`
        : `${held} + ${read} -> ${given}`,
  'delay-read': ({ held, given, milliseconds, after }) =>
    given === undefined ? `${held} held back for ${milliseconds} ms` : `${given} after ${after} ms`,
  'slow-reader': ({ read, milliseconds, bytesPerSecond }) =>
    `no read for ${milliseconds} ms after ${read} bytes (${bytesPerSecond} bytes/s)`,
  'short-write': ({ asked, given, left }) => (left === 0 ? `the last ${given}` : `${asked} -> ${given} + ${left}`),
  'reset-after': ({ after, lost }) => `${after} bytes${lost === 0 ? '' : `, ${lost} more are lost`}`,
  'delay-connect': ({ milliseconds }) => `${milliseconds} ms`,
  'hang-connect': ({ milliseconds, after }) => (after === undefined ? `no answer for ${milliseconds} ms` : `no answer for ${after} ms:`),
  drop: ({ bytes: count, direction }) => `${count} bytes${direction === 'send' ? ', not sent' : ''}`,
  duplicate: ({ bytes: count, copies }) => `${count} bytes x ${copies}`,
  reorder: ({ held, given, behind }) =>
    given === undefined
      ? `${held} bytes held back`
      : behind === 0
        ? `${given} bytes, nothing followed`
        : `${given} bytes behind ${behind} later`,
  delay: ({ bytes: count, milliseconds, after }) =>
    after === undefined ? `${count} bytes for ${milliseconds} ms` : `${count} bytes after ${after} ms`,
};

const EXPLAIN: Record<string, (args: Args) => string> = {
  'split-read': ({ had, given, left }) =>
    left === 0
      ? `The program is given the last ${bytes(given)} of a read that Socketscope cut into pieces.`
      : `Of the ${bytes(had)} that were read the program is given ${given}; ${left} wait for the next turns. TCP may cut a stream like this at any time.`,
  'join-read': ({ held, given }) =>
    given === undefined
      ? `${bytes(held)} were read; the program gets them together with the next ones. TCP may join what was written apart.`
      : `The program is given ${bytes(given)} as one piece.`,
  'delay-read': ({ held, given, milliseconds, after }) =>
    given === undefined
      ? `${bytes(held)} were read; the program gets them ${milliseconds} ms later, as on a slow network.`
      : `The program is given ${bytes(given)} that were held back for ${after} ms.`,
  'slow-reader': ({ milliseconds, bytesPerSecond }) =>
    `For ${milliseconds} ms this socket reads nothing (${bytesPerSecond} bytes a second on average), so that what the other end writes piles up.`,
  'short-write': ({ asked, given }) =>
    `Of ${bytes(asked)} the kernel gets ${given} now, as when its send buffer were nearly full; the rest follows.`,
  'reset-after': ({ after }) =>
    `After ${bytes(after)} the connection is reset: a real RST goes to the other end, and this program gets ECONNRESET.`,
  'delay-connect': ({ milliseconds }) => `The connection attempt waits ${milliseconds} ms before it begins. No system call was made yet.`,
  'refuse-connect': () => 'The program gets ECONNREFUSED as if nobody listened there. No system call was made.',
  'hang-connect': ({ after }) =>
    after === undefined
      ? 'The connection attempt gets no answer, as when a firewall drops every SYN. No system call was made.'
      : 'The program gets ETIMEDOUT, as the system would give it after the last SYN without an answer.',
  drop: (args) =>
    isSend(args)
      ? 'The program thinks that this datagram is sent; it never reached the kernel.'
      : 'This datagram was received from the kernel; the program never gets it, as if it were lost on the way.',
  duplicate: (args) => (isSend(args) ? 'This datagram is sent twice.' : 'The program gets this datagram twice.'),
  reorder: ({ given }) =>
    given === undefined ? 'This datagram waits until the next one has overtaken it.' : 'The overtaken datagram goes on.',
  delay: ({ after, milliseconds }) =>
    after === undefined ? `This datagram goes on ${milliseconds} ms later.` : `The datagram goes on after ${after} ms.`,
};
