import type { SocketInfo } from '../../../src/contracts/trace';
import type { TraceReader } from '../../../src/contracts/trace-model';
import { socketIndexOf } from '../../../src/trace/bytes';

/** The two ends that the parts for one connection show. */
export interface Connection {
  /** Index of the socket that the step is about. */
  own: number;
  /** Its other end; -1 when it is not in the trace. */
  peer: number;
  /** The ends as they are drawn: who connected at the left. -1 when that end is not in the trace. */
  left: number;
  right: number;
  protocol: SocketInfo['protocol'];
}

/** Steps that are looked at before the current one, when it is about no connection. */
const LOOK_BACK = 4096;

/**
 * The connection (or datagram socket) that a step is about; for a step of a listener or a process the one before it, else the first of the
 * trace. Null when there is none.
 */
export function connectionAt(reader: TraceReader, step: number): Connection | null {
  const last = Math.min(step, reader.size);
  for (let seq = last; seq > Math.max(0, last - LOOK_BACK); seq--) {
    let index = reader.socketIndex(seq);
    if (index < 0) continue;
    if (reader.sockets[index]!.role === 'listener') {
      const call = reader.call(seq);
      if (call !== 'accept' && call !== 'accept4') continue;
      const accepted = reader.event(seq).args?.accepted;
      index = typeof accepted === 'string' ? socketIndexOf(reader, accepted) : -1;
    }
    if (index >= 0) return ends(reader, index);
  }
  const first = reader.sockets.findIndex((socket) => socket.role !== 'listener');
  return first < 0 ? null : ends(reader, first);
}

function ends(reader: TraceReader, own: number): Connection {
  const socket = reader.sockets[own]!;
  const peer = socketIndexOf(reader, socket.peer);
  const accepted = socket.role === 'accepted';
  return { own, peer, left: accepted ? peer : own, right: accepted ? own : peer, protocol: socket.protocol };
}

/** Whether it is about datagrams. */
export function isDatagram(connection: Connection): boolean {
  return connection.protocol === 'udp' || connection.protocol === 'udp6';
}
