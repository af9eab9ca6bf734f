import type { TraceReader } from '../../../src/contracts/trace-model';
import type { Row } from './lanes';

/** The steps of the sockets that a folded row stands for, kept while the trace grows and while the rows are laid out anew. */
class Union {
  #members: readonly number[] = [];
  #isMember = new Uint8Array(0);
  #events = new Uint32Array(0);
  #count = 0;
  #size = 0;

  of(reader: TraceReader, members: readonly number[]): Uint32Array {
    if (members !== this.#members && !this.#grewTo(reader, members)) this.#size = this.#count = 0;
    if (members !== this.#members) {
      this.#members = members;
      this.#isMember = new Uint8Array(reader.sockets.length);
      for (const member of members) this.#isMember[member] = 1;
    }
    for (let seq = this.#size + 1; seq <= reader.size; seq++) {
      if (this.#isMember[reader.socketIndex(seq)] !== 1) continue;
      if (this.#count === this.#events.length) this.#widen(reader);
      this.#events[this.#count++] = seq;
    }
    this.#size = reader.size;
    return this.#events.subarray(0, this.#count);
  }

  /** Whether these are the members so far and sockets that had no event then. */
  #grewTo(reader: TraceReader, members: readonly number[]): boolean {
    const before = this.#members;
    for (let i = 0; i < before.length; i++) if (before[i] !== members[i]) return false;
    for (let i = before.length; i < members.length; i++) {
      const { birth } = reader.sockets[members[i]!]!;
      if (birth !== 0 && birth <= this.#size) return false;
    }
    return true;
  }

  #widen(reader: TraceReader): void {
    // As many as the row has so far of what was read, and some more.
    const share = this.#size === 0 ? 0 : this.#count / this.#size;
    const wider = new Uint32Array(Math.max(1024, Math.ceil(this.#count * 1.25), Math.ceil(share * reader.size)));
    wider.set(this.#events);
    this.#events = wider;
  }
}

const unions = new WeakMap<TraceReader, Map<string, Union>>();

/** The steps of all sockets that a folded row stands for, ascending; a view that holds until the next call. */
export function foldedEvents(reader: TraceReader, row: Row): ArrayLike<number> {
  if (row.kind !== 'quiet' || !row.members || row.key === undefined) return [];
  let ofTrace = unions.get(reader);
  if (!ofTrace) {
    ofTrace = new Map();
    unions.set(reader, ofTrace);
  }
  let union = ofTrace.get(row.key);
  if (!union) {
    union = new Union();
    ofTrace.set(row.key, union);
  }
  return union.of(reader, row.members);
}
