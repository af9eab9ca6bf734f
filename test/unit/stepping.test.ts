import assert from 'node:assert/strict';
import type { FromTimeline } from '../../src/contracts/timeline-api';
import { SocktraceDecoder } from '../../src/trace';
import { depthsOf } from '../../src/trace/depths';
import { CROWD_OF_SOCKETS, layoutRows } from '../../webview/timeline/layout/lanes';
import { stepLabel } from '../../webview/timeline/parts/call-line';
import { type Filter, NO_FILTER } from '../../webview/timeline/store/filter';
import { TimelineStore } from '../../webview/timeline/store/store';
import { makeEchoTrace, makeTraceBuilder } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

function opened(trace: TraceBuilder) {
  const sent: FromTimeline[] = [];
  const later: (() => void)[] = [];
  const store = new TimelineStore({
    newDecoder: () => new SocktraceDecoder(),
    post: (message) => sent.push(message),
    remember: () => {},
    label: stepLabel,
    soon: (work) => later.push(work),
    now: () => 0,
  });
  const bytes = trace.encoder.take().slice().buffer;
  store.receive({ type: 'open', title: 'test', live: false, bytes, state: null, canRun: true });
  while (later.length) later.shift()!();
  return { store, sent, bytes };
}

describe('stepping', () => {
  const { store } = opened(makeEchoTrace());
  const reader = store.reader!;
  const stepAfter = (step: number, move: Parameters<typeof store.move>[0]) => {
    store.goTo(step);
    store.move(move);
    return store.step;
  };
  const states = Array.from({ length: reader.size }, (_, i) => i + 1).filter((seq) => reader.kind(seq) === 'state');

  it('jumps to the next and previous change of state', () => {
    assert.equal(stepAfter(0, 'nextState'), states[0]);
    assert.equal(stepAfter(states[0]!, 'nextState'), states[1]);
    assert.equal(stepAfter(states[1]!, 'previousState'), states[0]);
    assert.equal(stepAfter(states[0]!, 'previousState'), states[0]);
    assert.equal(stepAfter(reader.size, 'nextState'), reader.size);
  });

  it('walks both ends of a connection, and no other socket', () => {
    const first = reader.sockets.findIndex((socket) => socket.role === 'client');
    const peer = reader.sockets.findIndex((socket) => socket.id === reader.sockets[first]!.peer);
    const wanted = [...reader.eventsOfSocket(first), ...reader.eventsOfSocket(peer)].sort((a, b) => a - b);
    const walked = [wanted[0]!];
    store.goTo(wanted[0]!);
    for (let i = 1; i < wanted.length; i++) {
      store.move('nextOnConnection');
      walked.push(store.step);
    }
    assert.deepEqual(walked, wanted);
    store.move('previousOnConnection');
    assert.equal(store.step, wanted.at(-2));
  });

  it('jumps to failures', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'client.mjs');
    const failed = [9, 10].map((port) => trace.refused(trace.connect(pid, { address: '127.0.0.1', port })));
    const { store: view } = opened(trace);
    view.move('nextError');
    assert.equal(view.step, failed[0]);
    view.move('nextError');
    assert.equal(view.step, failed[1]);
    view.move('nextError');
    assert.equal(view.step, failed[1]);
    view.move('previousError');
    assert.equal(view.step, failed[0]);
  });

  it('sets, visits, removes and keeps bookmarks', () => {
    store.goTo(5);
    store.move('bookmark');
    store.goTo(9);
    store.move('bookmark');
    assert.equal(stepAfter(6, 'nextBookmark'), 9);
    assert.equal(stepAfter(9, 'nextBookmark'), 5);
    assert.equal(stepAfter(5, 'previousBookmark'), 9);
    assert.deepEqual((store.state().view as { bookmarks: number[] }).bookmarks, [5, 9]);
    store.move('bookmark');
    assert.deepEqual(store.bookmarks.steps, [5]);
    store.bookmarks.restore(['x', -1, 3, 3, 1]);
    assert.deepEqual(store.bookmarks.steps, [1, 3]);
  });

  it('steps as deep as is wanted', () => {
    const walk = () => {
      const steps: number[] = [];
      store.goTo(0);
      for (;;) {
        store.move('next');
        if (steps.at(-1) === store.step || store.step === 0) return steps;
        steps.push(store.step);
      }
    };
    store.set({ depth: 'call' });
    assert.ok(walk().every((seq) => reader.kind(seq) === 'call'));
    store.set({ depth: 'segment' });
    assert.ok(walk().every((seq) => reader.kind(seq) === 'state' || /write/.test(reader.call(seq)!)));
    store.set({ depth: 'node' });
    const node = walk();
    assert.ok(node.length < reader.size && node.length > 5, String(node.length));
    // One listen() makes socket, bind and listen: one stop.
    assert.deepEqual(
      node.slice(0, 2).map((seq) => reader.call(seq)),
      ['socket', 'socket'],
    );
    store.set({ depth: 'all' });
    assert.equal(walk().length, reader.size);
  });

  it('unfolds a Node call into its system calls, their segments and the other end, and back', () => {
    const shutdown = Array.from({ length: reader.size }, (_, i) => i + 1).find((seq) => reader.call(seq) === 'shutdown')!;
    const lines = depthsOf(reader, shutdown);
    assert.deepEqual([...new Set(lines.map((line) => line.depth))], ['node', 'call', 'segment', 'peer']);
    assert.equal(lines[0]!.api, 'socket.end()');
    assert.deepEqual(lines.find((line) => line.segment)!.segment!.flags, ['FIN', 'ACK']);
    const end = lines.at(-1)!.step;
    assert.deepEqual([reader.call(end), reader.result(end)], ['read', 0]);
    const back = depthsOf(reader, end);
    assert.deepEqual([back[0]!.depth, back.at(-1)!.depth, back.at(-1)!.api], ['peer', 'node', "'end'"]);
    // The change of state that the FIN brought belongs to the same call.
    assert.deepEqual(depthsOf(reader, shutdown + 1), lines);
  });

  it('puts descriptor and state at the end of the line, and never more than a line holds', () => {
    const listen = Array.from({ length: reader.size }, (_, i) => i + 1).find((seq) => reader.call(seq) === 'listen')!;
    assert.equal(stepLabel(reader, listen + 1), `fd 18 LISTEN  ·  step ${listen + 1}: state CLOSED → LISTEN`);
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'client.mjs');
    const socket = trace.connect(pid, { address: '2001:db8:1111:2222:3333:4444:5555:6666', port: 50_000 });
    const seq = trace.write(socket, 65_536, { payload: new TextEncoder().encode('x'.repeat(200)) });
    const label = stepLabel(trace.store, seq);
    assert.ok(label.length <= 120 && label.includes('= 65536'), label);
  });

  it('shows the steps of one line alone', () => {
    const { store: view } = opened(makeEchoTrace());
    const at = view.reader!.site(0);
    view.receive({ type: 'line', file: at.file, line: at.line });
    assert.ok(view.passing!.count > 0 && view.passing!.count < view.reader!.size);
    const site = view.reader!.site(view.reader!.siteId(view.step));
    assert.deepEqual([site.file, site.line], [at.file, at.line]);
    view.receive({ type: 'line', file: at.file, line: 9999 });
    assert.deepEqual([view.passing!.count, view.rows.rows.length], [0, 0]);
  });
});

describe('filters', () => {
  const trace = makeTraceBuilder({ events: 6000, connections: 120, seed: 5 });
  const { store } = opened(trace);
  const reader = store.reader!;
  const seqs = Array.from({ length: reader.size }, (_, i) => i + 1);
  const count = (filter: Partial<Filter>) => {
    store.setFilter({ ...NO_FILTER, ...filter });
    return store.passing?.count ?? reader.size;
  };

  it('count what they let through, for each kind', () => {
    assert.equal(count({ call: 'read' }), seqs.filter((seq) => reader.call(seq) === 'read').length);
    assert.equal(count({ process: '42' }), seqs.filter((seq) => reader.event(seq).pid === 42).length);
    assert.equal(count({ provenance: 'observed' }), seqs.filter((seq) => reader.provenance(seq) === 'observed').length);
    assert.ok(count({ result: 'failed' }) > 0 && count({ result: 'later' }) > 0);
    const file = reader.site(0).file;
    assert.equal(count({ file }), seqs.filter((seq) => reader.siteId(seq) >= 0 && reader.site(reader.siteId(seq)).file === file).length);
    assert.equal(count({}), reader.size);
  });

  it('know in which state a call was made', () => {
    count({ state: 'CLOSE_WAIT', result: 'ok' });
    for (const seq of seqs.filter((one) => store.matches!(one)).slice(0, 50)) {
      const socket = reader.socketIndex(seq);
      const state = (step: number) => reader.stateAt(step).sockets.find((one) => one.index === socket)?.state;
      assert.ok([state(seq - 1), state(seq)].includes('CLOSE_WAIT'), `step ${seq}`);
    }
  });

  it('find text in the bytes', () => {
    const one = makeEchoTrace();
    const { store: view } = opened(one);
    view.setFilter({ ...NO_FILTER, bytes: 'socket!' });
    const found = Array.from({ length: view.reader!.size }, (_, i) => i + 1).filter((seq) => view.matches!(seq));
    assert.ok(found.length > 0);
    for (const seq of found) assert.match(new TextDecoder().decode(view.reader!.event(seq).payload!), /socket!/);
    view.setFilter({ ...NO_FILTER, bytes: 'SOCKET!' });
    assert.equal(view.passing!.count, 0);
  });

  it('hide the rows of what they do not let through', () => {
    count({ result: 'failed' });
    const sockets = store.rows.rows.filter((row) => row.kind === 'socket');
    assert.ok(sockets.length > 0);
    for (const row of sockets) assert.ok(store.passing!.of('socket', row.index).length > 0);
    store.move('last');
    assert.ok(store.matches!(store.step));
    count({});
  });

  it('give way to a step that somebody names', () => {
    count({ call: 'listen' });
    store.visit(reader.size);
    assert.equal(store.step, reader.size);
    assert.equal(store.passing, null);
  });
});

describe('crowds of sockets', () => {
  const { store } = makeTraceBuilder({ events: 8000, connections: 400, concurrency: 20, seed: 2 });

  it('fold into one row that opens; listeners and failures keep their lanes', () => {
    const { rows, ofSocket, standsFor } = layoutRows(store, { failed: (socket) => socket % 50 === 0 });
    assert.ok(rows.length < 80, `${rows.length} rows for ${store.sockets.length} sockets`);
    const quiet = rows.filter((row) => row.kind === 'quiet');
    assert.ok(quiet.length >= 1);
    for (const [index, socket] of store.sockets.entries()) {
      if (socket.role === 'listener') assert.ok(ofSocket[index]! >= 0);
      assert.ok(standsFor[index]! >= 0);
    }
    const open = layoutRows(store, { opened: new Set(quiet.map((row) => row.key!)) });
    assert.equal(open.rows.filter((row) => row.kind === 'socket').length, store.sockets.length);
  });

  it('keep a lane for the socket in focus, at the same place for each of them', () => {
    const folded = [...layoutRows(store).ofSocket].flatMap((row, socket) => (row < 0 ? [socket] : []));
    const places = folded.slice(0, 20).map((socket) => layoutRows(store, { focus: [socket] }).ofSocket[socket]);
    const process = (socket: number) => store.sockets[socket]!.pid;
    for (const [i, place] of places.entries()) {
      assert.ok(place! >= 0);
      if (process(folded[i]!) === process(folded[0]!)) assert.equal(place, places[0]);
    }
  });

  it('leave small runs as they are', () => {
    const small = makeEchoTrace().store;
    assert.ok(small.sockets.length < CROWD_OF_SOCKETS);
    assert.ok(layoutRows(small).rows.every((row) => row.kind === 'socket' || row.kind === 'process'));
  });

  it('fold programs that are not the learner’s into one row', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'server.mjs');
    trace.listen(pid, { address: '127.0.0.1', port: 80 });
    const processes = [
      ...trace.store.processes,
      { ...trace.store.processes[0]!, pid: 8, program: 'npm', quiet: 'npm is a tool' },
      { ...trace.store.processes[0]!, pid: 9, program: 'tsx', quiet: 'tsx is a tool' },
    ];
    const { rows } = layoutRows({ processes, sockets: trace.store.sockets });
    assert.deepEqual(
      rows.map((row) => row.kind),
      ['process', 'socket', 'programs'],
    );
    assert.deepEqual(rows.at(-1)!.members, [1, 2]);
    assert.equal(layoutRows({ processes, sockets: trace.store.sockets }, { opened: new Set(['programs']) }).rows.length, 5);
  });
});
