import type { Outcome, Runs } from '../../contracts/exercise-checks';

/** Calls that show that the program has met the peer. */
const MET = ['accept', 'accept4', 'connect', 'read', 'recvmsg'];

/** Mistakes of the text itself: whichever client comes, they come, too. */
const SLIPS = ['ReferenceError', 'TypeError'];

/**
 * The slip that ended the program in every run, as a sentence with its line; null when it is not so. Then there is nothing to say about what was
 * checked: a program that ends by a misspelled name before a client comes has not "lost a client".
 */
export function brokenProgram(runs: Runs): string | null {
  const all = Object.values(runs);
  const first = all[0];
  if (first === undefined || !all.every((run) => isSlip(run.outcome, run.trace.count({ call: MET, ok: true }).value > 0))) return null;
  const { unhandled, stderr } = first.outcome;
  const said = unhandled!.message === '' ? unhandled!.name : `${unhandled!.name}: ${unhandled!.message}`;
  return `${placeOf(stderr)}${said}. The program ended with this error in every run, so nothing else could be checked.`;
}

function isSlip({ endedBy, unhandled }: Outcome, met: boolean): boolean {
  if (endedBy !== 'itself' || unhandled === null) return false;
  // Errors of the system (ECONNRESET, EADDRINUSE) are what exercises are about; those of Node itself are called ERR_...
  if (unhandled.code !== '' && !unhandled.code.startsWith('ERR_')) return false;
  return !met || SLIPS.includes(unhandled.name);
}

/** `server.mjs:12: `, the first line of a file outside of Node that the report on stderr names; '' when it names none. */
function placeOf(stderr: string): string {
  for (const line of stderr.split('\n')) {
    const found = /([^\\/\s()]+\.[cm]?[jt]s):(\d+)/.exec(line);
    if (found !== null && !line.includes('node:')) return `${decodeURIComponent(found[1]!)}:${found[2]}: `;
  }
  return '';
}
