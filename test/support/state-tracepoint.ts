/** The kernel's own account of TCP states: the tracepoint sock:inet_sock_set_state (Linux, root, tracefs). */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One TCP socket of the machine while the tracepoint was looked at. */
export interface KernelSocket {
  local: number;
  remote: number;
  /** States in order, from the moment it was connected or connecting. */
  path: string[];
}

/** include/net/tcp_states.h */
const STATES: Record<number, string> = {
  1: 'ESTABLISHED',
  2: 'SYN_SENT',
  3: 'SYN_RECEIVED',
  4: 'FIN_WAIT_1',
  5: 'FIN_WAIT_2',
  6: 'TIME_WAIT',
  7: 'CLOSED',
  8: 'CLOSE_WAIT',
  9: 'LAST_ACK',
  10: 'LISTEN',
  11: 'CLOSING',
  12: 'SYN_RECEIVED',
};

export class StateTracepoint {
  private readonly folder = mkdtempSync(join(tmpdir(), 'socketscope-tracepoint-'));
  private mounted = '';
  private instance = '';

  /** Throws where the kernel lets nobody look. */
  constructor() {
    let tracing = '/sys/kernel/tracing';
    const usable = () => existsSync(join(tracing, 'events/sock/inet_sock_set_state'));
    if (!usable()) {
      tracing = join(this.folder, 'tracing');
      mkdirSync(tracing);
      execFileSync('mount', ['-t', 'tracefs', 'nodev', tracing], { stdio: 'ignore' });
      this.mounted = tracing;
    }
    if (!usable()) throw new Error('no tracepoint sock:inet_sock_set_state');
    this.instance = join(tracing, 'instances', `socketscope-${process.pid}`);
    mkdirSync(this.instance);
    // Other programs of the machine write into it, too: room enough that they push nothing of ours out.
    this.write('buffer_size_kb', '8192');
    this.write('trace_clock', 'mono');
    // Raw fields give the socket's address in the kernel, by which its states are joined (it has no port yet at SYN_SENT).
    this.write('options/fields', '1');
    this.write('events/sock/inet_sock_set_state/enable', '1');
  }

  /** Forgets what happened so far. */
  clear(): void {
    this.write('trace', '');
  }

  /** The sockets of which something was told since `clear`. */
  sockets(): KernelSocket[] {
    return parseTracepoint(readFileSync(join(this.instance, 'trace'), 'utf8'));
  }

  close(): void {
    if (existsSync(this.instance)) {
      this.write('events/sock/inet_sock_set_state/enable', '0');
      rmdirSync(this.instance);
    }
    if (this.mounted !== '') execFileSync('umount', [this.mounted]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(file: string, text: string): void {
    writeFileSync(join(this.instance, file), text);
  }
}

/** Lines of the tracepoint with raw fields. */
export function parseTracepoint(text: string): KernelSocket[] {
  const done: KernelSocket[] = [];
  const current = new Map<string, KernelSocket>();
  for (const line of text.split('\n')) {
    const match =
      /inet_sock_set_state: skaddr=(\S+) .*?oldstate=(\S+) .*?newstate=(\S+) .*?sport=(\S+) .*?dport=(\S+) .*?protocol=(\S+)/.exec(line);
    if (match === null || number(match[6]!) !== 6) continue;
    const [, address, , to, local, remote] = match;
    const state = STATES[number(to!)] ?? to!;
    let socket = current.get(address!);
    if (socket === undefined || state === 'SYN_SENT' || state === 'SYN_RECEIVED' || state === 'LISTEN') {
      socket = { local: 0, remote: 0, path: [] };
      current.set(address!, socket);
      if (state !== 'LISTEN') done.push(socket);
    }
    socket.local ||= number(local!);
    socket.remote ||= number(remote!);
    // It sets FIN_WAIT_1 twice when a close follows a shutdown; SYN_RECEIVED is before there is a socket to accept.
    if (state !== 'SYN_RECEIVED' && state !== 'LISTEN' && state !== socket.path.at(-1)) socket.path.push(state);
    if (state === 'CLOSED') current.delete(address!);
  }
  return done;
}

const number = (text: string) => Number(text.replace(/[(,].*$/, ''));
