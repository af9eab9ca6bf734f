/** Runs a command apart from the rest of the machine: no network but its own loopback, and processes that all end with it. */
import { spawnSync } from 'node:child_process';

export type Isolation = 'none' | 'network';

export interface Isolated {
  command: string[];
  /** What could not be done here, as sentences. */
  notes: string[];
}

/** sh stays as process 1 of the new namespace: it waits for orphans, which node does not. */
const SCRIPT = 'ip link set lo up || exit 97; "$@"; exit $?';
const NAMESPACES = ['--net', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** How `unshare` can be used here; null when it cannot. As root, else as root of a user namespace, which many systems permit. */
function prefix(): string[] | null {
  if (process.platform !== 'linux') return null;
  for (const user of [[], ['--map-root-user']]) {
    const words = ['unshare', ...user, ...NAMESPACES, '--', 'sh', '-c', SCRIPT, 'sh'];
    if (spawnSync(words[0]!, [...words.slice(1), 'true'], { stdio: 'ignore', timeout: 5000 }).status === 0) return words;
  }
  return null;
}

/**
 * `network` puts the command into network and process namespaces of its own (unshare(1), Linux): only loopback, ports nobody else has, and
 * the kernel ends every process in it when its first one ends. Where that is not permitted the command stays as it is, with a note.
 */
export function isolated(command: string[], isolation: Isolation = 'none'): Isolated {
  if (isolation === 'none') return { command, notes: [] };
  const words = prefix();
  if (words !== null) return { command: [...words, ...command], notes: [] };
  const why = process.platform === 'linux' ? 'unshare is missing or not permitted' : 'only Linux has the means';
  return { command, notes: [`The network of the programs was not cut off and they share the machine's ports: ${why}.`] };
}
