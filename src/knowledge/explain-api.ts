import type { TraceEvent } from '../contracts/trace';
import { NOT_VISIBLE } from './not-visible';

/** What a Node call or event was, and what it means. */
export interface ApiWords {
  happened: string;
  means: string;
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

/** One plain sentence about a Node call or event that is no system call of its own, and one or two on its meaning. */
export function explainApi(event: TraceEvent, who: string): ApiWords {
  const args = event.args ?? {};
  const api = event.api ?? 'Node';
  if (api === 'end of file')
    return {
      happened: `${who} learned that the other side has finished sending.`,
      means: 'libuv, the library below Node, saw that the connection had hung up and reported the end without another read.',
    };
  if (api === 'dgram.createSocket' && !args.event)
    return {
      happened: `${who} made a datagram socket object.`,
      means: 'So far it exists in JavaScript only. The system calls come with bind or the first send.',
    };
  if (api === 'not visible here') {
    const totals = [
      typeof args.bytesRead === 'number' ? `${args.bytesRead.toLocaleString('en')} bytes read` : '',
      typeof args.bytesWritten === 'number' ? `${args.bytesWritten.toLocaleString('en')} bytes written` : '',
    ].filter(Boolean);
    return {
      happened: `Not visible here: ${NOT_VISIBLE[text(args.what)]?.what || text(args.what) || 'what this socket does below JavaScript'}${totals.length ? ` (in all: ${totals.join(', ')})` : ''}.`,
      means:
        'It happens below the place where Socketscope looks. Nothing is made up for it: single calls are missing, and the totals are what is known.',
    };
  }
  if (typeof args.refused === 'string') {
    const call = args.refused === 'option' ? `the option ${text(args.name)}` : args.refused;
    return {
      happened: `libuv refused ${call} with ${event.error ?? 'an error'}. No system call was made.`,
      means:
        args.refused === 'listen' && event.error === 'EADDRINUSE'
          ? 'libuv, the library below Node, had kept the error of bind, and tells it now. The kernel was not asked to listen.'
          : 'libuv, the library below Node, checks what it is given before it asks the kernel: here something does not fit, for example a number out of range, a text that is no address, or a path that is too long.',
    };
  }
  switch (args.event) {
    case 'server created':
      return { happened: `${who} made a server object.`, means: 'So far it exists in JavaScript only. The system calls come with listen.' };
    case 'connect called': {
      const to = text(args.path) || [text(args.host), text(args.port)].filter(Boolean).join(':');
      return {
        happened: `${who} called ${api}${to ? ` for ${to}` : ''}.`,
        means: 'Node returns at once. The system calls for it come next; if the host is a name, it is looked up first.',
      };
    }
    case 'end called':
      return {
        happened: `${who} called ${api}: it has nothing more to send.`,
        means: 'What was written before is sent first. Then comes the FIN, with the call shutdown.',
      };
    case 'returned false':
      return {
        happened: `${api} returned false in ${who}.`,
        means:
          'The stream’s buffer is above its limit. Nothing is lost, but a program that goes on writing fills its memory: wait for drain.',
      };
    case 'nothing sent': {
      const bytes = typeof args.bytes === 'number' ? args.bytes : 0;
      return {
        happened: `${who} called ${api} with ${bytes.toLocaleString('en')} ${bytes === 1 ? 'byte' : 'bytes'}, and nothing was sent: ${text(args.code)}.`,
        means:
          args.code === 'ERR_STREAM_DESTROYED'
            ? 'The socket had been destroyed. No system call was made; only the callback of the write is told.'
            : 'This side had already ended, by the program’s own end() or by Node after the other side’s end. No system call was made.',
      };
    }
    case 'drain':
      return { happened: `${who} got a drain event.`, means: 'The stream’s buffer is empty again: the program may write on.' };
    case 'timeout':
      return {
        happened: `${who} got a timeout event${args.milliseconds ? `: nothing moved for ${text(args.milliseconds)} ms` : ''}.`,
        means: 'Node only tells; the connection stays open until the program closes it.',
      };
    case 'error':
      return {
        happened: `${who} got an error event: ${text(args.code) || 'an error'}.`,
        means: 'Without a listener for error this would end the program.',
      };
    default:
      return {
        happened: `In ${who}: ${api}${args.event ? `, ${text(args.event)}` : ''}${event.error ? `, ${event.error}` : ''}.`,
        means: '',
      };
  }
}
