/** `socketscope launch --run RUNDIR -- PROGRAM ARGS` (hidden): one traced program whose run somebody else collects. */
import { existsSync } from 'node:fs';
import { endLike, forwardSignals, launch } from '../runner/launch';
import { checkProgram, nodeRuntime, UserError } from '../runner/program';
import type { Cli } from './cli';
import { parse, wholeNumber } from './options';
import { probeOf } from './run';

export async function launchCommand({ args, dist }: Cli): Promise<void> {
  const end = args.indexOf('--');
  if (end < 0 || args[end + 1] === undefined) throw new UserError('launch: name the program after --');
  const { values } = parse('launch', args.slice(0, end), {
    run: { type: 'string' },
    node: { type: 'string' },
    payload: { type: 'string' },
    cwd: { type: 'string' },
  });
  if (values.run === undefined || !existsSync(values.run)) throw new UserError(`--run ${values.run ?? ''}: is no run folder`);
  const program = checkProgram(args[end + 1]!, process.cwd());
  const payload = wholeNumber('--payload', values.payload, 0, 65536);
  const launched = await launch({
    runFolder: values.run,
    probe: probeOf(dist),
    runtime: nodeRuntime(values.node),
    // A terminal of VS Code without a folder starts only in the home folder.
    cwd: values.cwd,
    program,
    args: args.slice(end + 2),
    payload,
  });
  const undo = forwardSignals(launched.child);
  const how = await launched.ended;
  undo();
  endLike(how);
}
