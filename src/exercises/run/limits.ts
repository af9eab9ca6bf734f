/** What a program under test may use, and who watches it. */
import { readdirSync, readFileSync } from 'node:fs';
import { PROBE_ENV } from '../../contracts/probe-stream';

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

/** A process that is of no run is looked at again after so many looks: it may become one by exec. */
const AGAIN = 32;
/** So many looks a new process gets before it is taken for somebody else's: one that we start is ours until its exec. */
const NEW = 6;

/** Watches what the processes of runs use. They are found by the run folder in their environment, which only Linux shows. */
export class UsageWatch {
  /** By process: its run folder when it is known, and how often it was looked at. */
  private known = new Map<string, { run: string | null; looks: number }>();

  /** What the processes of a run use now; null where the system does not tell. Reads as little as it can: it is asked many times a second. */
  look(runFolder: string): Usage | null {
    if (process.platform !== 'linux') return null;
    const used: Usage = { processes: 0, memory: 0 };
    const known: typeof this.known = new Map();
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const one = this.known.get(name) ?? { run: null, looks: 0 };
      known.set(name, one);
      one.looks++;
      try {
        if (one.run === null && (one.looks <= NEW || one.looks % AGAIN === 0)) one.run = runOf(name);
        if (one.run !== runFolder) continue;
        // statm(5): resident set in pages, which are 4 KiB on all platforms that Node is built for but arm64 with other kernels.
        used.memory += Number(readFileSync(`/proc/${name}/statm`, 'latin1').split(' ')[1]) * 4096;
        used.processes++;
      } catch {
        // It ended, or is somebody else's.
      }
    }
    this.known = known;
    return used;
  }
}

/** The run folder in the environment of a process; null when it has none. */
function runOf(pid: string): string | null {
  const mark = `${PROBE_ENV.run}=`;
  const found = readFileSync(`/proc/${pid}/environ`, 'latin1')
    .split('\0')
    .find((line) => line.startsWith(mark));
  return found?.slice(mark.length) ?? null;
}

/** The sentence for what is beyond its limit; null when nothing is. */
export function beyond({ processes, memory }: Usage, limits: Limits): string | null {
  if (processes > limits.processes) return `it started more than ${limits.processes} processes`;
  if (memory > limits.memory) return `it used more than ${Math.round(limits.memory / MiB)} MiB of memory`;
  return null;
}
