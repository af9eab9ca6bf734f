import type { TraceReader } from '../../../src/contracts/trace-model';
import { layoutRows, planRows, type RowPlan, type Rows } from '../layout/lanes';
import { type Filter, socketFilter } from './filter';
import type { LaneIndex } from './lane-index';
import type { Matches } from './matches';

/** What the rows depend on. */
export interface RowInput {
  reader: TraceReader;
  index: LaneIndex;
  filter: Filter;
  passing: Matches | null;
  opened: ReadonlySet<string>;
  step: number;
  /** Event loops have a lane. */
  loops: boolean;
}

/** Keeps the rows of the picture, and lays them out anew only when they may have changed. */
export class RowBook {
  rows: Rows = {
    rows: [],
    height: 0,
    ofSocket: new Int32Array(0),
    ofProcess: new Int32Array(0),
    standsFor: new Int32Array(0),
    crowded: false,
  };
  #key = '';
  #plan: RowPlan | null = null;
  #planKey = '';
  #focused: readonly number[] = [];

  /** Another trace. */
  clear(): void {
    this.#key = '';
    this.#plan = null;
  }

  update(input: RowInput): void {
    const { reader, index, passing, filter, opened, loops } = input;
    const focus = focusOf(input);
    // Rows move only for a socket that has no lane of its own, and when that is left again.
    const moving = focus.filter(
      (socket) =>
        this.rows.ofSocket[socket] === -1 || this.#focused.includes(socket) || (this.rows.crowded && index.series[socket]?.length),
    );
    const plan = JSON.stringify([reader.sockets.length, reader.processes.length, index.failures.length, filter, passing?.count]);
    const key = JSON.stringify([plan, index.seriesCount, [...opened], moving, loops && reader.loops.length]);
    if (key === this.#key) return;
    this.#focused = focus;
    const wanted = socketFilter(reader, filter);
    const options = {
      shown: passing && ((socket: number) => (wanted ? wanted(socket) : passing.of('socket', socket).length > 0)),
      shownProcess: passing && !wanted ? (process: number) => passing.of('process', process).length > 0 : null,
      tracks: (socket: number) => index.series[socket]?.length ?? 0,
      failed: (socket: number) => (index.failuresOf[socket]?.length ?? 0) > 0,
      opened,
      focus,
      loops,
    };
    if (this.#plan === null || plan !== this.#planKey) this.#plan = planRows(reader, options);
    this.#planKey = plan;
    this.rows = layoutRows(reader, options, this.#plan);
    this.#key = key;
  }
}

/** The socket of the current step and its peer. */
function focusOf({ reader, step }: RowInput): number[] {
  const socket = step > 0 && step <= reader.size ? reader.socketIndex(step) : -1;
  if (socket < 0) return [];
  const peer = reader.sockets[socket]!.peer;
  if (peer === null) return [socket];
  // Ids are `s1`, `s2`... in the order of the list; anything else is looked for.
  const guess = Number(peer.slice(1)) - 1;
  return [socket, reader.sockets[guess]?.id === peer ? guess : reader.sockets.findIndex((other) => other.id === peer)];
}
