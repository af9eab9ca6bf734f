import type { SocketStateName, TraceEvent } from '../../../src/contracts/trace';
import { ERRNO_CARDS } from '../../../src/knowledge/errnos';

/** What each state means for the program. TCP: RFC 9293 section 3.3.2. */
export const STATE_MEANING: Record<SocketStateName, string> = {
  CLOSED: 'There is no connection: not yet, or no longer.',
  LISTEN:
    'The kernel answers connection requests to this address by itself; finished ones wait in the accept queue until the program takes them.',
  SYN_SENT: 'A connection request (SYN) is on its way; the socket waits for the other side to answer.',
  SYN_RECEIVED: 'A connection request came in and was answered; the last step of the handshake is still to come.',
  ESTABLISHED: 'The handshake is complete: both sides can send and receive.',
  FIN_WAIT_1: 'This side has said that it will send no more (FIN) and waits for that to be acknowledged. It can still receive.',
  FIN_WAIT_2: 'This side’s FIN was acknowledged. Now the other side may still send, and its FIN is awaited.',
  CLOSE_WAIT: 'The other side has finished sending. This side may still send; the connection waits for this program to end or close it.',
  CLOSING: 'Both sides finished at the same time; each still waits for the acknowledgement of its FIN.',
  LAST_ACK: 'Both sides have finished; only the acknowledgement of the last FIN is missing.',
  TIME_WAIT:
    'The connection is over. The side that finished first keeps its addresses for a while, so that late segments cannot disturb a new connection.',
  UNBOUND: 'The socket has no address yet, so nobody could reach it.',
  BOUND: 'The socket has an address; what is sent there arrives here.',
  CONNECTED: 'The socket has one fixed peer.',
};

const MEANING: Record<string, string> = {
  socket: 'A socket is an end point for communication. So far it is only a number in this process: it has no address and no peer.',
  bind: 'The local address and port now belong to this socket. Nobody can connect before listen.',
  listen: 'From now on the kernel completes handshakes by itself, even while the program is busy. accept only collects the results.',
  accept: 'The new descriptor is this one connection; the listening socket stays and waits for the next.',
  accept4: 'The new descriptor is this one connection; the listening socket stays and waits for the next.',
  shutdown: 'TCP tells the other side with a FIN, which it reads as the end. The other direction stays open: this is a half-close.',
  close: 'The descriptor may be used again for something else. TCP may still finish the connection in the background.',
  setsockopt: 'Options change how the kernel treats this socket; no bytes move.',
  getsockname: 'The program asks the kernel; nothing is sent.',
  getpeername: 'The program asks the kernel; nothing is sent.',
  unlink: 'The name of a Unix-domain socket is a file; it is removed so that the name is free again.',
};

/** What a call means in general, with the cases that its result makes different. */
export function callMeaning(event: TraceEvent): string {
  if (event.kind === 'exit') return 'The kernel closes every socket that the process still had.';
  if (event.kind === 'buffer') return 'Bytes in a buffer have been handed over by one side and not yet been taken by the next.';
  if (event.kind !== 'call' || event.call === null) return '';
  switch (event.call) {
    case 'connect':
      return event.error === 'EINPROGRESS'
        ? 'EINPROGRESS is no failure: Node’s sockets do not block, so the handshake goes on in the kernel while the program runs.'
        : event.error
          ? ''
          : 'For TCP this is the three-way handshake (SYN, SYN-ACK, ACK); for a datagram socket it only fixes the peer.';
    case 'read':
      if (event.error) return event.error === 'EAGAIN' ? 'EAGAIN is no failure: a socket that does not block answers at once.' : '';
      return event.result === 0
        ? 'read = 0 is how a FIN looks to a program. Data that was sent before it has all been read.'
        : 'TCP is a stream of bytes: how they are cut into reads has nothing to do with how they were written.';
    case 'write':
    case 'writev':
      if (event.error)
        return event.error === 'EAGAIN' ? 'EAGAIN is no failure: libuv keeps the bytes and tries again when there is room.' : '';
      return 'The bytes are in the kernel’s send buffer now. That the call succeeded does not mean that they have arrived.';
    case 'sendmsg':
    case 'sendto':
      return event.error ? '' : 'A datagram arrives whole or not at all, and nobody tells the sender which.';
    case 'recvmsg':
    case 'recvfrom':
      return event.error ? '' : 'One call takes exactly one datagram, even an empty one.';
    case 'getsockopt':
      return event.args?.option === 'SO_ERROR'
        ? 'A socket that does not block keeps the outcome of connect in SO_ERROR; reading it also clears it.'
        : '';
    default:
      return event.error ? '' : (MEANING[event.call] ?? '');
  }
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** Cause and fix of an error, and what is easily taken wrong about it. */
export function errorHelp(error: string, call: string | null): { cause: string; fix: string; note: string | null } {
  const card = ERRNO_CARDS.get(error);
  if (card) return { cause: sentence(card.cause), fix: sentence(card.fix), note: card.note };
  return {
    cause: `The system answered ${error}${call ? ` to ${call}` : ''}.`,
    fix: `Look up ${error}${call ? ` in the manual page ${call}(2)` : ''}.`,
    note: null,
  };
}
