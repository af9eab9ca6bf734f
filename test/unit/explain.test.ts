import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OTHER_STATES, TCP_STATES } from '../../src/contracts/trace';
import { ERRNO_CARDS } from '../../src/knowledge';
import { explain } from '../../src/knowledge/explain';
import { callLine, stepLabel } from '../../webview/timeline/parts/call-line';
import { root } from '../support/house';
import { makeEchoTrace, makeTrace } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

const words = ({ store }: Pick<TraceBuilder, 'store'>, seq: number) => explain(store, store.event(seq));

describe('the explanation of a step', () => {
  it('asks for the state of its own socket alone, however many there are', () => {
    const { store } = makeEchoTrace();
    const asked = new Set<number>();
    const { socketAt } = store;
    store.stateAt = () => assert.fail('the state of all sockets was asked for');
    store.socketAt = (index, seq) => {
      asked.add(index);
      return socketAt.call(store, index, seq);
    };
    for (let seq = 1; seq <= store.size; seq++) {
      asked.clear();
      assert.ok(words({ store } as TraceBuilder, seq).happened);
      assert.ok(stepLabel(store, seq));
      assert.deepEqual([...asked], store.socketIndex(seq) < 0 ? [] : [store.socketIndex(seq)]);
    }
  });

  it('links to cards that exist and to sources on the web, for every event', () => {
    const seen = new Set<string>();
    for (const store of [makeEchoTrace().store, makeTrace({ events: 2000, connections: 40, seed: 9 })])
      for (let seq = 1; seq <= store.size; seq++) {
        const said = words({ store } as TraceBuilder, seq);
        if (said.card) seen.add(said.card);
        for (const { url, title } of said.references) assert.ok(/^https:/.test(url) && title, title);
        assert.equal(new Set(said.references.map((one) => one.url)).size, said.references.length);
        assert.doesNotMatch(said.matters, /undefined|\[object/);
      }
    assert.ok(seen.size > 8, [...seen].join());
    for (const card of seen) assert.ok(existsSync(join(root, 'media', 'docs', `${card}.md`)), card);
  });

  it('says why it matters, what changed of the socket, and on which system and libuv a call was derived', () => {
    const trace = makeEchoTrace();
    const { store } = trace;
    let read = 0;
    for (let seq = 1; seq <= store.size && !read; seq++) if (store.call(seq) === 'read' && store.bytes(seq) === 14) read = seq;
    const said = words(trace, read);
    assert.match(said.matters, /find the borders of its messages/);
    assert.deepEqual(
      said.changes.find((one) => one.name === 'bytes received'),
      { name: 'bytes received', before: '0', after: '14' },
    );
    assert.match(said.how, /Here: linux, Node 24\.\d+\.\d+, libuv 1\.\d+/);
    assert.equal(said.card, 'recv');
  });

  it('gives the cause, the first question, the fix and the source of an error', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'client.mjs');
    const said = words(trace, trace.refused(trace.connect(pid, { address: '127.0.0.1', port: 9 })));
    assert.match(said.cause!, /answered with RST/);
    assert.match(said.ask!, /right port, the right family/);
    assert.match(said.fix!, /check the port/i);
    assert.equal(said.references[0]?.title, 'connect(2)');
    for (const [code, card] of ERRNO_CARDS) if (code !== 'ECONNABORTED') assert.ok(card.ask.endsWith('?') || card.ask.endsWith('.'), code);
  });

  it('tells a refused path from a refused port', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'client.mjs');
    const socket = trace.open(pid, 'unix', 'client');
    const said = words(trace, trace.call(socket, 'connect', { result: -1, error: 'ECONNREFUSED', args: { path: '/tmp/a.sock' } }));
    assert.match(said.cause!, /nobody listens on it/);
    assert.doesNotMatch(said.cause!, /RST/);
  });

  it('shows a contradiction of the kernel as one', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'server.mjs');
    const listener = trace.listen(pid, { address: '127.0.0.1', port: 8080 });
    const kernel = (args: Record<string, string | number>) =>
      trace.call(listener, '', { kind: 'kernel', call: null, provenance: 'kernel', result: null, args: { source: 'ss -E', ...args } });
    const against = kernel({ state: 'CLOSED', recvQueue: 1, contradicts: 'LISTEN' });
    assert.equal(words(trace, against).happened, 'The kernel says of s1 (ss -E): state CLOSED; 1 byte in the receive queue.');
    assert.match(words(trace, against).means, /contradicts what had been worked out from the calls, LISTEN\. The kernel is right/);
    assert.match(words(trace, against).how, /Source: ss -E\./);
    assert.equal(callLine(trace.store.event(against)), 'kernel ss -E: CLOSED, Recv-Q 1, not LISTEN');
    const agrees = kernel({ acceptQueue: 3, backlog: 511 });
    assert.match(words(trace, agrees).happened, /3 connections in the accept queue, which holds 511/);
    assert.match(words(trace, agrees).means, /agrees/);
  });

  it('says "injected" of a fault, and "not visible here" of what is below', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'server.mjs');
    const socket = trace.connect(pid, { address: '127.0.0.1', port: 8080 });
    const base = { call: null, result: null };
    const fault = trace.call(socket, '', {
      ...base,
      kind: 'fault',
      provenance: 'injected',
      args: { fault: 'split-read', had: 12, given: 3, left: 9 },
    });
    assert.match(words(trace, fault).happened, /^Injected: Of the 12 bytes that were read the program is given 3/);
    assert.match(words(trace, fault).means, /did not happen by itself/);
    assert.match(callLine(trace.store.event(fault)), /^injected: split-read 12 -> 3 \+ 9/);
    const below = trace.api(socket, 'not visible here', { args: { what: 'below', bytesRead: 2000, bytesWritten: 31 } });
    assert.match(words(trace, below).happened, /^Not visible here: .*2,000 bytes read, 31 bytes written/);
  });

  it('knows why each state matters, or that there is nothing to say', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'server.mjs');
    const listener = trace.listen(pid, { address: '127.0.0.1', port: 8080 });
    for (const to of [...TCP_STATES, ...OTHER_STATES]) {
      const said = words(trace, trace.call(listener, '', { kind: 'state', call: null, result: null, state: { from: 'CLOSED', to } }));
      assert.ok(said.references.length > 0 && said.card, to);
      if (!['CLOSED', 'UNBOUND', 'BOUND', 'CONNECTED'].includes(to)) assert.ok(said.matters.length > 20, to);
    }
  });
});
