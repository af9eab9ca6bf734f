import type { JsonObject, JsonValue, TraceEvent } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';

/** Bytes as C writes them in a string: printable ASCII as it is, the rest escaped, at most `limit` bytes. */
export function quoteBytes(bytes: Uint8Array, limit: number): string {
  let text = '';
  for (const byte of bytes.subarray(0, limit)) {
    if (byte === 0x22 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte === 0x0a) text += '\\n';
    else if (byte === 0x0d) text += '\\r';
    else if (byte === 0x09) text += '\\t';
    else if (byte >= 0x20 && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `"${text}"${bytes.length > limit ? '...' : ''}`;
}

/** How many bytes of the payload a call line shows; strace's default is 32. */
const STRING_LIMIT = 32;

function value(of: JsonValue): string {
  if (of === null) return 'NULL';
  if (typeof of === 'object')
    return Array.isArray(of)
      ? `[${of.map(value).join(', ')}]`
      : `{${Object.entries(of)
          .map(([key, v]) => `${key}=${value(v)}`)
          .join(', ')}}`;
  return String(of);
}

/** Keys that say something about the call rather than being an argument. */
const NOT_ARGUMENTS = new Set(['syscall', 'atLeastOneCall']);

function argumentsOf(event: TraceEvent): string[] {
  const args: JsonObject = event.args ?? {};
  const parts: string[] = [];
  const rest = new Set(Object.keys(args).filter((key) => !NOT_ARGUMENTS.has(key)));
  const take = (key: string) => {
    rest.delete(key);
    return args[key];
  };
  if (event.call !== 'socket' && event.fd !== null) parts.push(String(event.fd));
  const moves = 'length' in args;
  if (moves && event.payload && event.payload.length > 0) {
    const whole = event.bytes !== null && event.bytes > event.payload.length;
    parts.push(quoteBytes(event.payload, STRING_LIMIT) + (whole && event.payload.length <= STRING_LIMIT ? '...' : ''));
  } else if (moves && event.bytes === 0) parts.push('""');
  if (moves) parts.push(value(take('length')!));
  if ('address' in args) parts.push(`{${value(take('address')!)}, ${value(take('port') ?? 0)}}`);
  if ('path' in args) parts.push(`{"${value(take('path')!)}"}`);
  for (const key of rest) parts.push(value(args[key]!));
  return parts;
}

/**
 * The event as strace would print it, `bind(19, {127.0.0.1, 8080}) = 0`; other kinds in the same spirit:
 * `state CLOSED -> LISTEN`, `socket.write: drain`, `exit 0`.
 */
export function callLine(event: TraceEvent): string {
  switch (event.kind) {
    case 'call': {
      const name = typeof event.args?.syscall === 'string' ? event.args.syscall : (event.call ?? 'call');
      const result = event.result === null ? '?' : String(event.result);
      const error = event.error ? ` ${event.error}` : '';
      const more = event.args?.atLeastOneCall === true ? '  (one call or several)' : '';
      return `${name}(${argumentsOf(event).join(', ')}) = ${event.error && event.result === null ? '-1' : result}${error}${more}`;
    }
    case 'state':
      return event.state ? `state ${event.state.from} → ${event.state.to}` : 'state';
    case 'buffer':
      return `${event.buffer ?? 'buffer'}: ${event.bytes ?? 0} bytes`;
    case 'exit': {
      const signal = event.args?.signal;
      return typeof signal === 'string' ? `killed by ${signal}` : `exit ${value(event.args?.code ?? event.result ?? '?')}`;
    }
    case 'output':
      return `output ${event.payload ? quoteBytes(event.payload, STRING_LIMIT) : ''}`.trim();
    case 'api':
    case 'kernel':
    case 'fault': {
      const words = Object.entries(event.args ?? {}).map(([key, v]) => `${key}=${value(v)}`);
      const name = event.api ?? event.call ?? event.kind;
      return `${name}${words.length ? ` (${words.join(', ')})` : ''}${event.error ? ` ${event.error}` : ''}`;
    }
  }
}

/** A file as people say it: relative to the run's folder, else its last part. */
export function fileText(file: string, cwd: string): string {
  const path = file.replace(/^file:\/\//, '');
  const folder = cwd.endsWith('/') ? cwd : `${cwd}/`;
  if (path.startsWith(folder)) return path.slice(folder.length);
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** What stands at the end of the highlighted line in the editor. */
export function stepLabel(reader: TraceReader, seq: number): string {
  return `step ${seq}: ${callLine(reader.event(seq))}`;
}
