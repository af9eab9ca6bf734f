import type { Link, RunState, SocketState, Undelivered } from '../contracts/trace-model';
import { Datagrams } from './datagrams';
import { Links } from './links';
import { RunStates } from './run-states';
import { SocketLogs } from './socket-log';
import type { TraceStore } from './store';
import { UndeliveredDatagrams } from './undelivered';

/** Answers about a trace that need an index; built when first asked for and extended as the trace grows. */
export class TraceQueries {
  private readonly logs: SocketLogs;
  private readonly states: RunStates;
  private readonly arrows: Links;
  private readonly missing: UndeliveredDatagrams;

  constructor(private readonly store: TraceStore) {
    this.logs = new SocketLogs(store);
    this.states = new RunStates(store, this.logs);
    const datagrams = new Datagrams(store);
    this.arrows = new Links(store, this.logs, datagrams);
    this.missing = new UndeliveredDatagrams(store, datagrams);
  }

  eventsOfSocket(socketIndex: number): Uint32Array {
    return socketIndex in this.store.sockets ? this.logs.of(socketIndex).events : new Uint32Array(0);
  }

  stateAt(seq: number): RunState {
    return this.states.at(seq);
  }

  socketAt(socketIndex: number, seq: number): SocketState | null {
    return socketIndex in this.store.sockets ? this.states.socket(socketIndex, seq) : null;
  }

  acceptQueueChanges(listener: number): number[] {
    return this.states.acceptQueueChanges(listener);
  }

  links(seq: number): Link[] {
    return Number.isInteger(seq) && seq >= 1 && seq <= this.store.size ? this.arrows.of(seq) : [];
  }

  linksBetween(from: number, to: number): Link[] {
    return this.arrows.between(from, to);
  }

  undelivered(seq: number): Undelivered | null {
    return Number.isInteger(seq) && seq >= 1 && seq <= this.store.size ? this.missing.of(seq) : null;
  }
}
