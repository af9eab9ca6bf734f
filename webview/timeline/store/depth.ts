import type { TraceReader } from '../../../src/contracts/trace-model';

/**
 * How deep a step goes: every event; what the program did in Node's terms (its calls, and the events that it got); system calls;
 * or what went over the connection (changes of state, which segments bring, and bytes).
 */
export const DEPTHS = ['all', 'node', 'call', 'segment'] as const;
export type Depth = (typeof DEPTHS)[number];

const READS = new Set(['read', 'recvmsg', 'recvfrom', 'accept', 'accept4']);
const MOVES = new Set(['write', 'writev', 'sendmsg', 'sendto', 'send']);

/** Where Node calls begin in the row of events: one of them makes several system calls (`listen` makes four). */
export class NodeCalls {
  /** Steps that a reader in Node's terms stops at, ascending. */
  readonly starts: number[] = [];
  #size = 0;
  #open = new Map<number, { key: string; calls: Set<string> }>();

  /** Reads the events that came since the last call. */
  update(reader: TraceReader): void {
    for (let seq = this.#size + 1; seq <= reader.size; seq++) if (this.#begins(reader, seq)) this.starts.push(seq);
    this.#size = reader.size;
  }

  #begins(reader: TraceReader, seq: number): boolean {
    const kind = reader.kind(seq);
    if (kind === 'state' || kind === 'buffer' || kind === 'kernel') return false;
    const process = reader.processIndex(seq);
    const call = reader.call(seq);
    const api = reader.api(seq);
    // What comes from the other end comes as an event of Node: 'data', 'end', 'connection', 'connect'.
    if (kind !== 'call' || call === null || READS.has(call) || (call === 'getsockopt' && api === null)) {
      this.#open.delete(process);
      return true;
    }
    const key = `${api}/${reader.siteId(seq)}/${reader.socketIndex(seq)}`;
    const open = this.#open.get(process);
    if (open?.key === key && !open.calls.has(call)) {
      open.calls.add(call);
      return false;
    }
    this.#open.set(process, { key, calls: new Set([call]) });
    return true;
  }

  has(seq: number): boolean {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! < seq) low = middle + 1;
      else high = middle;
    }
    return this.starts[low] === seq;
  }
}

/** Which steps a depth stops at; null for all. */
export function depthTest(reader: TraceReader, depth: Depth, nodeCalls: NodeCalls): ((seq: number) => boolean) | null {
  switch (depth) {
    case 'all':
      return null;
    case 'node':
      return (seq) => nodeCalls.has(seq);
    case 'call':
      return (seq) => reader.kind(seq) === 'call';
    case 'segment':
      return (seq) =>
        reader.kind(seq) === 'state' || (reader.kind(seq) === 'call' && MOVES.has(reader.call(seq) ?? '') && (reader.bytes(seq) ?? 0) > 0);
  }
}
