import assert from 'node:assert/strict';
import { callbackWords, gapWords, shareWords, spanWords } from '../../src/knowledge/loop-text';
import { decodeWhole, encodeWhole, type TraceStore } from '../../src/trace';
import { callbackWait, readyWait, splitAtReady } from '../../src/trace/loop/callback';
import { LoopColumns } from '../../src/trace/loop/columns';
import { loopInGap } from '../../src/trace/loop/gap';
import { kindOf, loopSpans, mainLoop, spanAt } from '../../src/trace/loop/spans';
import { fitView, stepsAxis, timeAxis } from '../../webview/timeline/layout/axis';
import { chooseFolds } from '../../webview/timeline/layout/folds';
import { layoutRows } from '../../webview/timeline/layout/lanes';
import { layoutLoop, pieceUnder } from '../../webview/timeline/layout/loop-lane';
import { TraceBuilder } from '../support/trace-builder';

const NAME = { address: '127.0.0.1', port: 8080 };
const MS = 1e6;
const at = (line: number) => ({ file: '/home/learner/echo/server.mjs', line, column: 5 });

/**
 * A server that reads, answers and then computes for 40 ms, while the client writes again. `turns` and `waited`: what its loop says at the second read.
 */
function blocked(turns: number, waited: number, resumed = false) {
  const trace = new TraceBuilder();
  const server = trace.process(41, 'server.mjs');
  const client = trace.process(42, 'client.mjs');
  trace.loop(server, 0, 0, 0);
  const listener = trace.listen(server, NAME);
  const { client: near, accepted } = trace.pair(client, listener, NAME);
  trace.write(near, 3);
  trace.t += 10 * MS;
  trace.loop(server, trace.store.size, 1, 9.99 * MS);
  const first = trace.read(accepted, 3);
  const answer = trace.write(accepted, 2, { site: at(12) });
  trace.t += 4 * MS;
  const more = trace.write(near, 5);
  trace.t += 36 * MS;
  trace.loop(server, answer, turns, waited, resumed);
  const second = trace.read(accepted, 5);
  return { trace, store: trace.store, first, answer, more, second, accepted, near, server };
}

const loopOf = (store: TraceStore) => mainLoop(store, 0)!;
const spanTo = (store: TraceStore, seq: number) => loopSpans(store, loopOf(store)).find(({ to }) => to === seq)!;

describe('a stretch without a step', () => {
  /** What is said of the stretch of 36 ms before the second read. */
  const said = (turns: number, waited: number, change: (trace: TraceBuilder) => void = () => {}) => {
    const { store, more, second, trace } = blocked(turns, waited);
    // The other program tells of its loop, too.
    trace.loop(42, 0, 2, store.time(second));
    trace.exit(42);
    change(trace);
    const [from, to] = [store.time(more), store.time(second)];
    const found = loopInGap(store, from, to);
    return { found, from, to, ...gapWords(store, '36 ms', to - from, found) };
  };

  it('is called busy where the loop was busy, by name, and nothing where every loop waited', () => {
    const busy = said(1, 0);
    assert.equal(busy.texts[0], '36 ms, the loop was busy');
    assert.equal(busy.sentence, '36 ms without a step, folded. The event loop of server.mjs was busy: it did not wait for events.');
    assert.deepEqual([busy.found!.low, busy.found!.high], [busy.to - busy.from, busy.to - busy.from]);
    const { store, first } = blocked(1, 0);
    const wait = loopInGap(store, store.time(first - 1), store.time(first));
    // The client says nothing of its loop: nobody knows what it did.
    assert.equal(wait, null);
  });

  it('is called what it is where nobody knows, or only the total', () => {
    const part = said(3, 20 * MS);
    assert.equal(part.texts[0], '36 ms, partly busy');
    assert.match(part.sentence, /was busy for at (least|most) [\d.]+ ms of it\.$/);
    assert.match(gapWords(new TraceBuilder().store, '36 ms', 36 * MS, null).sentence, /Whether an event loop was busy is not known\.$/);
  });

  it('is nothing when all loops waited', () => {
    const trace = new TraceBuilder();
    const server = trace.process(41, 'server.mjs');
    trace.loop(server, 0, 0, 0);
    const listener = trace.listen(server, NAME);
    const before = trace.store.size;
    const at = trace.store.time(before);
    trace.t += 50 * MS;
    trace.loop(server, before, 1, 49.9 * MS);
    const close = trace.close(listener);
    const to = trace.store.time(close);
    const found = loopInGap(trace.store, at, to);
    const words = gapWords(trace.store, '50 ms', to - at, found);
    assert.equal(words.texts[0], 'nothing happened for 50 ms');
    assert.equal(words.sentence, '50 ms in which nothing happened, folded: every event loop waited for events.');
  });
});

describe('the event loop of a process', () => {
  it('is busy within a turn, and has waited between turns as long as libuv says', () => {
    const { store, first, answer, second } = blocked(1, 0);
    const spans = loopSpans(store, loopOf(store));
    const shown = spans.map((span) => [span.from, span.to, span.turns, kindOf(span)]);
    assert.deepEqual(shown.slice(-3), [
      [first - 1, first, 1, 'waiting'],
      [first, answer, 0, 'busy'],
      [answer, second, 1, 'busy'],
    ]);
    // No gap and no overlap: each begins where the one before ends.
    for (let i = 1; i < spans.length; i++) assert.equal(spans[i]!.start, spans[i - 1]!.end);
    assert.equal(spans[0]!.from, 0);
    assert.equal(spanAt(store, loopOf(store), second)!.to, second);
    assert.equal(mainLoop(store, 1), null);
  });

  it('says of several turns only how long it waited in all', () => {
    const { store, answer, second } = blocked(3, 20 * MS, true);
    const span = spanTo(store, second);
    assert.equal(kindOf(span), 'both');
    assert.match(spanWords(span, 'both'), /^event loop: waited for events at least 20 ms of 40 ms, in 3 turns; when is not known$/);
    // A socket was told to read again in it: the loop may have waited while the bytes were there.
    assert.deepEqual(splitAtReady(store, span), [span]);
    assert.deepEqual(callbackWait(store, second)!.busy, { low: 0, high: span.end - span.start - 20 * MS });
    assert.equal(spanTo(store, answer).waited, 0);
  });

  it('was busy from the moment at which bytes were ready, when all that it waited fits in the time before', () => {
    const { store, answer, more, second } = blocked(2, 3 * MS);
    const halves = splitAtReady(store, spanTo(store, second));
    assert.deepEqual(
      halves.map((half) => [half.from, half.to, half.waited, half.turns]),
      [
        [answer, more, 3 * MS, 2],
        [more, second, 0, 0],
      ],
    );
    assert.match(spanWords(halves[1]!, 'busy'), new RegExp(`^event loop busy for 36 ms: something was ready for it since step ${more}$`));
    // It waited longer than that: it must have waited while they were there, which a paused socket explains, and nothing else is claimed.
    const paused = blocked(2, 30 * MS);
    assert.equal(splitAtReady(paused.store, spanTo(paused.store, paused.second)).length, 1);
  });

  it('tells why a callback ran late, and names a line only where one was recorded', () => {
    const { store, more, second, answer } = blocked(1, 0);
    const found = callbackWait(store, second)!;
    assert.deepEqual([found.ready, found.ran, found.by, found.quiet], [more, second, 'peer', { from: answer, to: second }]);
    assert.deepEqual(found.busy, { low: found.wait, high: found.wait });
    assert.deepEqual(callbackWords(store, found), [
      `The bytes waited 36 ms in the kernel, from step ${more} until this callback ran: the event loop was busy.`,
      `The last thing recorded of the program before: step ${answer}, \`server.mjs:12\`.`,
    ]);
    // The first read has been waited for: nothing was late.
    assert.deepEqual(callbackWords(store, { ...found, wait: 0.9 * MS }), []);
    assert.equal(callbackWait(store, more), null);
  });

  it('does not call a loop busy that waited for events', () => {
    const { store, second } = blocked(1, 39.9 * MS);
    assert.match(callbackWords(store, callbackWait(store, second)!)[0]!, /The event loop was not busy then: it waited for events\./);
    const half = blocked(4, 20 * MS, true);
    assert.match(
      callbackWords(half.store, callbackWait(half.store, half.second)!)[0]!,
      /For 0 ns to 20 ms of that the event loop was busy; what was seen does not say more\./,
    );
  });

  it('knows both ends of a stretch that was one turn', () => {
    const trace = new TraceBuilder();
    const server = trace.process(41, 'server.mjs');
    const client = trace.process(42, 'client.mjs');
    const listener = trace.listen(server, NAME);
    const { client: near, accepted } = trace.pair(client, listener, NAME);
    const other = trace.pair(client, listener, NAME);
    trace.loop(server, trace.store.size, 1, 0);
    trace.read(accepted, 0);
    const before = trace.write(accepted, 2, { site: at(12) });
    trace.write(other.client, 7);
    trace.t += 38 * MS;
    const after = trace.write(accepted, 2, { site: at(15) });
    const late = trace.read(other.accepted, 7);
    assert.ok(near.id);
    const found = callbackWait(trace.store, late)!;
    assert.equal(found.oneTurn, true);
    assert.deepEqual(found.busy, { low: found.wait, high: found.wait });
    assert.match(
      callbackWords(trace.store, found)[1]!,
      new RegExp(`In one and the same turn it went from \`server.mjs:12\` \\(step ${before}\\) to \`server.mjs:15\` \\(step ${after}\\)`),
    );
  });

  it('knows of bytes from outside the trace what the kernel said, and of others nothing', () => {
    const trace = new TraceBuilder();
    const server = trace.process(41, 'server.mjs');
    const listener = trace.listen(server, NAME);
    const accepted = trace.accept(listener, NAME, { address: '127.0.0.1', port: 50_001 });
    const unknown = trace.read(accepted, 3);
    assert.equal(readyWait(trace.store, unknown), null);
    const seen = trace.call(accepted, null as never, {
      kind: 'kernel',
      result: null,
      provenance: 'kernel',
      args: { source: '/proc/net/tcp', recvQueue: 5 },
    });
    trace.t += 5 * MS;
    trace.loop(server, unknown, 1, 0);
    const late = trace.read(accepted, 5);
    assert.deepEqual([readyWait(trace.store, late)!.by, readyWait(trace.store, late)!.ready], ['kernel', seen]);
    assert.match(callbackWords(trace.store, callbackWait(trace.store, late)!)[0]!, /The bytes waited at least 5.01 ms in the kernel/);
  });

  it('says of a trace without readings only how long the bytes waited', () => {
    const trace = new TraceBuilder();
    const listener = trace.listen(trace.process(41, 'server.mjs'), NAME);
    const { client, accepted } = trace.pair(trace.process(42, 'client.mjs'), listener, NAME);
    trace.write(client, 3);
    trace.t += 7 * MS;
    const late = trace.read(accepted, 3);
    assert.deepEqual(trace.store.loops, []);
    const found = callbackWait(trace.store, late)!;
    assert.equal(found.busy, null);
    assert.match(
      callbackWords(trace.store, found).join(),
      /^The bytes waited 7.01 ms in the kernel, from step \d+ until this callback ran\.$/,
    );
  });

  it('is not called busy where a signal may have cut the count of its wait', () => {
    const { store, second } = blocked(1, 5000, true);
    const span = spanTo(store, second);
    assert.equal(kindOf(span), 'unknown');
    assert.equal(spanWords(span, 'unknown'), 'event loop: busy, or a signal ended its wait; libuv counted 5 µs of 40 ms, in 1 turn');
    assert.equal(kindOf({ ...span, waited: 0 }), 'busy');
    // The bytes were there, and would have ended a wait: the socket was read all the time, in the one turn that there was.
    assert.deepEqual(callbackWait(store, second)!.busy!.low, callbackWait(store, second)!.wait);
    const several = blocked(2, 5000, true);
    assert.equal(callbackWait(several.store, several.second)!.busy!.low, 0);
  });

  it('has words for shares', () => {
    assert.equal(shareWords(0.4, 3e9), 'event loop busy for at most 40 % of 3 s');
  });
});

describe('readings of event loops in a trace', () => {
  it('are the same when the trace is written and read again, and when it is cut off', () => {
    const { trace, store } = blocked(3, 20 * MS, true);
    const bytes = trace.encoder.take();
    const read = decodeWhole(bytes).store;
    assert.deepEqual(loopSpans(read, loopOf(read)), loopSpans(store, loopOf(store)));
    assert.equal(loopSpans(read, loopOf(read)).at(-1)!.resumed, true);
    const again = decodeWhole(encodeWhole(read)).store;
    assert.deepEqual(loopSpans(again, loopOf(again)), loopSpans(store, loopOf(store)));
    assert.deepEqual(again.unknownRecords, []);
    for (let cut = 200; cut < bytes.length; cut += 3) {
      const part = decodeWhole(bytes.subarray(0, cut)).store;
      for (const loop of part.loops) for (const span of loopSpans(part, loop)) assert.ok(span.to <= part.size);
    }
  });

  it('are kept with what does not fit the columns', () => {
    const columns = new LoopColumns(0, 0);
    columns.push(10, { thread: 0, after: 0, turns: 70_000, waited: 1e15, resumed: false });
    for (let i = 1; i <= 500; i++) columns.push(10 + i * 100_000, { thread: 0, after: 5 + i, turns: i, waited: 64, resumed: i === 3 });
    assert.deepEqual(columns.reading(0), { thread: 0, after: 0, turns: 70_000, waited: Math.fround(1e15), resumed: false });
    assert.deepEqual(columns.reading(3), { thread: 0, after: 8, turns: 3, waited: 64, resumed: true });
    assert.equal(columns.waitedBefore(501) - columns.waitedBefore(1), 500 * 64);
    assert.equal(columns.at(10 + 300_000), 3);
    assert.equal(columns.at(11), -1);
  });

  it('of several threads of a process are told apart', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(41, 'server.mjs');
    trace.loop(pid, 0, 0, 0);
    const listener = trace.listen(pid, NAME);
    trace.loop(pid, 0, 5, 3 * MS, false, 2);
    trace.close(listener);
    assert.deepEqual(
      trace.store.loops.map(({ process, thread, count }) => [process, thread, count]),
      [
        [0, 0, 1],
        [0, 2, 1],
      ],
    );
    // When a worker began the trace does not say.
    assert.deepEqual(loopSpans(trace.store, trace.store.loops[1]!), []);
  });
});

describe('the lane of an event loop', () => {
  it('has a slim row below its process, unless it is hidden', () => {
    const { store } = blocked(1, 0);
    const { rows, ofProcess, ofSocket } = layoutRows(store);
    assert.deepEqual(rows.map(({ kind, height }) => [kind, height]).slice(0, 3), [
      ['process', 28],
      ['loop', 20],
      ['socket', 52],
    ]);
    assert.equal(rows.filter(({ kind }) => kind === 'loop').length, 1);
    assert.equal(ofProcess[0], 0);
    assert.equal(ofSocket[0], 2);
    assert.ok(layoutRows(store, { loops: false }).rows.every(({ kind }) => kind !== 'loop'));
  });

  it('shows busy, waiting and both where the steps are, on both axes', () => {
    const { store, more, second, answer } = blocked(2, 3 * MS);
    for (const axis of [stepsAxis(store.size), timeAxis(store, chooseFolds([], store.time(store.size)))]) {
      const view = fitView(axis, 800);
      const x = (seq: number) => (axis.pos(seq) - view.scroll) * view.scale;
      const pieces = layoutLoop(store, loopOf(store), axis, view, 800);
      const under = (from: number, to: number) => pieceUnder(pieces, (x(from) + x(to)) / 2)!;
      assert.equal(under(answer, more).kind, 'both', axis.kind);
      assert.equal(under(more, second).kind, 'busy');
      assert.equal(under(more, second).to, second);
      assert.match(under(more, second).text(), /something was ready for it since step/);
      for (let i = 1; i < pieces.length; i++) assert.ok(Math.abs(pieces[i]!.x - (pieces[i - 1]!.x + pieces[i - 1]!.width)) < 0.01);
    }
  });

  it('shows of more stretches than pixels how much of the time it was busy, at a cost that does not grow with the trace', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(41, 'server.mjs');
    const listener = trace.listen(pid, NAME);
    const { client, accepted } = trace.pair(trace.process(42, 'client.mjs'), listener, NAME);
    const turns = 30_000;
    let last = trace.store.size;
    for (let i = 0; i < turns; i++) {
      trace.t += 100_000;
      // The first half waits for a quarter of its time, the second for all of it.
      trace.loop(pid, last, 1, (trace.t - trace.store.time(last)) * (i < turns / 2 ? 0.25 : 1));
      last = trace.read(accepted, 1);
    }
    assert.ok(client.id);
    const { store } = trace;
    const axis = stepsAxis(store.size);
    const view = fitView(axis, 900);
    let reads = 0;
    const loop = loopOf(store);
    const counting = { ...loop, process: 0, thread: 0, count: loop.count, to: loop.to, waitedBefore: (i: number) => loop.waitedBefore(i) };
    const pieces = layoutLoop(
      store,
      Object.assign(counting, {
        reading: (i: number) => {
          reads++;
          return loop.reading(i);
        },
      }),
      axis,
      view,
      900,
    );
    assert.equal(reads, 0);
    assert.ok(pieces.length < 20, `${pieces.length}`);
    assert.deepEqual([pieceUnder(pieces, 200)!.busy, pieceUnder(pieces, 700)!.busy], [0.75, 0]);
    assert.match(pieceUnder(pieces, 200)!.text(), /^event loop busy for at most 75 % of /);
  });
});
