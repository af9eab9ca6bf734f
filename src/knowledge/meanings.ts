import type { SocketStateName, TraceEvent } from '../contracts/trace';
import { errnoCard } from './errnos';
import type { Family } from './family';
import type { Reference } from './references';

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

type Meanings = Record<string, string | Record<Family, string>>;

const ACCEPT = 'The new descriptor is this one connection; the listening socket stays and waits for the next.';
const ASK = 'The program asks the kernel; nothing is sent.';
const STREAM = 'A stream of bytes has no message borders: how they are cut into reads has nothing to do with how they were written.';
const SEND = 'A datagram arrives whole or not at all, and nobody tells the sender which.';
const RECEIVE = 'One call takes exactly one datagram, even an empty one.';

const MEANING: Meanings = {
  socket: 'A socket is an end point for communication. So far it is only a number in this process: it has no address and no peer.',
  bind: {
    tcp: 'The local address and port now belong to this socket. Nobody can connect before listen.',
    udp: 'The local address and port now belong to this socket: datagrams sent there arrive here. UDP needs no listen and no accept.',
    unix: 'A Unix-domain socket has a path as its name, so only programs on this machine reach it. Nobody can connect before listen.',
  },
  listen: {
    tcp: 'From now on the kernel completes handshakes by itself, even while the program is busy. accept only collects the results.',
    udp: '',
    unix: 'From now on the kernel lets others connect by itself, even while the program is busy. accept only collects the results.',
  },
  accept: ACCEPT,
  accept4: ACCEPT,
  connect: {
    tcp: 'For TCP this is the three-way handshake: SYN, SYN-ACK, ACK.',
    udp: 'For UDP nothing is sent: the socket only gets one fixed peer.',
    unix: 'Both ends are on this machine: the kernel joins them at once, and no packet is sent.',
  },
  read: STREAM,
  write: {
    tcp: 'The bytes are in the kernel’s send buffer now. That the call succeeded does not mean that they have arrived.',
    udp: SEND,
    unix: 'The bytes are in the kernel now, ready for the other side. That the call succeeded does not mean that it has read them.',
  },
  sendmsg: SEND,
  sendto: SEND,
  recvmsg: RECEIVE,
  recvfrom: RECEIVE,
  shutdown: {
    tcp: 'TCP tells the other side with a FIN, which it reads as the end. The other direction stays open: this is a half-close.',
    udp: '',
    unix: 'The other side reads this as the end. The other direction stays open: this is a half-close.',
  },
  close: {
    tcp: 'The descriptor may be used again for something else. TCP may still finish the connection in the background.',
    udp: 'The descriptor may be used again for something else. The other side is not told: UDP has no connection to end.',
    unix: 'The descriptor may be used again for something else.',
  },
  setsockopt: 'Options change how the kernel treats this socket; no bytes move.',
  getsockname: ASK,
  getpeername: ASK,
  unlink: 'The name of a Unix-domain socket is a file; it is removed so that the name is free again.',
};

/** What an ordinary "not now" means. */
const NOT_NOW: Record<string, string> = {
  connect: 'EINPROGRESS is no failure: Node’s sockets do not block, so the handshake goes on in the kernel while the program runs.',
  read: 'EAGAIN is no failure: a socket that does not block answers at once.',
  write: 'EAGAIN is no failure: libuv keeps the bytes and tries again when there is room.',
};

/** What a call means on this kind of socket, with the cases that its result makes different; '' when there is nothing to add. */
export function callMeaning(event: TraceEvent, family: Family): string {
  if (event.kind === 'exit') return 'The kernel closes every socket that the process still had.';
  if (event.kind === 'buffer') return 'Bytes in a buffer have been handed over by one side and not yet been taken by the next.';
  if (event.kind !== 'call' || event.call === null) return '';
  const call = event.call === 'writev' ? 'write' : event.call;
  if (event.error !== null) return /^E(INPROGRESS|AGAIN|WOULDBLOCK)$/.test(event.error) ? (NOT_NOW[call] ?? '') : '';
  if (call === 'read' && event.result === 0)
    return `read = 0 is how ${family === 'tcp' ? 'a FIN' : 'the end'} looks to a program. Data that was sent before it has all been read.`;
  if (call === 'getsockopt' && event.args?.option === 'SO_ERROR')
    return 'A socket that does not block keeps the outcome of connect in SO_ERROR; reading it also clears it.';
  const meaning = MEANING[call] ?? '';
  return typeof meaning === 'string' ? meaning : meaning[family];
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** What helps with an error. `ask` is the first question; '' when there is none. */
export interface ErrorHelp {
  cause: string;
  ask: string;
  fix: string;
  note: string | null;
  reference: Reference | null;
}

/** Cause and fix of an error, and what is easily taken wrong about it. */
export function errorHelp(error: string, call: string | null, family: Family = 'tcp'): ErrorHelp {
  const card = errnoCard(error, family);
  if (card) return { cause: sentence(card.cause), ask: card.ask, fix: sentence(card.fix), note: card.note, reference: card.reference };
  return {
    cause: `The system answered ${error}${call ? ` to ${call}` : ''}.`,
    fix: `Look up ${error}${call ? ` in the manual page ${call}(2)` : ''}.`,
    ask: '',
    note: null,
    reference: null,
  };
}
