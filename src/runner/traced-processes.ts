/** The processes of a run: what is known of them, and how they ended. */
import { isAbsolute, relative } from 'node:path';
import type { LaunchEnd, ProbeExit, ProbeProcess } from '../contracts/probe-stream';
import type { ProcessInfo } from '../contracts/trace';
import type { Stream } from './translate';

export interface TracedProcess {
  info: ProcessInfo;
  /** Its threads, as far as they left a record. */
  streams: Stream[];
  exit: ProbeExit | null;
  ended: LaunchEnd | null;
  /** When it was found to have ended (ns, the probe's clock), where it did not say so itself. */
  endedAt: number | null;
  /** Nothing with its pid runs any more. */
  gone: boolean;
  /** The exit event has been written. */
  told: boolean;
  /** It is gone, and all that it left has been read. */
  settled: boolean;
}

/** Commands that run the learner's script in their own process: the script is the program. */
const HOSTS = /[\\/]node_modules[\\/](\.bin[\\/]ts-node(-esm|-script|-transpile-only|-cwd)?|ts-node[\\/]dist[\\/]bin[^/]*)(\.js)?$/;

/** The program's name as a learner knows it: relative to `cwd` where it is inside it; `[eval]` when there is no script. */
export function programName(argv: readonly string[], cwd: string): string {
  const script = HOSTS.test(argv[1] ?? '') ? (argv.slice(2).find((argument) => !argument.startsWith('-')) ?? argv[1]) : argv[1];
  if (script === undefined) return '[eval]';
  if (!isAbsolute(script)) return script;
  const path = relative(cwd, script);
  return path !== '' && !path.startsWith('..') && !isAbsolute(path) ? path.replaceAll('\\', '/') : script;
}

export class TracedProcesses {
  private readonly byPid = new Map<number, TracedProcess>();

  get all(): Iterable<TracedProcess> {
    return this.byPid.values();
  }

  get(pid: number): TracedProcess | undefined {
    return this.byPid.get(pid);
  }

  /** Takes in the first record of a stream; `ancestors` are those of its process, nearest first, where they are known. Returns the process when it is new, null for a further thread of a known one. */
  add(record: ProbeProcess, t: number, cwd: string, ancestors: readonly number[] = []): TracedProcess | null {
    const known = this.byPid.get(record.pid);
    // A pid is given out again only after its process has ended.
    if (known !== undefined && (record.threadId !== 0 || !known.settled)) return null;
    const traced: TracedProcess = {
      info: {
        pid: record.pid,
        ppid: [record.ppid, ...ancestors].find((pid) => this.byPid.has(pid)) ?? null,
        program: record.source === undefined ? programName(record.argv, cwd) : `[${record.source}]`,
        argv: record.argv,
        node: record.node,
        uv: record.uv,
        started: t,
        ended: null,
        exit: null,
        notices: [],
      },
      streams: [],
      exit: null,
      ended: null,
      endedAt: null,
      gone: false,
      told: false,
      settled: false,
    };
    this.byPid.set(record.pid, traced);
    return traced;
  }

  /** Pids that may still run. */
  running(): number[] {
    return [...this.byPid.values()].filter((traced) => !traced.gone && !traced.settled).map((traced) => traced.info.pid);
  }
}
