/** Words for "Why is it stuck?": what each pattern means, what is missing, and what to ask first. Facts only; sources with each. */
import { man, nodeDoc, type Reference, rfc } from './references';

/** The words of one pattern. `{name}` stands for a fact of the finding; what each finding offers is in `StuckFacts`. */
export interface StuckWords {
  /** A few words, as a heading. */
  title: string;
  /** What is the case. */
  is: string;
  /** What is missing, and on which side; '' when there is no one call. */
  missing: string;
  /** What the other end does; '' when there is nothing to say. */
  peer: string;
  /** The first question to ask oneself. */
  ask: string;
  /** What usually helps. `code` between backticks. */
  fix: string;
  /** Card of media/docs that explains it. */
  card: string;
  reference: Reference;
}

/** What the texts may name. */
export interface StuckFacts {
  /** `server.mjs`, and `client.mjs` or '' for the other end. */
  program: string;
  peerProgram: string;
  socket: string;
  peerSocket: string;
  /** TCP state, `FIN_WAIT_1 or FIN_WAIT_2` where it cannot be told apart. */
  state: string;
  peerState: string;
  /** `12 s`. */
  lasted: string;
  /** Where the other end is: `127.0.0.1:8080`. */
  address: string;
  bytes: string;
  waiting: string;
  backlog: string;
  connecting: string;
  held: string;
  sends: string;
}

const words = (entry: StuckWords): StuckWords => entry;

export const STUCK_WORDS: Readonly<Record<string, StuckWords>> = {
  'accept-queue-full': words({
    title: 'The accept queue is full',
    is: '{waiting} have finished their handshake and wait for {program} to accept them; its backlog is {backlog}, so the kernel leaves the SYN of the next client unanswered ({connecting}).',
    missing: 'The event loop of {program} does not turn: Node accepts in every turn, and it has done nothing for {lasted}.',
    peer: '',
    ask: 'What does {program} compute, or wait for synchronously, at this moment?',
    fix: 'Move long work to a worker thread, or cut it into pieces with `setImmediate`. A larger backlog only makes the queue longer.',
    card: 'backlog-and-accept-queue',
    reference: man('listen(2)'),
  }),
  'accept-queue': words({
    title: 'Connections wait in the accept queue',
    is: 'For {lasted} {waiting} have been connected by the kernel, and {program} has not accepted them.',
    missing: 'The event loop of {program} does not turn: Node accepts in every turn.',
    peer: '',
    ask: 'What does {program} compute, or wait for synchronously (a loop, `readFileSync`, `Atomics.wait`), at this moment?',
    fix: 'Move long work to a worker thread, or cut it into pieces with `setImmediate`.',
    card: 'backlog-and-accept-queue',
    reference: man('listen(2)'),
  }),
  connecting: words({
    title: 'Nobody answers the connect',
    is: '{socket} of {program} has been in {state} for {lasted}: its SYN to {address} was not answered, neither with SYN-ACK nor with RST.',
    missing:
      'An answer. Where nothing listens the answer is RST at once (ECONNREFUSED); silence means that packets are dropped on the way, or that the accept queue there is full.',
    peer: '',
    ask: 'Is {address} the right address, and does its server accept connections?',
    fix: 'Set a deadline of your own: `setTimeout` and `socket.destroy()`, or `AbortSignal.timeout`. Linux itself gives up after about 127 s.',
    card: 'connect',
    reference: man('tcp(7)'),
  }),
  'both-write': words({
    title: 'Both ends write and neither reads',
    is: '{bytes} have waited in the write buffer of {socket} ({program}) for {lasted}: its peer does not read, because it waits for the same thing.',
    missing: 'A read at either end.',
    peer: '{peerSocket} of {peerProgram} waits for {socket} to read.',
    ask: 'Which end should read while it writes?',
    fix: 'Listen for `data` (or `resume()`) at both ends before writing much.',
    card: 'buffers',
    reference: nodeDoc('net', 'socketwritedata-encoding-callback', 'Node: socket.write()'),
  }),
  'close-wait': words({
    title: '{state}: the program never calls end()',
    is: '{socket} of {program} has been in {state} for {lasted}: the peer has finished sending, and {program} has read that.',
    missing: '`end()` (or `destroy()`) on this socket by {program}. The kernel waits for it without limit.',
    peer: '{peerSocket} of {peerProgram} is in {peerState}: it has sent its FIN and waits for the other one.',
    ask: "What does {program} do in its 'end' event?",
    fix: "Call `socket.end()` in 'end'. With `allowHalfOpen: false`, the default, Node does it by itself.",
    card: 'half-close',
    reference: rfc(9293, '3.6'),
  }),
  'end-unread': words({
    title: 'The end is there, but nobody reads up to it',
    is: 'The peer of {socket} has finished, and {program} has not learned it: {bytes} stand before the end and have not been taken for {lasted}.',
    missing:
      "A reader in {program}: a 'data' listener, `resume()` or `pipe()`. Without one 'end' never comes, and so neither does 'close'.",
    peer: '{peerSocket} of {peerProgram} is in {peerState} and waits for the other FIN.',
    ask: "Has this socket a 'data' listener, and is it not paused?",
    fix: "Add `socket.on('data', ...)`, or `socket.resume()` when the bytes do not matter.",
    card: 'buffers',
    reference: nodeDoc('net', 'event-end', "Node: net.Socket 'end'"),
  }),
  'never-reads': words({
    title: 'Bytes have arrived that nobody reads',
    is: '{bytes} for {socket} have waited for {lasted}: {peerProgram} sent them, and {program} has not read them.',
    missing: "A reader in {program}: a 'data' listener, `resume()` or `pipe()`; or its event loop does not turn.",
    peer: '{peerSocket} of {peerProgram} is in {peerState}; once the buffers are full it has to wait, too.',
    ask: 'Is this socket paused, or without a `data` listener?',
    fix: "Add `socket.on('data', ...)`, or call `socket.resume()` after `pause()`.",
    card: 'buffers',
    reference: nodeDoc('net', 'socketpause', 'Node: socket.pause()'),
  }),
  'exit-held': words({
    title: 'close() waits for connections',
    is: '{program} closed its server {lasted} ago, and still runs: {held} that it had accepted are open.',
    missing: 'The end of each of these connections. `server.close()` only stops accepting; it ends nothing that is open.',
    peer: '',
    ask: 'Who should end these connections, and when?',
    fix: 'Keep the sockets in a Set and `end()` or `destroy()` them; for http call `server.closeAllConnections()`.',
    card: 'close',
    reference: nodeDoc('net', 'serverclosecallback', 'Node: server.close()'),
  }),
  'timeout-ignored': words({
    title: 'timeout came, and nobody closed the socket',
    is: "{socket} of {program} got its 'timeout' event {lasted} ago and is still {state}.",
    missing: "`destroy()` (or `end()`) in the 'timeout' listener: the event only tells.",
    peer: '{peerSocket} of {peerProgram} is in {peerState}.',
    ask: 'Should an idle connection be closed here?',
    fix: "`socket.on('timeout', () => socket.destroy())`.",
    card: 'close',
    reference: nodeDoc('net', 'socketsettimeouttimeout-callback', 'Node: socket.setTimeout()'),
  }),
  'end-behind-writes': words({
    title: 'The end waits behind bytes that are not taken',
    is: '{program} called end() on {socket} {lasted} ago; {bytes} are still before it, so no FIN was sent.',
    missing: 'Room in the send buffer: it comes when the peer reads.',
    peer: '{peerSocket} of {peerProgram} is in {peerState} and does not read.',
    ask: 'Why does the peer not read?',
    fix: 'Make the peer read; or `destroy()` the socket to drop what is left.',
    card: 'buffers',
    reference: nodeDoc('net', 'socketenddata-encoding-callback', 'Node: socket.end()'),
  }),
  'waits-for-drain': words({
    title: 'Waiting for drain',
    is: '{bytes} have waited in the write buffer of {socket} ({program}) for {lasted}: write() returned false, and no drain has come.',
    missing: 'A read by the peer: the kernel has room again only when it takes bytes.',
    peer: '{peerSocket} of {peerProgram} is in {peerState} and does not read.',
    ask: 'Why does the peer not read?',
    fix: 'Make the peer read. Waiting for `drain` here is right.',
    card: 'buffers',
    reference: nodeDoc('net', 'event-drain', "Node: net.Socket 'drain'"),
  }),
  'half-open': words({
    title: '{state}: the peer holds its half open',
    is: '{socket} of {program} sent its FIN {lasted} ago and is in {state}; the peer has not sent its own.',
    missing: '`end()` at the other end.',
    peer: '{peerSocket} of {peerProgram} is in {peerState}.',
    ask: 'What does the peer still want to send?',
    fix: 'Call `end()` at the other end; or `destroy()` here after a deadline of your own.',
    card: 'half-close',
    reference: rfc(9293, '3.6'),
  }),
  'waits-for-more': words({
    title: 'Both ends wait for each other',
    is: '{socket} of {program} received {bytes} and has written nothing back for {lasted}; nothing is on the way in either direction.',
    missing: '',
    peer: '{peerSocket} of {peerProgram} has said what it wanted and waits for an answer, or has nothing more to say.',
    ask: 'How does {program} know that a message is complete?',
    fix: 'TCP has no message borders: agree on one (a newline, a length in front) and test for exactly that.',
    card: 'buffers',
    reference: rfc(9293, '3.8'),
  }),
  'udp-no-reply': words({
    title: 'No reply has come',
    is: '{socket} of {program} has sent {sends} to {address} and received nothing for {lasted}.',
    missing: 'A reply: UDP does not tell whether a datagram arrived.',
    peer: '',
    ask: 'Is somebody bound to {address}, and does it answer?',
    fix: 'Set a deadline and send again; give up after a few tries.',
    card: 'datagrams',
    reference: man('udp(7)'),
  }),
  'no-sockets': words({
    title: 'No socket keeps it alive',
    is: 'All {held} of {program} have been closed for {lasted}, and it still runs: something that is not a socket keeps its event loop alive.',
    missing:
      'The end of a timer (`setInterval`, `setTimeout`), of reading stdin, of a child process or of a worker. Which one is not visible in a trace of sockets.',
    peer: '',
    ask: 'Which timer is never cleared?',
    fix: 'Call `clearInterval` or `timer.unref()`; `process.getActiveResourcesInfo()` lists what is left.',
    card: 'epoll',
    reference: {
      title: 'Node: process.getActiveResourcesInfo()',
      url: 'https://nodejs.org/api/process.html#processgetactiveresourcesinfo',
    },
  }),
};

/** What can be said of the bytes that came last, when both ends wait. */
export const LOOK_WORDS: Readonly<Record<string, string>> = {
  line: 'The bytes end with a newline: a whole line is there. If {program} waits for a line, it does not see that it has one.',
  'no-newline': 'The bytes are text without a newline at the end. If {program} waits for a line, the newline was never sent.',
  length: 'The bytes begin with a length that fits exactly: a whole message is there.',
  http: 'The bytes are a whole HTTP message.',
  unknown: '',
};

/** Whether the datagram was taken by a socket of the trace. */
export const TAKEN_WORDS = {
  taken: 'A socket in this trace received it and has sent nothing back.',
  lost: 'No socket in this trace received it.',
} as const;

/** Puts facts into a text; an unknown name stays as it is, so that a test finds it. */
export function withFacts(text: string, facts: Partial<StuckFacts>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (facts as Record<string, string | undefined>)[name] ?? whole);
}
