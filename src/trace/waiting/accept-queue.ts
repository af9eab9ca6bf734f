import type { TraceReader } from '../../contracts/trace-model';
import { covers } from '../addresses';
import { socketIndexOf } from '../bytes/ids';

/** Connections at a listener's door, as the traced clients see it. */
export interface Waiting {
  /** Connected for the client, not accepted: in the accept queue. Indexes of the clients. */
  connected: number[];
  /** Connect was called and has not told its outcome: in the accept queue, or on the way there. */
  connecting: number[];
}

/** The traced clients that wait to be accepted by a listener at a step. Asks for the states of clients that are open then, not for those of all sockets. */
export function waitingAt(trace: TraceReader, listenerIndex: number, step: number): Waiting {
  const found: Waiting = { connected: [], connecting: [] };
  const listener = trace.sockets[listenerIndex];
  if (!listener?.local) return found;
  for (const [index, { role, birth, death, peer: peerId }] of trace.sockets.entries()) {
    if (role !== 'client' || birth === 0 || birth > step || (death !== null && death <= step)) continue;
    const peer = trace.sockets[socketIndexOf(trace, peerId)];
    // The first own event of an accepted socket is the change of state right behind the accept call.
    if (peer && (peer.listener !== listener.id || peer.birth <= step + 1)) continue;
    const socket = trace.socketAt(index, step);
    if (!socket?.open || !socket.remote || !covers(listener.local, socket.remote)) continue;
    if (socket.state === 'SYN_SENT') found.connecting.push(index);
    else if (socket.state !== 'CLOSED') found.connected.push(index);
  }
  return found;
}
