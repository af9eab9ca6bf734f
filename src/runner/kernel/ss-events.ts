/** `ss -E`: the kernel tells of every TCP socket that it destroys (sock_diag's multicast; needs no privilege), without polling. */
import { type ChildProcess, spawn } from 'node:child_process';
import { plainAddress } from './ss-listeners';

/** A TCP socket as it was when the kernel destroyed it. */
export interface Destroyed {
  /** When its line came (ns, the probe's clock): a little later than it happened. */
  time: number;
  local: { address: string; port: number };
  remote: { address: string; port: number };
  /** Bytes that its program never read, and bytes of it that were never acknowledged; Linux counts a FIN as one. */
  recvQueue: number;
  sendQueue: number;
  /** From tcp_info; null where this `ss` does not print them. Acknowledged counts SYN and FIN, received the peer's FIN. */
  bytesSent: number | null;
  bytesAcked: number | null;
  bytesReceived: number | null;
}

/** Whether the FIN of this end was acknowledged: null where `ss` does not tell. `active`: it connected, so its SYN counts, too. */
export function finAcknowledged({ bytesSent, bytesAcked }: Destroyed, active: boolean): boolean | null {
  return bytesSent === null || bytesAcked === null ? null : bytesAcked - bytesSent > (active ? 1 : 0);
}

const LINE = /^\S+\s+(\d+)\s+(\d+)\s+(\S+):(\d+|\*)\s+(\S+):(\d+|\*)\s(.*)$/;

/** One line of `ss -tneHOEi`; null when it is no connection or listener of TCP. */
export function parseDestroyed(line: string, time: number): Destroyed | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, recvQueue, sendQueue, local, localPort, remote, remotePort, rest] = match;
  const info = (name: string) => {
    const found = new RegExp(`\\b${name}:(\\d+)`).exec(rest!);
    return found === null ? null : Number(found[1]);
  };
  // Without any counter this ss prints no tcp_info; with some, one that is not printed is 0.
  const known = / segs_(?:out|in):/.test(rest!);
  const count = (name: string) => (known ? (info(name) ?? 0) : null);
  return {
    time,
    local: { address: plainAddress(local!), port: Number(localPort) || 0 },
    remote: { address: plainAddress(remote!), port: Number(remotePort) || 0 },
    recvQueue: Number(recvQueue),
    sendQueue: Number(sendQueue),
    bytesSent: known ? (info('bytes_sent') ?? 0) - (info('bytes_retrans') ?? 0) : null,
    bytesAcked: count('bytes_acked'),
    bytesReceived: count('bytes_received'),
  };
}

/** Whoever tells of sockets that the kernel destroys. */
export interface DestroyedSource {
  /** Whether it is listening. */
  readonly running: boolean;
  start(): void;
  stop(): void;
}

export class SsEvents implements DestroyedSource {
  private child: ChildProcess | null = null;
  private rest = '';
  private heard = false;
  private restarts = 0;

  /** `onProblem` is told once, in a sentence, when there is no `ss` to ask, or when it cannot keep up. */
  constructor(
    private readonly clock: () => number,
    private readonly onDestroyed: (destroyed: Destroyed) => void,
    private readonly onProblem: (sentence: string) => void,
  ) {}

  /** Whether it is listening. */
  get running(): boolean {
    return this.child !== null;
  }

  /**
   * Starts listening. `ss` buffers what it writes to a pipe: stdbuf (coreutils) makes it write line by line. A session of its own:
   * Ctrl+C ends the programs, and their last words are still to come.
   */
  start(): void {
    let child: ChildProcess;
    try {
      child = spawn('stdbuf', ['-oL', 'ss', '-tneHOEi'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    } catch {
      this.onProblem(ABSENT);
      return;
    }
    this.child = child;
    child.on('error', () => this.gone());
    child.on('exit', () => this.gone());
    child.stdout?.setEncoding('latin1').on('data', (text: string) => this.take(text));
    child.stdout?.on('error', () => {});
    process.once('exit', this.onExit);
    // Nobody is kept alive by it.
    child.unref();
    (child.stdout as { unref?(): void } | null)?.unref?.();
  }

  stop(): void {
    process.off('exit', this.onExit);
    const { child } = this;
    this.child = null;
    child?.kill('SIGKILL');
    child?.stdout?.destroy();
  }

  /** A collector that ends before its run leaves nothing behind. */
  private readonly onExit = () => this.stop();

  /** `ss` ends when the kernel tells more than it could read (ENOBUFS of netlink(7)): then it is started again. */
  private gone(): void {
    if (this.child === null) return;
    this.child = null;
    process.off('exit', this.onExit);
    this.rest = '';
    if (this.heard && this.restarts < RESTARTS) {
      if (this.restarts++ === 0) this.onProblem(BEHIND);
      this.start();
    } else if (!this.heard) this.onProblem(ABSENT);
  }

  private take(text: string): void {
    const time = this.clock();
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    for (const line of lines) {
      const destroyed = parseDestroyed(line, time);
      if (destroyed === null) continue;
      this.heard = true;
      this.onDestroyed(destroyed);
    }
  }
}

const RESTARTS = 1000;
const BEHIND =
  'The kernel closed connections faster than `ss -E` could tell on this busy machine: its word on some of them is missing, and their states are worked out from the calls.';
const ABSENT =
  "The kernel's word on closed connections is missing in this trace: `ss -E` (iproute2, with stdbuf of coreutils) does not run here. Their states are worked out from the calls.";
