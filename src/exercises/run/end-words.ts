import type { Outcome } from '../../contracts/exercise-checks';

/** How a program ended, as a sentence. */
export function endWords(outcome: Outcome): string {
  if (!outcome.started) return 'The program was not started.';
  if (outcome.limit !== null) return `The program was stopped: ${outcome.limit}.`;
  if (outcome.endedBy === 'grader') return 'The program was still running when the check was over, and was stopped.';
  const how = outcome.signal === null ? `exit code ${outcome.code}` : outcome.signal;
  const { unhandled } = outcome;
  if (unhandled !== null) {
    const { name, code, message } = unhandled;
    // "read ECONNRESET" has its code in it already.
    const said = code !== '' && message.includes(code) ? message : `${code || name}: ${message}`;
    return `The program ended by an error that nobody handled (${said}), ${how}.`;
  }
  return `The program ended by itself (${how}).`;
}

/**
 * Why a run came to no good end, as a sentence; null when it did. `stopped`: why the peer's script could not go on. `port`: the port that the script
 * gave to the program; when that one is taken, it is the task and no accident.
 */
export function troubleOf(outcome: Outcome, stopped: string | null, port: string | null = null): string | null {
  const { unhandled } = outcome;
  if (unhandled?.code === 'EADDRINUSE' && (port === null || !unhandled.message.endsWith(`:${port}`)))
    return 'The port that the program asks for is taken by another program: stop that one, or listen on process.env.PORT ?? 0.';
  if (outcome.limit !== null || unhandled !== null) return endWords(outcome);
  if (stopped === null) return null;
  return `${stopped[0]!.toUpperCase()}${stopped.slice(1)}. ${endWords(outcome)}`;
}
