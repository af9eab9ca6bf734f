/** Which argument of a socket call is being typed: read off the text, because an unfinished call is no tree yet. */
import type { SocketCall } from './analysis';

export interface ArgumentPlace {
  call: SocketCall;
  slot: 'port' | 'host';
  /** Inside of a string. */
  quote: boolean;
  /** Where what is typed begins. */
  from: number;
  /** It is the local end although the call is about the other one: `localPort`. */
  local: boolean;
}

/** Longer calls are not looked through. */
const FAR = 2000;
const OPEN = '([{';
const CLOSE = ')]}';

/** Places of port and host among the arguments. */
const POSITIONS: Readonly<Record<string, readonly ('port' | 'host' | null)[]>> = {
  'server.listen': ['port', 'host'],
  'net.connect': ['port', 'host'],
  'net.createConnection': ['port', 'host'],
  'socket.connect': ['port', 'host'],
  'tls.connect': ['port', 'host'],
  'dgram.bind': ['port', 'host'],
  'dgram.connect': ['port', 'host'],
  'dgram.send': [null, 'port', 'host'],
};

const KEYS: Readonly<Record<string, 'port' | 'host'>> = {
  port: 'port',
  host: 'host',
  address: 'host',
  localPort: 'port',
  localAddress: 'host',
};

/** null when the offset is in no argument that takes a port or a host. `offsetOf`: of a place in `text`. */
export function argumentAt(
  text: string,
  offset: number,
  calls: readonly SocketCall[],
  offsetOf: (place: { line: number; character: number }) => number,
): ArgumentPlace | null {
  // The innermost one is the last that begins before.
  for (const call of [...calls].reverse()) {
    const from = offsetOf(call.name.end);
    if (from > offset || offset - from > FAR) continue;
    const inside = scan(text.slice(from, offset));
    if (!inside) continue;
    const key = inside.key;
    const slot = key === null ? POSITIONS[call.api]?.[inside.index] : POSITIONS[call.api] && inside.index === 0 ? KEYS[key] : undefined;
    // Something else is being typed there: a name, a sum.
    if (!slot || !(inside.quote ? /^[\w.:%-]*$/ : /^\d*$/).test(inside.typed)) return null;
    return { call, slot, quote: inside.quote, from: offset - inside.typed.length, local: key?.startsWith('local') ?? false };
  }
  return null;
}

/** What of `(...` up to its end is open: null when it is no open call, or nested deeper than an object of options. */
function scan(text: string): { index: number; key: string | null; quote: boolean; typed: string } | null {
  const begin = /^\s*\(/.exec(text);
  if (!begin) return null;
  const opened = ['('];
  let index = 0;
  let start = begin[0].length;
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const letter = text[at]!;
    if (quote) {
      if (letter === '\\') at++;
      else if (letter === quote) quote = '';
    } else if (letter === '/' && text[at + 1] === '/') {
      const end = text.indexOf('\n', at);
      if (end < 0) return null;
      at = end;
      start = end + 1;
    } else if (`'"\``.includes(letter)) {
      quote = letter;
    } else if (OPEN.includes(letter)) {
      opened.push(letter);
      start = at + 1;
    } else if (CLOSE.includes(letter)) {
      if (opened.pop() === undefined || opened.length === 0) return null;
    } else if (letter === ',') {
      if (opened.length === 1) index++;
      start = at + 1;
    }
  }
  const rest = text.slice(start);
  const inObject = opened.length === 2 && opened[1] === '{';
  if (opened.length !== 1 && !inObject) return null;
  const key = inObject ? /^\s*(\w+)\s*:/.exec(rest) : null;
  if (inObject && !key) return null;
  const typed = rest.slice(key?.[0].length ?? 0).replace(/^\s*/, '');
  return { index, key: key?.[1] ?? null, quote: quote !== '', typed: quote ? typed.slice(1) : typed };
}
