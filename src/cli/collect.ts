/** `socketscope collect RUNDIR --out FILE [--until-parent-closes]` (hidden): the collector beside programs that others launch. */
import { statSync } from 'node:fs';
import { collect } from '../runner/collect';
import { UserError } from '../runner/program';
import type { Cli } from './cli';
import { KNOWLEDGE } from './knowledge';
import { parse, sizeOption } from './options';

export async function collectCommand({ args }: Cli): Promise<void> {
  const { values, positionals } = parse('collect', args, {
    out: { type: 'string' },
    cwd: { type: 'string' },
    'max-bytes': { type: 'string' },
    'until-parent-closes': { type: 'boolean' },
  });
  const runFolder = positionals[0];
  if (runFolder === undefined || !statSync(runFolder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`collect: ${runFolder ?? ''} is no run folder`);
  if (values.out === undefined) throw new UserError('--out: name the trace file to write');
  const stop = new AbortController();
  const end = () => stop.abort();
  if (values['until-parent-closes']) {
    process.stdin.resume();
    process.stdin.once('end', end);
    process.stdin.once('close', end);
    process.stdin.once('error', end);
  }
  // Whoever ends the collector wants a whole trace.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);
  const say = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const result = await collect({
    runFolder,
    out: values.out,
    cwd: values.cwd,
    knowledge: KNOWLEDGE,
    limit: sizeOption('--max-bytes', values['max-bytes']),
    signal: stop.signal,
    untilSignal: values['until-parent-closes'] === true,
    onProblem: say,
  });
  process.exit(result.problem === null ? 0 : 1);
}
