/**
 * What learners often believe about sockets, and what is true instead: data. Each belief was seen in the wild (questions, issues,
 * lecture notes) and each truth was checked by experiment or in its source; the cards give the sources.
 */
export interface Misconception {
  belief: string;
  truth: string;
  /** Id of the exercise that trains it. */
  exercise: string;
  /** False: it shows in answers to questions only, not in code or a run. */
  seen: boolean;
}

const seen = (belief: string, truth: string, exercise: string): Misconception => ({ belief, truth, exercise, seen: true });
const asked = (belief: string, truth: string, exercise: string): Misconception => ({ belief, truth, exercise, seen: false });

export const MISCONCEPTIONS = {
  M01: asked(
    'bind() makes a buffer, or starts to listen',
    'bind() gives the socket its address; nobody can connect until listen().',
    'S01',
  ),
  M02: seen("one write is one 'data' event", 'TCP carries bytes, not messages; reads are cut anywhere.', 'B02'),
  M03: seen('setNoDelay() keeps messages apart', 'It changes when small segments leave, not how reads are cut.', 'B06'),
  M04: seen(
    'the backlog is the number of clients; a bigger one is a faster server',
    'It is the waiting room of finished handshakes.',
    'Q01',
  ),
  M05: asked('accept() moves the client to a new port', 'All accepted sockets have the local port of their listener.', 'S04'),
  M06: seen('a write that succeeded was delivered', 'The kernel has the bytes. Only an answer proves that the peer handled them.', 'B04'),
  M07: seen('write() needs no care', 'What the kernel does not take waits in memory until it does.', 'B04'),
  M08: seen(
    '127.0.0.1 and 0.0.0.0 are the same, and both are destinations',
    '0.0.0.0 is for listening: every IPv4 address of this host.',
    'A01',
  ),
  M09: seen('localhost is 127.0.0.1', 'A name can mean several addresses; each is tried.', 'A02'),
  M10: seen('bytes are text', 'A chunk may end inside a character, and not every byte is text.', 'B02'),
  M11: asked('Node runs one thread per connection', 'One thread is told which of many sockets are ready.', 'Q02'),
  M12: seen("socket errors are caught by try or 'uncaughtException'", "They arrive later, as 'error' events of the socket.", 'L04'),
  M13: seen('end() closes the whole connection', 'It ends one direction; the other may go on.', 'L02'),
  M14: seen("'end' always comes", "A reset or destroy() gives no 'end'; 'close' always comes last.", 'L04'),
  M15: seen('setTimeout() closes the socket', 'The event only tells; the socket stays open until the program closes it.', 'T01'),
  M16: seen('one variable is enough for all clients', 'Each connection needs its own state.', 'S02'),
  M17: asked(
    'TIME_WAIT waits for data of the other side, or is a leak',
    'Both sides have finished; it guards against old segments.',
    'L01',
  ),
  M18: seen('EADDRINUSE comes from TIME_WAIT', 'A live socket has the address; on Unix Node sets SO_REUSEADDR.', 'L03'),
  M19: seen('server.close() closes the connections', 'It stops accepting, and waits for the connections that exist.', 'L05'),
  M20: seen('no limits are needed', 'A peer that never finishes its message fills the memory.', 'B02'),
  M21: seen(
    'keep-alive finds a dead application; the idle timer watches the peer',
    'Kernels answer the probes; own writes restart the timer.',
    'T02',
  ),
  M22: asked('TCP_NODELAY turns off delayed acknowledgements', 'It turns off Nagle on this sender; delayed ACK is the receiver’s.', 'B06'),
  M23: seen('to reconnect is to call connect() and on() again', 'Listeners stay: each attempt adds more of them.', 'T04'),
  M24: seen('the socket file is the server', 'Removing the file cuts off a server that still runs.', 'A03'),
  M25: seen('UDP on localhost loses nothing', 'A full receive buffer drops datagrams, and nobody is told.', 'U02'),
  M26: seen('asynchronous syntax makes work that does not block', 'Synchronous work holds up every socket of the process.', 'Q01'),
  M27: seen('workers of a cluster share memory', 'Each worker is a process with variables of its own.', 'Q03'),
  M28: seen('a message ends when the connection ends', 'Its own rules say where it ends; the connection may stay open.', 'H01'),
  M29: seen('pipe() passes errors on and closes both', "It passes on data and 'end', not errors.", 'C05'),
  M30: seen('ECONNREFUSED means a firewall or a busy server', 'The machine answered that nothing listens at that address and port.', 'S03'),
} as const satisfies Record<string, Misconception>;

export type MisconceptionId = keyof typeof MISCONCEPTIONS;
