import type { TraceEvent } from '../../contracts/trace';
import { explainApi } from '../../knowledge/explain-api';
import { formatCall } from '../../knowledge/syscalls/format-call';

/** A step of a trace in a few words: the call as strace writes it, the event, the change of state. */
export function stepWords(event: TraceEvent): string {
  if (event.state !== null) return `${event.socket}: ${event.state.from} -> ${event.state.to}`;
  if (event.kind === 'call') return formatCall(event);
  if (event.kind === 'exit') return `the program ended: ${event.args?.signal ?? `exit code ${event.args?.code}`}`;
  if (event.kind === 'buffer') return `${event.buffer}: ${event.bytes} bytes wait`;
  if (event.kind === 'kernel') return `the kernel says: ${JSON.stringify(event.args)}`;
  return explainApi(event, event.socket ?? 'the program').happened;
}
