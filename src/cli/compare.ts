/** `socketscope compare` */
import { compareJson, compareReport } from '../export/compare-report';
import { UserError } from '../runner/program';
import { compareTraces } from '../trace';
import type { Cli } from './cli';
import { parse } from './options';
import { openTrace } from './trace-input';

/** Exit code 0: both runs did the same; 1: they differ; 2 (a UserError): they could not be compared. */
export function compareCommand({ args }: Cli): void {
  const { values, positionals } = parse('compare', args, { json: { type: 'boolean' } });
  const [first, second, ...more] = positionals;
  if (first === undefined || second === undefined)
    throw new UserError('compare: name two trace files (FIRST.socktrace SECOND.socktrace), two runs of the same program');
  if (more.length > 0) throw new UserError(`compare: ${more[0]} is one file too many; name two traces`);
  const [a, b] = [openTrace(first), openTrace(second)];
  const comparison = compareTraces(a, b);
  if (values.json) console.log(JSON.stringify(compareJson(a, b, comparison)));
  else for (const line of compareReport(a, b, comparison)) console.log(line);
  if (comparison.differences.length > 0) process.exitCode = 1;
}
