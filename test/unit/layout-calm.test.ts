import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceReader } from '../../src/contracts/trace-model';
import { decodeWhole } from '../../src/trace';
import { chartText } from '../../webview/timeline/draw/charts';
import { type Axis, stepsAxis, timeAxis } from '../../webview/timeline/layout/axis';
import { layoutChart } from '../../webview/timeline/layout/charts';
import { chooseFolds } from '../../webview/timeline/layout/folds';
import { layoutRows, SOCKET_HEIGHT } from '../../webview/timeline/layout/lanes';
import { BAND_HEIGHT, BAND_Y, layoutScene, markText, type Scene, type SceneInput } from '../../webview/timeline/layout/scene';
import { titleOf } from '../../webview/timeline/layout/titles';
import { LaneIndex } from '../../webview/timeline/store/lane-index';
import { root } from '../support/house';
import { makeTrace, random } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

const stored = (name: string) => decodeWhole(readFileSync(join(root, 'test/fixtures/traces', `${name}.socktrace`))).store;
const measure = (text: string) => text.length * 6.3;

function sceneOf(reader: TraceReader, change: Partial<SceneInput> & { axis?: Axis } = {}): Scene {
  const index = new LaneIndex();
  index.update(reader);
  return layoutScene({
    reader,
    index,
    rows: layoutRows(reader, { opened: new Set(reader.processes.map(({ pid }) => `sockets ${pid}`)) }),
    axis: stepsAxis(reader.size),
    view: { scroll: 0, scale: 36 },
    scrollY: 0,
    width: 800,
    height: 600,
    step: 0,
    passing: null,
    measure,
    ...change,
  });
}

function foldedTime(reader: TraceReader): Axis {
  const index = new LaneIndex();
  index.update(reader);
  return timeAxis(reader, chooseFolds(index.gaps, reader.time(reader.size)));
}

/** The ruler is a picture of its own: what scrolls is cut off below it. */
const RULER_Y = -1000;

interface Place {
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Every text of a scene, on the lanes and on the ruler (y below 0), with its place. */
function textsOf(scene: Scene): Place[] {
  const found: Place[] = [];
  for (const { marks, bands, y } of scene.lanes) {
    for (const { text, textX, textY } of marks) if (text) found.push({ text, x: textX, y: textY - 10, width: measure(text), height: 12 });
    for (const { text, textX } of bands) if (text) found.push({ text, x: textX, y: y + BAND_Y, width: measure(text), height: BAND_HEIGHT });
  }
  for (const { text, textX, textY } of scene.arrows)
    if (text) found.push({ text, x: textX, y: textY, width: measure(text) + 8, height: 16 });
  for (const { text, x } of scene.ticks)
    if (text) found.push({ text, x: x - measure(text) / 2, y: RULER_Y, width: measure(text), height: 12 });
  for (const { text, textX, textY } of scene.missed)
    if (text) found.push({ text, x: textX - 2, y: textY - 7, width: measure(text) + 4, height: 14 });
  for (const { text, x, width } of scene.folds)
    if (text) found.push({ text, x: x + (width - measure(text)) / 2, y: RULER_Y, width: measure(text), height: 12 });
  return found;
}

/** Pairs of texts that lie upon each other. */
function overlaps(all: readonly Place[]): string[] {
  return all.flatMap((a, n) =>
    all
      .slice(n + 1)
      .filter((b) => !(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y))
      .map((b) => `"${a.text}" at ${a.x.toFixed(1)},${a.y} and "${b.text}" at ${b.x.toFixed(1)},${b.y}`),
  );
}

describe('layout: calm and readable', () => {
  it('no two texts overlap in 400 random views of real and made-up runs, on both axes', () => {
    const next = random(41);
    const traces = [
      ...['echo', 'http', 'errors', 'udp-loss', 'datagram-ends', 'reset', 'half-close', 'many'].map(stored),
      ...[1, 2, 3].map((seed) => makeTrace({ events: 300 * seed, connections: 6 * seed, seed })),
    ];
    for (let i = 0; i < 400; i++) {
      const reader = traces[i % traces.length]!;
      const width = 120 + next() * 1400;
      const axis = i % 3 === 0 ? foldedTime(reader) : stepsAxis(reader.size);
      const fit = width / Math.max(1, axis.length);
      const scale = fit * 2 ** (next() * 8 - 1);
      const scene = sceneOf(reader, {
        axis,
        width,
        view: { scroll: next() * axis.length * 0.9, scale },
        scrollY: next() * 400,
        step: Math.floor(next() * (reader.size + 1)),
      });
      assert.deepEqual(overlaps(textsOf(scene)), [], `view ${i}`);
    }
  });

  it('the name of the last step does not touch the line at which the run ended', () => {
    for (const store of [stored('echo'), stored('udp-loss'), stored('errors'), stored('datagram-ends')])
      for (const scale of [20, 36, 64, 120]) {
        const axis = stepsAxis(store.size);
        const scroll = axis.length - 500 / scale;
        const scene = sceneOf(store, { axis, view: { scroll, scale }, width: 640, end: { text: 'The run is over.', failed: false } });
        assert.ok(scene.end);
        const last = scene.lanes.flatMap(({ marks }) => marks).find(({ seq }) => seq === store.size)!;
        if (scale > 36) assert.equal(last.text, last.kind);
        for (const { text, textX } of scene.lanes.flatMap(({ marks }) => marks))
          if (text) assert.ok(textX + measure(text) < scene.end.x, `"${text}" ends at ${textX + measure(text)}, the run at ${scene.end.x}`);
      }
  });

  it('the buffers of a closed socket are gone: its chart ends where it was closed, and has no reading after that', () => {
    const series = { buffer: 'stream-write' as const, seqs: [2], values: [900], max: 900 };
    const axis = stepsAxis(20);
    const view = { scroll: 0, scale: 10 };
    const open = layoutChart(series, axis, view, 400, 15);
    const closed = layoutChart(series, axis, view, 400, 15, 9);
    const right = ({ bars }: typeof open) => bars.at(-1)!.x + bars.at(-1)!.width;
    assert.ok(right(closed) < right(open));
    assert.equal(right(closed), axis.pos(9) * 10);
    assert.deepEqual([open.now, closed.now, layoutChart(series, axis, view, 400, 8, 9).now], [900, null, 900]);
    assert.equal(chartText(open), 'stream write buffer 900 B');
    assert.equal(chartText(closed), 'stream write buffer');
    assert.equal(chartText(open, true), 'stream out 900 B');
  });

  it('of a crowd only the socket in focus shows its buffers', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(1, 'crowd.mjs');
    const listener = trace.listen(pid, { address: '127.0.0.1', port: 1 });
    for (let i = 0; i < 40; i++) trace.buffer(trace.pair(pid, listener, { address: '127.0.0.1', port: 1 }).client, 'stream-write', 10);
    const tracks = () => 1;
    const { rows, crowded } = layoutRows(trace.store, { tracks, focus: [60] });
    assert.equal(crowded, true);
    const tall = rows.filter((row) => row.kind === 'socket' && row.height > SOCKET_HEIGHT);
    assert.deepEqual(
      tall.map((row) => row.index),
      [60],
    );
    assert.ok(rows.length < 12, `${rows.length} rows`);
    const few = layoutRows(stored('echo'), { tracks });
    assert.equal(few.crowded, false);
    assert.ok(few.rows.every((row) => row.kind !== 'socket' || row.height > SOCKET_HEIGHT));
  });

  it('of an arrow to a lane out of view only the end in view is drawn, without a text; arrows between two such lanes are not', () => {
    const store = makeTrace({ events: 900, connections: 19 });
    let stubs = 0;
    for (let at = 0; at < store.size; at += 40) {
      const scene = sceneOf(store, { view: { scroll: at, scale: 36 }, scrollY: 500, height: 400, step: at });
      for (const arrow of scene.arrows) {
        const outside = [arrow.y1, arrow.y2].filter((y) => y < 0 || y > scene.height).length;
        if (arrow.strong) assert.equal(arrow.stub, null);
        else if (outside) {
          stubs++;
          assert.equal(outside, 1);
          assert.equal(arrow.stub, arrow.y1 < 0 || arrow.y1 > scene.height ? 'to' : 'from');
          assert.equal(arrow.text, '');
        } else assert.equal(arrow.stub, null);
      }
    }
    assert.ok(stubs > 20, `${stubs} stubs`);
  });

  it('a datagram that was dropped says so, and a program with a notice has a sign for it that every font can show', () => {
    const store = stored('udp-loss');
    const faults = [...Array(store.size).keys()].map((i) => i + 1).filter((seq) => store.kind(seq) === 'fault');
    assert.ok(faults.length >= 2);
    for (const seq of faults) assert.equal(markText(store, seq), 'dropped');
    const title = titleOf(store, { kind: 'process', index: 0, y: 0, height: 28 }, false);
    assert.equal(title.notice, true);
    assert.match(title.sub, /^pid \d+$/);
  });

  it('datagrams that did not arrive end short of the lane they were for, each by its own sign and word', () => {
    const store = stored('datagram-ends');
    const scene = sceneOf(store, { width: 2000, view: { scroll: 0, scale: 48 }, step: 34 });
    const [receiver, sender] = ['s1', 's2'].map(
      (id) => scene.lanes.find(({ row }) => row.kind === 'socket' && store.sockets[row.index]!.id === id)!,
    );
    const lost = scene.missed.filter(({ fate }) => fate === 'lost');
    assert.ok(lost.length >= 3);
    for (const { x, y, endX, endY, text } of lost) {
      assert.ok(y > sender!.y && endX > x);
      assert.ok(endY > receiver!.y + receiver!.height - 4 && endY < y, `${endY} is between the lanes`);
      if (text) assert.match(text, /lost$/);
    }
    assert.ok(lost.some(({ text }) => text));
    const refused = scene.missed.filter(({ fate }) => fate === 'refused');
    assert.equal(refused.length, 1);
    assert.equal(refused[0]!.strong, true);
    assert.equal(refused[0]!.text, '8 B refused');
    assert.ok(refused[0]!.back && refused[0]!.back.x > refused[0]!.endX);
    // What nobody knows has no arrow, neither of the one kind nor of the other.
    const gone = scene.lanes.flatMap(({ marks }) => marks).find(({ seq }) => String(Buffer.from(store.payload(seq) ?? [])) === 'gone')!;
    assert.ok(!scene.missed.some(({ sent }) => sent === gone.seq) && !scene.arrows.some(({ from }) => from === gone.seq));
    assert.deepEqual(overlaps(textsOf(scene)), []);
  });

  it('a datagram that a fault threw away ends with a cross at the receive that brought it', () => {
    const store = stored('udp-loss');
    const scene = sceneOf(store, { width: 2000 });
    const faults = [...Array(store.size).keys()].map((i) => i + 1).filter((seq) => store.kind(seq) === 'fault');
    const dropped = scene.arrows.filter((arrow) => arrow.dropped);
    assert.deepEqual(
      dropped.map(({ to }) => store.undelivered(to)!.shown),
      faults,
    );
    for (const { text } of dropped) if (text) assert.match(text, /^\d+ B dropped \(injected\)$/);
    assert.ok(dropped.some(({ text }) => text));
    assert.ok(scene.arrows.some((arrow) => arrow.kind === 'datagram' && !arrow.dropped));
  });

  it('a fold says on the ruler how long it is, and in its tip what the event loop did', () => {
    const store = stored('udp-loss');
    const axis = foldedTime(store);
    const { folds } = sceneOf(store, { axis, view: { scroll: 0, scale: 6000 / axis.length }, width: 6000 });
    assert.ok(folds.length > 0);
    for (const fold of folds) {
      const [length] = /^[\d.]+ (ms|s|µs)/.exec(fold.sentence)!;
      assert.ok(fold.text.includes(length), fold.text);
      // The trace is of a version that did not ask libuv.
      assert.match(fold.sentence, /^[\d.]+ (ms|s|µs) without a step, folded\. Whether an event loop was busy is not known\.$/);
    }
  });
});
