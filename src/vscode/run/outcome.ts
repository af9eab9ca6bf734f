import { basename } from 'node:path';
import type { TraceReader } from '../../contracts/trace-model';
import type { RunOutcome } from './traced-run';

/** What is to be said after a run: nothing when it went well. */
export interface OutcomeMessage {
  severity: 'error' | 'warning' | 'info';
  text: string;
  /** The step that shows it; null when no event does. */
  step: number | null;
  /** Whether the terminal holds more (an exception, usage text). */
  terminal: boolean;
}

/** What an error of a call means for the one who reads it, and the next thing to do. */
const CAUSES: Record<string, (where: string) => string> = {
  EADDRINUSE: (where) => `${where} is in use: another program listens there. Stop that program, or use another port.`,
  EACCES: (where) => `The system does not allow this program to bind ${where}. Ports below 1024 need special rights; use a higher one.`,
  EADDRNOTAVAIL: (where) => `${where} is no address of this machine. Bind an address that it has, such as 127.0.0.1.`,
  ECONNREFUSED: (where) => `Nothing listens on ${where}. Start the server first, or correct the port.`,
  ENOENT: (where) => `There is no socket at ${where}. Start the server first, or correct the path.`,
};

/**
 * Says what went wrong in a run, from its exit codes and its trace: a failed call that explains an exit code, an exit code alone,
 * an incomplete trace, or that no socket was used. Returns null when there is nothing to say.
 */
export function outcomeMessage(outcome: RunOutcome, store: TraceReader): OutcomeMessage | null {
  if (outcome.stopped) return null;
  const failed = outcome.programs.find(({ code }) => code !== 0);
  if (failed) {
    const name = basename(failed.program);
    const ended = failed.code === null ? `${name} was ended from outside.` : `${name} ended with exit code ${failed.code}.`;
    const step = failed.code === null ? null : lastFailure(store, failed.program);
    const cause = step === null ? null : causeOf(store, step);
    if (cause) return { severity: 'error', text: `${cause} (${ended})`, step, terminal: true };
    if (failed.code !== null) return { severity: 'warning', text: `${ended} Its terminal says why.`, step: null, terminal: true };
  }
  if (outcome.problem) return { severity: 'warning', text: `The trace is incomplete: ${outcome.problem}`, step: null, terminal: false };
  if (!failed && store.sockets.length === 0) {
    const names = outcome.programs.map(({ program }) => basename(program)).join(' and ') || 'This terminal';
    const text = `${names} ended without opening a socket, so there is nothing to show. Is this the file that starts your server or client?`;
    return { severity: 'info', text, step: null, terminal: outcome.programs.length > 0 };
  }
  return null;
}

/** The last call of a program that failed, as its step; a call that was retried with success does not explain an exit. */
function lastFailure(store: TraceReader, program: string): number | null {
  const processes = store.processes.map((process) => process.argv.includes(program) || basename(process.program) === basename(program));
  for (let seq = store.size; seq > 0; seq--) {
    const error = store.error(seq);
    // Reads and writes that would block fail with EAGAIN all the time.
    if (error === null || error === 'EAGAIN' || store.kind(seq) !== 'call') continue;
    if (processes[store.processIndex(seq)]) return seq;
  }
  return null;
}

function causeOf(store: TraceReader, seq: number): string | null {
  const event = store.event(seq);
  const explain = event.error === null ? undefined : CAUSES[event.error];
  if (!explain) return null;
  const args = event.args ?? {};
  const socket = store.sockets[store.socketIndex(seq)];
  // A listen that fails names the address of the bind before it.
  const local = socket?.local && 'port' in socket.local ? socket.local : null;
  const port = args.port ?? local?.port;
  const address = args.address ?? local?.address;
  if (typeof args.path === 'string') return explain(args.path);
  if (port === undefined) return explain(event.call === 'connect' ? 'that address' : 'The address');
  return explain(address ? `${address} port ${port}` : `Port ${port}`);
}
