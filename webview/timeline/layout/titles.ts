import type { BufferName, SocketInfo } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { netstatAddress, programWords } from '../../../src/knowledge/plain-words';
import { shortName, visible } from '../../kit/visible';
import type { Row } from './lanes';

/** The two lines at the left of a lane. */
export interface Title {
  main: string;
  sub: string;
  /** Something to know about it (what cannot be seen in it): drawn as a sign; the tip and the card say what. */
  notice?: boolean;
}

/** `server.mjs` of a program that the trace names with its folder. */
export function programName(program: string): string {
  return visible(shortName(programWords(program)));
}

/** An address as netstat prints it; the path of a Unix-domain socket no longer than a name. */
export function addressText(address: SocketInfo['local'], protocol?: string): string {
  return shortName(netstatAddress(address, protocol));
}

/** Names of buffers beside their charts. */
export const BUFFER_NAMES: Record<BufferName, string> = {
  'stream-write': 'stream write buffer',
  'libuv-write': 'libuv write queue',
  'kernel-send': 'kernel send buffer',
  'kernel-receive': 'kernel receive buffer',
  'stream-read': 'stream read buffer',
  'accept-queue': 'accept queue',
};

/** The same in few letters, for narrow gutters: the reading beside them matters more. */
export const SHORT_BUFFER_NAMES: Record<BufferName, string> = {
  'stream-write': 'stream out',
  'libuv-write': 'libuv out',
  'kernel-send': 'kernel out',
  'kernel-receive': 'kernel in',
  'stream-read': 'stream in',
  'accept-queue': 'accept queue',
};

const ROLE: Record<SocketInfo['role'], string> = {
  listener: 'listening socket',
  accepted: 'accepted connection',
  client: 'client',
  datagram: 'datagram socket',
  unknown: 'socket',
};

/** Shorter words for narrow gutters. */
const SHORT_ROLE: Record<SocketInfo['role'], string> = {
  listener: 'listener',
  accepted: 'accepted',
  client: 'client',
  datagram: 'datagram',
  unknown: 'socket',
};

/** Both ends of a socket in one line: `127.0.0.1:8080 ↔ 127.0.0.1:53412`; a listener and an unconnected socket show one end. */
export function endsText(socket: Pick<SocketInfo, 'local' | 'remote' | 'protocol'>): string {
  if (!socket.local && !socket.remote) return 'no address yet';
  if (!socket.remote) return addressText(socket.local, socket.protocol);
  return `${addressText(socket.local, socket.protocol)} ↔ ${addressText(socket.remote, socket.protocol)}`;
}

/** The same in few letters: `:8080 ↔ :53412` when both ends are on one address, `→ 127.0.0.1:8080` while the own end is not known. */
export function shortEnds(socket: Pick<SocketInfo, 'local' | 'remote' | 'protocol'>): string {
  const { local, remote } = socket;
  if (!local && remote) return `→ ${addressText(remote, socket.protocol)}`;
  if (local && remote && 'port' in local && 'port' in remote && local.address === remote.address) return `:${local.port} ↔ :${remote.port}`;
  return endsText(socket);
}

/** Title of a row; `narrow` picks the short words. */
export function titleOf(reader: Pick<TraceReader, 'processes' | 'sockets' | 'loops'>, row: Row, narrow: boolean): Title {
  if (row.kind === 'process') {
    const process = reader.processes[row.index]!;
    const sub = narrow ? String(process.pid) : `pid ${process.pid}`;
    return { main: programName(process.program), sub, notice: process.notices.length > 0 };
  }
  if (row.kind === 'loop') {
    const { thread } = reader.loops[row.index]!;
    return { main: 'event loop', sub: thread === 0 ? '' : `worker ${thread}` };
  }
  if (row.kind !== 'socket') {
    const count = (row.members?.length ?? 0).toLocaleString('en');
    if (row.kind === 'quiet') return { main: narrow ? `${count} more` : `${count} more sockets`, sub: '' };
    return { main: narrow ? `${count} tools` : `${count} other program${count === '1' ? '' : 's'}`, sub: '' };
  }
  const socket = reader.sockets[row.index]!;
  return { main: `${socket.id} ${(narrow ? SHORT_ROLE : ROLE)[socket.role]}`, sub: shortEnds(socket) };
}
