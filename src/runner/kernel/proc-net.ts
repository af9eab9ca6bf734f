/** The kernel's tables of sockets as Linux shows them to everybody: /proc/net/tcp, tcp6, udp, udp6 (proc_pid_net(5)). */
import { readFileSync } from 'node:fs';
import type { SocketStateName } from '../../contracts/trace';

/** One line of a table. */
export interface ProcRow {
  local: { address: string; port: number };
  remote: { address: string; port: number };
  state: SocketStateName;
  /** Bytes not acknowledged; of a listener 0. */
  sendQueue: number;
  /** Bytes not read by the program; of a listener the connections that wait to be accepted (Linux get_tcp4_sock). */
  recvQueue: number;
  /** 0 when no process has it any more. */
  inode: number;
  /** Datagrams thrown away since the socket was made; 0 in the tables of TCP. */
  drops: number;
}

export type ProcTable = 'tcp' | 'tcp6' | 'udp' | 'udp6';

/** include/net/tcp_states.h; 12 is TCP_NEW_SYN_RECV, a request that is not answered to the end yet. */
const STATES: (SocketStateName | undefined)[] = [
  undefined,
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
  'SYN_RECEIVED',
];

/** Reads a table; null when it cannot be read here. Only rows with one of these ports at either end are kept. */
export function readTable(table: ProcTable, ports: ReadonlySet<number>): ProcRow[] | null {
  try {
    return parseTable(readFileSync(`/proc/net/${table}`, 'latin1'), ports);
  } catch {
    return null;
  }
}

/** The rows of a table's text with one of these ports at either end. */
export function parseTable(text: string, ports: ReadonlySet<number>): ProcRow[] {
  const rows: ProcRow[] = [];
  const six = text.startsWith('  sl  local_address                         remote_address');
  const width = six ? 37 : 13;
  for (let from = text.indexOf('\n') + 1; from > 0 && from < text.length; ) {
    const to = text.indexOf('\n', from);
    const at = text.indexOf(': ', from) + 2;
    const end = to < 0 ? text.length : to;
    from = to < 0 ? -1 : to + 1;
    if (at < 2 || at > end) continue;
    const localPort = Number.parseInt(text.slice(at + width - 4, at + width), 16);
    const remotePort = Number.parseInt(text.slice(at + 2 * width - 3, at + 2 * width + 1), 16);
    if (!ports.has(localPort) && !ports.has(remotePort)) continue;
    const row = parseRow(text.slice(at, end), width, localPort, remotePort);
    if (row !== null) rows.push(row);
  }
  return rows;
}

function parseRow(line: string, width: number, localPort: number, remotePort: number): ProcRow | null {
  const cells = line
    .slice(2 * width + 2)
    .trim()
    .split(/\s+/);
  const state = STATES[Number.parseInt(cells[0] ?? '', 16)];
  const [sendQueue, recvQueue] = (cells[1] ?? '').split(':').map((hex) => Number.parseInt(hex, 16));
  if (state === undefined || sendQueue === undefined || recvQueue === undefined || Number.isNaN(sendQueue + recvQueue)) return null;
  return {
    local: { address: addressOf(line.slice(0, width - 5)), port: localPort },
    remote: { address: addressOf(line.slice(width + 1, 2 * width - 4)), port: remotePort },
    state,
    sendQueue,
    recvQueue,
    inode: Number(cells[6] ?? 0) || 0,
    // udp: ... inode ref pointer drops; in the tables of TCP other things stand there.
    drops: cells.length === 10 && state !== 'LISTEN' ? Number(cells[9]) || 0 : 0,
  };
}

/** An address as the kernel prints it: 32-bit words in the machine's byte order (little-endian on all that run Node here). */
function addressOf(hex: string): string {
  const bytes: number[] = [];
  for (let word = 0; word < hex.length; word += 8)
    for (let at = word + 6; at >= word; at -= 2) bytes.push(Number.parseInt(hex.slice(at, at + 2), 16));
  if (bytes.length === 4) return bytes.join('.');
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (mapped) return bytes.slice(12).join('.');
  return shortIpv6(bytes);
}

/** RFC 5952: the longest run of zero groups (two at least) becomes `::`. */
function shortIpv6(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  let best = 0;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let j = i;
    while (j < 8 && groups[j] === '0') j++;
    if (j - i > length) [best, length] = [i, j - i];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, best).join(':')}::${groups.slice(best + length).join(':')}`;
}
