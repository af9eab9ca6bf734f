import { readFileSync } from 'node:fs';
import type { KernelRow } from '../../contracts/exercise-checks';

/** enum of include/net/tcp_states.h, as proc(5) tells of /proc/net/tcp. */
const STATES = [
  '',
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECEIVED',
  'FIN_WAIT_1',
  'FIN_WAIT_2',
  'TIME_WAIT',
  'CLOSED',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
];

/** The rows of the TCP tables in which a port is the local or remote one; null where there are no such tables. */
export function kernelRows(port: number): KernelRow[] | null {
  if (process.platform !== 'linux') return null;
  const rows: KernelRow[] = [];
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const [, local, remote, state, queues, , , , , inode] = line.trim().split(/\s+/);
      if (inode === undefined) continue;
      const [from, to] = [portOf(local!), portOf(remote!)];
      if (from !== port && to !== port) continue;
      const [send = 0, receive = 0] = queues!.split(':').map((hex) => Number.parseInt(hex, 16));
      rows.push({ local: from, remote: to, state: STATES[Number.parseInt(state!, 16)] ?? state!, send, receive, inode: Number(inode) });
    }
  }
  return rows;
}

const portOf = (end: string) => Number.parseInt(end.slice(end.lastIndexOf(':') + 1), 16);
