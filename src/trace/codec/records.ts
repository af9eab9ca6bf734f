import { type Address, PROTOCOLS, type ProcessInfo, type Protocol, ROLES, type Role, type SocketInfo } from '../../contracts/trace';
import type { NewSocket } from '../socket-book';
import type { NewHeader } from '../store';

/** What a record's JSON must be to be taken over; null when it is something else. Unknown fields are kept. */

type Fields = { [key: string]: unknown };

function fields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string');
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const orNull = <T>(value: T | null | undefined, is: (value: unknown) => boolean): T | null =>
  value !== null && value !== undefined && is(value) ? value : null;
const isText = (value: unknown): value is string => typeof value === 'string';

export function readAddress(value: unknown): Address | null {
  const address = fields(value);
  if (address === null) return null;
  if (isText(address.path)) return { path: address.path };
  return isText(address.address) && isNumber(address.port) ? { address: address.address, port: address.port } : null;
}

/** [local, remote]; null when it is no pair. */
export function readEnds(value: unknown): [Address | null, Address | null] | null {
  return Array.isArray(value) && value.length === 2 ? [readAddress(value[0]), readAddress(value[1])] : null;
}

export function readHeader(value: unknown): NewHeader | null {
  const header = fields(value);
  if (header === null || !isText(header.platform) || !isText(header.cwd)) return null;
  return {
    ...header,
    socketscope: 1,
    platform: header.platform,
    cwd: header.cwd,
    began: isText(header.began) ? header.began : '1970-01-01T00:00:00.000Z',
    dropped: isNumber(header.dropped) ? header.dropped : 0,
    notices: isTexts(header.notices) ? header.notices : [],
  };
}

export function readProcess(value: unknown): ProcessInfo | null {
  const process = fields(value);
  if (process === null || !isNumber(process.pid)) return null;
  const exit = fields(process.exit);
  return {
    ...process,
    pid: process.pid,
    ppid: orNull(process.ppid as number, isNumber),
    program: isText(process.program) ? process.program : '?',
    argv: isTexts(process.argv) ? process.argv : [],
    node: isText(process.node) ? process.node : '',
    uv: isText(process.uv) ? process.uv : '',
    started: isNumber(process.started) ? process.started : 0,
    ended: orNull(process.ended as number, isNumber),
    exit: exit && { code: orNull(exit.code as number, isNumber), signal: orNull(exit.signal as string, isText) },
    notices: isTexts(process.notices) ? process.notices : [],
  };
}

/** Only the fields that are there: a socket record may be partial. */
export function readSocket(value: unknown): NewSocket | null {
  const socket = fields(value);
  if (socket === null || !isText(socket.id) || !isNumber(socket.pid)) return null;
  const read: NewSocket & Fields = {
    ...socket,
    id: socket.id,
    pid: socket.pid,
    protocol: PROTOCOLS.includes(socket.protocol as Protocol) ? (socket.protocol as Protocol) : 'tcp',
    role: ROLES.includes(socket.role as Role) ? (socket.role as Role) : 'unknown',
  };
  const put = <K extends keyof SocketInfo>(key: K, is: (value: unknown) => boolean) => {
    if (key in socket) (read as Partial<SocketInfo>)[key] = (is(socket[key]) ? socket[key] : null) as SocketInfo[K];
  };
  put('listener', isText);
  put('peer', isText);
  put('death', isNumber);
  if ('birth' in socket) read.birth = isNumber(socket.birth) ? socket.birth : 0;
  if ('local' in socket) read.local = readAddress(socket.local);
  if ('remote' in socket) read.remote = readAddress(socket.remote);
  return read;
}
