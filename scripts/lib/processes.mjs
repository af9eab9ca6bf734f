// Starting other programs so that none of them outlives the script that started them.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { binFolder, root } from './paths.mjs';

const windows = process.platform === 'win32';
const alive = new Set();
/** True from the signal on by which this script was asked to end. */
let stopping = false;

export const isStopping = () => stopping;

/** The environment with the project's own executables (and so its Node) first on the PATH. */
export function environment(extra = {}) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [name]: `${binFolder}${delimiter}${process.env[name] ?? ''}`, ...extra };
}

/**
 * Starts a program in a process group of its own, to be stopped with `stop`.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options] `cwd` is the clone and `stdio` inherited unless said otherwise
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    // A group of its own: Ctrl+C reaches only this script, which then ends its children in order.
    detached: !windows,
    shell: windows && !/\.exe$/i.test(command),
    ...options,
  });
  alive.add(child);
  child.once('exit', () => alive.delete(child));
  child.once('error', () => alive.delete(child));
  return child;
}

/**
 * Runs a program to its end.
 * @param {{ timeout?: number, onOutput?: (text: string) => void } & import('node:child_process').SpawnOptions} [options] `timeout` in ms:
 *   its tree is stopped after it; `onOutput` hears what comes through pipes
 * @returns {Promise<{ code: number|null, output: string, timedOut: boolean, error: Error|null }>} `output` holds what came through pipes
 */
export function run(command, args, { timeout = 0, onOutput, ...options } = {}) {
  return new Promise((done) => {
    const child = start(command, args, options);
    let output = '';
    let timedOut = false;
    const timer = timeout
      ? setTimeout(() => {
          timedOut = true;
          stop(child);
        }, timeout)
      : null;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
        onOutput?.(text);
      });
    }
    const finish = (code, error) => {
      clearTimeout(timer);
      done({ code, output, timedOut, error });
    };
    child.once('error', (error) => finish(null, error));
    child.once('close', (code) => finish(code, null));
  });
}

/** Every process with its parent: from /proc on Linux (a bare Debian has no `ps`), from `ps` elsewhere. */
function parents() {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          // The name in parentheses may hold spaces and parentheses; the parent is the second field after the last one.
          const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
          return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
        } catch {
          return [];
        }
      });
  }
  const listed = spawnSync('ps', ['-Ao', 'pid=,ppid='], { encoding: 'utf8' });
  return (listed.stdout ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
}

/** A process and all that descend from it, parents first. */
export function tree(pid) {
  const all = parents();
  const found = [pid];
  for (let index = 0; index < found.length; index++) for (const [child, parent] of all) if (parent === found[index]) found.push(child);
  return found;
}

export function running(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended by itself.
  }
}

/**
 * Ends a started program and everything below it: asks first, insists after `patience` ms. Resolves when all are gone.
 * The tree is read before anything is killed, because orphans lose the parent by which they are found.
 */
export async function stop(child, patience = 3000) {
  if (!child.pid) return;
  if (windows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  const pids = tree(child.pid);
  for (const pid of pids) signal(pid, 'SIGTERM');
  signal(-child.pid, 'SIGTERM');
  const deadline = Date.now() + patience;
  while (Date.now() < deadline && pids.some(running)) await new Promise((wake) => setTimeout(wake, 50));
  for (const pid of pids) signal(pid, 'SIGKILL');
  signal(-child.pid, 'SIGKILL');
}

/**
 * From now on Ctrl+C, a closed terminal and a polite kill end every started program before this script ends.
 * @param {() => void | Promise<void>} [last] runs after them
 */
export function stopAllOnSignals(last = () => {}) {
  for (const [name, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ]) {
    process.on(name, async () => {
      if (stopping) return;
      stopping = true;
      await Promise.all([...alive].map((child) => stop(child)));
      await last();
      process.exit(128 + number);
    });
  }
}
