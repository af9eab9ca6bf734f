import assert from 'node:assert/strict';
import type { TraceReader } from '../../src/contracts/trace-model';
import { curvePoint } from '../../webview/timeline/layout/arrows';
import { fitView, openingView, stepsAxis, toX, type View } from '../../webview/timeline/layout/axis';
import { layoutBands } from '../../webview/timeline/layout/bands';
import { layoutChart, type Series } from '../../webview/timeline/layout/charts';
import { layoutDense, levelOf } from '../../webview/timeline/layout/dense';
import { hitTest, nearestStep } from '../../webview/timeline/layout/hit';
import { LabelPlacer } from '../../webview/timeline/layout/labels';
import { firstRowAt, layoutRows, revealRow } from '../../webview/timeline/layout/lanes';
import { layoutMinimap } from '../../webview/timeline/layout/minimap';
import { runEnd } from '../../webview/timeline/layout/run-end';
import { BAND_Y, layoutScene, MARK_Y, type Scene, type SceneInput } from '../../webview/timeline/layout/scene';
import { gallop, lowerBound } from '../../webview/timeline/layout/search';
import { shortEnds } from '../../webview/timeline/layout/titles';
import { endOfTimeWait, LaneIndex, visibleSpans } from '../../webview/timeline/store/lane-index';
import { Matches } from '../../webview/timeline/store/matches';
import { makeEchoTrace, makeTrace, random } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

const measure = (text: string) => text.length * 6;

function input(reader: TraceReader, change: Partial<SceneInput> = {}): SceneInput {
  const index = new LaneIndex();
  index.update(reader);
  const axis = stepsAxis(reader.size);
  return {
    reader,
    index,
    rows: layoutRows(reader, { opened: new Set(reader.processes.map(({ pid }) => `sockets ${pid}`)) }),
    axis,
    view: openingView(axis, 800),
    scrollY: 0,
    width: 800,
    height: 2000,
    step: 0,
    passing: null,
    measure,
    ...change,
  };
}

/** Every text of a scene with the place that it takes. */
function texts(scene: Scene): { text: string; x: number; y: number; width: number; height: number }[] {
  const found = [];
  for (const lane of scene.lanes) {
    for (const mark of lane.marks)
      if (mark.text) found.push({ text: mark.text, x: mark.textX, y: mark.textY - 10, width: measure(mark.text), height: 12 });
    for (const band of lane.bands)
      if (band.text) found.push({ text: band.text, x: band.textX, y: lane.y + BAND_Y, width: measure(band.text), height: 16 });
  }
  for (const arrow of scene.arrows)
    if (arrow.text) found.push({ text: arrow.text, x: arrow.textX, y: arrow.textY, width: measure(arrow.text) + 8, height: 16 });
  return found;
}

describe('layout: rows', () => {
  const { store } = makeEchoTrace();

  it('puts sockets below their process, in order of birth', () => {
    const { rows, height, ofSocket } = layoutRows(store);
    assert.deepEqual(
      rows.map((row) => (row.kind === 'process' ? store.processes[row.index]!.program : store.sockets[row.index]!.id)),
      ['server.mjs', 's1', 's3', 'client.mjs', 's2'],
    );
    assert.equal(rows.at(-1)!.y + rows.at(-1)!.height, height);
    assert.deepEqual([...ofSocket], [1, 4, 2]);
    for (const row of rows) assert.equal(firstRowAt(rows, row.y + row.height - 1), rows.indexOf(row));
    assert.equal(firstRowAt(rows, height), rows.length);
  });

  it('leaves out what the filter does not want, and processes without a wanted socket', () => {
    const { rows } = layoutRows(store, { shown: (index) => store.sockets[index]!.id === 's2' });
    assert.deepEqual(
      rows.map((row) => row.kind),
      ['process', 'socket'],
    );
  });

  it('scrolls only when a row is out of view', () => {
    const row = { kind: 'socket', index: 0, y: 300, height: 52 } as const;
    assert.equal(revealRow(row, 100, 400), 100);
    assert.equal(revealRow(row, 350, 400), 292);
    assert.equal(revealRow(row, 0, 200), 160);
  });
});

describe('layout: scene', () => {
  it('names the states of the echo run in bands that follow each other', () => {
    const { store } = makeEchoTrace();
    const all = input(store, { view: { scroll: 0, scale: 90 }, width: 90 * (store.size + 2) });
    const states = (id: string) => {
      const lane = layoutScene(all).lanes.find((one) => one.row.kind === 'socket' && store.sockets[one.row.index]!.id === id)!;
      for (const [i, band] of lane.bands.entries())
        if (i > 0) assert.ok(Math.abs(lane.bands[i - 1]!.x + lane.bands[i - 1]!.width - band.x) < 0.001);
      return lane.bands.map((band) => band.state);
    };
    assert.deepEqual(states('s1'), ['CLOSED', 'LISTEN']);
    assert.deepEqual(states('s2').slice(0, 4), ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'FIN_WAIT_1']);
    assert.equal(states('s2').at(-1), 'TIME_WAIT');
    assert.ok(states('s3').includes('CLOSE_WAIT'));
  });

  it('draws a mark for every event in view, in its lane', () => {
    const store = makeTrace({ events: 300, connections: 6 });
    const view: View = { scroll: 40, scale: 36 };
    const scene = layoutScene(input(store, { view, height: 4000 }));
    const drawn = new Map(scene.lanes.flatMap((lane) => lane.marks.map((mark) => [mark.seq, lane] as const)));
    for (let seq = 1; seq <= store.size; seq++) {
      const x = toX(view, seq + 0.5);
      if (x < 0 || x > 800) continue;
      const lane = drawn.get(seq);
      assert.ok(lane, `step ${seq} is drawn`);
      const socket = store.socketIndex(seq);
      assert.equal(lane.row.index, socket >= 0 ? socket : store.processIndex(seq));
    }
  });

  it('never lets two texts overlap, at any zoom and scroll', () => {
    const store = makeTrace({ events: 900, connections: 12, seed: 5 });
    const next = random(8);
    for (let i = 0; i < 40; i++) {
      const scale = 2 + next() * 80;
      const step = 1 + Math.floor(next() * store.size);
      const scene = layoutScene(input(store, { view: { scroll: next() * store.size, scale }, step, scrollY: next() * 300, height: 500 }));
      const all = texts(scene);
      for (const [n, a] of all.entries())
        for (const b of all.slice(n + 1))
          assert.ok(
            a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y,
            `"${a.text}" and "${b.text}" overlap at scale ${scale}`,
          );
    }
  });

  it('draws arrows from connect to accept and from each write to its read, and says what moved', () => {
    const { store } = makeEchoTrace();
    const scene = layoutScene(input(store, { view: { scroll: 0, scale: 60 }, width: 60 * (store.size + 2) }));
    assert.deepEqual(
      scene.arrows.map((arrow) => [arrow.kind, store.call(arrow.from), store.call(arrow.to)?.replace('accept4', 'accept')]),
      [
        ['connect', 'connect', 'accept'],
        ['bytes', 'write', 'read'],
        ['bytes', 'write', 'read'],
        ['bytes', 'write', 'read'],
        ['fin', 'shutdown', 'read'],
        ['fin', 'shutdown', 'read'],
      ],
    );
    assert.deepEqual(new Set(scene.arrows.map((arrow) => arrow.text)), new Set(['connects', '7 B', '14 B', 'FIN']));
    for (const arrow of scene.arrows) {
      assert.deepEqual(curvePoint(arrow, 0), { x: arrow.x1, y: arrow.y1 });
      assert.deepEqual(curvePoint(arrow, 1), { x: arrow.x2, y: arrow.y2 });
      assert.ok(arrow.x2 > arrow.x1);
    }
  });

  it('draws no tangle: of very many arrows only those of connections and of the current step', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(1, 'a.mjs');
    const listener = trace.listen(pid, { address: '127.0.0.1', port: 80 });
    const { client, accepted } = trace.pair(pid, listener, { address: '127.0.0.1', port: 80 });
    trace.write(client, 10_000);
    for (let i = 0; i < 100; i++) trace.read(accepted, 100);
    const { store } = trace;
    const view = fitView(stepsAxis(store.size), 800);
    const kinds = (step: number) => layoutScene(input(store, { view, step })).arrows.map((arrow) => arrow.kind);
    assert.deepEqual(kinds(0), ['connect']);
    assert.deepEqual(kinds(store.size).sort(), ['bytes', 'connect']);
  });

  it('draws arrows to lanes that are out of view in part, but those of the current step whole', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(1, 'a.mjs');
    const listener = trace.listen(pid, { address: '127.0.0.1', port: 80 });
    for (let i = 0; i < 20; i++) trace.pair(pid, listener, { address: '127.0.0.1', port: 80 });
    const { store } = trace;
    const view = fitView(stepsAxis(store.size), 800);
    const low = layoutScene(input(store, { view, height: 200 }));
    assert.ok(low.arrows.length > 0);
    for (const { y1, y2, stub } of low.arrows) assert.equal(stub, y1 > 200 ? 'to' : y2 > 200 ? 'from' : null);
    let step = store.size;
    while (store.links(step).length === 0) step--;
    assert.equal(layoutScene(input(store, { view, height: 200, step })).arrows.filter((arrow) => arrow.strong).length, 1);
    assert.equal(layoutScene(input(store, { view, height: 4000 })).arrows.length, 20);
  });

  it('draws the arrows of the current step alone when the view is too full', () => {
    const store = makeTrace({ events: 8000, connections: 20 });
    const axis = stepsAxis(store.size);
    let step = 4000;
    while (store.links(step).length === 0) step++;
    const far = layoutScene(input(store, { view: fitView(axis, 800), step, height: 4000 }));
    assert.ok(far.arrows.length > 0 && far.arrows.every((arrow) => arrow.strong));
    assert.equal(layoutScene(input(store, { view: fitView(axis, 800), step: 0, height: 4000 })).arrows.length, 0);
  });

  it('hides what the filter does not want and marks failures', () => {
    const store = makeTrace({ events: 4000, connections: 160, seed: 3 });
    const passing = new Matches((seq) => store.call(seq) === 'read');
    passing.update(store);
    const scene = layoutScene(input(store, { passing, view: { scroll: 100, scale: 20 }, width: 4000, height: 20_000 }));
    const marks = scene.lanes.flatMap((lane) => lane.marks);
    assert.ok(marks.length > 20);
    for (const mark of marks) assert.equal(store.call(mark.seq), 'read');
    const everything = layoutScene(input(store, { view: { scroll: 0, scale: 8 }, width: 8 * (store.size + 2), height: 20_000 }));
    const failed = everything.lanes.flatMap((lane) => lane.marks.filter((mark) => mark.failed).map((mark) => mark.seq));
    assert.ok(failed.length > 0);
    for (const seq of failed) assert.notEqual(store.error(seq), 'EINPROGRESS');
    const refused = everything.lanes.flatMap((lane) => lane.marks).find((mark) => store.event(mark.seq).args?.value === 'ECONNREFUSED');
    assert.equal(refused?.failed, true);
  });
});

describe('layout: density', () => {
  const store = makeTrace({ events: 30_000, connections: 10 });
  const axis = stepsAxis(store.size);

  it('shows where events are, once there are more than pixels', () => {
    const view = fitView(axis, 800);
    const scene = layoutScene(input(store, { view }));
    const dense = scene.lanes.filter((lane) => lane.dense);
    assert.ok(dense.length > 0);
    for (const lane of dense) {
      const columns = new Set(
        Array.from({ length: lane.events.length }, (_, i) => Math.floor(toX(view, axis.pos(lane.events[i]!)) / 2) * 2),
      );
      const drawn = new Set(lane.dense!.runs.flatMap((run) => Array.from({ length: run.width / 2 }, (_, i) => run.x + 2 * i)));
      for (const x of columns) assert.ok(drawn.has(x) || drawn.has(x + 2) || drawn.has(x - 2), `column ${x}`);
    }
  });

  it('has a level for one, few, many and very many', () => {
    assert.deepEqual([1, 2, 7, 8, 63, 64, 10_000].map(levelOf), [1, 2, 2, 3, 3, 4, 4]);
  });

  it('keeps every failure visible, whatever the density', () => {
    const events = Uint32Array.from({ length: store.size }, (_, i) => i + 1);
    const dense = layoutDense(axis, fitView(axis, 800), 800, events, 0, events.length, [5, 6, 7, 20_000]);
    assert.equal(dense.failures.length, 2);
  });

  it('finds the nearest event of a dense lane, and the nearest step on the ruler', () => {
    const view = fitView(axis, 800);
    const scene = layoutScene(input(store, { view }));
    const lane = scene.lanes.find((one) => one.dense)!;
    const hit = hitTest(scene, axis, view, 400, lane.y + MARK_Y);
    assert.equal(hit?.kind, 'mark');
    assert.equal(nearestStep(axis, view, toX(view, axis.pos(12_345))), 12_345);
    assert.equal(nearestStep(axis, view, -1e6), 0);
    assert.equal(nearestStep(axis, view, 1e6), store.size);
  });
});

describe('layout: buffer charts', () => {
  const series = (seqs: number[], values: number[]): Series => ({ buffer: 'stream-write', seqs, values, max: Math.max(...values) });

  it('holds each reading until the next, and tells the one at the current step', () => {
    const axis = stepsAxis(100);
    const chart = layoutChart(series([10, 20, 30], [500, 1000, 0]), axis, { scroll: 0, scale: 4 }, 400, 25);
    assert.deepEqual(chart.bars, [
      { x: 42, width: 40, part: 0.5 },
      { x: 82, width: 40, part: 1 },
    ]);
    assert.deepEqual([chart.now, chart.max], [1000, 1000]);
    assert.equal(layoutChart(series([10], [5]), axis, { scroll: 0, scale: 4 }, 400, 9).now, null);
  });

  it('keeps the largest reading of every pixel when there are more readings than pixels', () => {
    const seqs = Array.from({ length: 50_000 }, (_, i) => i + 1);
    const values = seqs.map((seq) => (seq === 30_000 ? 900 : seq % 3));
    const axis = stepsAxis(50_000);
    const { bars } = layoutChart(series(seqs, values), axis, fitView(axis, 500), 500, 0);
    assert.ok(bars.length <= 500);
    assert.equal(Math.max(...bars.map((bar) => bar.part)), 1);
  });

  it('makes room below a lane for every buffer that was read', () => {
    const store = makeTrace({ events: 2000, connections: 4 });
    const index = new LaneIndex();
    index.update(store);
    const { rows } = layoutRows(store, { tracks: (socket) => index.series[socket]!.length });
    for (const row of rows) if (row.kind === 'socket') assert.equal(row.height, 52 + 24 * index.series[row.index]!.length);
    assert.ok(index.seriesCount > 0);
  });
});

describe('layout: hit test', () => {
  it('finds every mark at its place, its name too, and lanes elsewhere', () => {
    const store = makeTrace({ events: 200, connections: 3 });
    const view: View = { scroll: 10, scale: 36 };
    const given = input(store, { view });
    const scene = layoutScene(given);
    for (const lane of scene.lanes)
      for (const mark of lane.marks) {
        const hit = hitTest(scene, given.axis, view, mark.x, mark.y);
        assert.equal(hit?.kind === 'mark' && hit.seq, mark.seq);
      }
    const bare = scene.lanes.find((lane) => lane.row.kind === 'socket' && lane.marks.every((mark) => mark.x > 100))!;
    if (bare) assert.equal(hitTest(scene, given.axis, view, 20, bare.y + MARK_Y)?.kind, 'lane');
    assert.equal(hitTest(scene, given.axis, view, 20, -5)?.kind, 'ruler');
    assert.equal(hitTest(scene, given.axis, view, 20, 1e6), null);
  });
});

describe('layout: parts', () => {
  it('writes a band name where it fits and keeps it in view', () => {
    const spans = [{ state: 'ESTABLISHED', from: 1, to: 100, provenance: 'observed' } as const];
    const [wide] = layoutBands(spans, (seq) => seq * 10 - 500, 400, measure);
    assert.equal(wide!.text, 'ESTABLISHED');
    assert.ok(wide!.textX >= 0 && !wide!.startsHere && !wide!.endsHere);
    assert.equal(layoutBands(spans, (seq) => seq * 0.5, 400, measure)[0]!.text, 'ESTAB');
    assert.equal(layoutBands(spans, (seq) => seq * 0.1, 400, measure)[0]!.text, '');
    assert.deepEqual(
      layoutBands(spans, (seq) => seq * 10 + 900, 400, measure),
      [],
    );
  });

  it('ends bands at the death of a socket, except in TIME_WAIT, and at the last event', () => {
    const spans = [
      { state: 'ESTABLISHED', from: 3, to: 9, provenance: 'observed' } as const,
      { state: 'CLOSED', from: 9, to: Number.POSITIVE_INFINITY, provenance: 'derived' } as const,
    ];
    assert.deepEqual(
      visibleSpans(spans, 9, 50).map((span) => [span.state, span.to]),
      [['ESTABLISHED', 9]],
    );
    const waiting = [{ state: 'TIME_WAIT', from: 3, to: Number.POSITIVE_INFINITY, provenance: 'derived' } as const];
    assert.equal(visibleSpans(waiting, 4, 50)[0]!.to, 51);
  });

  it('ends TIME_WAIT after its 60 s on Linux, and leaves it open elsewhere', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'server.mjs');
    const listener = trace.listen(pid, { address: '127.0.0.1', port: 80 });
    const { client, accepted } = trace.pair(pid, listener, { address: '127.0.0.1', port: 80 });
    for (const socket of [client, accepted]) trace.shutdown(socket);
    trace.end(client);
    trace.end(accepted);
    const began = Array.from({ length: trace.store.size }, (_, i) => i + 1).find((seq) => trace.store.stateTo(seq) === 'TIME_WAIT')!;
    assert.equal(endOfTimeWait(trace.store, began), Number.POSITIVE_INFINITY);
    trace.t = trace.store.time(began) + 59e9;
    trace.api(listener, 'drain', { args: { event: 'drain' } });
    trace.t = trace.store.time(began) + 60e9;
    const after = trace.api(listener, 'drain', { args: { event: 'drain' } });
    assert.equal(endOfTimeWait(trace.store, began), after);
    const span = { state: 'TIME_WAIT' as const, from: began, to: Number.POSITIVE_INFINITY, provenance: 'derived' as const };
    const seen = visibleSpans([span], null, trace.store.size, (seq) => endOfTimeWait(trace.store, seq));
    assert.equal(seen[0]!.to, after);
    assert.equal(
      endOfTimeWait({ header: { ...trace.store.header, platform: 'darwin' }, size: after, time: () => 0 }, began),
      Number.POSITIVE_INFINITY,
    );
  });

  it('gives a place to a text once', () => {
    const placer = new LabelPlacer(4);
    assert.ok(placer.take({ x: 0, y: 0, width: 50, height: 10 }));
    assert.ok(!placer.take({ x: 52, y: 5, width: 50, height: 10 }));
    assert.ok(placer.take({ x: 54, y: 5, width: 50, height: 10 }));
    assert.ok(placer.take({ x: 0, y: 10, width: 50, height: 10 }));
    assert.deepEqual(
      placer.takeFirst([
        { x: 0, y: 0, width: 5, height: 5 },
        { x: 300, y: 0, width: 5, height: 5 },
      ]),
      {
        x: 300,
        y: 0,
        width: 5,
        height: 5,
      },
    );
  });

  it('searches sorted lists', () => {
    const list = [2, 4, 4, 9, 30];
    assert.deepEqual(
      [1, 2, 4, 5, 31].map((value) => lowerBound(list, value)),
      [0, 0, 1, 3, 5],
    );
    for (let value = 0; value < 33; value++)
      for (let start = 0; start <= lowerBound(list, value); start++) assert.equal(gallop(list, value, start, 5), lowerBound(list, value));
  });

  it('marks every socket that did something on the minimap, and every failure', () => {
    const store = makeTrace({ events: 50_000, connections: 30 });
    const index = new LaneIndex();
    index.update(store);
    const rows = layoutRows(store);
    const axis = stepsAxis(store.size);
    const map = layoutMinimap(store, axis, rows, index.failures, 400, rows.rows.length);
    for (let line = 0; line < rows.rows.length; line++) {
      const row = rows.rows[line]!;
      const events = row.kind === 'socket' ? store.eventsOfSocket(row.index) : index.ownEvents[row.index]!;
      const lit = map.cells.subarray(line * 400, (line + 1) * 400).some((cell) => cell === 1);
      assert.equal(lit, events.length > 0, `line ${line}`);
    }
    assert.ok(index.failures.length > 0 && map.failures.length > 0);
  });

  it('writes both ends in few letters', () => {
    const port = (n: number, address = '127.0.0.1') => ({ address, port: n });
    assert.equal(shortEnds({ local: port(8080), remote: port(53412), protocol: 'tcp' }), ':8080 ↔ :53412');
    assert.equal(shortEnds({ local: null, remote: port(8080), protocol: 'tcp' }), '→ 127.0.0.1:8080');
    assert.equal(shortEnds({ local: port(8080, '0.0.0.0'), remote: null, protocol: 'tcp' }), '*:8080');
    assert.equal(shortEnds({ local: port(1), remote: port(2, '::1'), protocol: 'tcp6' }), '127.0.0.1:1 ↔ [::1]:2');
    assert.equal(shortEnds({ local: { path: '/tmp/a' }, remote: null, protocol: 'unix' }), '/tmp/a');
  });
});

describe('layout: where the run ended', () => {
  const run = (exit: { code: number | null; signal: string | null } | null) => {
    const trace = new TraceBuilder();
    const pid = trace.process(1, '/home/learner/server.mjs');
    trace.listen(pid, { address: '127.0.0.1', port: 8080 });
    trace.store.processes[0]!.exit = exit;
    return trace.store;
  };

  it('says how each program ended, and nothing while the run goes on or when there was none', () => {
    assert.deepEqual(runEnd(run({ code: 0, signal: null }), false, false), {
      text: 'The run is over (server.mjs: exit code 0).',
      failed: false,
    });
    assert.deepEqual(runEnd(run({ code: 1, signal: null }), false, false), {
      text: 'The run is over (server.mjs: exit code 1).',
      failed: true,
    });
    assert.deepEqual(runEnd(run({ code: null, signal: 'SIGSEGV' }), false, false), {
      text: 'The run is over (server.mjs: ended by SIGSEGV).',
      failed: true,
    });
    assert.deepEqual(runEnd(run({ code: null, signal: 'SIGTERM' }), false, true), {
      text: 'You stopped the run (server.mjs: ended by SIGTERM).',
      failed: false,
    });
    assert.deepEqual(runEnd(run(null), false, false), { text: 'The run is over (server.mjs: nothing says how).', failed: false });
    assert.equal(runEnd(run(null), true, false), null);
    assert.equal(runEnd(new TraceBuilder().store, false, false), null);
  });

  it('draws a line behind the last step with its words beside it, over no other text; nothing when that is out of view', () => {
    const { store } = makeEchoTrace();
    const end = { text: 'The run is over (server.mjs: exit code 0).', failed: false };
    const axis = stepsAxis(store.size);
    const view = fitView(axis, 800);
    for (const height of [120, 200, 400]) {
      const scene = layoutScene(input(store, { view, end, height }));
      const last = Math.max(...scene.lanes.flatMap((lane) => lane.marks.map((mark) => mark.x)));
      assert.ok(scene.end!.text !== '' && scene.end!.x > last && scene.end!.x <= 800, `${scene.end!.x}`);
      const words = { x: scene.end!.textX, y: scene.end!.textY - 8, width: measure(scene.end!.text), height: 16 };
      assert.ok(words.x >= 0 && words.x + words.width < scene.end!.x && words.y + words.height <= height);
      for (const text of texts(scene))
        assert.ok(
          text.x >= words.x + words.width ||
            words.x >= text.x + text.width ||
            text.y >= words.y + words.height ||
            words.y >= text.y + text.height,
          `${height} px: ${text.text}`,
        );
    }
    assert.equal(layoutScene(input(store, { view, end: null })).end, null);
    assert.equal(layoutScene(input(store, { view: { scroll: 0, scale: 90 }, end })).end, null);
    assert.equal(layoutScene(input(store, { view: fitView(axis, 120), end, width: 120 })).end!.text, 'The run is over.');
  });
});
