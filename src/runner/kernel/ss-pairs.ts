/** `ss -x`: which two Unix-domain sockets are the ends of one connection (unix_diag's peer; needs no privilege). */
import { execFile } from 'node:child_process';

/** Between two questions (ms); one takes about 5 ms of another process. */
const INTERVAL = 40;
/** Sockets that are asked about at once; the oldest are given up. */
const MOST = 10_000;
const OUTPUT = 64 * 1024 ** 2;

/** The lines of `ss -xnH`: type, state, two queues, own path and inode, `*` and the other end's inode (0: none, it is gone or to be accepted). */
export function parsePairs(output: string): Map<number, number> {
  const pairs = new Map<number, number>();
  for (const line of output.split('\n')) {
    const match = /^u_\S+\s+\S+\s+\d+\s+\d+\s.*\s(\d+)\s+\*\s+(\d+)\s/.exec(`${line} `);
    if (match !== null && match[2] !== '0') pairs.set(Number(match[1]), Number(match[2]));
  }
  return pairs;
}

/** Asks for the other ends of sockets, soon after they are known and while they are open. */
export class SsPairs {
  private wanted = new Set<number>();
  private timer: NodeJS.Timeout | null = null;
  private asking = false;
  private askedAt = 0;
  private closed = false;

  /** `told` gets pairs of inodes, and how long ago (ms) at most the kernel said so. */
  constructor(private readonly told: (pairs: [number, number][]) => void) {}

  /** This socket connected, or was accepted. */
  want(inode: number): void {
    if (this.closed) return;
    this.wanted.add(inode);
    if (this.wanted.size > MOST) this.wanted.delete(this.wanted.values().next().value!);
    this.soon();
  }

  /** Resolves when what is asked now is answered. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 100 && (this.asking || this.timer !== null); turn++) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  close(): void {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private soon(): void {
    if (this.asking || this.timer !== null || this.closed) return;
    this.timer = setTimeout(() => this.ask(), Math.max(0, this.askedAt + INTERVAL - Date.now()));
    this.timer.unref();
  }

  private ask(): void {
    this.timer = null;
    this.asking = true;
    this.askedAt = Date.now();
    const asked = this.wanted;
    this.wanted = new Set();
    execFile('ss', ['-xnH'], { timeout: 2000, encoding: 'latin1', maxBuffer: OUTPUT }, (error, output) => {
      this.asking = false;
      if (this.closed) return;
      if (error === null) {
        const pairs = parsePairs(output);
        const found: [number, number][] = [];
        for (const inode of asked) {
          const peer = pairs.get(inode);
          // A connection that waits to be accepted has its other end only then: the accept asks again.
          if (peer !== undefined) found.push([inode, peer]);
        }
        if (found.length > 0) this.told(found);
      }
      if (this.wanted.size > 0) this.soon();
    });
  }
}
