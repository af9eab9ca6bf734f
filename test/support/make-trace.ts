/** Made-up but realistic traces of any size; the same seed gives the same trace. */
import type { Address, Site } from '../../src/contracts/trace';
import type { TraceStore } from '../../src/trace';
import { type Built, type Extra, TraceBuilder } from './trace-builder';

export interface MakeOptions {
  /** TCP connections over the whole trace (default 20). */
  connections?: number;
  /** About how many events (default 2,000). */
  events?: number;
  seed?: number;
  /** Connections that are open at the same time (default 8). */
  concurrency?: number;
  /** Payload bytes kept per read and write (default 16). */
  payload?: number;
  /** With what the event loops say: a turn for each read (default: nothing). */
  loops?: boolean;
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const CWD = '/home/learner/echo';
const at = (file: string, line: number, column: number): Site => ({ file: `${CWD}/${file}`, line, column });
const NAME: Address = { address: '127.0.0.1', port: 8080 };

interface Conversation {
  client: Built;
  server: Built;
  left: number;
  /** Bytes on the way to each end. */
  toServer: number;
  toClient: number;
}

/** Clients and a server that talk over many connections, some of them at the same time, with every way to end. */
export function makeTrace(options: MakeOptions = {}): TraceStore {
  return makeTraceBuilder(options).store;
}

/** As `makeTrace`, with the encoder that has written the trace meanwhile. */
export function makeTraceBuilder(options: MakeOptions = {}): TraceBuilder {
  const { connections = 20, events = 2000, seed = 1, concurrency = 8, payload = 16, loops = false } = options;
  const next = random(seed);
  const pick = (below: number) => Math.floor(next() * below);
  const trace = new TraceBuilder(CWD);
  const server = trace.process(41, 'server.mjs');
  const clients = [trace.process(42, 'client.mjs'), trace.process(43, 'client.mjs')];
  const listener = trace.listen(server, NAME, { site: at('server.mjs', 15, 8), api: 'server.listen' });
  // Measured: a connection costs about 19 events beside its messages, a message about 1.95.
  const messages = Math.max(0, Math.round((events - connections * 19) / connections / 1.95));
  const open: Conversation[] = [];
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => 97 + (i % 26));
  const said = (size: number) => (payload === 0 ? null : bytes.subarray(0, Math.min(size, payload, 256)));
  let started = 0;
  const begin = () => {
    started++;
    const pid = clients[pick(clients.length)]!;
    const site: Extra = { site: at('client.mjs', 6, 20), api: 'net.connect' };
    if (pick(40) === 0) {
      const nobody = trace.connect(pid, { address: '127.0.0.1', port: 8081 }, site);
      trace.refused(nobody);
      trace.close(nobody);
    }
    const from = trace.port();
    const client = trace.connect(pid, NAME, site);
    const late = pick(3) === 0;
    if (!late) trace.connected(client, from, NAME);
    const accepted = trace.accept(listener, NAME, from);
    if (late) trace.connected(client, from, NAME);
    open.push({ client, server: accepted, left: messages, toServer: 0, toClient: 0 });
  };
  const lastOf = new Map<number, number>();
  const send = (conversation: Conversation, fromClient: boolean) => {
    const size = 1 + pick(pick(10) === 0 ? 65_536 : 900);
    const socket = fromClient ? conversation.client : conversation.server;
    const site = fromClient ? at('client.mjs', 7, 10) : at('server.mjs', 9, 12);
    lastOf.set(socket.pid, trace.write(socket, size, { site, api: 'socket.write', payload: said(size) }));
    if (fromClient) conversation.toServer += size;
    else conversation.toClient += size;
    if (pick(6) === 0) trace.buffer(socket, 'stream-write', pick(4) === 0 ? 0 : size);
    if (pick(30) === 0) trace.buffer(socket, 'libuv-write', pick(3) * 1000);
  };
  const receive = (conversation: Conversation, atClient: boolean) => {
    const waiting = atClient ? conversation.toClient : conversation.toServer;
    if (waiting === 0) return;
    const size = pick(3) === 0 ? 1 + pick(waiting) : Math.min(waiting, 65_536);
    const socket = atClient ? conversation.client : conversation.server;
    const before = lastOf.get(socket.pid) ?? 0;
    // It waited for a part of the time that is never the same twice.
    if (loops) trace.loop(socket.pid, before, 1, (trace.t - (before ? trace.store.time(before) : 0)) * ((size % 97) / 96));
    lastOf.set(socket.pid, trace.read(socket, size, { payload: said(size) }));
    if (atClient) conversation.toClient -= size;
    else conversation.toServer -= size;
  };
  const finish = (conversation: Conversation) => {
    const way = pick(20);
    const [first, second] = pick(2) === 0 ? [conversation.client, conversation.server] : [conversation.server, conversation.client];
    if (way === 0) {
      trace.close(first, { args: { linger: true }, api: 'socket.resetAndDestroy' });
      trace.call(second, 'read', { result: -1, error: 'ECONNRESET' });
      trace.close(second);
      return;
    }
    if (way > 1) {
      while (conversation.toServer > 0) receive(conversation, false);
      while (conversation.toClient > 0) receive(conversation, true);
    }
    trace.shutdown(first, { site: at('client.mjs', 14, 31), api: 'socket.end' });
    if (pick(2) === 0) trace.end(second);
    else trace.api(second, 'end of file', { bytes: 0 });
    trace.shutdown(second);
    trace.end(first);
    trace.close(first);
    trace.close(second);
  };
  while (open.length > 0 || started < connections) {
    if (started < connections && (open.length === 0 || (open.length < concurrency && pick(2) === 0))) begin();
    const n = pick(open.length);
    const conversation = open[n]!;
    if (conversation.left-- <= 0) {
      open[n] = open[open.length - 1]!;
      open.pop();
      finish(conversation);
    } else {
      const fromClient = pick(2) === 0;
      send(conversation, fromClient);
      if (pick(4) !== 0) receive(conversation, !fromClient);
    }
    trace.tick = pick(200) === 0 ? 5_000_000 : 2_000 + pick(40_000);
  }
  datagrams(trace, clients, pick);
  for (const client of clients) trace.exit(client);
  trace.close(listener, { site: at('server.mjs', 12, 36), api: 'server.close' });
  trace.exit(server);
  trace.encoder.end();
  return trace;
}

/** A few datagrams between two sockets, one of them lost. */
function datagrams(trace: TraceBuilder, pids: number[], pick: (below: number) => number): void {
  const here: Address = { address: '127.0.0.1', port: 9001 };
  const there: Address = { address: '127.0.0.1', port: 9002 };
  const a = trace.open(pids[0]!, 'udp', 'datagram');
  trace.call(a, 'bind', { local: here });
  const b = trace.open(pids[1]!, 'udp', 'datagram');
  trace.call(b, 'bind', { local: { address: '0.0.0.0', port: 9002 } });
  for (let n = 0; n < 4; n++) {
    const size = 10 + n * 7 + pick(5);
    trace.call(a, 'sendmsg', { bytes: size, result: size, remote: there });
    if (n !== 2) trace.call(b, 'recvmsg', { bytes: size, result: size, remote: here });
  }
  trace.close(a);
  trace.close(b);
}

/** The sample media/samples/echo as a trace: server.mjs and client.mjs, 14 bytes there and back, the client closes first. */
export function makeEchoTrace(): TraceBuilder {
  const trace = new TraceBuilder(CWD);
  const text = new TextEncoder();
  const server = trace.process(4101, 'server.mjs');
  trace.t = 31_400_000;
  const listening: Extra = { site: at('server.mjs', 15, 8), api: 'server.listen' };
  const listener = trace.listen(server, NAME, listening);
  trace.t += 120_000_000;
  const client = trace.process(4102, 'client.mjs');
  trace.t += 42_000_000;
  const from: Address = { address: '127.0.0.1', port: 53412 };
  const connecting: Extra = { site: at('client.mjs', 6, 20), api: 'net.connect' };
  const socket = trace.connect(client, NAME, connecting);
  trace.t += 180_000;
  const accepted = trace.accept(listener, NAME, from);
  trace.t += 60_000;
  trace.connected(socket, from, NAME, connecting);
  trace.write(socket, 7, { site: at('client.mjs', 7, 10), api: 'socket.write', payload: text.encode('hello, ') });
  trace.write(socket, 7, { site: at('client.mjs', 8, 10), api: 'socket.write', payload: text.encode('socket!') });
  trace.t += 240_000;
  trace.read(accepted, 14, { payload: text.encode('hello, socket!') });
  trace.write(accepted, 14, { site: at('server.mjs', 9, 12), api: 'socket.write', payload: text.encode('hello, socket!') });
  trace.t += 90_000;
  trace.read(socket, 14, { payload: text.encode('hello, socket!') });
  trace.t += 400_000;
  trace.shutdown(socket, { site: at('client.mjs', 14, 31), api: 'socket.end' });
  trace.t += 130_000;
  trace.end(accepted);
  trace.t += 210_000;
  trace.shutdown(accepted);
  trace.close(accepted);
  trace.t += 90_000;
  trace.end(socket);
  trace.close(socket);
  trace.t += 50_000;
  trace.close(listener, { site: at('server.mjs', 12, 35), api: 'server.close' });
  trace.t += 3_000_000;
  trace.exit(client);
  trace.t += 400_000;
  trace.exit(server);
  trace.encoder.end();
  return trace;
}
