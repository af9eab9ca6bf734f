import assert from 'node:assert/strict';
import type { FromTimeline, TimelineViewState, ToTimeline } from '../../src/contracts/timeline-api';
import { SocktraceDecoder } from '../../src/trace';
import { stepLabel } from '../../webview/timeline/parts/call-line';
import { ERRORS, NO_FILTER } from '../../webview/timeline/store/filter';
import { TimelineStore } from '../../webview/timeline/store/store';
import { makeEchoTrace, makeTraceBuilder } from '../support/make-trace';

/** A store whose host and clock the test holds. */
function setUp() {
  const sent: FromTimeline[] = [];
  const remembered: TimelineViewState[] = [];
  const later: (() => void)[] = [];
  let time = 0;
  const store = new TimelineStore({
    newDecoder: () => new SocktraceDecoder(),
    post: (message) => sent.push(message),
    remember: (state) => remembered.push(state),
    label: stepLabel,
    soon: (work) => later.push(work),
    now: () => {
      time += 1;
      return time;
    },
  });
  store.resize(800, 400);
  const settle = () => {
    while (later.length) later.shift()!();
  };
  const steps = () => sent.filter((message) => message.type === 'step');
  return { store, sent, remembered, later, settle, steps };
}

const buffer = (bytes: Uint8Array): ArrayBuffer => bytes.slice().buffer;

function opening(bytes: Uint8Array, change: Partial<Extract<ToTimeline, { type: 'open' }>> = {}): Exclude<ToTimeline, { type: 'compare' }> {
  return { type: 'open', title: 'echo', live: false, bytes: buffer(bytes), state: null, canRun: true, ...change };
}

describe('timeline store', () => {
  const echo = makeEchoTrace();
  const bytes = echo.encoder.take();
  const size = echo.store.size;

  it('opens a trace before its first step and acknowledges every byte', () => {
    const { store, sent } = setUp();
    store.receive(opening(bytes));
    assert.deepEqual([store.phase, store.step, store.reader?.size], ['open', 0, size]);
    assert.deepEqual(sent.at(-1), { type: 'ack', bytes: bytes.length });
  });

  it('takes a large trace in slices, so that the first picture comes before the last byte', () => {
    const { store, later, settle, sent } = setUp();
    const large = makeTraceBuilder({ events: 60_000, connections: 50 });
    const all = large.encoder.take();
    store.receive(opening(all));
    assert.ok(store.reader!.size > 100 && store.reader!.size < large.store.size && later.length === 1);
    assert.ok(store.progress > 0 && store.progress < 1);
    settle();
    assert.deepEqual([store.reader!.size, store.progress], [large.store.size, 1]);
    const acks = sent.filter((message) => message.type === 'ack').map((message) => message.bytes);
    assert.deepEqual(
      [...acks].sort((a, b) => a - b),
      acks,
    );
    assert.equal(acks.at(-1), all.length);
  });

  it('moves as each command says and tells the host the place of the step', () => {
    const { store, steps } = setUp();
    store.receive(opening(bytes));
    const at = (move: Extract<ToTimeline, { type: 'move' }>['to']) => {
      store.receive({ type: 'move', to: move });
      return store.step;
    };
    assert.equal(at('next'), 1);
    assert.equal(at('next'), 2);
    assert.deepEqual(steps().at(-1), {
      type: 'step',
      step: 2,
      site: { file: '/home/learner/echo/server.mjs', line: 15, column: 8 },
      label: 'fd 18 CLOSED  ·  step 2: bind(18, {127.0.0.1, 8080}) = 0',
      reveal: false,
      following: false,
    });
    assert.equal(at('last'), size);
    assert.equal(at('next'), size);
    assert.equal(at('first'), 0);
    assert.equal(at('previous'), 0);
    const connect = [...Array(size).keys()].find((i) => i > 0 && echo.store.call(i) === 'connect')!;
    store.goTo(connect);
    const socket = echo.store.socketIndex(connect);
    assert.equal(at('birth'), echo.store.sockets[socket]!.birth);
    for (const seq of echo.store.eventsOfSocket(socket).slice(1)) assert.equal(at('nextOnSocket'), seq);
    for (const seq of [...echo.store.eventsOfSocket(socket)].reverse().slice(1)) assert.equal(at('previousOnSocket'), seq);
  });

  it('says whether the learner asked for the editor', () => {
    const { store, steps } = setUp();
    store.receive(opening(bytes));
    store.goTo(2, true);
    store.goTo(3);
    store.showSource();
    assert.deepEqual(
      steps().map((message) => [message.step, message.reveal]),
      [
        [2, true],
        [3, false],
        [3, true],
      ],
    );
  });

  it('follows a running program until the learner steps back, and again after End', () => {
    const { store } = setUp();
    const cut = Math.floor(bytes.length / 2);
    store.receive(opening(bytes.subarray(0, cut), { live: true }));
    const half = store.reader!.size;
    assert.ok(half > 2 && half < size);
    assert.deepEqual([store.following, store.step], [true, half]);
    store.receive({ type: 'append', bytes: buffer(bytes.subarray(cut, cut + 200)) });
    assert.equal(store.step, store.reader!.size);
    store.receive({ type: 'move', to: 'previous' });
    const stay = store.step;
    store.receive({ type: 'append', bytes: buffer(bytes.subarray(cut + 200, bytes.length - 10)) });
    assert.deepEqual([store.following, store.step], [false, stay]);
    store.receive({ type: 'move', to: 'last' });
    assert.equal(store.following, true);
    store.receive({ type: 'append', bytes: buffer(bytes.subarray(bytes.length - 10)) });
    assert.deepEqual([store.reader!.size, store.step], [size, size]);
    store.receive({ type: 'ended' });
    assert.deepEqual([store.live, store.following], [false, false]);
  });

  it('goes to a step that has not arrived yet when it does', () => {
    const { store, settle } = setUp();
    const large = makeTraceBuilder({ events: 60_000, connections: 50 });
    store.receive(opening(large.encoder.take()));
    store.receive({ type: 'goTo', step: large.store.size - 5 });
    assert.equal(store.step, 0);
    settle();
    assert.equal(store.step, large.store.size - 5);
  });

  it('comes back from a reload with step, axis, zoom and filter', () => {
    const one = setUp();
    one.store.receive(opening(bytes));
    one.store.setAxis('time');
    one.store.setFilter({ ...NO_FILTER, socket: 's2', call: '' });
    one.store.goTo(12);
    one.store.zoom(3);
    one.store.keepState();
    const kept = one.remembered.at(-1)!;
    assert.deepEqual(one.sent.at(-1), { type: 'state', state: kept });
    const two = setUp();
    two.store.receive(opening(bytes, { state: JSON.parse(JSON.stringify(kept)) }));
    assert.deepEqual(two.store.state(), kept);
    assert.equal(two.store.axis.kind, 'time');
  });

  it('steps only through what the filter wants, and shows the peer of the chosen socket', () => {
    const { store } = setUp();
    store.receive(opening(bytes));
    store.setFilter({ ...NO_FILTER, socket: '', call: 'read' });
    const seen: number[] = [];
    for (;;) {
      const before = store.step;
      store.receive({ type: 'move', to: 'next' });
      if (store.step === before) break;
      seen.push(store.step);
    }
    assert.ok(seen.length >= 4);
    assert.ok(seen.every((seq) => echo.store.call(seq) === 'read'));
    store.setFilter({ ...NO_FILTER, socket: 's2', call: '' });
    const shown = store.rows.rows.filter((row) => row.kind === 'socket').map((row) => echo.store.sockets[row.index]!.id);
    assert.deepEqual(shown.sort(), ['s2', 's3']);
  });

  it('lets a filter give way to a step that is asked for by name, and keeps it when stepping', () => {
    const { store } = setUp();
    store.receive(opening(bytes));
    store.setFilter({ ...NO_FILTER, socket: 's2', call: '' });
    store.receive({ type: 'move', to: 'last' });
    assert.equal(store.reader!.event(store.step).socket === 's2' || store.reader!.event(store.step).socket === 's3', true);
    assert.equal(store.filter.socket, 's2');
    store.receive({ type: 'goTo', step: 2 });
    assert.deepEqual([store.step, store.filter.socket], [2, '']);
  });

  it('fits its opening view to the real width of the panel', () => {
    const { store } = setUp();
    store.receive(opening(bytes));
    store.resize(3000, 400);
    assert.ok(store.view.scale * store.axis.length > 2000);
    store.zoom(2);
    const { scale } = store.view;
    store.resize(800, 400);
    assert.equal(store.view.scale, scale);
  });

  it('lists failures, among them a refused connect that only SO_ERROR tells of', () => {
    const { store, settle } = setUp();
    const trace = makeTraceBuilder({ events: 4000, connections: 160, seed: 3 });
    store.receive(opening(trace.encoder.take()));
    settle();
    store.setFilter({ ...NO_FILTER, socket: '', call: ERRORS });
    store.receive({ type: 'move', to: 'next' });
    const kinds = new Set(store.index.failures.map((seq) => trace.store.error(seq) ?? trace.store.event(seq).args?.value));
    assert.ok(kinds.has('ECONNREFUSED') && !kinds.has('EINPROGRESS'));
    assert.ok(store.index.failures.includes(store.step));
  });

  it('finds calls, addresses, files and states, forwards, backwards and around the end', () => {
    const { store } = setUp();
    store.receive(opening(bytes));
    assert.equal(store.find('listen', 'next'), true);
    const first = store.step;
    assert.match(JSON.stringify(echo.store.event(first)), /listen/i);
    assert.equal(store.find('53412', 'next'), true);
    assert.equal(store.find('client.mjs:8', 'next'), true);
    assert.equal(echo.store.event(store.step).site?.line, 8);
    assert.equal(store.find('time_wait', 'next'), true);
    assert.equal(echo.store.event(store.step).state?.to, 'TIME_WAIT');
    store.find('socket', 'previous');
    const before = store.step;
    store.goTo(1);
    store.find('time_wait', 'previous');
    assert.equal(echo.store.event(store.step).state?.to, 'TIME_WAIT');
    assert.ok(before > 0);
    const stay = store.step;
    assert.equal(store.find('no such thing', 'next'), false);
    assert.equal(store.step, stay);
  });

  it('plays to the end and stops there', () => {
    const { store } = setUp();
    store.receive(opening(bytes));
    store.receive({ type: 'move', to: 'play' });
    for (let i = 0; i < size + 1; i++) store.playOn();
    assert.deepEqual([store.step, store.playing], [size, false]);
    store.receive({ type: 'move', to: 'play' });
    assert.deepEqual([store.step, store.playing], [0, true]);
    store.playOn();
    store.receive({ type: 'move', to: 'previous' });
    assert.equal(store.playing, false);
  });

  it('says what is wrong with bytes that are no trace, and that a trace is cut off', () => {
    const bad = setUp();
    bad.store.receive(opening(new TextEncoder().encode('this is no trace at all, only some text')));
    assert.equal(bad.store.phase, 'problem');
    assert.match(bad.store.problem, /trace/i);
    const cut = setUp();
    cut.store.receive(opening(bytes.subarray(0, bytes.length - 30)));
    assert.equal(cut.store.phase, 'open');
    assert.ok(cut.store.inputProblem);
    const whole = setUp();
    whole.store.receive(opening(bytes));
    assert.equal(whole.store.inputProblem, null);
  });

  it('forgets the run before when another is opened', () => {
    const { store } = setUp();
    store.receive(opening(bytes));
    store.setFilter({ ...NO_FILTER, socket: 's2', call: 'read' });
    store.goTo(5);
    store.receive(opening(bytes, { title: 'again' }));
    assert.deepEqual([store.step, store.filter, store.reader?.size, store.index.size], [0, NO_FILTER, size, size]);
  });
});
