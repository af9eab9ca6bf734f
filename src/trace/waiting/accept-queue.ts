import type { SocketState, TraceReader } from '../../contracts/trace-model';
import { covers } from '../addresses';

/** Connections at a listener's door, as the traced clients see it. */
export interface Waiting {
  /** Connected for the client, not accepted: in the accept queue. Indexes of the clients. */
  connected: number[];
  /** Connect was called and has not told its outcome: in the accept queue, or on the way there. */
  connecting: number[];
}

/**
 * The traced clients that wait to be accepted by a listener.
 * @param sockets all sockets at the step (`stateAt`)
 */
export function waitingAt(trace: TraceReader, listenerIndex: number, sockets: readonly SocketState[], step: number): Waiting {
  const found: Waiting = { connected: [], connecting: [] };
  const listener = trace.sockets[listenerIndex];
  if (!listener?.local) return found;
  const indexes = new Map(trace.sockets.map((socket, index) => [socket.id, index]));
  for (const socket of sockets) {
    if (socket.role !== 'client' || !socket.open || !socket.remote || !covers(listener.local, socket.remote)) continue;
    const peer = trace.sockets[indexes.get(trace.sockets[socket.index]?.peer ?? '') ?? -1];
    // The first own event of an accepted socket is the change of state right behind the accept call.
    if (peer && (peer.listener !== listener.id || peer.birth <= step + 1)) continue;
    if (socket.state === 'SYN_SENT') found.connecting.push(socket.index);
    else if (socket.state !== 'CLOSED') found.connected.push(socket.index);
  }
  return found;
}
