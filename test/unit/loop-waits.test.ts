import assert from 'node:assert/strict';
import { loopWaits } from '../../src/trace/loop/waits';
import { waitingAt } from '../../src/trace/waiting/accept-queue';
import { TraceBuilder } from '../support/trace-builder';

const NAME = { address: '127.0.0.1', port: 8080 };
const MS = 1e6;

describe('what waits for a process', () => {
  it('is measured from when it was ready to when it was taken, with the stretch in which nothing ran', () => {
    const trace = new TraceBuilder();
    const server = trace.process(41, 'server.mjs');
    const client = trace.process(42, 'client.mjs');
    const listener = trace.listen(server, NAME);
    const one = trace.pair(client, listener, NAME);
    const written = trace.write(one.client, 5);
    trace.t += 2 * MS;
    const busy = trace.api(one.accepted, 'socket.write', {});
    trace.t += 50 * MS;
    const read = trace.read(one.accepted, 5);
    // Soon enough: not worth a word.
    trace.write(one.client, 5);
    trace.read(one.accepted, 5);
    const from = trace.port();
    const late = trace.connect(client, NAME);
    trace.connected(late, from, NAME);
    const connected = trace.store.size;
    trace.t += 7 * MS;
    trace.accept(listener, NAME, from);
    const waits = loopWaits(trace.store, 0);
    assert.deepEqual(
      waits.map(({ ready, ran }) => [ready, trace.store.call(ready), trace.store.call(ran)]),
      [
        [written, 'write', 'read'],
        [trace.store.eventsOfSocket(3).find((seq) => trace.store.call(seq) === 'connect'), 'connect', 'accept4'],
      ],
    );
    assert.equal(waits[0]!.ran, read);
    assert.equal(waits[0]!.from, trace.store.time(busy));
    assert.equal(waits[0]!.to, trace.store.time(read));
    assert.ok(waits[0]!.wait > 52 * MS && waits[0]!.wait < 53 * MS);
    assert.deepEqual(loopWaits(trace.store, 1), []);
    assert.deepEqual(waitingAt(trace.store, 0, connected), { connected: [3], connecting: [] });
    const { size } = trace.store;
    assert.deepEqual(waitingAt(trace.store, 0, size), { connected: [], connecting: [] });
  });

  it('is a datagram, too', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(41, 'udp.mjs');
    const other = trace.process(42, 'send.mjs');
    const here = { address: '127.0.0.1', port: 9001 };
    const there = { address: '127.0.0.1', port: 9002 };
    const a = trace.open(other, 'udp', 'datagram');
    trace.call(a, 'bind', { local: here });
    const b = trace.open(pid, 'udp', 'datagram');
    trace.call(b, 'bind', { local: there });
    const sent = trace.call(a, 'sendmsg', { bytes: 3, result: 3, remote: there });
    trace.t += 20 * MS;
    const received = trace.call(b, 'recvmsg', { bytes: 3, result: 3, remote: here });
    assert.deepEqual(
      loopWaits(trace.store, 0).map(({ ready, ran }) => [ready, ran]),
      [[sent, received]],
    );
    assert.deepEqual(loopWaits(trace.store, 0, 30 * MS), []);
  });
});
