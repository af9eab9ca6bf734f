/** `socketscope run` */
import { formatFaults, parseFaults } from '../runner/fault-list';
import { endLike } from '../runner/launch';
import { checkProgram, nodeRuntime, UserError } from '../runner/program';
import { run } from '../runner/run';
import { checkOutput } from '../runner/trace-file';
import type { Cli } from './cli';
import { KNOWLEDGE } from './knowledge';
import { parse, payloadOption, sizeOption } from './options';
import { printTranscript } from './print';
import { probeOf } from './probe-of';
import { openTrace } from './trace-input';

const OPTIONS = {
  out: { type: 'string' },
  print: { type: 'boolean' },
  payload: { type: 'string' },
  'max-bytes': { type: 'string' },
  ignore: { type: 'string', multiple: true },
  faults: { type: 'string' },
  node: { type: 'string' },
  // biome-ignore lint/suspicious/noThenProperty: the name of the option
  then: { type: 'string', multiple: true },
} as const;

/** Events that --print shows of a long run; `show` of a kept trace has them all. */
const PRINTED = 5000;

export async function runCommand({ args, dist }: Cli): Promise<void> {
  // Everything after `--` belongs to the program.
  const end = args.indexOf('--');
  const own = end < 0 ? args : args.slice(0, end);
  const { values, positionals } = parse('run', own, OPTIONS);
  if (positionals.length === 0) throw new UserError('run: name the program to run, such as server.mjs');
  if (positionals.length > 1)
    throw new UserError(`run: ${positionals[1]} is not expected; arguments of the program go after --, a second program after --then`);
  const cwd = process.cwd();
  const programs = [positionals[0]!, ...(values.then ?? [])].map((program) => checkProgram(program, cwd));
  const payload = payloadOption(values.payload);
  const maxBytes = sizeOption('--max-bytes', values['max-bytes']);
  const faults = parseFaults(values.faults ?? '');
  if (values.out !== undefined) checkOutput(values.out);
  const say = (sentence: string) => process.stderr.write(`socketscope: ${sentence}\n`);
  if (faults !== null) say(`injecting faults: ${formatFaults(faults)}`);
  const result = await run({
    programs,
    args: end < 0 ? [] : args.slice(end + 1),
    out: values.out,
    probe: probeOf(dist),
    runtime: nodeRuntime(values.node),
    knowledge: KNOWLEDGE,
    payload,
    maxBytes,
    ignore: values.ignore,
    faults,
    say,
    use: (file) => {
      if (values.print) printTranscript(openTrace(file), { limit: PRINTED });
    },
  });
  for (const notice of result.notices) say(notice);
  const summary = `${count(result.events, 'event')} of ${count(result.sockets, 'socket')}`;
  if (!values.print && values.out === undefined) say(`${summary}, not kept; --print shows them, --out FILE.socktrace keeps them`);
  // The one line that there is anyway: whoever hands the file on should know what is in it.
  else if (values.out !== undefined && result.problem === null) say(`${summary}: ${values.out} (${bytesIn(payload)})`);
  endLike(result.end);
}

/** What a kept trace has of the bytes that programs sent. */
function bytesIn(payload: number | 'all' = 256): string {
  if (payload === 0) return 'without the bytes that were sent';
  const which = payload === 'all' ? 'all bytes' : `the first ${payload} bytes`;
  return `with ${which} of each read and write; --payload 0 keeps none`;
}

const count = (number: number, word: string) => `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;
