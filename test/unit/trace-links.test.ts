import assert from 'node:assert/strict';
import type { Address } from '../../src/contracts/trace';
import type { Link } from '../../src/contracts/trace-model';
import { eventsBySite, eventsOfSite, firstOfSocket, nextError, nextOnSocket, nextStateChange, previousOnSocket } from '../../src/trace';
import { makeEchoTrace, makeTrace } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

const NAME: Address = { address: '127.0.0.1', port: 8080 };

function connection() {
  const trace = new TraceBuilder();
  const listener = trace.listen(trace.process(1, 'server.mjs'), NAME);
  trace.process(2, 'client.mjs');
  return { trace, listener, ...trace.pair(2, listener, NAME) };
}

const ranges = (links: Link[]) => links.map(({ from, to, range }) => [from, to, range?.start, range?.end]);

describe('connections', () => {
  it('are joined by the mirrored 4-tuple, also mapped into IPv6, and again when the tuple is used again', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'server.mjs'), { address: '::', port: 8080 });
    trace.process(2, 'client.mjs');
    const from: Address = { address: '127.0.0.1', port: 50_000 };
    const pairs: [string, string][] = [];
    for (let n = 0; n < 3; n++) {
      const client = trace.connect(2, NAME);
      if (n !== 1) trace.connected(client, from, NAME);
      const accepted = trace.accept(listener, { address: '::ffff:127.0.0.1', port: 8080 }, { address: '::ffff:127.0.0.1', port: 50_000 });
      if (n === 1) trace.connected(client, from, NAME);
      trace.close(client);
      trace.close(accepted);
      pairs.push([client.id, accepted.id]);
    }
    const { sockets } = trace.store;
    for (const [client, accepted] of pairs) {
      assert.equal(sockets.find((socket) => socket.id === client)!.peer, accepted);
      assert.equal(sockets.find((socket) => socket.id === accepted)!.peer, client);
    }
  });

  it('of Unix-domain sockets are joined by path, in order', () => {
    const trace = new TraceBuilder();
    const path = { path: '/tmp/x.sock' };
    const listener = trace.listen(trace.process(1, 'server.mjs'), path);
    trace.process(2, 'client.mjs');
    const a = trace.connect(2, path);
    const b = trace.connect(2, path);
    const first = trace.accept(listener, path, { path: '' });
    const second = trace.accept(listener, path, { path: '' });
    const { sockets } = trace.store;
    const peer = (id: string) => sockets.find((socket) => socket.id === id)!.peer;
    assert.deepEqual([peer(a.id), peer(b.id)], [first.id, second.id]);
    const write = trace.write(b, 5);
    const read = trace.read(second, 5);
    assert.deepEqual(trace.store.links(write), [{ kind: 'bytes', from: write, to: read, range: { start: 0, end: 5 } }]);
  });

  it('keep what is known of a socket: birth, death, names, role', () => {
    const { store } = makeEchoTrace();
    assert.deepEqual(store.sockets[1], {
      id: 's2',
      pid: 4102,
      protocol: 'tcp',
      role: 'client',
      listener: null,
      birth: 5,
      death: store.sockets[1]!.death,
      local: { address: '127.0.0.1', port: 53412 },
      remote: NAME,
      peer: 's3',
    });
    assert.equal(store.call(store.sockets[1]!.death!), 'close');
    assert.equal(store.sockets[2]!.listener, 's1');
  });
});

describe('links', () => {
  it('connect to accept, from either end', () => {
    const { store } = makeEchoTrace();
    const connect = 6;
    assert.equal(store.call(connect), 'connect');
    const [link] = store.links(connect);
    assert.equal(link?.kind, 'connect');
    assert.equal(store.call(link!.to), 'accept4');
    assert.deepEqual(store.links(link!.to), [link]);
  });

  it('bytes: joined and split writes, by offset', () => {
    const { trace, client, accepted } = connection();
    const w1 = trace.write(client, 7);
    const w2 = trace.write(client, 10);
    const r1 = trace.read(accepted, 12);
    const r2 = trace.read(accepted, 3);
    const { store } = trace;
    assert.deepEqual(ranges(store.links(w1)), [[w1, r1, 0, 7]]);
    assert.deepEqual(ranges(store.links(w2)), [
      [w2, r1, 7, 12],
      [w2, r2, 12, 15],
    ]);
    assert.deepEqual(ranges(store.links(r1)), [
      [w1, r1, 0, 7],
      [w2, r1, 7, 12],
    ]);
    assert.deepEqual(ranges(store.linksBetween(w1, r2)), [
      [w1, r1, 0, 7],
      [w2, r1, 7, 12],
      [w2, r2, 12, 15],
    ]);
    assert.deepEqual(store.linksBetween(r1, r2), []);
  });

  it('bytes of every write reach reads without gap or overlap, and both ends tell the same', () => {
    const store = makeTrace({ seed: 3, connections: 10, events: 2500 });
    const all = store.linksBetween(1, store.size).filter((link) => link.kind === 'bytes');
    assert.ok(all.length > 200);
    const ends = new Map<string, number>();
    for (const { from, to, range } of all) {
      const key = store.event(from).socket!;
      assert.equal(range!.start, ends.get(key) ?? 0);
      ends.set(key, range!.end);
      assert.ok(store.links(to).some((link) => link.from === from && link.range!.start === range!.start));
    }
    for (let i = 1; i < all.length; i++) assert.ok(Math.min(all[i]!.from, all[i]!.to) >= Math.min(all[i - 1]!.from, all[i - 1]!.to));
  });

  it('FIN: shutdown, or close without one, or the death of the process, to the end that the peer saw', () => {
    const first = connection();
    const shutdown = first.trace.shutdown(first.client);
    const end = first.trace.end(first.accepted);
    assert.deepEqual(first.trace.store.links(end), [{ kind: 'fin', from: shutdown, to: end }]);
    const closing = first.trace.close(first.client);
    assert.deepEqual(first.trace.store.links(closing), []);
    const second = connection();
    const exit = second.trace.exit(2, null, 'SIGKILL');
    const seen = second.trace.api(second.accepted, 'end of file', { bytes: 0 });
    assert.deepEqual(second.trace.store.links(exit), [{ kind: 'fin', from: exit, to: seen }]);
  });

  it('reset: to the call that reports it', () => {
    const { trace, client, accepted } = connection();
    const close = trace.close(client, { args: { linger: true } });
    const read = trace.call(accepted, 'read', { result: -1, error: 'ECONNRESET' });
    assert.deepEqual(trace.store.links(read), [{ kind: 'reset', from: close, to: read }]);
    assert.deepEqual(trace.store.links(close), trace.store.links(read));
  });

  it('datagrams: only where there is one answer', () => {
    const trace = new TraceBuilder();
    trace.process(1, 'a.mjs');
    const here: Address = { address: '127.0.0.1', port: 5001 };
    const there: Address = { address: '127.0.0.1', port: 5002 };
    const a = trace.open(1, 'udp', 'datagram');
    trace.call(a, 'bind', { local: { address: '0.0.0.0', port: 5001 } });
    const b = trace.open(1, 'udp', 'datagram');
    trace.call(b, 'bind', { local: there });
    const send = (bytes: number) => trace.call(a, 'sendmsg', { bytes, result: bytes, args: { ...there } });
    const receive = (bytes: number) => trace.call(b, 'recvmsg', { bytes, result: bytes, remote: here });
    const s1 = send(0);
    const s2 = send(20);
    const r1 = receive(0);
    const r2 = receive(20);
    const { store } = trace;
    assert.deepEqual(store.links(s1), [{ kind: 'datagram', from: s1, to: r1 }]);
    assert.deepEqual(store.links(r2), [{ kind: 'datagram', from: s2, to: r2 }]);
    // One of two equal ones is lost: nobody can say which.
    const s3 = send(5);
    const s4 = send(5);
    const r3 = receive(5);
    const s5 = send(6);
    const r5 = receive(6);
    assert.deepEqual([...store.links(s3), ...store.links(s4), ...store.links(r3)], []);
    assert.deepEqual(store.links(s5), [{ kind: 'datagram', from: s5, to: r5 }]);
    // Two equal ones on their way at once, and both arrive: in order.
    const s6 = send(9);
    const s7 = send(9);
    const r6 = receive(9);
    assert.deepEqual(store.links(r6), []);
    const r7 = receive(9);
    assert.deepEqual(
      [...store.links(s6), ...store.links(r7)],
      [
        { kind: 'datagram', from: s6, to: r6 },
        { kind: 'datagram', from: s7, to: r7 },
      ],
    );
    // The sender is closed before its last datagram is read.
    const s8 = send(11);
    trace.close(a);
    const r8 = receive(11);
    assert.deepEqual(store.links(r8), [{ kind: 'datagram', from: s8, to: r8 }]);
  });

  it('datagrams: a long burst of which most is lost stays quick', () => {
    const trace = new TraceBuilder();
    trace.process(1, 'a.mjs');
    const here: Address = { address: '127.0.0.1', port: 5001 };
    const there: Address = { address: '127.0.0.1', port: 5002 };
    const a = trace.open(1, 'udp', 'datagram');
    trace.call(a, 'bind', { local: here });
    const b = trace.open(1, 'udp', 'datagram');
    trace.call(b, 'bind', { local: there });
    const send = (bytes: number) => trace.call(a, 'sendmsg', { bytes, result: bytes, remote: there });
    const receive = (bytes: number) => trace.call(b, 'recvmsg', { bytes, result: bytes, remote: here });
    const { store } = trace;
    // A long burst of which the end is lost: what can be told apart is, and it stays quick.
    const sends = Array.from({ length: 3000 }, (_, n) => send(1000 + (n % 1500)));
    const last = receive(1000 + 1499);
    assert.deepEqual(store.links(last), [{ kind: 'datagram', from: sends[2999], to: last }]);
  });
});

describe('queries', () => {
  it('steps along a socket, errors, states and sites', () => {
    const { trace, client, accepted } = connection();
    const { store } = trace;
    const write = trace.write(client, 5, { site: { file: '/a.mjs', line: 1, column: 2 } });
    trace.read(accepted, 5);
    const failed = trace.call(client, 'write', { result: -1, error: 'EPIPE', site: { file: '/a.mjs', line: 1, column: 2 } });
    const index = store.socketIndexOf(client.id);
    assert.equal(store.call(firstOfSocket(store, index)), 'socket');
    assert.equal(nextOnSocket(store, index, write), failed);
    assert.equal(previousOnSocket(store, index, failed), write);
    assert.equal(previousOnSocket(store, index, firstOfSocket(store, index)), 0);
    assert.equal(nextError(store, 0), failed);
    assert.equal(nextError(store, store.size, -1), failed);
    assert.equal(store.stateTo(nextStateChange(store, write)), 'CLOSED');
    assert.deepEqual([...eventsOfSite(store, store.siteId(write))], [write, failed]);
    assert.deepEqual(eventsBySite(store)[store.siteId(write)], [write, failed]);
  });
});
