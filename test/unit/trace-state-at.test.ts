import assert from 'node:assert/strict';
import type { Address } from '../../src/contracts/trace';
import { SocktraceDecoder } from '../../src/trace';
import { makeEchoTrace, makeTrace, makeTraceBuilder, random } from '../support/make-trace';
import { plainFold } from '../support/plain-fold';
import { TraceBuilder } from '../support/trace-builder';

const NAME: Address = { address: '127.0.0.1', port: 8080 };

describe('stateAt', () => {
  it('equals the plain fold at every step, forward and back', () => {
    const { store } = makeEchoTrace();
    const forward = Array.from({ length: store.size + 1 }, (_, step) => plainFold(store, step));
    for (let step = 0; step <= store.size; step++) assert.deepEqual(store.stateAt(step), forward[step]);
    for (let step = store.size; step >= 0; step--) assert.deepEqual(store.stateAt(step), forward[step]);
  });

  it('equals the plain fold at random steps of random traces', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const store = makeTrace({ seed, connections: 3 + (seed % 5) * 4, events: 300 + seed * 150, concurrency: 1 + (seed % 4) * 4 });
      const next = random(seed);
      for (let n = 0; n < 12; n++) {
        const step = Math.floor(next() * (store.size + 1));
        assert.deepEqual(store.stateAt(step), plainFold(store, step), `seed ${seed}, step ${step}`);
      }
    }
  });

  it('equals the plain fold while the trace grows', () => {
    const whole = makeTraceBuilder({ seed: 5, connections: 6, events: 500 });
    const bytes = whole.encoder.take();
    const decoder = new SocktraceDecoder();
    for (let at = 0; at < bytes.length; at += 701) {
      decoder.push(bytes.subarray(at, at + 701));
      const { size } = decoder.store;
      assert.deepEqual(decoder.store.stateAt(size), plainFold(decoder.store, size));
      if (size > 40) assert.deepEqual(decoder.store.stateAt(size - 40), plainFold(decoder.store, size - 40));
    }
  });

  it('a stream of many events is folded from its checkpoints', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'a.mjs'), NAME);
    const { client, accepted } = trace.pair(trace.process(2, 'b.mjs'), listener, NAME);
    for (let n = 0; n < 1000; n++) {
      trace.write(client, 10 + n);
      if (n % 3 === 0) trace.read(accepted, 10);
    }
    const { store } = trace;
    for (const step of [1300, 20, 700, 699, 701, 64, 65, 128, store.size, 0, 1200])
      assert.deepEqual(store.stateAt(step), plainFold(store, step));
  });

  it('queues: exact when empty, bounded when not, null with one end', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'a.mjs'), NAME, {}, 8);
    const { client, accepted } = trace.pair(trace.process(2, 'b.mjs'), listener, NAME);
    const alone = trace.connect(2, { address: '10.0.0.1', port: 80 });
    trace.connected(alone, trace.port(), { address: '10.0.0.1', port: 80 });
    const { store } = trace;
    const queues = (id: string) => {
      const { recvQ, sendQ } = store.stateAt(store.size).sockets.find((socket) => socket.id === id)!;
      return [recvQ && [recvQ.low, recvQ.high], sendQ && [sendQ.low, sendQ.high]];
    };
    assert.deepEqual(queues(client.id), [
      [0, 0],
      [0, 0],
    ]);
    assert.deepEqual(queues(alone.id), [null, null]);
    trace.write(client, 100);
    assert.deepEqual(queues(client.id), [
      [0, 0],
      [0, 100],
    ]);
    assert.deepEqual(queues(accepted.id), [
      [0, 100],
      [0, 0],
    ]);
    trace.read(accepted, 60);
    assert.deepEqual(queues(accepted.id), [
      [0, 40],
      [0, 0],
    ]);
    // libuv has 500 bytes more, and may have handed some over.
    trace.buffer(client, 'libuv-write', 500);
    assert.deepEqual(queues(accepted.id), [
      [0, 540],
      [0, 0],
    ]);
    trace.buffer(client, 'libuv-write', 0);
    // Its FIN is acknowledged, so everything before it has arrived.
    trace.shutdown(client);
    assert.deepEqual(queues(accepted.id), [
      [40, 40],
      [0, 0],
    ]);
    assert.deepEqual(queues(client.id), [
      [0, 0],
      [0, 0],
    ]);
  });

  it('a listener: Recv-Q counts connections that wait to be accepted, Send-Q is the backlog', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'a.mjs'), { address: '::', port: 8080 }, {}, 511);
    const { store } = trace;
    const queue = () => {
      const { recvQ, sendQ } = store.stateAt(store.size).sockets[0]!;
      return [recvQ?.low, recvQ?.high, sendQ?.high];
    };
    assert.deepEqual(queue(), [0, 0, 511]);
    trace.process(2, 'b.mjs');
    const first = trace.port();
    const one = trace.connect(2, NAME);
    assert.deepEqual(queue(), [0, 1, 511]);
    trace.connected(one, first, NAME);
    assert.deepEqual(queue(), [1, 1, 511]);
    const second = trace.port();
    const two = trace.connect(2, NAME);
    trace.connected(two, second, NAME);
    assert.deepEqual(queue(), [2, 2, 511]);
    trace.accept(listener, { address: '::ffff:127.0.0.1', port: 8080 }, { ...first, address: '::ffff:127.0.0.1' } as Address);
    assert.deepEqual(queue(), [1, 1, 511]);
    // Somebody from outside the trace: how many of those wait is not known.
    trace.accept(listener, { address: '::ffff:127.0.0.1', port: 8080 }, { address: '::ffff:10.0.0.9', port: 5555 });
    assert.deepEqual(queue(), [undefined, undefined, 511]);
  });

  it('an accept that names nobody may be any of those that wait; one whose client is not told yet is no stranger', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'a.mjs'), NAME);
    trace.process(2, 'b.mjs');
    const { store } = trace;
    const queue = () => {
      const { recvQ } = store.stateAt(store.size).sockets[0]!;
      return recvQ && [recvQ.low, recvQ.high];
    };
    const gone = trace.connect(2, NAME);
    trace.connected(gone, trace.port(), NAME);
    assert.deepEqual(queue(), [1, 1]);
    trace.accept(listener, null, null);
    assert.deepEqual(queue(), [0, 1]);
    const from = trace.port();
    const late = trace.connect(2, NAME);
    trace.accept(listener, NAME, from);
    assert.deepEqual(queue(), [0, 2]);
    trace.connected(late, from, NAME);
    assert.deepEqual(queue(), [0, 1]);
  });

  it('throws RangeError outside the trace', () => {
    const { store } = makeEchoTrace();
    assert.throws(() => store.stateAt(-1), RangeError);
    assert.throws(() => store.stateAt(store.size + 1), RangeError);
    assert.throws(() => store.event(0), RangeError);
    assert.throws(() => store.event(store.size + 1), RangeError);
  });

  it('processes run from their start to their exit', () => {
    const { store } = makeEchoTrace();
    assert.deepEqual(store.stateAt(1).processes, [{ pid: 4101, running: true }]);
    assert.deepEqual(store.stateAt(store.size).processes, [
      { pid: 4101, running: false },
      { pid: 4102, running: false },
    ]);
  });
});
