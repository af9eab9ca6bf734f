import type { Provenance, Site, SocketStateName } from '../../contracts/trace';
import type { NewEvent } from '../../contracts/trace-model';
import type { TraceStore } from '../store';

/** A change of state to be appended as a `kind: 'state'` event (see stateEvent). */
export interface StateChange {
  /** Id of the socket; not always that of the event that caused the change. */
  socket: string;
  from: SocketStateName;
  to: SocketStateName;
  /** When two states cannot be told apart from what was seen: the other one; goes into the event's args as `or`. */
  orState: SocketStateName | null;
  provenance: Provenance;
}

/**
 * The event that records `change`, at the moment of the event `cause` that brought it. The line behind that event, which
 * may be one of the other end (its `end()` brings CLOSE_WAIT here), led to the change and is marked as a cause.
 */
export function stateEvent(change: StateChange, cause: { t: number; site: Site | null }, store: TraceStore): NewEvent {
  const socket = store.sockets[store.socketIndexOf(change.socket)];
  return {
    t: cause.t,
    pid: socket?.pid ?? 0,
    socket: change.socket,
    fd: null,
    kind: 'state',
    call: null,
    api: null,
    args: change.orState === null ? null : { or: change.orState },
    result: null,
    error: null,
    bytes: null,
    provenance: change.provenance,
    site: cause.site && { ...cause.site, cause: true },
    state: { from: change.from, to: change.to },
  };
}
