import { threadId } from 'node:worker_threads';
import type { FaultSpec } from '../../contracts/faults';
import type { DatagramHooks } from '../datagram-hooks';
import type { Recorder } from '../recorder';
import type { StreamContext } from '../stream-hooks';
import type { Replacements } from '../wrap';
import { DatagramFaults } from './datagram-faults';
import { FaultLog } from './fault-log';
import { FaultPlan } from './fault-plan';
import { StreamFaults } from './stream-faults';

/** What the environment asks for; null when it asks for nothing that happens in this program. */
export function faultPlan(asked: string | undefined, recorder: Recorder): FaultPlan | null {
  if (asked === undefined || asked === '') return null;
  try {
    const plan = new FaultPlan(JSON.parse(asked) as FaultSpec, process.argv[1], threadId);
    return plan.names.size === 0 ? null : plan;
  } catch {
    // The runner writes it; somebody else may have written over it.
    recorder.writer.notice('Not injected: the list of faults in the environment cannot be read.');
    return null;
  }
}

/** Puts the faults over the recording hooks, which must be installed. */
export function installFaults(plan: FaultPlan, context: StreamContext, datagrams: DatagramHooks, replacements: Replacements): void {
  context.recorder.guarded('faults', () => install(plan, context, datagrams, replacements));
}

function install(plan: FaultPlan, context: StreamContext, datagrams: DatagramHooks, replacements: Replacements): void {
  const log = new FaultLog(context.recorder);
  const names = [...plan.names];
  const { TCP, Pipe, UDP } = context.internals;
  if (names.some((name) => !name.startsWith('udp-'))) {
    const streams = new StreamFaults(context, plan, log);
    streams.install(TCP.prototype, 'tcp', replacements);
    streams.install(Pipe.prototype, 'pipe', replacements);
  }
  if (names.some((name) => name.startsWith('udp-'))) new DatagramFaults(datagrams, plan, log).install(UDP.prototype, replacements);
  sayFaults(context.recorder, plan, true);
}

/** One sentence in the trace, so that nobody takes what follows for the program's own doing. */
export function sayFaults(recorder: Recorder, plan: FaultPlan, possible: boolean): void {
  const { seed } = plan.spec;
  const list = [...plan.names].join(', ');
  recorder.writer.notice(
    possible
      ? `Faults were asked for: ${list} (seed ${seed}); each one that happened is an event marked as injected.`
      : `Not injected: ${list}; Node does not let the probe at its handles.`,
  );
}
