/** Runs a program with faults. */
import { join, resolve } from 'node:path';
import type { TraceEvent } from '../../src/contracts/trace';
import type { TraceReader } from '../../src/contracts/trace-model';
import { parseFaults } from '../../src/runner/fault-list';
import { root } from '../support/house';
import { type Traced, traced } from '../support/traced';

export const faultPrograms: string = join(root, 'test', 'probe', 'fault-programs');

export interface Faulty extends Traced {
  /** The events of kind `fault`. */
  faults: TraceEvent[];
}

/** Runs `program` (of fault-programs, or a path) with `node` and these faults ('' is none). */
export async function faulty(node: string, list: string, program: string, args: readonly string[] = []): Promise<Faulty> {
  const run = await traced(node, [resolve(faultPrograms, program), ...args], faultEnvironment(list));
  return { ...run, faults: faultsOf(run.trace) };
}

export const faultEnvironment = (list: string): NodeJS.ProcessEnv => {
  const spec = parseFaults(list);
  return spec === null ? {} : { SOCKETSCOPE_FAULTS: JSON.stringify(spec) };
};

export const events = (trace: TraceReader): TraceEvent[] => Array.from({ length: trace.size }, (_, index) => trace.event(index + 1));

export const faultsOf = (trace: TraceReader): TraceEvent[] => events(trace).filter(({ kind }) => kind === 'fault');

/** What faults did, socket by socket, without what differs from run to run (times, pids, ports). */
export const sequence = (faults: readonly TraceEvent[]): string =>
  [...new Set(faults.map(({ socket }) => socket))]
    .sort()
    .flatMap((socket) => faults.filter((each) => each.socket === socket))
    .map(({ socket, args }) => {
      const { port: _port, after: _after, ...numbers } = args ?? {};
      return `${socket} ${JSON.stringify(numbers)}`;
    })
    .join('\n');
