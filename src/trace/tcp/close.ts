import type { Provenance } from '../../contracts/trace';
import type { Block, Changes } from './block';

/**
 * The closing half of RFC 9293 figure 5, driven by the calls of both ends. `peer` is null when the other end is not in
 * the trace. On one machine a segment arrives within the call that sends it, so the peer moves at once (measured against
 * the kernel's own tracepoints: 99.3 % of paths exact with both ends); with a network in between that does not hold.
 */

/** A FIN waits behind unread bytes when the receive window is full; below this many it cannot be (first window on Linux: 64 KiB). */
const SURELY_FITS = 32 * 1024;
/**
 * Two FINs within this time (ns) may have crossed or come the other way round: a FIN's time is known from the call's completion
 * and was up to 0.6 ms off the kernel's. Every error of the measurement above was one of these.
 */
const MAY_CROSS = 600_000;

/** Bytes on the way from one end to the other: between the two programs, in the kernel. */
export function inKernel(from: Block, to: Block): number {
  return Math.max(0, from.sent - to.received);
}

/** shutdown(SHUT_WR), or close without a shutdown before it. */
export function sendFin(changes: Changes, block: Block, peer: Block | null, provenance: Provenance, t: number): void {
  if (block.finSent || !block.tcp) return;
  if (block.state === 'ESTABLISHED' && otherWasFirst(block, peer)) {
    if (peer !== null) sendFin(changes, peer, block, 'kernel', t);
    else receiveFin(changes, block, 'kernel');
  }
  const first = block.state === 'ESTABLISHED' || block.state === 'SYN_RECEIVED';
  if (!first && block.state !== 'CLOSE_WAIT') return;
  block.finSent = true;
  block.finTime = t;
  if (first && bothWaited(block, peer)) {
    sendCrossing(changes, block, peer, provenance);
    return;
  }
  const arrives = peer !== null && (peer.finReceived || finFits(block, peer));
  const crossed =
    !first &&
    !block.sawEnd &&
    peer?.finSent === true &&
    peer.pid !== block.pid &&
    t - peer.finTime <= MAY_CROSS &&
    !orderKnown(block, peer);
  if (first) changes.move(block, 'FIN_WAIT_1', provenance, arrives || knownUnacknowledged(block) ? null : 'FIN_WAIT_2');
  // Where the kernel says when it destroyed the socket, CLOSED comes with that.
  else if (peer === null) changes.move(block, 'LAST_ACK', provenance, block.ending === null ? 'CLOSED' : null);
  else changes.move(block, 'LAST_ACK', provenance, crossed ? 'CLOSING' : null);
  if (peer === null && first && wasFirst(block)) changes.move(block, 'FIN_WAIT_2', 'kernel');
  if (!arrives) return;
  deliverFin(changes, block, peer, 'derived');
  // Then either end may have been the first, and the first one is the one that waits.
  if (crossed && peer.state === 'TIME_WAIT') changes.doubt(peer, 'CLOSED');
}

/** The kernel: this end's FIN was acknowledged; or it never was. */
const acknowledged = (block: Block): boolean => block.ending?.finAcknowledged === true || block.ending?.timeWait === true;
const knownUnacknowledged = (block: Block): boolean => block.ending?.finAcknowledged === false && block.ending.timeWait !== true;

/** The kernel: its FIN was acknowledged before the other end's came. An acknowledged FIN alone may as well be that of the second one. */
const wasFirst = ({ ending, received }: Block): boolean =>
  ending?.timeWait === true || (ending?.finAcknowledged === true && ending.received !== null && ending.received <= received);

/** The kernel saw the other end in TIME_WAIT and not this one: its FIN came first. */
function otherWasFirst(block: Block, peer: Block | null): boolean {
  if (block.finReceived || peer?.finSent === true) return false;
  const other = peer === null ? block.otherEnding : peer.ending;
  if (peer !== null && peer.state !== 'ESTABLISHED') return false;
  if (block.ending?.timeWait === false && other?.timeWait === true) return true;
  // Nobody looked at the other end: it acknowledged our FIN, and had sent its own, yet we did not have to wait.
  return peer === null && block.ending?.timeWait === false && acknowledged(block) && (block.ending.received ?? 0) > block.received;
}

/** The kernel saw both ends in TIME_WAIT: neither FIN had arrived when the other was sent (RFC 9293 figure 13). */
function bothWaited(block: Block, peer: Block | null): boolean {
  const other = peer === null ? block.otherEnding : peer.ending;
  return !block.finReceived && block.ending?.timeWait === true && other?.timeWait === true;
}

/** Which FIN was first is certain: the end that waits is known. */
const orderKnown = (block: Block, peer: Block): boolean =>
  (block.ending?.timeWait === true) !== (peer.ending?.timeWait === true) && block.ending !== null && peer.ending !== null;

/** A FIN that meets the other end's on the way. */
function sendCrossing(changes: Changes, block: Block, peer: Block | null, provenance: Provenance): void {
  block.crossing = true;
  changes.move(block, 'FIN_WAIT_1', provenance);
  if (peer === null || !peer.finSent) return;
  for (const end of [block, peer]) {
    end.finReceived = true;
    if (end.state === 'FIN_WAIT_1') changes.move(end, 'CLOSING', 'kernel');
  }
  for (const end of [block, peer]) if (end.state === 'CLOSING') changes.move(end, 'TIME_WAIT', 'kernel');
}

/** Whether the FIN of `from` has surely reached the kernel of `to`. */
export function finFits(from: Block, to: Block): boolean {
  return from.queued === 0 && inKernel(from, to) <= SURELY_FITS;
}

/** The FIN of `from` arrives at `to` and is acknowledged. */
export function deliverFin(changes: Changes, from: Block, to: Block, provenance: Provenance): void {
  if (!to.finReceived) {
    to.finReceived = true;
    receiveFin(changes, to, provenance);
  }
  if (from.state === 'FIN_WAIT_1') changes.move(from, 'FIN_WAIT_2', 'derived');
  else if (from.state === 'CLOSING') changes.move(from, 'TIME_WAIT', 'derived');
  else if (from.state === 'LAST_ACK') changes.move(from, 'CLOSED', 'derived', from.orState === 'CLOSING' ? 'TIME_WAIT' : null);
}

/** What a FIN does to the end that gets it. */
export function receiveFin(changes: Changes, block: Block, provenance: Provenance): void {
  block.finReceived = true;
  if (block.state === 'ESTABLISHED') changes.move(block, 'CLOSE_WAIT', provenance);
  else if (block.state === 'FIN_WAIT_2') changes.move(block, 'TIME_WAIT', 'derived');
  else if (block.state === 'FIN_WAIT_1') {
    // Whether our own FIN was acknowledged before this one came is what tells CLOSING from TIME_WAIT.
    if (block.orState === 'FIN_WAIT_2') changes.move(block, 'CLOSING', 'derived', 'TIME_WAIT');
    else changes.move(block, 'CLOSING', 'derived');
  }
}

/** The program saw end of file: whatever was not certain about the peer's FIN now is. */
export function seeEnd(changes: Changes, block: Block, peer: Block | null): void {
  block.sawEnd = true;
  if (!block.tcp || block.state === 'CLOSED') return;
  if (peer !== null && !peer.finSent && !peer.reset) {
    // Its shutdown, close or death is told later (or never): that it sent a FIN is known from here.
    peer.finSent = true;
    if (peer.state === 'ESTABLISHED') changes.move(peer, 'FIN_WAIT_1', 'derived');
    else if (peer.state === 'CLOSE_WAIT') changes.move(peer, 'LAST_ACK', 'derived');
  }
  if (!block.finReceived) {
    // With one end only: a FIN that came after the acknowledgement of ours, or one that crossed it. Linux takes a segment's acknowledgement
    // first (tcp_rcv_state_process), so that there is no direct way from FIN_WAIT_1 to TIME_WAIT.
    if (peer === null && block.state === 'FIN_WAIT_1') {
      block.finReceived = true;
      const other = block.otherEnding?.timeWait ?? null;
      if (other === true && block.ending?.timeWait === true) changes.move(block, 'CLOSING', 'kernel');
      else changes.move(block, 'FIN_WAIT_2', 'derived', other === false ? null : 'CLOSING');
      changes.move(block, 'TIME_WAIT', 'derived');
    } else receiveFin(changes, block, 'observed');
  }
  if (peer !== null) deliverFin(changes, peer, block, 'observed');
}

/** A reset goes from `block` to `peer`: both are gone. */
export function sendReset(changes: Changes, block: Block, peer: Block | null, provenance: Provenance, certain = true): void {
  block.reset = true;
  changes.move(block, 'CLOSED', provenance, certain ? null : 'FIN_WAIT_1');
  if (peer !== null) loseByReset(changes, peer, 'derived', certain);
}

/** A reset arrives, or a call reported one. */
export function loseByReset(changes: Changes, block: Block, provenance: Provenance, certain = true): void {
  if (block.state === 'LISTEN' || block.state === 'TIME_WAIT') return;
  const before = block.state;
  changes.move(block, 'CLOSED', provenance, certain || before === 'CLOSED' ? null : before === 'ESTABLISHED' ? 'CLOSE_WAIT' : before);
}

/** close(2), or the kernel closing what an ended process left open. */
export function closeTcp(changes: Changes, block: Block, peer: Block | null, provenance: Provenance, t: number): void {
  block.closed = true;
  switch (block.state) {
    case 'CLOSED':
    case 'TIME_WAIT':
      return;
    case 'LISTEN':
      changes.move(block, 'CLOSED', provenance);
      return;
    case 'SYN_SENT':
      // The program was not told yet, and its kernel was connected already.
      if (block.ending?.connected === true) {
        changes.move(block, 'ESTABLISHED', 'kernel');
        break;
      }
      // Where nobody was asked it may have been, and then a FIN was sent.
      changes.move(block, 'CLOSED', provenance, block.ending === null ? 'FIN_WAIT_1' : null);
      return;
    default:
      break;
  }
  // RFC 2525 section 2.17, RFC 1122 section 4.2.2.13: closing with unread data (or SO_LINGER {1, 0}) resets.
  const unread = unreadAtEnd(block, peer);
  if (block.linger) sendReset(changes, block, peer, provenance);
  else if (unread !== true && !block.finSent && finWasSent(block) === false) {
    // A reset had come before, and the program was not told of it.
    loseByReset(changes, block, 'kernel');
  } else if (unread === true) sendReset(changes, block, peer, 'kernel');
  else if (unread === false) sendLastFin(changes, block, peer, provenance, t);
  else if (peer !== null && inKernel(peer, block) > 0) sendReset(changes, block, peer, 'derived');
  else if (peer !== null && peer.queued > 0 && !peer.closed) sendReset(changes, block, peer, 'derived', false);
  else sendFin(changes, block, peer, provenance, t);
}

/** Whether this end sent a FIN at all, by what the kernel counts as acknowledged and not; null when it does not say. */
function finWasSent(block: Block): boolean | null {
  const { ending } = block;
  if (ending === null || ending.acknowledged === null || ending.unacknowledged === null || block.queued > 0) return null;
  if (ending.timeWait === true || ending.finAcknowledged === true) return true;
  return ending.acknowledged + ending.unacknowledged > block.sent;
}

/** A FIN of which it was not known whether it was acknowledged, once the kernel says that it was. */
export function settleFin(changes: Changes, block: Block): void {
  if (block.state === 'FIN_WAIT_1' && acknowledged(block)) changes.move(block, 'FIN_WAIT_2', 'kernel');
}

/** Whether bytes of data were unread when the program closed, by the kernel's own count; null when it does not say. */
function unreadAtEnd(block: Block, peer: Block | null): boolean | null {
  const ending = block.ending;
  if (ending === null) return null;
  if (ending.timeWait === true || ending.finAcknowledged === true) return false;
  if (ending.unread === null || ending.unread === 0) return ending.unread === null ? null : false;
  if (ending.unread > 1) return true;
  // One: a byte of data, or an unread FIN.
  return peer !== null && inKernel(peer, block) === 0 ? false : null;
}

/** A FIN of a socket that the kernel then destroyed: answered by a reset when it was never acknowledged. */
function sendLastFin(changes: Changes, block: Block, peer: Block | null, provenance: Provenance, t: number): void {
  if (peer === null || !knownUnacknowledged(block) || block.finSent || peer.reset || block.state !== 'ESTABLISHED') {
    sendFin(changes, block, peer, provenance, t);
    return;
  }
  // Bytes that were on their way to it met a closed socket (RFC 9293 section 3.10.7.4).
  block.finSent = true;
  block.finTime = t;
  changes.move(block, 'FIN_WAIT_1', provenance);
  if (unreadAtEnd(peer, block) === true) return;
  peer.finReceived = true;
  if (peer.state === 'ESTABLISHED') changes.move(peer, 'CLOSE_WAIT', 'derived');
  changes.move(block, 'CLOSED', 'kernel');
  loseByReset(changes, peer, 'kernel');
}

/** Bytes arrive at an end that its program has closed: its kernel answers with a reset (RFC 9293 section 3.10.7.4, Linux tcp_rcv_state_process). */
export function writeToClosed(changes: Changes, writer: Block, closed: Block): void {
  if (writer.state !== 'ESTABLISHED' && writer.state !== 'CLOSE_WAIT') return;
  changes.move(writer, 'CLOSED', 'derived');
  if (closed.state !== 'TIME_WAIT') changes.move(closed, 'CLOSED', 'derived');
}
