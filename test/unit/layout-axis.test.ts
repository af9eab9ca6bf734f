import assert from 'node:assert/strict';
import { clampView, fitView, openingView, reveal, stepsAxis, timeAxis, toPos, toX, zoomAt } from '../../webview/timeline/layout/axis';
import { chooseFolds, type Gap, unfold, withFolds } from '../../webview/timeline/layout/folds';
import { duration, foldMarks, niceStep, ticks } from '../../webview/timeline/layout/ticks';
import { random } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

/** A reader of nothing but times. */
const timesOnly = (times: number[]) => ({ size: times.length, time: (seq: number) => times[seq - 1]! });

const gapsOf = (times: number[]): Gap[] => {
  const gaps: Gap[] = [];
  let last = 0;
  for (const time of times) {
    if (time - last >= 1_000_000) gaps.push({ from: last, to: time });
    last = time;
  }
  return gaps;
};

/** Two bursts of microseconds, a second of nothing between them. */
const BURSTS = [0, 20_000, 45_000, 1_000_045_000, 1_000_060_000, 1_000_090_000];

describe('layout: steps axis', () => {
  it('gives every step the same width and finds it again', () => {
    const axis = stepsAxis(50);
    for (let seq = 0; seq <= 50; seq++) {
      assert.equal(axis.pos(seq), seq + 0.5);
      assert.equal(axis.seqAt(axis.pos(seq)), seq);
      assert.equal(axis.seqAt(axis.pos(seq) + 0.01), seq + 1);
    }
    assert.equal(axis.seqAt(-10), 0);
    assert.equal(axis.seqAt(1e9), 51);
  });

  it('works without events', () => {
    const axis = stepsAxis(0);
    const view = openingView(axis, 600);
    assert.ok(Number.isFinite(view.scale) && view.scale > 0);
    assert.equal(toX(view, axis.pos(0)) > 0, true);
    assert.deepEqual(
      ticks(axis, view, 600, 40).map((tick) => tick.text),
      ['0'],
    );
  });
});

describe('layout: time axis', () => {
  it('folds the idle second between two bursts, and nothing else', () => {
    const folds = chooseFolds(gapsOf(BURSTS), BURSTS.at(-1)!);
    assert.deepEqual([folds.from, folds.to], [[45_000], [1_000_045_000]]);
    const axis = timeAxis(timesOnly(BURSTS), folds);
    assert.ok(axis.length < 200_000, `the run is ${axis.length} ns long when folded`);
  });

  it('folds each of many equal pauses', () => {
    const times = Array.from({ length: 60 }, (_, i) => Math.floor(i / 6) * 1e9 + (i % 6) * 10_000);
    assert.equal(chooseFolds(gapsOf(times), times.at(-1)!).from.length, 9);
  });

  it('folds nothing in a steady run, and at most 200 gaps in any', () => {
    const steady = Array.from({ length: 100 }, (_, i) => i * 400_000);
    assert.deepEqual(chooseFolds(gapsOf(steady), steady.at(-1)!).from, []);
    const many = Array.from({ length: 1000 }, (_, i) => i * 50_000_000 + (i % 2));
    const folds = chooseFolds(gapsOf(many), many.at(-1)!);
    assert.equal(folds.from.length, 200);
    assert.deepEqual(
      [...folds.at].sort((a, b) => a - b),
      folds.at,
    );
  });

  it('maps time to position and back, never backwards', () => {
    const next = random(3);
    let time = 0;
    const times = Array.from({ length: 500 }, () => (time += next() < 0.05 ? Math.floor(next() * 1e9) : Math.floor(next() * 50_000)));
    const folds = chooseFolds(gapsOf(times), times.at(-1)!);
    assert.ok(folds.from.length > 5);
    const axis = timeAxis(timesOnly(times), folds);
    for (let seq = 2; seq <= axis.size; seq++) {
      assert.ok(axis.pos(seq) >= axis.pos(seq - 1));
      const back = unfold(folds, withFolds(folds, times[seq - 1]!));
      assert.ok(Math.abs(back - times[seq - 1]!) < 0.01);
      const found = axis.seqAt(axis.pos(seq) - 1e-3);
      assert.ok(axis.pos(found) >= axis.pos(seq) - 1e-3 && found <= seq);
    }
    assert.equal(axis.seqAt(axis.length + 1), axis.size + 1);
  });
});

describe('layout: view', () => {
  const axis = stepsAxis(1000);

  it('fits the whole run', () => {
    const view = fitView(axis, 800);
    assert.ok(toX(view, axis.pos(0)) >= 0 && toX(view, axis.pos(1000)) <= 800);
    assert.ok(toX(view, axis.pos(1000)) > 760);
  });

  it('opens readable: a long run from its beginning, a short run whole', () => {
    const long = openingView(axis, 800);
    assert.ok(long.scale >= 30 && toX(long, axis.pos(0)) > 0 && toX(long, axis.pos(0)) < 60);
    const short = openingView(stepsAxis(8), 800);
    assert.ok(toX(short, 8.5) <= 800);
  });

  it('zooms around a point and never beyond its bounds', () => {
    const start = openingView(axis, 800);
    const view = zoomAt(axis, { scroll: 400, scale: 30 }, 800, 300, 1.5);
    assert.ok(Math.abs(toPos(view, 300) - toPos({ scroll: 400, scale: 30 }, 300)) < 1e-9);
    let far = start;
    for (let i = 0; i < 100; i++) far = zoomAt(axis, far, 800, 400, 0.5);
    assert.deepEqual(far, fitView(axis, 800));
    for (let i = 0; i < 100; i++) far = zoomAt(axis, far, 800, 400, 2);
    assert.equal(far.scale, 120);
  });

  it('keeps the run in view and reveals a step with little movement', () => {
    assert.equal(clampView(axis, { scroll: 5000, scale: 30 }, 800).scroll < 1000, true);
    const view = { scroll: 100, scale: 30 };
    assert.deepEqual(reveal(axis, view, 800, 110), view);
    const moved = reveal(axis, view, 800, 130);
    assert.ok(toX(moved, axis.pos(130)) <= 800 - 90 && moved.scroll > view.scroll);
    const back = reveal(axis, view, 800, 20);
    assert.ok(toX(back, axis.pos(20)) >= 90 && back.scroll < view.scroll);
  });
});

describe('layout: ruler', () => {
  it('takes round numbers', () => {
    assert.deepEqual([0.7, 1, 1.1, 3, 7, 12, 4999].map(niceStep), [1, 1, 2, 5, 10, 20, 5000]);
  });

  it('writes durations in the unit that reads best', () => {
    assert.deepEqual([0, 850, 12_500, 3_000_000, 61_200_000, 1_234_567_890].map(duration), [
      '0 ns',
      '850 ns',
      '12.5 µs',
      '3 ms',
      '61.2 ms',
      '1.23 s',
    ]);
  });

  it('keeps ticks apart and out of folds, and says how long each fold is', () => {
    const folds = chooseFolds(gapsOf(BURSTS), BURSTS.at(-1)!);
    const axis = timeAxis(timesOnly(BURSTS), folds);
    const view = fitView(axis, 900);
    const marks = foldMarks(new TraceBuilder().store, axis, view, 900, (text) => text.length * 6);
    assert.deepEqual(
      marks.map((mark) => mark.text),
      ['1 s without a step'],
    );
    const found = ticks(axis, view, 900, 60);
    assert.ok(found.length >= 4);
    for (const [i, tick] of found.entries()) {
      assert.ok(tick.x < marks[0]!.x || tick.x >= marks[0]!.x + marks[0]!.width);
      if (i > 0) assert.ok(tick.x - found[i - 1]!.x >= 48);
    }
  });

  it('has room for every label on the steps axis at any zoom', () => {
    const axis = stepsAxis(1_000_000);
    for (let view = { scroll: 0, scale: fitView(axis, 700).scale }; view.scale < 100; view = { ...view, scale: view.scale * 3 }) {
      const found = ticks(axis, view, 700, 40);
      assert.ok(found.length > 0 && found.length < 40);
      for (let i = 1; i < found.length; i++) assert.ok(found[i]!.x - found[i - 1]!.x >= 39.9);
    }
  });
});
