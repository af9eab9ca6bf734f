import assert from 'node:assert/strict';
import { OTHER_STATES, PROVENANCES, TCP_STATES, type TraceEvent } from '../../src/contracts/trace';
import { explain, howWeKnow } from '../../src/knowledge/explain';
import { errorHelp, STATE_MEANING } from '../../src/knowledge/meanings';
import { actionOf, KEYS } from '../../webview/kit/keys';
import { Lifetimes, orderOf, readingText } from '../../webview/timeline/layout/socket-rows';
import { addressText } from '../../webview/timeline/layout/titles';
import { callLine, fileText } from '../../webview/timeline/parts/call-line';
import { transcriptLine } from '../../webview/timeline/parts/transcript';
import { LaneIndex } from '../../webview/timeline/store/lane-index';
import { makeEchoTrace, makeTrace } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

function words(trace: TraceBuilder, seq: number) {
  const { store } = trace;
  return explain(store, store.event(seq));
}

describe('timeline words', () => {
  it('explains every event of a run without a gap', () => {
    for (const store of [makeEchoTrace().store, makeTrace({ events: 3000, connections: 60, seed: 4 })])
      for (let seq = 1; seq <= store.size; seq++) {
        const said = explain(store, store.event(seq));
        const all = [said.happened, said.means, said.how, said.before, said.after].join(' ');
        assert.doesNotMatch(all, /undefined|null|NaN|\[object/, `step ${seq}: ${all}`);
        assert.match(said.happened, /[.!?]$/);
        assert.ok(transcriptLine(store, seq).includes(`[${store.provenance(seq)}]`));
      }
  });

  it('makes its sentence from the values of the event', () => {
    const trace = makeEchoTrace();
    const find = (call: string, test: (event: TraceEvent) => boolean = () => true) => {
      for (let seq = 1; seq <= trace.store.size; seq++)
        if (trace.store.call(seq) === call && test(trace.store.event(seq))) return words(trace, seq);
      throw new Error(`no ${call}`);
    };
    assert.equal(find('bind').happened, 'server.mjs gave descriptor 18 the address 127.0.0.1:8080.');
    assert.match(find('listen').happened, /up to 511 connections/);
    assert.match(find('connect').happened, /began to connect to 127\.0\.0\.1:8080/);
    assert.match(find('connect').means, /EINPROGRESS is no failure/);
    assert.equal(find('connect').cause, null);
    assert.match(find('read', (event) => event.bytes === 14).happened, /read 14 bytes/);
    assert.match(find('read', (event) => event.bytes === 0).happened, /read the end/);
    assert.deepEqual([find('listen').before, find('listen').after], ['CLOSED, bound to 127.0.0.1:8080', 'CLOSED, bound to 127.0.0.1:8080']);
  });

  it('says of a datagram that nobody received it, of port 0 who chooses, and of a listener that it is gone', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'udp.mjs');
    const socket = trace.open(pid, 'udp', 'datagram');
    const bound = trace.call(socket, 'bind', { result: 0, args: { address: '127.0.0.1', port: 0 } });
    assert.equal(
      words(trace, bound).happened,
      'udp.mjs asked for an address with any free port for descriptor ' +
        trace.store.event(bound).fd +
        ' (port 0); the kernel chooses one.',
    );
    const sent = trace.call(socket, 'sendmsg', { result: 4, bytes: 4, args: { address: '127.0.0.1', port: 9 } });
    assert.match(words(trace, sent).means, /It is not known whether this one arrived: its receiver is not in this trace/);
  });

  it('gives cause and fix of a failure', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'client.mjs');
    const socket = trace.connect(pid, { address: '127.0.0.1', port: 9 });
    const said = words(trace, trace.refused(socket));
    assert.match(said.happened, /failed with ECONNREFUSED/);
    assert.ok(said.cause && said.fix);
    const listener = trace.open(pid, 'tcp', 'listener');
    const taken = words(trace, trace.call(listener, 'bind', { result: -1, error: 'EADDRINUSE', args: { address: '127.0.0.1', port: 80 } }));
    assert.match(taken.happened, /asked for the address 127\.0\.0\.1:80 and was refused: EADDRINUSE/);
    assert.match(taken.fix!, /port 0/);
    assert.ok(errorHelp('EWHATEVER', 'bind').cause.includes('EWHATEVER'));
  });

  it('says of a Unix-domain or UDP socket only what holds for it', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'local.mjs');
    const listener = trace.listen(pid, { path: '/tmp/a.sock' });
    const { client, accepted } = trace.pair(pid, listener, { path: '/tmp/a.sock' });
    trace.write(client, 5);
    trace.read(accepted, 5);
    trace.shutdown(client);
    trace.end(accepted);
    const datagram = trace.open(pid, 'udp', 'datagram');
    trace.call(datagram, 'bind', { local: { address: '127.0.0.1', port: 5000 }, args: { address: '127.0.0.1', port: 5000 } });
    trace.close(datagram);
    for (let seq = 1; seq <= trace.store.size; seq++) {
      const said = words(trace, seq);
      if (trace.store.kind(seq) !== 'state')
        assert.doesNotMatch(`${said.happened} ${said.means}`, /TCP|FIN|handshake/, callLine(trace.store.event(seq)));
    }
  });

  it('has words for every state, every provenance and every key', () => {
    for (const state of [...TCP_STATES, ...OTHER_STATES]) assert.ok(STATE_MEANING[state].length > 20, state);
    for (const provenance of PROVENANCES) assert.ok(howWeKnow(provenance).length > 20, provenance);
    for (const binding of KEYS)
      for (const key of binding.keys) assert.equal(actionOf({ key, ctrlKey: false, altKey: false, metaKey: false }), binding.action);
    const keys = KEYS.flatMap((binding) => binding.keys);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(actionOf({ key: 'f', ctrlKey: true, altKey: false, metaKey: false }), null);
    assert.equal(actionOf({ key: 'W', ctrlKey: false, altKey: false, metaKey: false }), 'zoomIn');
  });

  it('prints events of every kind', () => {
    const base = makeEchoTrace().store.event(1);
    const event = (change: Partial<TraceEvent>) => callLine({ ...base, call: null, args: null, ...change });
    assert.equal(event({ kind: 'state', state: { from: 'CLOSED', to: 'LISTEN' } }), 'state CLOSED → LISTEN');
    assert.equal(event({ kind: 'buffer', buffer: 'stream-write', bytes: 12 }), 'stream-write: 12 bytes');
    assert.equal(event({ kind: 'exit', args: { code: 3, signal: null } }), 'exit 3');
    assert.equal(event({ kind: 'exit', args: { code: null, signal: 'SIGKILL' } }), 'killed by SIGKILL');
    assert.equal(event({ kind: 'api', api: 'socket.write', args: { event: 'returned false', owner: 3 } }), 'socket.write: returned false');
    assert.equal(event({ kind: 'output', payload: new TextEncoder().encode('hi\n'), bytes: 3 }), 'output "hi\\n"');
  });

  it('explains what Node itself said', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, '/home/learner/echo/client.mjs');
    const socket = trace.connect(pid, { address: '127.0.0.1', port: 9 });
    const said = (args: TraceEvent['args'], api = 'socket.write') => words(trace, trace.api(socket, api, { args }));
    assert.equal(said({ event: 'returned false' }).happened, 'socket.write returned false in client.mjs.');
    const code = 'ERR_STREAM_WRITE_AFTER_END';
    const lost = words(trace, trace.api(socket, 'socket.end', { args: { event: 'nothing sent', code, bytes: 6 }, error: code }));
    assert.equal(lost.happened, `client.mjs called socket.end with 6 bytes, and nothing was sent: ${code}.`);
    assert.ok(lost.cause && lost.ask === 'Which line called `end()`?', JSON.stringify(lost));
    assert.match(said({ event: 'drain' }, 'drain').means, /may write on/);
    assert.equal(
      said({ event: 'connect called', host: 'localhost', port: 80 }, 'net.connect').happened,
      'client.mjs called net.connect for localhost:80.',
    );
    assert.match(said({ event: 'timeout', milliseconds: 300 }, 'timeout').happened, /300 ms/);
    const error = said({ event: 'error', code: 'ECONNREFUSED' }, 'error');
    assert.ok(error.happened.includes('ECONNREFUSED') && error.cause && error.fix);
    assert.match(said(null, 'end of file').happened, /has finished sending/);
  });

  it('shows queues that are only bounded as ranges, and unknown ones as a question mark', () => {
    assert.equal(readingText(null), '?');
    assert.equal(readingText({ low: 7, high: 7, provenance: 'derived' }), '7');
    assert.equal(readingText({ low: 0, high: 4096, provenance: 'derived' }), '<= 4096');
    assert.equal(readingText({ low: 12, high: 40, provenance: 'derived' }), '12-40');
  });

  it('lists few sockets in order of birth, and of a crowd the open ones first', () => {
    const store = makeTrace({ events: 8000, connections: 150, concurrency: 120 });
    const index = new LaneIndex();
    index.update(store);
    const last = store.stateAt(store.size - 10).sockets;
    const current = last.length - 1;
    const listed = new Lifetimes(store, index.spans).at(store.size - 10, current);
    const crowd = orderOf(listed);
    assert.ok(crowd.length > 60 && listed.open.length > 0 && listed.rest.length > 0 && crowd.includes(current));
    assert.deepEqual(crowd, [...listed.open, ...listed.rest]);
    assert.equal(crowd.length + listed.closed, last.length);
    assert.deepEqual(orderOf({ open: [1, 5], rest: [0, 3], closed: 0 }), [0, 1, 3, 5]);
  });

  it('lists those that the state of a step says are open, or not finished by the kernel', () => {
    const store = makeTrace({ events: 3000, connections: 60, concurrency: 20 });
    const index = new LaneIndex();
    index.update(store);
    const lives = new Lifetimes(store, index.spans);
    for (let step = 1; step <= store.size; step += 37) {
      const current = store.socketIndex(step);
      const { sockets } = store.stateAt(step);
      const { open, rest, closed } = lives.at(step, current);
      const wanted = sockets.filter((socket) => socket.open || socket.index === current).map((socket) => socket.index);
      const finishing = sockets.filter((socket) => !socket.open && socket.state !== 'CLOSED' && socket.index !== current);
      assert.deepEqual(
        [open, rest, closed],
        [wanted, finishing.map((socket) => socket.index), sockets.length - open.length - rest.length],
        `step ${step}`,
      );
    }
  });

  it('writes addresses as netstat does', () => {
    assert.equal(addressText(null), '*:*');
    assert.equal(addressText({ address: '0.0.0.0', port: 80 }), '*:80');
    assert.equal(addressText({ address: '::', port: 80 }), '*:80');
    assert.equal(addressText({ address: '::1', port: 80 }), '[::1]:80');
    assert.equal(addressText({ path: '' }), '(unnamed)');
  });

  it('writes files relative to the run', () => {
    assert.equal(fileText('/a/b/c.mjs', '/a'), 'b/c.mjs');
    assert.equal(fileText('/x/c.mjs', '/a'), 'c.mjs');
    assert.equal(fileText('file:///a/c.mjs', '/a/'), 'c.mjs');
  });
});
