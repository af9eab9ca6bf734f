/** `collect RUNDIR`: the collector as a process of its own, beside programs that somebody else launches. */
import { type CollectOptions, Collector, type CollectResult } from './collector';

const PUMP_EVERY = 25;
/** With nothing left to follow, how long a new process of the run may take to appear (ms). */
const QUIET = 500;

export interface FollowOptions extends CollectOptions {
  /** Ends the collecting; what is there by then is still taken. */
  signal: AbortSignal;
  /** Goes on until `signal` says so: programs may still be started. Else it ends when every process of the run has ended. */
  untilSignal: boolean;
}

/** Collects until the end of the run. */
export async function collect(options: FollowOptions): Promise<CollectResult> {
  const collector = new Collector(options);
  const { signal } = options;
  let wake = () => {};
  signal.addEventListener('abort', () => wake());
  let quietSince = 0;
  while (!signal.aborted) {
    if (collector.pump()) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const idle = !options.untilSignal && collector.pids.length > 0 && collector.running.length === 0;
    if (!idle) quietSince = 0;
    else if (quietSince === 0) quietSince = Date.now();
    else if (Date.now() - quietSince > QUIET) break;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PUMP_EVERY);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  return collector.finish();
}
