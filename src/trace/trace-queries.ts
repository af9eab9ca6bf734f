import type { Link, RunState } from '../contracts/trace-model';
import { foldRun } from './plain-fold';
import type { TraceStore } from './store';

/** Answers about a trace that need an index; built when first asked for and extended as the trace grows. */
export class TraceQueries {
  private readonly lists: number[][] = [];
  private indexed = 0;

  constructor(private readonly store: TraceStore) {}

  eventsOfSocket(socketIndex: number): Uint32Array {
    const { columns } = this.store;
    for (; this.indexed < this.store.size; this.indexed++) {
      const socket = columns.socket[this.indexed + 1]!;
      if (socket < 0) continue;
      const list = this.lists[socket];
      if (list === undefined) this.lists[socket] = [this.indexed + 1];
      else list.push(this.indexed + 1);
    }
    return Uint32Array.from(this.lists[socketIndex] ?? []);
  }

  stateAt(seq: number): RunState {
    return foldRun(this.store, seq);
  }

  links(_seq: number): Link[] {
    return [];
  }

  linksBetween(_from: number, _to: number): Link[] {
    return [];
  }
}
