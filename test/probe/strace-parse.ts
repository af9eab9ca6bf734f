/** Reads what `strace -ff -yy -s 0` wrote: the socket calls of each process, in order of time. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A call as both sides of the comparison have it. */
export interface SeenCall {
  /** Class of the call: socket, bind, listen, accept, connect, send, recv, shutdown, close, `setsockopt SO_REUSEADDR`. */
  call: string;
  fd: number | null;
  /** The return value, or the errno name. */
  result: string;
  /** A write of the trace that took less than it was given: in one attempt, or in two directly after one another. */
  short?: true;
}

/** The system calls that are compared, by what they are called in the comparison. */
export const CLASSES: Record<string, string> = {
  socket: 'socket',
  bind: 'bind',
  listen: 'listen',
  accept: 'accept',
  accept4: 'accept',
  connect: 'connect',
  read: 'recv',
  readv: 'recv',
  recvfrom: 'recv',
  recvmsg: 'recv',
  recvmmsg: 'recv',
  write: 'send',
  writev: 'send',
  sendto: 'send',
  sendmsg: 'send',
  sendmmsg: 'send',
  shutdown: 'shutdown',
  close: 'close',
  setsockopt: 'setsockopt',
  getsockopt: 'getsockopt',
};

/** The calls that the promised figures are about. */
export const MAIN: ReadonlySet<string> = new Set(['socket', 'bind', 'listen', 'accept', 'connect', 'send', 'recv', 'shutdown', 'close']);

/** Bytes that went through one socket. */
export interface Moved {
  fd: number;
  in: number;
  out: number;
}

/** One entry for each socket and direction that had bytes: `19 in 5`. */
export function byteTotals(sockets: readonly Moved[]): string[] {
  return sockets.flatMap((socket) =>
    (['in', 'out'] as const).flatMap((way) => (socket[way] > 0 ? [`${socket.fd} ${way} ${socket[way]}`] : [])),
  );
}

interface Line {
  time: bigint;
  call: string;
  args: string;
  result: string;
}

// `-yy` puts what a descriptor is behind its number: `19<TCP:[127.0.0.1:80->127.0.0.1:9]>`.
const LINE = /^(\d+)\.(\d{9}) (\w+)\((.*)\) += (-?\d+|\?)(?:<.*>)?(?: (E[A-Z0-9]+) \(.*\))?$/;

/** What `-yy` says of files, pipes and event descriptors. */
const NO_SOCKET = /^\d+<(\/|pipe:|anon_inode:|char )/;

/** A TCP or UDP socket is the program's however it came to it: another process may have sent it (SCM_RIGHTS). */
const INTERNET = /^\d+<(TCP|UDP)/;

/** The socket calls of each process, and the bytes of each of its sockets. `prefix` is strace's `-o`. Throws for a line that it does not understand. */
export function straceView(prefix: string): Map<number, { calls: SeenCall[]; bytes: string[] }> {
  const files = new Map<number, Line[]>();
  const processOf = new Map<number, number>();
  for (const name of readdirSync(dirname(prefix))) {
    if (!name.startsWith(`${basename(prefix)}.`)) continue;
    const tid = Number(name.slice(basename(prefix).length + 1));
    const lines = parse(readFileSync(join(dirname(prefix), name), 'utf8'));
    files.set(tid, lines);
    for (const line of lines) if (/^clone/.test(line.call) && line.args.includes('CLONE_THREAD')) processOf.set(Number(line.result), tid);
  }
  const owner = (tid: number): number => {
    const parent = processOf.get(tid);
    return parent === undefined ? tid : owner(parent);
  };
  const byProcess = new Map<number, Line[]>();
  for (const [tid, lines] of files) byProcess.set(owner(tid), [...(byProcess.get(owner(tid)) ?? []), ...lines]);
  return new Map([...byProcess].map(([pid, lines]) => [pid, socketCalls(lines.sort((a, b) => Number(a.time - b.time)))]));
}

function parse(text: string): Line[] {
  const lines: Line[] = [];
  for (const line of text.split('\n')) {
    if (line === '' || /^\d+\.\d+ (\+\+\+|---) /.test(line) || / = \?$/.test(line) || /<unfinished|resumed>/.test(line)) continue;
    const match = LINE.exec(line);
    if (match === null) {
      // Only calls that are compared must be understood.
      const call = /^\d+\.\d+ (\w+)\(/.exec(line)?.[1] ?? '';
      if (call in CLASSES) throw new Error(`strace line not understood: ${line}`);
      continue;
    }
    const [, seconds, nanos, call, args, value, error] = match;
    lines.push({ time: BigInt(seconds!) * 1_000_000_000n + BigInt(nanos!), call: call!, args: args!, result: error ?? value! });
  }
  return lines;
}

/** Calls on sockets that the program made itself (not on files, pipes, socketpairs); readiness probes (EAGAIN) left out. */
function socketCalls(lines: readonly Line[]): { calls: SeenCall[]; bytes: string[] } {
  const own = new Set<number>();
  const open = new Map<number, Moved>();
  const closed: Moved[] = [];
  const calls: SeenCall[] = [];
  for (const line of lines) {
    const call = CLASSES[line.call];
    if (call === undefined || line.result === 'EAGAIN') continue;
    const fd = Number(/^(\d+)/.exec(line.args)?.[1] ?? Number.NaN);
    const made = /^\d+$/.test(line.result);
    if (call === 'socket') {
      if (!/^(AF_INET6?|AF_UNIX), /.test(line.args)) continue;
      if (made) own.add(Number(line.result));
      calls.push({ call, fd: null, result: line.result });
      continue;
    }
    // A call is stamped when it begins: a file of another thread that had this number before may seem to be read after socket().
    if ((!own.has(fd) && !INTERNET.test(line.args)) || NO_SOCKET.test(line.args)) continue;
    if (call === 'accept' && made) own.add(Number(line.result));
    if (call === 'recv' || call === 'send') {
      if (!open.has(fd)) open.set(fd, { fd, in: 0, out: 0 });
      open.get(fd)![call === 'recv' ? 'in' : 'out'] += made ? Number(line.result) : 0;
    }
    if (call === 'close') {
      own.delete(fd);
      if (open.has(fd)) closed.push(open.get(fd)!);
      open.delete(fd);
    }
    const option = /^\w+sockopt$/.test(call) ? ` ${/, (?:SOL|IPPROTO)_\w+, (\w+)/.exec(line.args)?.[1]}` : '';
    calls.push({ call: call + option, fd, result: line.result });
  }
  return { calls, bytes: byteTotals([...closed, ...open.values()]) };
}
