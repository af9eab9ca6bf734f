/** `ss -l`: what the kernel's table in /proc does not show of a listener, the backlog that it granted. */
import { execFile } from 'node:child_process';

/** A listening TCP socket. */
export interface Listening {
  local: { address: string; port: number };
  /** Connections that wait to be accepted, and how many may. */
  acceptQueue: number;
  backlog: number;
}

/** Asks `ss` once (about 5 ms of another process); nothing where there is none. */
export function askListeners(told: (listeners: Listening[]) => void): void {
  execFile('ss', ['-tlnH'], { timeout: 2000, encoding: 'latin1' }, (error, output) => {
    if (error === null) told(parseListeners(output));
  });
}

/** The lines of `ss -tlnH`: state, Recv-Q (accept queue), Send-Q (backlog), own name, the other's. */
export function parseListeners(output: string): Listening[] {
  return output.split('\n').flatMap((line) => {
    const match = /^LISTEN\s+(\d+)\s+(\d+)\s+(\S+):(\d+)\s/.exec(line);
    if (match === null) return [];
    return [
      { acceptQueue: Number(match[1]), backlog: Number(match[2]), local: { address: plainAddress(match[3]!), port: Number(match[4]) } },
    ];
  });
}

/** `[::ffff:127.0.0.1]`, `127.0.0.1%lo`, `*` as the other tables write them. */
export function plainAddress(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '').replace(/\]?%.*$/, '');
  if (bare === '*') return '::';
  return bare.startsWith('::ffff:') && bare.includes('.') ? bare.slice(7) : bare;
}
