/** What a program under test may use, and who watches it. */
import { readdirSync } from 'node:fs';
import { PROBE_ENV } from '../../contracts/probe-stream';
import { procFile } from '../proc-file';

export interface Limits {
  /** Bytes of memory of all its processes together. */
  memory: number;
  /** Processes at a time. */
  processes: number;
  /** Bytes printed. */
  output: number;
  /** Bytes of the largest file that it may write. */
  file: number;
}

const MiB = 1024 * 1024;
export const LIMITS: Limits = { memory: 768 * MiB, processes: 16, output: 16 * MiB, file: 256 * MiB };

/** What cannot be limited on this platform, as sentences for the report. */
export function unlimited(platform: NodeJS.Platform = process.platform): string[] {
  if (platform === 'linux') return [];
  const name = platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform;
  return [
    `On ${name} the memory, the number of processes and the size of files of a program are not limited; its time and its output are.`,
  ];
}

export interface Usage {
  processes: number;
  memory: number;
}

/** So many looks a new process gets before it is taken for somebody else's: those that a program starts have its environment from the beginning. */
const LOOKS = 2;
/** ms after which all processes are looked at in any case: in some containers the newest is told late (lxcfs). */
const TRUSTED = 200;
/** What was there before the first run is no part of one. */
const FOREIGN = { run: null, looks: LOOKS };

/** Watches what the processes of runs use. They are found by the run folder in their environment, which only Linux shows. */
export class UsageWatch {
  /** By process: its run folder when it is known, and how often it was looked at. */
  private known: Map<string, { run: string | null; looks: number }>;
  /** Which process was the newest of the machine when all were looked at, and when that was. */
  private newest: string | null = null;
  private scannedAt = 0;

  constructor() {
    this.known = new Map(processes().map((pid) => [pid, FOREIGN]));
  }

  /** This process is of this run: it was just started for it. */
  add(pid: number, run: string): void {
    this.known.set(String(pid), { run, looks: 0 });
  }

  /** The living processes of a run; null where the system does not tell. Reads as little as it can: it is asked many times a second. */
  members(runFolder: string): number[] | null {
    if (process.platform !== 'linux') return null;
    this.newest = newestProcess();
    this.scannedAt = performance.now();
    const known: typeof this.known = new Map();
    const members: number[] = [];
    for (const pid of processes()) {
      const one = this.known.get(pid) ?? { run: null, looks: 0 };
      known.set(pid, one);
      if (one.run === null && one.looks < LOOKS) {
        one.looks++;
        one.run = runOf(pid);
      }
      if (one.run === runFolder) members.push(Number(pid));
    }
    this.known = known;
    return members;
  }

  /** Whether no process was started since all were looked at, and each of them has shown whose it is. */
  private nothingNew(): boolean {
    if (this.newest === null || performance.now() - this.scannedAt > TRUSTED || this.newest !== newestProcess()) return false;
    for (const { run, looks } of this.known.values()) if (run === null && looks < LOOKS) return false;
    return true;
  }

  private knownMembers(runFolder: string): number[] {
    return [...this.known].filter(([, { run }]) => run === runFolder).map(([pid]) => Number(pid));
  }

  /** Whether one of these processes has started another; true where the system does not tell. */
  haveChildren(pids: readonly number[]): boolean {
    if (process.platform !== 'linux') return true;
    return processes().some((pid) => this.known.get(pid) !== FOREIGN && pids.includes(parentOf(pid)));
  }

  /** What the processes of a run use now; null where the system does not tell. */
  look(runFolder: string): Usage | null {
    const members = this.nothingNew() ? this.knownMembers(runFolder) : this.members(runFolder);
    if (members === null) return null;
    // statm(5): resident set in pages, which are 4 KiB on all platforms that Node is built for but arm64 with other kernels.
    const memory = members.map((pid) => Number(procFile(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0) * 4096);
    return { processes: memory.filter((bytes) => bytes > 0).length, memory: memory.reduce((sum, bytes) => sum + bytes, 0) };
  }
}

/**
 * The process or thread of the machine that was started last (proc_loadavg(5), the fifth field): as long as it is the same, there are no
 * new ones, and the long list of all need not be read. null where the system does not tell.
 */
const newestProcess = (): string | null => procFile('/proc/loadavg')?.trim().split(' ')[4] ?? null;

/** The processes that are there, as they are named in /proc; none where there is no such folder. */
function processes(): string[] {
  return process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
}

/** proc_pid_stat(5): the command is in parentheses and may hold anything; state and parent follow the last one. */
function parentOf(pid: string): number {
  const stat = procFile(`/proc/${pid}/stat`) ?? '';
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? -1);
}

/** The run folder in the environment of a process; null when it has none. */
function runOf(pid: string): string | null {
  const mark = `${PROBE_ENV.run}=`;
  const found = procFile(`/proc/${pid}/environ`)
    ?.split('\0')
    .find((line) => line.startsWith(mark));
  return found?.slice(mark.length) ?? null;
}

/** The sentence for what is beyond its limit; null when nothing is. */
export function beyond({ processes, memory }: Usage, limits: Limits): string | null {
  if (processes > limits.processes) return `it started more than ${limits.processes} processes`;
  if (memory > limits.memory) return `it used more than ${Math.round(limits.memory / MiB)} MiB of memory`;
  return null;
}
