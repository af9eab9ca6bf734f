/** System calls as strace prints them, a little shorter. */
import type { JsonObject, JsonValue, TraceEvent } from '../../contracts/trace';

type CallEvent = Pick<TraceEvent, 'call' | 'fd' | 'args' | 'result' | 'error' | 'payload' | 'bytes'>;

const TEXT = new TextDecoder('utf-8', { fatal: true });
/** Bidirectional controls and the like could make a line lie about its own order. */
const INVISIBLE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

/**
 * The first bytes in double quotes: UTF-8 text with C escapes, hex escapes where it is none. `total` is how many bytes moved;
 * `...` follows when not all are shown. `width` bounds the characters between the quotes.
 */
export function previewBytes(payload: Uint8Array, total: number, width: number): string {
  let shown = '';
  let used = 0;
  for (const unit of units(payload)) {
    if (shown.length + unit.text.length > width) break;
    shown += unit.text;
    used += unit.bytes;
  }
  return `"${shown}"${used < total ? '...' : ''}`;
}

function* units(bytes: Uint8Array): Iterable<{ text: string; bytes: number }> {
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at]!;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
    let text: string | null = null;
    if (length > 0 && at + length <= bytes.length) {
      try {
        text = escaped(TEXT.decode(bytes.subarray(at, at + length)));
      } catch {
        text = null;
      }
    }
    yield text === null ? { text: `\\x${first.toString(16).padStart(2, '0')}`, bytes: 1 } : { text, bytes: length };
    at += text === null ? 1 : length;
  }
}

const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '"': '\\"', '\0': '\\0', '\x1b': '\\e' };

function escaped(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0)!;
  if (code < 32) return `\\x${code.toString(16).padStart(2, '0')}`;
  return INVISIBLE.test(character) ? `\\u{${code.toString(16)}}` : character;
}

/** `bind(19, {127.0.0.1, 8080}) = 0`; without a result when `result` is not known. `width` bounds the bytes that are shown. */
export function formatCall(event: CallEvent, width = 32): string {
  // A completion: what was started with a call of its own has ended.
  if (typeof event.args?.completes === 'string') return `${event.args.syscall}(${event.args.completes}) = ${event.args.value}`;
  const pending = event.args?.pending;
  if (typeof pending === 'string') return `${event.args?.syscall ?? event.call}(${parameters(event, width).join(', ')}) = FALSE ${pending}`;
  const result = event.error !== null ? `-1 ${event.error}` : event.result === null ? '?' : String(event.result);
  return `${event.args?.syscall ?? event.call ?? '?'}(${parameters(event, width).join(', ')}) = ${result}`;
}

function parameters(event: CallEvent, width: number): string[] {
  const args = event.args ?? {};
  const fd = event.fd === null ? '?' : String(event.fd);
  switch (event.call) {
    case 'socket':
      return [text(args.domain), text(args.type), text(args.protocol)];
    case 'bind':
    case 'connect':
      return [fd, address(args)];
    case 'listen':
      return [fd, text(args.backlog)];
    case 'accept':
      return args.flags === undefined ? [fd, 'NULL', 'NULL'] : [fd, 'NULL', 'NULL', text(args.flags)];
    case 'setsockopt':
    case 'getsockopt':
      return [fd, text(args.level), text(args.option), `[${text(args.value)}]`];
    case 'read':
    case 'write':
    case 'writev':
      return [fd, bytes(event, width), text(event.call === 'writev' ? args.buffers : args.length)];
    case 'sendmsg':
    case 'recvmsg': {
      const to = address(args);
      return to === '{}' ? [fd, bytes(event, width)] : [fd, to, bytes(event, width)];
    }
    case 'shutdown':
      return [fd, text(args.how)];
    case 'unlink':
      return [`"${text(args.path)}"`];
    case 'getsockname':
    case 'getpeername':
      return [fd, address(args)];
    default:
      return [fd, ...Object.entries(args).map(([key, value]) => (key === 'syscall' || key === 'linger' ? '' : text(value)))].filter(
        Boolean,
      );
  }
}

function bytes(event: CallEvent, width: number): string {
  const moved = Math.max(event.bytes ?? 0, 0);
  if (event.payload) return previewBytes(event.payload, event.error === null ? moved : event.payload.length, width);
  return moved === 0 && event.error === null ? '""' : '...';
}

function address(args: JsonObject): string {
  if (typeof args.path === 'string') return `{"${args.path.replace(/^\0/, '@')}"}`;
  if (typeof args.address !== 'string') return args.domain === undefined ? '{}' : `{${text(args.domain)}}`;
  return `{${args.address}, ${text(args.port)}}`;
}

function text(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    return `{${Object.entries(value)
      .map(([key, inner]) => `${key}=${text(inner)}`)
      .join(', ')}}`;
  return String(value);
}
