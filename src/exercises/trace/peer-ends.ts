import type { TraceStore } from '../../trace';
import type { PeerEnd } from '../peer/messages';

/** The program's socket at the other end of a connection of the peer: by the mirrored ports, or by path and order. -1 for none. */
export function findEnd(trace: TraceStore, end: PeerEnd): number {
  if (end.path !== '') {
    const sockets = trace.sockets
      .map((socket, index) => ({ socket, index }))
      .filter(({ socket: { protocol, role } }) => protocol === 'unix' && (role === 'accepted' || role === 'client'));
    return sockets[end.index]?.index ?? -1;
  }
  return trace.sockets.findIndex(({ local, remote, role }) => {
    const [here, there] = [portOf(local), portOf(remote)];
    if (end.id.startsWith('u')) return there === end.localPort;
    return role !== 'listener' && there === end.localPort && here === end.remotePort;
  });
}

const portOf = (address: unknown): number => (address as { port?: number } | null)?.port ?? -1;
