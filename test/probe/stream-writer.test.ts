import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEFT_OUT, PROBE_OPS, PROBE_TOTALS, type ProbeOp, type ProbeRecord } from '../../src/contracts/probe-stream';
import type { StreamWriter } from '../../src/probe/stream-writer';
import { ProbeReader, readTotals } from '../../src/runner/probe-reader';

const { writeSync } = fs;

describe('StreamWriter on a disk that is full', () => {
  let folder: string;
  let open: (run: string, most?: number) => StreamWriter | null;
  let clock: () => bigint;
  /** Bytes that the disk still takes; a write takes what fits, and fails when nothing does. */
  let room = Number.POSITIVE_INFINITY;

  before(async () => {
    // The writer keeps the function that it finds when it is loaded.
    fs.writeSync = ((fd: number, buffer: Buffer, offset: number, length: number, position?: number) => {
      // What is written over has its room already.
      if (typeof position === 'number') return writeSync(fd, buffer, offset, length, position);
      if (room <= 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      const count = Math.min(length, room);
      room -= count;
      return writeSync(fd, buffer, offset, count);
    }) as typeof fs.writeSync;
    const module = await import('../../src/probe/stream-writer');
    fs.writeSync = writeSync;
    open = module.StreamWriter.open.bind(module.StreamWriter);
    clock = module.now;
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(join(tmpdir(), 'socketscope-writer-'));
  });
  afterEach(() => {
    room = Number.POSITIVE_INFINITY;
    fs.rmSync(folder, { recursive: true });
  });

  const read = (): ProbeRecord[] => {
    const reader = new ProbeReader();
    const records = reader.push(fs.readFileSync(join(folder, fs.readdirSync(folder)[0] as string)));
    assert.equal(reader.problem, null);
    assert.equal(reader.pending, 0);
    return records;
  };
  const totals = () => readTotals(fs.readFileSync(join(folder, fs.readdirSync(folder)[0] as string)).subarray(PROBE_TOTALS.at))!;
  const event = (writer: StreamWriter, handle: number, line = 0) => {
    const api = writer.string(`call ${line}`);
    const site = line === 0 ? 0 : writer.site('/program.mjs', line, 1);
    writer.begin(0, clock(), handle, 3, 0, -1);
    writer.from(api, site, false);
    writer.end();
  };

  it('counts what is lost, says so when there is room again, and keeps every name', () => {
    const writer = open(folder)!;
    event(writer, 1);
    room = 0;
    event(writer, 2, 20);
    event(writer, 3, 30);
    room = Number.POSITIVE_INFINITY;
    event(writer, 4);
    const records = read();
    assert.deepEqual(
      records.map((record) => (record.type === 'op' ? record.handle : record.type)),
      ['process', 1, 4, 'notice'],
    );
    const notice = records.at(-1);
    assert.ok(notice?.type === 'notice' && notice.lost === 2);
    assert.match(notice.text, /2 events are missing here: .*ENOSPC/);
    writer.begin(0, clock(), 5, 3, 0, -1);
    writer.from(writer.string('call 30'), 2, false);
    writer.end();
    const last = read().at(-1);
    assert.ok(last?.type === 'op');
    assert.deepEqual([last.api, last.site], ['call 30', { file: '/program.mjs', line: 30, column: 1 }]);
  });

  it('has counted what is lost even when there is never room again', () => {
    const writer = open(folder)!;
    event(writer, 1);
    room = 0;
    for (let handle = 2; handle <= 6; handle++) event(writer, handle);
    assert.deepEqual(totals(), { lost: 5, payloads: 0, calls: 0 });
    assert.equal(read().length, 2);
  });

  it('leaves out payloads, then calls, then everything as the run reaches its size, and counts them', () => {
    const most = 64 * 1024;
    const writer = open(folder, most)!;
    const send = (op: ProbeOp, handle: number, bytes: number) => {
      writer.begin(PROBE_OPS.indexOf(op), clock(), handle, 3, bytes, bytes);
      if (bytes > 0) writer.payload(Buffer.alloc(bytes), bytes);
      writer.end();
    };
    for (let handle = 1; handle <= 4000; handle++) {
      send('open', handle, 0);
      send('write', handle, 300);
      send('write', handle, 300);
      send('read', handle, 200);
      send('close', handle, 0);
    }
    const size = fs.statSync(join(folder, fs.readdirSync(folder)[0] as string)).size;
    // A step is 16 KiB here.
    assert.ok(size > most / 2 && size < most + 16 * 1024, String(size));
    const records = read();
    const levels = records.flatMap((record) => (record.type === 'notice' && record.fact ? [record.fact.level] : []));
    assert.deepEqual(levels, [...levels].sort(), 'never back');
    assert.equal(levels.at(-1), 3);
    const made = records.filter((record) => record.type === 'op');
    const kept = made.filter(({ op }) => op !== 'api');
    const counted = totals();
    assert.equal(kept.length + counted.calls, 4000 * 5);
    assert.equal(kept.filter(({ bytes, payload }) => bytes > 0 && payload === null).length, counted.payloads);
    assert.ok(counted.payloads > 0 && counted.calls > 0);
    // While sockets are still told of, each says what was left out of it, before its end.
    const left = made.filter(({ api }) => api === LEFT_OUT);
    assert.ok(left.length > 10);
    const whole = left.at(-2)!;
    assert.deepEqual(whole.args, { reads: 1, bytesRead: 200, writes: 2, bytesWritten: 600, others: 0 });
    assert.equal(made[made.indexOf(whole) + 1]!.op, 'close');
    assert.equal(made[made.indexOf(whole) + 1]!.handle, whole.handle);
  });

  it('keeps bytes that are larger than its own space, when they are wanted', () => {
    const writer = open(folder)!;
    writer.begin(PROBE_OPS.indexOf('write'), clock(), 1, 3, 0, 3_000_000);
    const parts = [Buffer.alloc(1_000_000, 'a'), Buffer.alloc(1_500_000, 'b')];
    for (const part of parts) writer.payload(part, part.length);
    writer.payloadText('\u20ac'.repeat(100_000), 'utf8', 16 * 1024 ** 2);
    writer.end();
    event(writer, 2);
    const [, big, small] = read();
    assert.ok(big?.type === 'op' && small?.type === 'op');
    assert.equal(Buffer.from(big.payload!).toString(), 'a'.repeat(1_000_000) + 'b'.repeat(1_500_000) + '\u20ac'.repeat(100_000));
    assert.equal(small.handle, 2);
  });

  it('finishes a record that was cut in the middle, wherever', () => {
    for (let cut = 1; cut < 200; cut += 11) {
      fs.rmSync(folder, { recursive: true });
      fs.mkdirSync(folder);
      const writer = open(folder)!;
      room = cut;
      for (let handle = 1; handle <= 5; handle++) event(writer, handle, handle);
      room = Number.POSITIVE_INFINITY;
      event(writer, 6);
      const records = read();
      const handles = records.flatMap((record) => (record.type === 'op' ? [record.handle] : []));
      const lost = records.reduce((sum, record) => sum + (record.type === 'notice' ? (record.lost ?? 0) : 0), 0);
      assert.equal(handles.length + lost, 6, `cut at ${cut}`);
      assert.equal(handles.at(-1), 6);
    }
  });
});
