// Ends a process and everything that it started, so that no test leaves anything behind.
import { execFileSync, spawnSync } from 'node:child_process';

/** All running processes as pid -> ppid (Linux and macOS; on Windows `taskkill /T` does the walk). */
function parents() {
  const table = new Map();
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  for (const line of text.trim().split('\n')) {
    const [pid, ppid] = line.trim().split(/\s+/).map(Number);
    table.set(pid, ppid);
  }
  return table;
}

/**
 * Pids below `root`, children before grandchildren, without `root` itself. Terminals have sessions of their own
 * (so a process group is not enough), but their parent is still ours.
 * @param {number} root
 * @returns {number[]}
 */
export function descendants(root) {
  if (process.platform === 'win32') return [];
  const table = parents();
  const found = [root];
  for (let at = 0; at < found.length; at++)
    for (const [pid, ppid] of table) if (ppid === found[at] && !found.includes(pid)) found.push(pid);
  return found.slice(1);
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function send(pids, signal) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/**
 * SIGTERM to a process and all below it, SIGKILL to what is left after `grace` ms. Resolves when none is alive.
 * The tree is read before the first signal: once a parent is gone, its children can no longer be found.
 * @param {number} root
 */
export async function endTree(root, grace = 3000) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(root), '/T', '/F']);
    return;
  }
  const pids = [root, ...descendants(root)];
  send(pids, 'SIGTERM');
  for (const end = Date.now() + grace; pids.some(alive) && Date.now() < end; ) await new Promise((done) => setTimeout(done, 50));
  // Whatever was started in the meantime by one of them.
  const rest = [...pids, ...pids.filter(alive).flatMap(descendants)].filter(alive);
  send(rest, 'SIGKILL');
  for (const end = Date.now() + 2000; rest.some(alive) && Date.now() < end; ) await new Promise((done) => setTimeout(done, 20));
}
