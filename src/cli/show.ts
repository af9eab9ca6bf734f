/** `socketscope show` */
import { socketTable } from '../export/socket-table';
import { stuckReport } from '../export/stuck-report';
import { UserError } from '../runner/program';
import { findStuck } from '../trace';
import type { Cli } from './cli';
import { oneFile, parse, wholeNumber } from './options';
import { printTranscript } from './print';
import { openTrace } from './trace-input';

export function showCommand({ args }: Cli): void {
  const { values, positionals } = parse('show', args, {
    step: { type: 'string' },
    sockets: { type: 'boolean' },
    socket: { type: 'string' },
    stuck: { type: 'boolean' },
  });
  const file = oneFile('show', positionals);
  const step = wholeNumber('--step', values.step, 0, Number.MAX_SAFE_INTEGER);
  const trace = openTrace(file);
  if (step !== undefined && step > trace.size) throw new UserError(`--step ${step}: ${file} has only ${trace.size} steps`);
  const socket = values.socket;
  if (socket !== undefined && trace.socketIndexOf(socket) < 0) {
    const ids = trace.sockets.length === 0 ? 'none' : `s1 to s${trace.sockets.length}`;
    throw new UserError(`--socket ${socket}: there is no such socket in ${file}; it has ${ids}`);
  }
  if (values.stuck) {
    const findings = findStuck(trace, { step }).filter((one) => socket === undefined || one.socket === socket);
    for (const line of stuckReport(trace, findings)) console.log(line);
    return;
  }
  if (values.sockets) {
    for (const line of socketTable(trace, step ?? trace.size, socket)) console.log(line);
    return;
  }
  printTranscript(trace, { last: step, socket });
}
