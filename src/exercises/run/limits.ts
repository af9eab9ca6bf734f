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

/** What the processes of a run use; null where the system does not tell (only Linux does). They are found by the run folder in their environment. */
export function usage(runFolder: string): Usage | null {
  if (process.platform !== 'linux') return null;
  const found: Usage = { processes: 0, memory: 0 };
  const mark = `${PROBE_ENV.run}=${runFolder}`;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)) continue;
      found.processes++;
      // statm(5): resident set in pages, which are 4 KiB on all platforms that Node is built for but arm64 with other kernels.
      found.memory += Number(readFileSync(`/proc/${name}/statm`, 'latin1').split(' ')[1]) * 4096;
    } catch {
      // It ended, or is somebody else's.
    }
  }
  return found;
}

/** The sentence for what is beyond its limit; null when nothing is. */
export function beyond({ processes, memory }: Usage, limits: Limits): string | null {
  if (processes > limits.processes) return `it started more than ${limits.processes} processes`;
  if (memory > limits.memory) return `it used more than ${Math.round(limits.memory / MiB)} MiB of memory`;
  return null;
}
