/** Finds and ends every process of a run: the programs, what they started, and what outlived its parent. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PROBE_ENV } from '../contracts/probe-stream';

export interface TreeOptions {
  /** Processes known to belong to the run (launched programs, pids in the trace). */
  roots: readonly number[];
  /** Finds processes by their environment where the system lets us look (Linux), so that detached grandchildren are found, too. */
  runFolder?: string;
  /** Never ended: this process and the shell of a traced terminal. */
  keep?: readonly number[];
  /** How long a process may take to end after SIGTERM, in ms, before it gets SIGKILL. */
  graceMs?: number;
}

interface Row {
  pid: number;
  ppid: number;
}

/** Ends the whole tree: SIGTERM, then SIGKILL after the grace time, until nothing is left. Returns the pids that survived (none, as a rule). */
export async function stopTree(options: TreeOptions): Promise<number[]> {
  if (process.platform === 'win32') return stopTreeWindows(options);
  const members = new Set<number>();
  const look = () => {
    const now = membersOf(options, [...members]);
    for (const pid of now) members.add(pid);
    return now;
  };
  const graceEnd = Date.now() + (options.graceMs ?? 2000);
  const asked = new Set<number>();
  for (;;) {
    const alive = look();
    if (alive.length === 0) return [];
    for (const pid of alive) if (!asked.has(pid)) signal(pid, 'SIGTERM');
    for (const pid of alive) asked.add(pid);
    if (Date.now() >= graceEnd) break;
    await delay(20);
  }
  // A process may fork while we look: repeat until a look finds nothing. A killed process stays visible until its parent reaps it.
  for (let round = 0; round < 100; round++) {
    const alive = look();
    if (alive.length === 0) return [];
    for (const pid of alive) signal(pid, 'SIGKILL');
    await delay(20);
  }
  return look();
}

/** Whether a process exists and is not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  if (process.platform !== 'linux') return true;
  return statOf(pid)?.state !== 'Z';
}

/** The parents of a process, nearest first, as far as they live; empty where the system does not tell. */
export function ancestors(pid: number): number[] {
  const found: number[] = [];
  if (process.platform !== 'linux') return found;
  for (let at = statOf(pid)?.ppid ?? 0; at > 1 && found.length < 16; at = statOf(at)?.ppid ?? 0) found.push(at);
  return found;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
    // A stopped process (Ctrl+Z) acts on SIGTERM only when it goes on.
    if (name === 'SIGTERM') process.kill(pid, 'SIGCONT');
  } catch {
    // It ended between the look and the signal.
  }
}

function membersOf(options: TreeOptions, known: readonly number[]): number[] {
  const table = processTable();
  const keep = new Set([process.pid, 0, 1, ...(options.keep ?? [])]);
  // Whoever started us (npm, the shell, VS Code) is not part of the run.
  const parents = new Map(table.map((row) => [row.pid, row.ppid]));
  for (let pid = process.pid; pid > 1 && parents.has(pid); pid = parents.get(pid)!) keep.add(pid);
  const members = new Set<number>();
  const { runFolder } = options;
  const visible = runFolder !== undefined && process.platform === 'linux';
  // A pid from the trace may belong to somebody else by now; where the environment can be read, it decides.
  for (const pid of options.roots) if (parents.has(pid) && !keep.has(pid) && (!visible || joined(pid, runFolder))) members.add(pid);
  for (const pid of known) if (parents.has(pid) && !keep.has(pid)) members.add(pid);
  if (visible) for (const { pid } of table) if (!keep.has(pid) && joined(pid, runFolder)) members.add(pid);
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of table) {
      if (members.has(row.pid) || keep.has(row.pid) || !members.has(row.ppid)) continue;
      members.add(row.pid);
      grew = true;
    }
  }
  return [...members];
}

/** Living processes (no zombies) with their parents. */
function processTable(): Row[] {
  if (process.platform === 'linux') {
    const rows: Row[] = [];
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const stat = statOf(Number(name));
      if (stat !== null && stat.state !== 'Z') rows.push({ pid: Number(name), ppid: stat.ppid });
    }
    return rows;
  }
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' });
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells.length >= 3 && !cells[2]!.startsWith('Z'))
    .map((cells) => ({ pid: Number(cells[0]), ppid: Number(cells[1]) }));
}

/** proc_pid_stat(5): the command name is in parentheses and may hold anything; state and parent follow the last one. */
function statOf(pid: number): { state: string; ppid: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', ppid = '0'] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state, ppid: Number(ppid) };
  } catch {
    return null;
  }
}

/** Whether the process was started with this run's folder in its environment. */
function joined(pid: number, runFolder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${PROBE_ENV.run}=${runFolder}`);
  } catch {
    return false;
  }
}

/** Windows has no SIGTERM for console programs: taskkill ends the tree of each root at once. */
function stopTreeWindows(options: TreeOptions): number[] {
  const keep = new Set([process.pid, ...(options.keep ?? [])]);
  const roots = options.roots.filter((pid) => !keep.has(pid) && isAlive(pid));
  for (const pid of roots) {
    try {
      execFileSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' });
    } catch {
      // It ended before.
    }
  }
  return roots.filter(isAlive);
}
