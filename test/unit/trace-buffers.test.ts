import assert from 'node:assert/strict';
import type { Address, JsonObject } from '../../src/contracts/trace';
import { bufferSeries, readingOf, type SeriesName, seriesNames } from '../../src/trace';
import { type Built, TraceBuilder } from '../support/trace-builder';

const NAME: Address = { address: '127.0.0.1', port: 8080 };

function connection() {
  const trace = new TraceBuilder();
  const listener = trace.listen(trace.process(1, 'server.mjs'), NAME);
  const ends = trace.pair(trace.process(2, 'client.mjs'), listener, NAME);
  return { trace, listener, client: ends.client, server: ends.accepted };
}

const read = (trace: TraceBuilder, socket: Built, args: JsonObject) =>
  trace.event({ pid: socket.pid, socket: socket.id, kind: 'kernel', provenance: 'kernel', args: { source: '/proc/net/tcp', ...args } });

/** Points as `seq low..high provenance`. */
function points(trace: TraceBuilder, socket: Built, name: SeriesName, from?: number, to?: number): string[] {
  const series = bufferSeries(trace.store, trace.store.socketIndexOf(socket.id), name, from, to);
  return series.points.map(({ seq, reading }) =>
    reading === null ? `${seq} unknown` : `${seq} ${reading.low}..${reading.high} ${reading.provenance}`,
  );
}

describe('buffers over time', () => {
  it("Node's own buffers are what was observed", () => {
    const { trace, client } = connection();
    const first = trace.buffer(client, 'stream-write', 30);
    const second = trace.buffer(client, 'libuv-write', 20);
    const third = trace.buffer(client, 'stream-write', 0);
    assert.deepEqual(points(trace, client, 'stream-write'), [`${first} 30..30 observed`, `${third} 0..0 observed`]);
    assert.deepEqual(points(trace, client, 'libuv-write'), [`${second} 20..20 observed`]);
    assert.deepEqual(points(trace, client, 'stream-write', second, second), [`${first} 30..30 observed`]);
    assert.match(bufferSeries(trace.store, 0, 'stream-read').none ?? '', /no stream read/);
  });

  it('the kernel queues are bounds from the calls of both ends, exact where the kernel was asked, until something moves', () => {
    const { trace, client, server } = connection();
    const write = trace.write(client, 50);
    const asked = read(trace, client, { state: 'ESTABLISHED', recvQueue: 0, sendQueue: 12 });
    const there = read(trace, server, { state: 'ESTABLISHED', recvQueue: 38, sendQueue: 0 });
    const taken = trace.read(server, 20);
    assert.deepEqual(points(trace, client, 'kernel-send').slice(-3), [
      `${write} 0..50 derived`,
      `${asked} 12..12 kernel`,
      `${taken} 0..30 derived`,
    ]);
    assert.deepEqual(points(trace, server, 'kernel-receive').slice(-3), [
      `${write} 0..50 derived`,
      `${there} 38..38 kernel`,
      `${taken} 0..30 derived`,
    ]);
    const state = trace.store.socketAt(trace.store.socketIndexOf(server.id), there);
    assert.deepEqual(readingOf(state!, 'kernel-receive'), { low: 38, high: 38, provenance: 'kernel' });
    assert.deepEqual(trace.store.stateAt(there).sockets[2], state);
  });

  it('a FIN counts as one byte in the kernel, so that one byte less is possible', () => {
    const { trace, server } = connection();
    read(trace, server, { state: 'CLOSE_WAIT', recvQueue: 7, sendQueue: 0 });
    assert.equal(points(trace, server, 'kernel-receive').at(-1)?.slice(3), '6..7 kernel');
  });

  it('one end only: nothing is known but what was read, and only until the next call', () => {
    const trace = new TraceBuilder();
    const client = trace.connect(trace.process(1, 'client.mjs'), NAME);
    trace.connected(client, trace.port(), NAME);
    trace.write(client, 10);
    assert.match(bufferSeries(trace.store, 0, 'kernel-send').none ?? '', /other end is not in this trace/);
    const asked = read(trace, client, { state: 'ESTABLISHED', recvQueue: 3, sendQueue: 10 });
    const moved = trace.read(client, 3);
    assert.deepEqual(points(trace, client, 'kernel-send'), [`${asked} 10..10 kernel`, `${moved} unknown`]);
    assert.deepEqual(points(trace, client, 'kernel-receive'), [`${asked} 3..3 kernel`, `${moved} unknown`]);
  });

  it('the accept queue against the backlog, also with clients outside the trace once the kernel was asked', () => {
    const { trace, listener } = connection();
    const waiting = trace.connect(2, NAME);
    const connected = trace.connected(waiting, trace.port(), NAME);
    const accepted = trace.store.size;
    assert.equal(points(trace, listener, 'accept-queue').at(-1), `${connected} 1..1 derived`);
    assert.deepEqual(bufferSeries(trace.store, 0, 'accept-queue').limit, { low: 511, high: 511, provenance: 'derived' });
    trace.accept(listener, NAME, { address: '10.0.0.9', port: 1 });
    trace.accept(listener, NAME, { address: '10.0.0.9', port: 2 });
    assert.ok(trace.store.size > accepted);
    assert.equal(bufferSeries(trace.store, 0, 'accept-queue').points.length, 0);
    const asked = read(trace, listener, { state: 'LISTEN', acceptQueue: 2, backlog: 4 });
    const third = trace.accept(listener, NAME, { address: '10.0.0.9', port: 3 });
    const series = bufferSeries(trace.store, 0, 'accept-queue');
    assert.equal(points(trace, listener, 'accept-queue')[0], `${asked} 2..2 kernel`);
    assert.equal(series.points.at(-1)?.reading, null);
    assert.equal(series.unit, 'connections');
    assert.ok(third);
    assert.deepEqual(bufferSeries(trace.store, 0, 'accept-queue', 1, asked).limit, { low: 4, high: 4, provenance: 'kernel' });
  });

  it('datagrams thrown away are counted; memory is not called bytes of data', () => {
    const trace = new TraceBuilder();
    const socket = trace.open(trace.process(1, 'server.mjs'), 'udp', 'datagram');
    trace.call(socket, 'bind', { local: NAME, args: { ...NAME } });
    assert.match(bufferSeries(trace.store, 0, 'udp-drops').none ?? '', /no datagram thrown away/);
    const asked = read(trace, socket, { source: '/proc/net/udp', recvQueue: 212_992, sendQueue: 0, drops: 17 });
    assert.deepEqual(points(trace, socket, 'udp-drops'), [`${asked} 17..17 kernel`]);
    assert.deepEqual(points(trace, socket, 'kernel-receive'), [`${asked} 212992..212992 kernel`]);
    assert.equal(bufferSeries(trace.store, 0, 'kernel-receive').unit, 'memory');
  });

  it('what cannot be read on a platform is said', () => {
    const trace = new TraceBuilder();
    trace.connect(trace.process(1, 'client.mjs'), NAME);
    for (const [platform, name] of [
      ['darwin', 'macOS'],
      ['win32', 'Windows'],
    ] as const) {
      trace.store.updateHeader({ platform });
      assert.match(bufferSeries(trace.store, 0, 'kernel-send').none ?? '', new RegExp(`^No reading: ${name} `));
    }
    assert.deepEqual(seriesNames({ protocol: 'tcp', role: 'client' }), [
      'stream-write',
      'libuv-write',
      'kernel-send',
      'kernel-receive',
      'stream-read',
    ]);
    assert.deepEqual(seriesNames({ protocol: 'tcp', role: 'listener' }), ['accept-queue']);
  });
});
