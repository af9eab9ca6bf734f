import assert from 'node:assert/strict';
import type { Address } from '../../src/contracts/trace';
import { RunTrace } from '../../src/exercises/trace/trace-view';
import { TraceBuilder } from '../support/trace-builder';

const NAME: Address = { address: '127.0.0.1', port: 8080 };
const MS = 1e6;

/** A server with two connections, and what the checks of an exercise see of its trace. */
function run() {
  const trace = new TraceBuilder();
  const server = trace.process(1, 'server.mjs');
  const listener = trace.listen(server, NAME);
  const a = trace.accept(listener, NAME, trace.port());
  const b = trace.accept(listener, NAME, trace.port());
  const view = new RunTrace('run', trace.store, { entries: [], stopped: null, hurried: false, ends: [], kept: {} }, 0);
  return { trace, view, a, b };
}

describe("predicates over an exercise's trace", () => {
  it('never: holds when there is no such step, else the steps are the proof', () => {
    const { trace, view, a } = run();
    assert.deepEqual(view.never({ call: 'shutdown' }), { ok: true, seqs: [], scenario: 'run', facts: { count: 0 } });
    const first = trace.shutdown(a);
    const again = trace.shutdown(a);
    assert.deepEqual(view.never({ call: 'shutdown' }), { ok: false, seqs: [first, again], scenario: 'run', facts: { count: 2 } });
    assert.equal(view.never({ call: 'shutdown', error: 'ENOTCONN' }).ok, true);
  });

  it('eventually: at all, after a step, and how soon after it', () => {
    const { trace, view, a } = run();
    assert.equal(view.eventually({ call: 'write' }).ok, false);
    const early = trace.write(a, 1);
    const end = trace.end(a);
    const isEnd = { call: 'read', and: ({ bytes }: { bytes: number | null }) => bytes === 0 };
    assert.deepEqual(view.eventually({ call: 'write' }).seqs, [early]);
    // What was before does not count, and what never began is not over.
    assert.deepEqual(view.eventually({ call: 'write' }, { after: isEnd }), { ok: false, seqs: [end], scenario: 'run', facts: undefined });
    assert.equal(view.eventually({ call: 'write' }, { after: { call: 'shutdown' } }).ok, false);
    trace.t = trace.store.time(end) + 300 * MS;
    const late = trace.write(a, 1);
    assert.deepEqual(view.eventually({ call: 'write' }, { after: isEnd }), {
      ok: true,
      seqs: [end, late],
      scenario: 'run',
      facts: { ms: 300 },
    });
    assert.equal(view.eventually({ call: 'write' }, { after: isEnd, within: 300 }).ok, true);
    assert.equal(view.eventually({ call: 'write' }, { after: isEnd, within: 299 }).ok, false);
  });

  it('peak: the largest size of a buffer, where, and on which socket', () => {
    const { trace, view, a, b } = run();
    assert.deepEqual(view.peak('stream-write'), { value: 0, seq: 0, socket: null });
    trace.buffer(a, 'stream-write', 10);
    const top = trace.buffer(b, 'stream-write', 30);
    const other = trace.buffer(a, 'stream-write', 20);
    trace.buffer(a, 'libuv-write', 99);
    trace.buffer(b, 'stream-write', 0);
    assert.deepEqual(view.peak('stream-write'), { value: 30, seq: top, socket: b.id });
    assert.deepEqual(view.peak('stream-write', { socket: a.id }), { value: 20, seq: other, socket: a.id });
  });

  it('each: every one of the sockets, the first that is not so is the proof; none is not "all"', () => {
    const { trace, view, a, b } = run();
    assert.equal(view.each([], () => true).ok, false);
    trace.read(a, 5);
    const closed = trace.close(b);
    const accepted = view.sockets({ role: 'accepted' });
    assert.deepEqual(
      accepted.map(({ id }) => id),
      [a.id, b.id],
    );
    assert.deepEqual(
      view.each(accepted, ({ role }) => role === 'accepted'),
      { ok: true, seqs: accepted.map(({ born }) => born), scenario: 'run', facts: { count: 2 } },
    );
    const without = view.each(accepted, ({ bytesRead }) => bytesRead > 0);
    assert.deepEqual([without.ok, without.seqs, without.facts], [false, [accepted[1]!.born], { socket: b.id }]);
    const never = view.each(accepted, ({ id }) => view.never({ socket: id, call: 'close' }));
    assert.deepEqual([never.ok, never.seqs, never.facts], [false, [closed], { socket: b.id, count: 1 }]);
  });
});
