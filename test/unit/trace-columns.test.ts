import assert from 'node:assert/strict';
import { EventColumns } from '../../src/trace/columns';
import { random } from '../support/make-trace';

/** What is put into the columns, and must come out. */
interface Row {
  time: number;
  numbers: [shape: number, process: number, socket: number];
  values: [fd: number | null, result: number | null, bytes: number | null];
  ids: [site: number, args: number, ends: number, payload: number];
}

const HUGE = [0, 1, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, -1, -2, -(2 ** 31), 0.5, -0.25];

function check(rows: readonly Row[]): EventColumns {
  const columns = new EventColumns();
  for (const { time, numbers, values, ids } of rows) columns.push(time, ...numbers, ...values, ...ids);
  for (const [i, { time, numbers, values, ids }] of rows.entries()) {
    const seq = i + 1;
    assert.equal(columns.timeAt(seq), time, `time of ${seq}`);
    assert.deepEqual([columns.shape.values[seq], columns.processAt(seq), columns.socketAt(seq)], numbers, `indexes of ${seq}`);
    assert.deepEqual([columns.fdAt(seq), columns.resultAt(seq), columns.bytesAt(seq)], values, `values of ${seq}`);
    const { site, args, ends, payload } = columns;
    assert.deepEqual(
      [site, args, ends, payload].map((column) => column.values[seq]),
      ids,
      `ids of ${seq}`,
    );
  }
  return columns;
}

describe('columns of a trace', () => {
  it('give back every number, however large, small or broken', () => {
    const next = random(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
    let time = 0;
    const rows = Array.from({ length: 5000 }, (_, i): Row => {
      // Bursts, pauses longer than a block's reach, steps back, fractions, and hours.
      time += pick([0, 1, 900, 40_000, 5e6, 3e9, 9e9, 3.6e12, 0.25, -700, -2e9]);
      const bytes = pick([null, 0, 14, 65_536, ...HUGE]);
      const least = (most: number) => Math.floor(next() * Math.min(most, 1 + i));
      return {
        time,
        numbers: [least(300), least(3) - 1, least(70_000) - 1],
        values: [pick([null, 3, 21, ...HUGE]), pick([null, bytes, 0, -1, ...HUGE]), bytes],
        ids: [least(200), least(70_000), least(90_000), Math.floor(next() * 2 ** 32)],
      };
    });
    check(rows);
    const columns = check(rows.slice(0, 700));
    columns.resize(columns.length);
    assert.equal(columns.timeAt(700), rows[699]!.time);
    assert.equal(columns.timeAt(0), 0);
  });

  it('take at most 28 bytes an event where a trace is as most are', () => {
    const rows = Array.from({ length: 100_000 }, (_, i): Row => {
      const bytes = (i * 7919) % 65_537;
      return {
        time: i * 21_000,
        numbers: [i % 60, i % 3, i % 400],
        values: [20 + (i % 16), bytes, bytes],
        ids: [i % 12, i % 800, i % 401, i * 5],
      };
    });
    const columns = new EventColumns();
    for (const { time, numbers, values, ids } of rows) columns.push(time, ...numbers, ...values, ...ids);
    columns.resize(columns.length);
    const sum = bytesOf(columns);
    assert.ok(sum / rows.length <= 28 && sum > 0, `${sum / rows.length} bytes an event`);
  });
});

/** The bytes of all arrays below an object. */
function bytesOf(value: object): number {
  let sum = 0;
  for (const one of Object.values(value) as unknown[])
    if (ArrayBuffer.isView(one)) sum += one.byteLength;
    else if (typeof one === 'object' && one !== null) sum += bytesOf(one);
  return sum;
}
