import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProbeRecord } from '../../src/contracts/probe-stream';
import type { StreamWriter } from '../../src/probe/stream-writer';
import { ProbeReader } from '../../src/runner/probe-reader';

const { writeSync } = fs;

describe('StreamWriter on a disk that is full', () => {
  let folder: string;
  let open: (run: string) => StreamWriter | null;
  let clock: () => bigint;
  /** Bytes that the disk still takes; a write takes what fits, and fails when nothing does. */
  let room = Number.POSITIVE_INFINITY;

  before(async () => {
    // The writer keeps the function that it finds when it is loaded.
    fs.writeSync = ((fd: number, buffer: Buffer, offset: number, length: number) => {
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
