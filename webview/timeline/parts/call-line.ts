import type { JsonObject, JsonValue, TraceEvent } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { formatCall, previewBytes } from '../../../src/knowledge/syscalls/format-call';

const words = (args: JsonObject | null): string[] => Object.entries(args ?? {}).map(([key, value]) => `${key}=${plain(value)}`);

function plain(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The event as strace would print it, `bind(19, {127.0.0.1, 8080}) = 0`; other kinds in the same spirit:
 * `state CLOSED -> LISTEN`, `socket.write: drain`, `exit 0`.
 */
export function callLine(event: TraceEvent): string {
  switch (event.kind) {
    case 'call':
      return `${formatCall(event)}${event.args?.atLeastOneCall === true ? '  (one call or several)' : ''}`;
    case 'state':
      return event.state ? `state ${event.state.from} → ${event.state.to}` : 'state';
    case 'buffer':
      return `${event.buffer ?? 'buffer'}: ${event.bytes ?? 0} bytes`;
    case 'exit': {
      const signal = event.args?.signal;
      return typeof signal === 'string' ? `killed by ${signal}` : `exit ${plain(event.args?.code ?? event.result ?? '?')}`;
    }
    case 'output':
      return event.payload ? `output ${previewBytes(event.payload, event.bytes ?? event.payload.length, 48)}` : 'output';
    case 'api':
    case 'kernel':
    case 'fault': {
      const said = words(event.args);
      const name = event.api ?? event.call ?? event.kind;
      return `${name}${said.length ? ` (${said.join(', ')})` : ''}${event.error ? ` ${event.error}` : ''}`;
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
