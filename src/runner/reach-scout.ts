/** Sees ahead of the merge that somebody can be talked to: a client must not wait until records are in order. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeRecord } from '../contracts/probe-stream';
import { StreamTail } from './stream-tail';

export class ReachScout {
  private readonly tails = new Map<string, { tail: StreamTail; datagrams: Set<number> }>();
  private readonly buffer = new Uint8Array(16 * 1024);

  constructor(private readonly folder: string) {}

  /** True when a listen(), or a bind() of a datagram socket, has succeeded in one of the streams. Throws when the folder is gone. */
  look(): boolean {
    for (const name of readdirSync(this.folder)) {
      if (!name.endsWith('.probe')) continue;
      let seen = this.tails.get(name);
      if (seen === undefined) {
        seen = { tail: new StreamTail(join(this.folder, name)), datagrams: new Set() };
        this.tails.set(name, seen);
      }
      const { tail, datagrams } = seen;
      while (tail.fill(0, this.buffer) > 0)
        for (let record = tail.head(); record !== null; record = tail.head()) if (reaches(tail.take(), datagrams)) return true;
    }
    return false;
  }

  close(): void {
    for (const { tail } of this.tails.values()) tail.close();
    this.tails.clear();
  }
}

function reaches(record: ProbeRecord, datagrams: Set<number>): boolean {
  if (record.type !== 'op' || record.result < 0) return false;
  if (record.op === 'open' && record.args?.handle === 'udp') datagrams.add(record.handle);
  return record.op === 'listen' || (record.op === 'bind' && datagrams.has(record.handle));
}

/** Whether somebody can be talked to; not when the folder is gone. */
export function reached(scout: ReachScout): boolean {
  try {
    return scout.look();
  } catch {
    return false;
  }
}
