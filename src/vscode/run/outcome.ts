import { basename } from 'node:path';
import * as vscode from 'vscode';
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
  EADDRINUSE: (where) =>
    vscode.l10n.t('{0} is in use already, by another program or by this one. Stop what uses it, or use another port.', where),
  EACCES: (where) =>
    vscode.l10n.t('The system does not allow this program to bind {0}. Ports below 1024 need special rights; use a higher one.', where),
  EADDRNOTAVAIL: (where) => vscode.l10n.t('This machine has no such address: {0}. Bind one that it has, such as 127.0.0.1.', where),
  ECONNREFUSED: (where) => vscode.l10n.t('Nothing listens on {0}. Start the server first, or correct the port.', where),
  ENOENT: (where) => vscode.l10n.t('There is no socket at {0}. Start the server first, or correct the path.', where),
};

/**
 * Says what went wrong in a run, from its exit codes and its trace: a failed call that explains an exit code, an exit code alone,
 * an incomplete trace, or that no socket was used. Returns null when there is nothing to say.
 */
export function outcomeMessage(outcome: RunOutcome, store: TraceReader): OutcomeMessage | null {
  if (outcome.stopped) return null;
  const missing = outcome.programs.find(({ started }) => !started);
  if (missing) {
    const text = vscode.l10n.t('{0} could not be started. Its terminal says why.', basename(missing.program));
    return { severity: 'error', text, step: null, terminal: true };
  }
  const failed = outcome.programs.find(({ code }) => code !== 0);
  if (failed) {
    const name = basename(failed.program);
    // Whoever closed its terminal knows that it ended.
    if (failed.code === null) return null;
    const ended = vscode.l10n.t('{0} ended with exit code {1}.', name, failed.code);
    const step = lastFailure(store, failed.program);
    const cause = step === null ? null : causeOf(store, step);
    if (cause) return { severity: 'error', text: `${cause} (${ended})`, step, terminal: true };
    return { severity: 'warning', text: vscode.l10n.t('{0} Its terminal says why.', ended), step: null, terminal: true };
  }
  if (outcome.problem)
    return { severity: 'warning', text: vscode.l10n.t('The trace is incomplete: {0}', outcome.problem), step: null, terminal: false };
  if (store.sockets.length === 0) {
    const names = outcome.programs.map(({ program }) => basename(program)).join(' and ') || vscode.l10n.t('This terminal');
    const text = vscode.l10n.t(
      '{0} ended without opening a socket, so there is nothing to show. Is this the file that starts your server or client?',
      names,
    );
    return { severity: 'info', text, step: null, terminal: outcome.programs.length > 0 };
  }
  return null;
}

/** Results that are part of a call's normal life: "would block", "goes on in the background". */
const HARMLESS = new Set(['EAGAIN', 'EINPROGRESS', 'EINTR']);

/** The last call of a program that failed, as its step. */
function lastFailure(store: TraceReader, program: string): number | null {
  const processes = store.processes.map((process) => process.argv.includes(program) || basename(process.program) === basename(program));
  for (let seq = store.size; seq > 0; seq--) if (processes[store.processIndex(seq)] && failure(store, seq)) return seq;
  return null;
}

/** The errno name that a call brought: as its own result, or, of a connect that went on in the background, through SO_ERROR. */
function failure(store: TraceReader, seq: number): string | null {
  if (store.kind(seq) !== 'call') return null;
  if (store.call(seq) === 'getsockopt') {
    const { option, value } = store.event(seq).args ?? {};
    return option === 'SO_ERROR' && typeof value === 'string' ? value : null;
  }
  const error = store.error(seq);
  return error !== null && !HARMLESS.has(error) ? error : null;
}

function causeOf(store: TraceReader, seq: number): string | null {
  const explain = CAUSES[failure(store, seq) ?? ''];
  if (!explain) return null;
  const event = store.event(seq);
  const socket = store.sockets[store.socketIndex(seq)];
  const args = event.args ?? {};
  // The address is in the call itself (bind, connect), at the other end (a refused connect), or of the socket (a listen after its bind).
  const named = typeof args.path === 'string' || typeof args.port === 'number' ? args : (event.remote ?? socket?.local ?? {});
  if ('path' in named && typeof named.path === 'string') return explain(named.path);
  if (!('port' in named)) return explain(vscode.l10n.t('the address'));
  return explain(
    named.address
      ? vscode.l10n.t('{0} port {1}', String(named.address), String(named.port))
      : vscode.l10n.t('port {0}', String(named.port)),
  );
}
