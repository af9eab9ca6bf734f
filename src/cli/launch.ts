/**
 * `socketscope launch --run RUNDIR -- PROGRAM ARGS` (hidden): one traced program whose run somebody else collects. VS Code prints the
 * command line of a terminal that failed, so its host passes the same in the environment and only the program's name in the arguments.
 */
import { existsSync } from 'node:fs';
import type { FaultSpec } from '../contracts/faults';
import { parseFaults } from '../runner/fault-list';
import { type Capture, endLike, forwardSignals, LAUNCH_ENV, type LaunchOrder, launch } from '../runner/launch';
import { checkProgram, nodeRuntime, UserError } from '../runner/program';
import type { Cli } from './cli';
import { parse, payloadOption, sizeOption } from './options';
import { probeOf } from './probe-of';

export async function launchCommand({ args, dist }: Cli): Promise<void> {
  const { run, payload, callSites, maxBytes, ignore, faults, cwd, program, programArgs, node } = order(args);
  if (run === undefined || !existsSync(run)) throw new UserError(`--run ${run ?? ''}: is no run folder`);
  const launched = await launch({
    runFolder: run,
    probe: probeOf(dist),
    runtime: nodeRuntime(node),
    // A terminal of VS Code without a folder starts only in the home folder.
    cwd,
    program: checkProgram(program, process.cwd()),
    args: programArgs,
    payload,
    callSites,
    maxBytes,
    ignore,
    faults,
  });
  const undo = forwardSignals(launched.child);
  const how = await launched.ended;
  undo();
  endLike(how);
}

interface Order extends Capture {
  run?: string;
  faults?: FaultSpec | null;
  cwd?: string;
  node?: string;
  program: string;
  programArgs: readonly string[];
}

/** From the environment, which then looks to the program as it does untraced, or from the command line. */
function order(args: readonly string[]): Order {
  const told = process.env[LAUNCH_ENV];
  if (told !== undefined) {
    delete process.env[LAUNCH_ENV];
    const { args: programArgs, ...rest } = JSON.parse(told) as LaunchOrder;
    return { ...rest, programArgs };
  }
  const end = args.indexOf('--');
  if (end < 0 || args[end + 1] === undefined) throw new UserError('launch: name the program after --');
  const { values } = parse('launch', args.slice(0, end), {
    run: { type: 'string' },
    node: { type: 'string' },
    payload: { type: 'string' },
    'max-bytes': { type: 'string' },
    ignore: { type: 'string', multiple: true },
    faults: { type: 'string' },
    cwd: { type: 'string' },
  });
  return {
    run: values.run,
    payload: payloadOption(values.payload),
    callSites: undefined,
    maxBytes: sizeOption('--max-bytes', values['max-bytes']),
    ignore: values.ignore,
    faults: parseFaults(values.faults ?? ''),
    cwd: values.cwd,
    node: values.node,
    program: args[end + 1]!,
    programArgs: args.slice(end + 2),
  };
}
