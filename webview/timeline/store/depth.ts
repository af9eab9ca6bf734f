import type { TraceReader } from '../../../src/contracts/trace-model';

/**
 * How deep a step goes: every event; what the program did in Node's terms (its calls, and the events that it got); system calls;
 * or what went over the connection (changes of state, which segments bring, and bytes).
 */
export const DEPTHS = ['all', 'node', 'call', 'segment'] as const;
export type Depth = (typeof DEPTHS)[number];

const READS = new Set(['read', 'recvmsg', 'recvfrom', 'accept', 'accept4']);
const MOVES = new Set(['write', 'writev', 'sendmsg', 'sendto', 'send']);

/** The Node call that a process is in: the system calls that belong to it so far. */
interface OpenCall {
  api: string | null;
  site: number;
  socket: number;
  calls: string[];
}

/** Where Node calls begin in the row of events: one of them makes several system calls (`listen` makes four). Worked out once somebody asks. */
export class NodeCalls {
  /** A bit for each step: whether a reader in Node's terms stops there. */
  #bits = new Uint8Array(0);
  #size = 0;
  /** By process. */
  readonly #open: (OpenCall | null | undefined)[] = [];

  /** Whether a Node call begins at this step. */
  has(reader: TraceReader, seq: number): boolean {
    if (this.#size < reader.size) this.#update(reader);
    return (this.#bits[seq >> 3]! & (1 << (seq & 7))) !== 0;
  }

  #update(reader: TraceReader): void {
    const bytes = (reader.size >> 3) + 1;
    if (bytes > this.#bits.length) {
      const wider = new Uint8Array(Math.ceil(bytes * 1.25));
      wider.set(this.#bits);
      this.#bits = wider;
    }
    for (let seq = this.#size + 1; seq <= reader.size; seq++) if (this.#begins(reader, seq)) this.#bits[seq >> 3]! |= 1 << (seq & 7);
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
      this.#open[process] = null;
      return true;
    }
    const open = this.#open[process];
    const [site, socket] = [reader.siteId(seq), reader.socketIndex(seq)];
    if (open && open.api === api && open.site === site && open.socket === socket && !open.calls.includes(call)) {
      open.calls.push(call);
      return false;
    }
    this.#open[process] = { api, site, socket, calls: [call] };
    return true;
  }
}

/** Which steps a depth stops at; null for all. */
export function depthTest(reader: TraceReader, depth: Depth, nodeCalls: NodeCalls): ((seq: number) => boolean) | null {
  switch (depth) {
    case 'all':
      return null;
    case 'node':
      return (seq) => nodeCalls.has(reader, seq);
    case 'call':
      return (seq) => reader.kind(seq) === 'call';
    case 'segment':
      return (seq) =>
        reader.kind(seq) === 'state' || (reader.kind(seq) === 'call' && MOVES.has(reader.call(seq) ?? '') && (reader.bytes(seq) ?? 0) > 0);
  }
}
