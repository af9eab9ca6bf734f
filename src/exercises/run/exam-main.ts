/** The process in which one check runs. It says nothing on its output: what a checks.mjs prints there is nobody's business. */
import type { CheckReport } from '../../contracts/exercises';
import { type ExamOrder, type ExamTools, examine } from './examiner';

export type FromExam = { type: 'report'; report: CheckReport };

/** Takes one order, hands back its report, ends. Ends, with its programs, when the process that asked is gone. */
export function examMain(tools: Omit<ExamTools, 'signal'>): void {
  const stop = new AbortController();
  for (const event of ['disconnect', 'SIGTERM', 'SIGINT', 'SIGHUP']) process.on(event, () => stop.abort());
  process.once('message', async (order: ExamOrder) => {
    const report = await examine(order, { ...tools, signal: stop.signal });
    if (!process.connected) process.exit(0);
    process.send?.({ type: 'report', report } satisfies FromExam, () => process.exit(0));
  });
  // A promise of a checks.mjs that nobody waits for decides nothing.
  process.on('unhandledRejection', () => {});
}
