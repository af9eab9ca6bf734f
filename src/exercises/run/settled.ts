/** Whether a program has nothing left to do for the peer, as far as the two can tell. */
import type { ProgramConnection } from '../../runner/progress-scout';
import type { PeerEnd } from '../peer/messages';

const portOf = (address: ProgramConnection['local']) => (address !== null && 'port' in address ? address.port : -1);

/**
 * The script is over. Settled: the program has read everything that came on the connections that the peer still holds, and has closed all
 * others. On a connection that the peer holds and has said all on, nothing more can come that anybody sees.
 */
export function settled(connections: readonly ProgramConnection[], ends: readonly PeerEnd[]): boolean {
  const held = ends.filter(({ id, left }) => id.startsWith('c') && !left);
  const heldTcp = held.filter(({ path }) => path === '');
  const unix = connections.filter(({ remote }) => remote !== null && 'path' in remote);
  const tcp = connections.filter((connection) => !unix.includes(connection));
  const pairOf = (end: PeerEnd) =>
    tcp.find(({ local, remote }) => portOf(remote) === end.localPort && portOf(local) === end.remotePort) ?? null;
  const pairs = new Set(heldTcp.map(pairOf));
  if (tcp.some((connection) => connection.open && !pairs.has(connection))) return false;
  // null: it waits in the accept queue.
  if (heldTcp.some((end) => !allRead(pairOf(end), end.written))) return false;
  // Ends of Unix-domain sockets have no names by which they could be paired; what they have in all is known.
  const heldUnix = held.filter(({ path }) => path !== '');
  const sent = heldUnix.reduce((sum, { written }) => sum + written, 0);
  const read = unix.reduce((sum, connection) => sum + connection.read, 0);
  return unix.filter(({ open }) => open).length <= heldUnix.length && unix.length >= heldUnix.length && read >= sent;
}

const allRead = (connection: ProgramConnection | null, written: number) =>
  connection !== null && (!connection.open || connection.read >= written);
