import type { MessageLook, StuckPatternId } from '../../contracts/stuck';
import type { TraceReader } from '../../contracts/trace-model';
import { oldestUnread, type RunFacts, type SocketFacts, unreadBytes } from './facts';
import { lookOf } from './message-look';

/** What a pattern found of a socket. */
export interface Hit {
  since: number;
  numbers?: Record<string, number>;
  look?: MessageLook;
  /** The step whose line is to blame, when it is not the one that made the socket. */
  at?: number;
}

/** A way in which a socket can be stuck, as a test over its facts. */
export interface SocketPattern {
  id: StuckPatternId;
  certain: boolean;
  test(socket: SocketFacts, run: RunFacts): Hit | null;
}

const connected = (socket: SocketFacts) => socket.stream && !socket.listens && socket.running && socket.now.open;

/** Bytes that the stream or libuv still hold: written, and not with the kernel yet. */
const heldBack = (socket: SocketFacts) => Math.max(socket.now.writableLength ?? 0, socket.now.writeQueueSize ?? 0);

/** The other end has said that it sends no more, or is gone. */
const peerEnded = (socket: SocketFacts) =>
  socket.now.state === 'CLOSE_WAIT' || (socket.peer !== null && (socket.peer.shutdown > 0 || socket.peer.closed > 0));

/** Tried in this order; a socket gets the first that fits. */
export const SOCKET_PATTERNS: readonly SocketPattern[] = [
  {
    id: 'connecting',
    certain: true,
    test: (socket) => {
      if (!connected(socket) || socket.now.state !== 'SYN_SENT') return null;
      return { since: socket.connectCalled || socket.stateSince };
    },
  },
  {
    id: 'end-behind-writes',
    certain: true,
    test: (socket) => {
      if (!connected(socket) || !socket.endCalled || socket.shutdown || heldBack(socket) === 0) return null;
      return { since: socket.endCalled, numbers: { bytes: heldBack(socket) }, at: socket.endCalled };
    },
  },
  {
    id: 'waits-for-drain',
    certain: true,
    test: (socket) => {
      if (!connected(socket) || !socket.returnedFalse || heldBack(socket) === 0) return null;
      return { since: socket.returnedFalse, numbers: { bytes: heldBack(socket) }, at: socket.returnedFalse };
    },
  },
  {
    id: 'end-unread',
    certain: true,
    test: (socket, run) => {
      if (!connected(socket) || !peerEnded(socket) || socket.shutdown || socket.endCalled) return null;
      const kept = socket.now.readableLength ?? 0;
      if (socket.endRead && kept === 0) return null;
      const unread = unreadBytes(socket);
      // The end alone is read as soon as the loop turns; only what stands before it can hold it up.
      if (kept === 0 && unread === 0) return null;
      return { since: oldestUnread(run.trace, socket, run.step) || socket.stateSince, numbers: { bytes: kept + unread } };
    },
  },
  {
    id: 'close-wait',
    certain: true,
    test: (socket) => {
      if (!connected(socket) || !socket.endRead || socket.shutdown || socket.endCalled) return null;
      return { since: socket.now.state === 'CLOSE_WAIT' ? socket.stateSince : socket.endRead };
    },
  },
  {
    id: 'never-reads',
    certain: true,
    test: (socket, run) => {
      if (!connected(socket)) return null;
      const unread = unreadBytes(socket);
      const kept = socket.now.readableLength ?? 0;
      if (unread === 0 && kept === 0) return null;
      return { since: oldestUnread(run.trace, socket, run.step) || socket.lastReceive, numbers: { bytes: unread + kept } };
    },
  },
  {
    id: 'timeout-ignored',
    certain: true,
    test: (socket) => {
      if (!connected(socket) || !socket.timeout) return null;
      return { since: socket.timeout, numbers: { milliseconds: 0 } };
    },
  },
  {
    id: 'half-open',
    certain: true,
    test: (socket) => {
      if (!connected(socket) || !socket.shutdown || socket.endRead) return null;
      return socket.now.state.startsWith('FIN_WAIT') || !socket.info.protocol.startsWith('tcp') ? { since: socket.shutdown } : null;
    },
  },
  {
    id: 'waits-for-more',
    certain: false,
    test: (socket, run) => waitsForMore(socket, run.trace),
  },
  {
    id: 'udp-no-reply',
    certain: false,
    test: (socket, run) => {
      if (socket.stream || !socket.now.open || !socket.running || socket.sends === 0 || socket.receives > 0) return null;
      const taken = run.trace.links(socket.lastSend).some((link) => link.from === socket.lastSend && link.to <= run.step);
      return { since: socket.lastSend, numbers: { sends: socket.sends, taken: taken ? 1 : 0 }, at: socket.lastSend };
    },
  },
];

/**
 * Both ends of a connection wait: all that came was read, nothing is on the way, and the one that was spoken to first has not
 * answered the last thing. One who only waits for a next request has said the last word itself.
 */
function waitsForMore(socket: SocketFacts, trace: TraceReader): Hit | null {
  const { peer } = socket;
  if (!connected(socket) || !peer?.now.open || socket.endRead || socket.endCalled || peer.endRead || peer.endCalled) return null;
  if (unreadBytes(socket) > 0 || unreadBytes(peer) > 0 || heldBack(socket) > 0 || heldBack(peer) > 0) return null;
  if (socket.sinceSend.length === 0 || socket.lastSend > socket.lastReceive) return null;
  const spokeFirst = socket.firstSend > 0 && (peer.firstSend === 0 || socket.firstSend < peer.firstSend);
  if (spokeFirst) return null;
  const look = lookOf(trace, socket.sinceSend);
  // A server owes an answer to who spoke first; a client that was greeted, or is sent things, may have nothing to say.
  if (socket.info.role !== 'accepted' && (look !== 'no-newline' || socket.firstSend > 0)) return null;
  let bytes = 0;
  for (const seq of socket.sinceSend) bytes += Math.max(0, trace.bytes(seq) ?? 0);
  return { since: socket.lastReceive, numbers: { bytes, reads: socket.sinceSend.length }, look };
}
