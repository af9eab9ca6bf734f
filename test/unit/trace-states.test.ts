import assert from 'node:assert/strict';
import type { Address } from '../../src/contracts/trace';
import { type Built, TraceBuilder } from '../support/trace-builder';

const NAME: Address = { address: '127.0.0.1', port: 8080 };

/** A server (pid 1), a client (pid 2) and one connection between them. */
function connection() {
  const trace = new TraceBuilder();
  const server = trace.process(1, 'server.mjs');
  const client = trace.process(2, 'client.mjs');
  const listener = trace.listen(server, NAME);
  trace.tick = 1_000_000;
  const ends = trace.pair(client, listener, NAME);
  return { trace, listener, client: ends.client, server: ends.accepted };
}

function provenances(trace: TraceBuilder, socket: Built): string[] {
  const { store } = trace;
  return [...store.eventsOfSocket(store.socketIndexOf(socket.id))]
    .filter((seq) => store.kind(seq) === 'state')
    .map((seq) => `${store.stateTo(seq)} ${store.provenance(seq)}`);
}

describe('TCP states from the calls of both ends', () => {
  it('listen: CLOSED to LISTEN, observed; close ends it', () => {
    const { trace, listener } = connection();
    assert.deepEqual(trace.states(listener), ['CLOSED', 'LISTEN']);
    assert.deepEqual(provenances(trace, listener), ['LISTEN observed']);
    trace.close(listener);
    assert.deepEqual(trace.states(listener), ['CLOSED', 'LISTEN', 'CLOSED']);
  });

  it('the client closes first: FIN_WAIT and TIME_WAIT on its side, CLOSE_WAIT and LAST_ACK on the other', () => {
    const { trace, client, server } = connection();
    trace.shutdown(client);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2']);
    assert.deepEqual(trace.states(server), ['CLOSED', 'ESTABLISHED', 'CLOSE_WAIT']);
    trace.end(server);
    trace.shutdown(server);
    trace.end(client);
    trace.close(client);
    trace.close(server);
    assert.deepEqual(provenances(trace, client), [
      'SYN_SENT observed',
      'ESTABLISHED observed',
      'FIN_WAIT_1 observed',
      'FIN_WAIT_2 derived',
      'TIME_WAIT derived',
    ]);
    assert.deepEqual(provenances(trace, server), ['ESTABLISHED observed', 'CLOSE_WAIT derived', 'LAST_ACK observed', 'CLOSED derived']);
  });

  it('the server closes first, by close without shutdown', () => {
    const { trace, client, server } = connection();
    trace.close(server);
    trace.end(client);
    trace.close(client);
    assert.deepEqual(trace.states(server), ['CLOSED', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT']);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK', 'CLOSED']);
  });

  it('both close within microseconds: whether the FINs crossed is not claimed', () => {
    const { trace, client, server } = connection();
    trace.tick = 20_000;
    trace.shutdown(client);
    trace.shutdown(server);
    assert.deepEqual(trace.states(client).slice(3), ['FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT|CLOSED']);
    assert.deepEqual(trace.states(server).slice(2), ['CLOSE_WAIT', 'LAST_ACK|CLOSING', 'CLOSED|TIME_WAIT']);
  });

  it('both FINs wait behind unread bytes: CLOSING on both sides', () => {
    const { trace, client, server } = connection();
    trace.write(client, 3_000_000);
    trace.write(server, 3_000_000);
    trace.shutdown(client);
    trace.shutdown(server);
    assert.deepEqual(trace.states(client).slice(3), ['FIN_WAIT_1|FIN_WAIT_2']);
    assert.deepEqual(trace.states(server).slice(2), ['FIN_WAIT_1|FIN_WAIT_2']);
    trace.read(client, 3_000_000);
    trace.read(server, 3_000_000);
    assert.equal(trace.states(client).at(-1), 'TIME_WAIT');
    assert.equal(trace.states(server).at(-1), 'TIME_WAIT');
    assert.ok(trace.states(client).some((state) => state.startsWith('CLOSING')));
  });

  it('a FIN behind more bytes than a window holds arrives when they were read', () => {
    const { trace, client, server } = connection();
    trace.write(client, 200_000);
    trace.shutdown(client);
    assert.equal(trace.states(client).at(-1), 'FIN_WAIT_1|FIN_WAIT_2');
    assert.equal(trace.states(server).at(-1), 'ESTABLISHED');
    trace.read(server, 65_536);
    assert.equal(trace.states(server).at(-1), 'ESTABLISHED');
    trace.read(server, 200_000 - 65_536);
    assert.equal(trace.states(server).at(-1), 'CLOSE_WAIT');
    assert.equal(trace.states(client).at(-1), 'FIN_WAIT_2');
  });

  it('reset by SO_LINGER {1, 0}: both CLOSED, no FIN', () => {
    for (const how of ['args', 'setsockopt'] as const) {
      const { trace, client, server } = connection();
      if (how === 'setsockopt')
        trace.call(client, 'setsockopt', { args: { level: 'SOL_SOCKET', option: 'SO_LINGER', value: { onoff: 1, linger: 0 } } });
      trace.close(client, how === 'args' ? { args: { linger: true } } : {});
      trace.call(server, 'read', { result: -1, error: 'ECONNRESET' });
      trace.close(server);
      assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'CLOSED']);
      assert.deepEqual(trace.states(server), ['CLOSED', 'ESTABLISHED', 'CLOSED']);
    }
  });

  it('close with unread bytes resets (RFC 2525 section 2.17)', () => {
    const { trace, client, server } = connection();
    trace.write(client, 10);
    trace.close(server);
    assert.deepEqual(trace.states(server), ['CLOSED', 'ESTABLISHED', 'CLOSED']);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'CLOSED']);
    assert.equal(provenances(trace, client).at(-1), 'CLOSED derived');
  });

  it('refused: SYN_SENT to CLOSED', () => {
    const trace = new TraceBuilder();
    const client = trace.connect(trace.process(1, 'client.mjs'), NAME);
    trace.refused(client);
    trace.close(client);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'CLOSED']);
  });

  it('reset before the client was told that it is connected: it was', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'server.mjs'), NAME);
    const client = trace.connect(trace.process(2, 'client.mjs'), NAME);
    const server = trace.accept(listener, NAME, trace.port());
    trace.close(server, { args: { linger: true } });
    trace.refused(client, 'ECONNRESET');
    assert.deepEqual(provenances(trace, client), ['SYN_SENT observed', 'ESTABLISHED derived', 'CLOSED observed']);
    // And it is no stranger: the accept queue is still known.
    assert.deepEqual(trace.store.stateAt(trace.store.size).sockets[0]!.recvQ, { low: 0, high: 0, provenance: 'derived' });
  });

  it('half-open: one side has finished and the other goes on sending', () => {
    const { trace, client, server } = connection();
    trace.shutdown(client);
    trace.end(server);
    trace.write(server, 1000);
    trace.read(client, 1000);
    assert.equal(trace.states(client).at(-1), 'FIN_WAIT_2');
    assert.equal(trace.states(server).at(-1), 'CLOSE_WAIT');
    trace.shutdown(server);
    assert.equal(trace.states(client).at(-1), 'TIME_WAIT');
    assert.equal(trace.states(server).at(-1), 'CLOSED');
  });

  it('writing to an end whose program has closed brings a reset', () => {
    const { trace, client, server } = connection();
    trace.close(server);
    trace.write(client, 5);
    assert.deepEqual(trace.states(client).slice(2), ['ESTABLISHED', 'CLOSE_WAIT', 'CLOSED']);
    assert.deepEqual(trace.states(server).slice(1), ['ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'CLOSED']);
    trace.call(client, 'write', { result: -1, error: 'EPIPE' });
    assert.equal(trace.states(client).length, 5);
  });

  it('a killed process: the kernel closes its sockets, with a reset where bytes were unread', () => {
    const { trace, listener, client, server } = connection();
    trace.exit(1, null, 'SIGKILL');
    assert.deepEqual(trace.states(listener), ['CLOSED', 'LISTEN', 'CLOSED']);
    assert.deepEqual(provenances(trace, server).slice(1), ['FIN_WAIT_1 derived', 'FIN_WAIT_2 derived']);
    assert.equal(trace.states(client).at(-1), 'CLOSE_WAIT');
    trace.end(client);
    trace.close(client);
    assert.equal(trace.states(server).at(-1), 'TIME_WAIT');
    const second = connection();
    second.trace.write(second.client, 10);
    second.trace.exit(1, null, 'SIGKILL');
    assert.equal(second.trace.states(second.server).at(-1), 'CLOSED');
    assert.equal(second.trace.states(second.client).at(-1), 'CLOSED');
  });

  it('end of file seen before the death of the peer is told', () => {
    const { trace, client, server } = connection();
    trace.api(client, 'end of file', { bytes: 0 });
    assert.equal(trace.states(client).at(-1), 'CLOSE_WAIT');
    assert.equal(provenances(trace, client).at(-1), 'CLOSE_WAIT observed');
    assert.deepEqual(provenances(trace, server).slice(1), ['FIN_WAIT_1 derived', 'FIN_WAIT_2 derived']);
    trace.exit(1, null, 'SIGKILL');
    trace.shutdown(client);
    assert.equal(trace.states(server).at(-1), 'TIME_WAIT');
    assert.equal(trace.states(client).at(-1), 'CLOSED');
  });

  it('what the client did before it was accepted reaches the accepted socket at once', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'server.mjs'), NAME);
    const from = trace.port();
    const client = trace.connect(trace.process(2, 'client.mjs'), NAME);
    trace.connected(client, from, NAME);
    trace.shutdown(client);
    assert.equal(trace.states(client).at(-1), 'FIN_WAIT_1|FIN_WAIT_2');
    const server = trace.accept(listener, NAME, from);
    assert.deepEqual(trace.states(server), ['CLOSED', 'ESTABLISHED', 'CLOSE_WAIT']);
    assert.equal(trace.states(client).at(-1), 'FIN_WAIT_2');
  });

  it('the server closes before the client is told that it is connected', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(1, 'server.mjs'), NAME);
    const from = trace.port();
    const client = trace.connect(trace.process(2, 'client.mjs'), NAME);
    const server = trace.accept(listener, NAME, from);
    trace.close(server);
    assert.equal(trace.states(server).at(-1), 'FIN_WAIT_1|FIN_WAIT_2');
    trace.connected(client, from, NAME);
    assert.deepEqual(trace.states(client).slice(2), ['ESTABLISHED', 'CLOSE_WAIT']);
    assert.equal(trace.states(server).at(-1), 'FIN_WAIT_2');
  });

  it('a listener that closes resets the connections that nobody accepted', () => {
    const { trace, listener } = connection();
    const waiting = trace.connect(2, NAME);
    trace.connected(waiting, trace.port(), NAME);
    trace.close(listener);
    assert.equal(trace.states(waiting).at(-1), 'CLOSED');
    assert.equal(provenances(trace, waiting).at(-1), 'CLOSED derived');
  });

  it('one end only: both possible states are named', () => {
    const trace = new TraceBuilder();
    const client = trace.connect(trace.process(1, 'client.mjs'), NAME);
    trace.connected(client, trace.port(), NAME);
    trace.shutdown(client);
    assert.equal(trace.states(client).at(-1), 'FIN_WAIT_1|FIN_WAIT_2');
    assert.equal(trace.store.stateAt(trace.store.size).sockets[0]?.orState, 'FIN_WAIT_2');
    trace.end(client);
    assert.equal(trace.states(client).at(-1), 'TIME_WAIT');
    const other = trace.connect(1, NAME);
    trace.connected(other, trace.port(), NAME);
    trace.end(other);
    trace.close(other);
    assert.deepEqual(trace.states(other).slice(2), ['ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK|CLOSED']);
  });

  it('a state that was read from the kernel settles what was open', () => {
    const { trace, client, server } = connection();
    trace.tick = 1000;
    trace.shutdown(client);
    trace.shutdown(server);
    trace.event({ pid: 1, socket: server.id, kind: 'kernel', args: { state: 'TIME_WAIT' }, provenance: 'kernel' });
    assert.equal(trace.states(server).at(-1), 'TIME_WAIT');
    assert.equal(provenances(trace, server).at(-1), 'TIME_WAIT kernel');
  });

  it('a descriptor that was handed on: closing the first copy sends no FIN, the copy goes on from its state', () => {
    const { trace, client, server } = connection();
    const worker = trace.process(3, 'worker.mjs');
    const info = trace.store.sockets.find(({ id }) => id === server.id)!;
    const copy = trace.received(worker, info.local!, info.remote!);
    trace.close(server);
    assert.deepEqual(trace.states(server), ['CLOSED', 'ESTABLISHED', 'CLOSED']);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED']);
    trace.close(copy);
    trace.end(client);
    trace.close(client);
    assert.deepEqual(trace.states(copy), ['CLOSED', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT']);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK', 'CLOSED']);
  });

  it('a listener that was handed on: it goes on listening when the first copy is closed, and resets nobody', () => {
    const { trace, listener, client } = connection();
    const worker = trace.process(3, 'worker.mjs');
    const copy = trace.received(worker, NAME, null);
    trace.connect(2, NAME);
    trace.close(listener);
    assert.deepEqual(trace.states(copy), ['CLOSED', 'LISTEN']);
    assert.deepEqual(trace.states(client), ['CLOSED', 'SYN_SENT', 'ESTABLISHED']);
    trace.exit(worker);
    assert.deepEqual(trace.states(copy), ['CLOSED', 'LISTEN', 'CLOSED']);
  });

  it('UDP and Unix-domain sockets: UNBOUND, BOUND, CONNECTED, LISTEN, CLOSED', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(1, 'a.mjs');
    const bound = trace.open(pid, 'udp', 'datagram');
    trace.call(bound, 'bind', { local: { address: '127.0.0.1', port: 9 } });
    trace.call(bound, 'connect', { args: { address: '127.0.0.1', port: 10 } });
    trace.call(bound, 'connect', { args: { domain: 'AF_UNSPEC' } });
    trace.close(bound);
    assert.deepEqual(trace.states(bound), ['UNBOUND', 'BOUND', 'CONNECTED', 'BOUND', 'CLOSED']);
    const sender = trace.open(pid, 'udp', 'datagram');
    trace.call(sender, 'sendmsg', { bytes: 3, result: 3, remote: { address: '127.0.0.1', port: 9 } });
    assert.deepEqual(provenances(trace, sender), ['BOUND derived']);
    const listener = trace.listen(pid, { path: '/tmp/a.sock' });
    const client = trace.connect(pid, { path: '/tmp/a.sock' });
    const accepted = trace.accept(listener, { path: '/tmp/a.sock' }, { path: '' });
    assert.deepEqual(trace.states(listener), ['UNBOUND', 'BOUND', 'LISTEN']);
    trace.exit(pid);
    assert.deepEqual(trace.states(client), ['UNBOUND', 'CONNECTED', 'CLOSED']);
    assert.deepEqual(trace.states(accepted), ['UNBOUND', 'CONNECTED', 'CLOSED']);
  });
});
