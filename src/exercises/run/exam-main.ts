/** The process in which checks run. It says nothing on its output: what a checks.mjs prints there is nobody's business. */
import type { CheckReport } from '../../contracts/exercises';
import { clock } from '../../runner/clock';
import { SharedSs } from '../../runner/kernel/shared-ss';
import { type ExamOrder, type ExamTools, examine } from './examiner';
import { UsageWatch } from './limits';
import { PeerProcesses } from './peer-process';

export type FromExam = { type: 'reports'; reports: CheckReport[] };

/** `peer`: the program of the hidden peer. Takes one order after the other and hands back its reports. Ends, with its programs, when the process that asks lets go. */
export function examMain({ peer, ...tools }: Omit<ExamTools, 'signal' | 'peers' | 'usage' | 'ss'> & { peer: string }): void {
  const stop = new AbortController();
  const peers = new PeerProcesses(peer);
  const usage = new UsageWatch();
  const ss = new SharedSs(clock);
  let busy = false;
  const leave = () => {
    peers.end();
    ss.close();
    process.exit(0);
  };
  for (const event of ['disconnect', 'SIGTERM', 'SIGINT', 'SIGHUP'])
    process.on(event, () => {
      stop.abort();
      if (!busy) leave();
    });
  process.on('message', async (order: ExamOrder) => {
    busy = true;
    const reports = await examine(order, { ...tools, peers, usage, ss, signal: stop.signal });
    busy = false;
    if (stop.signal.aborted || !process.connected) leave();
    else process.send?.({ type: 'reports', reports } satisfies FromExam);
  });
  // A promise of a checks.mjs that nobody waits for decides nothing.
  process.on('unhandledRejection', () => {});
}
