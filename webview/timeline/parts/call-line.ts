import type { JsonValue, TraceEvent } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { kernelLine } from '../../../src/knowledge/explain-kernel';
import { formatFault } from '../../../src/knowledge/fault-words';
import { formatCall, previewBytes } from '../../../src/knowledge/syscalls/format-call';
import { shortName } from '../../kit/visible';

function plain(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is worth saying of a Node call or event: `connect called, host 127.0.0.1, port 8080`. */
function details(event: TraceEvent): string {
  const parts = event.error === null ? [] : [event.error];
  for (const [key, value] of Object.entries(event.args ?? {})) {
    if (key === 'owner' || value === null || (key === 'event' && value === event.api)) continue;
    if (key === 'event' || key === 'code' || key === 'message') parts.push(plain(value));
    else parts.push(`${key} ${plain(value)}`);
  }
  return parts.length ? `: ${parts.join(', ')}` : '';
}

/**
 * The event as strace would print it, `bind(19, {127.0.0.1, 8080}) = 0`; other kinds in the same spirit:
 * `state CLOSED → LISTEN`, `socket.write: returned false`, `exit 0`.
 */
export function callLine(event: TraceEvent, width?: number): string {
  switch (event.kind) {
    case 'call':
      return `${formatCall(event, width)}${event.args?.atLeastOneCall === true ? '  (one call or several)' : ''}`;
    case 'state':
      return event.state
        ? `state ${event.state.from} → ${event.state.to}${event.args?.or ? ` (or ${plain(event.args.or)})` : ''}`
        : 'state';
    case 'buffer':
      return `${event.buffer ?? 'buffer'}: ${event.bytes ?? 0} bytes`;
    case 'exit': {
      const signal = event.args?.signal;
      return typeof signal === 'string' ? `killed by ${signal}` : `exit ${plain(event.args?.code ?? event.result ?? '?')}`;
    }
    case 'output':
      return event.payload ? `output ${previewBytes(event.payload, event.bytes ?? event.payload.length, 48)}` : 'output';
    case 'kernel':
      return kernelLine(event);
    case 'fault':
      return `injected: ${formatFault(event)}`;
    case 'api':
      return `${event.api ?? event.call ?? event.kind}${details(event)}`;
  }
}

/** A file as people say it: relative to the run's folder, else its last part. */
export function fileText(file: string, cwd: string): string {
  const path = file.replace(/^file:\/\//, '');
  const folder = cwd.endsWith('/') ? cwd : `${cwd}/`;
  if (path.startsWith(folder)) return shortName(path.slice(folder.length));
  return shortName(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
}

/** Editors cut a line's end off where the window does; longer than this would not be read there anyway. */
const LONGEST_LABEL = 96;

/** What stands at the end of the highlighted line in the editor: descriptor and state behind the step, then the call. Bytes give way before its result does. */
export function stepLabel(reader: TraceReader, seq: number): string {
  const event = reader.event(seq);
  const socket = reader.socketIndex(seq);
  const now = socket >= 0 ? reader.socketAt(socket, seq) : null;
  const fd = now?.fd ?? event.fd;
  const values = now ? `${fd === null ? now.id : `fd ${fd}`} ${now.orState ? `${now.state} or ${now.orState}` : now.state}  ·  ` : '';
  for (let width = 32; ; width -= 8) {
    const label = `${values}step ${seq}: ${callLine(event, width)}`;
    if (label.length <= LONGEST_LABEL || width <= 0)
      return label.length <= LONGEST_LABEL + 24 ? label : `${label.slice(0, LONGEST_LABEL + 23)}…`;
  }
}
