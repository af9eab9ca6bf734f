import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROBE_FILE_HEAD, PROBE_RECORD_KINDS, PROBE_VERSION, type ProbeRecord } from '../../src/contracts/probe-stream';
import { ProbeReader } from '../../src/runner/probe-reader';
import { probe, programs } from './probe-run';

const readAll = (bytes: Uint8Array): ProbeRecord[] => new ProbeReader().push(bytes);

describe('ProbeReader', () => {
  let bytes: Buffer;
  before(() => {
    const folder = mkdtempSync(join(tmpdir(), 'socketscope-reader-'));
    const env = { ...process.env, NODE_OPTIONS: `--require ${probe}`, SOCKETSCOPE_RUN: folder };
    assert.equal(spawnSync(process.execPath, [join(programs, 'unix.mjs')], { env }).status, 0);
    bytes = readFileSync(join(folder, readdirSync(folder)[0] as string));
    rmSync(folder, { recursive: true });
  });

  it('reads a stream whose bytes are cut anywhere', () => {
    const whole = readAll(bytes);
    assert.equal(whole[0]?.type, 'process');
    assert.equal(whole.at(-1)?.type, 'exit');
    for (let size = 1; size <= 200; size += 7) {
      const reader = new ProbeReader();
      const records: ProbeRecord[] = [];
      for (let at = 0; at < bytes.length; at += size) records.push(...reader.push(bytes.subarray(at, at + size)));
      assert.deepEqual(records, whole, `in pieces of ${size}`);
      assert.equal(reader.problem, null);
      assert.equal(reader.pending, 0);
    }
  });

  it('leaves out a torn last record, wherever it is torn', () => {
    const whole = readAll(bytes);
    for (let cut = bytes.length - 300; cut < bytes.length; cut++) {
      const reader = new ProbeReader();
      const records = reader.push(bytes.subarray(0, cut));
      assert.equal(reader.problem, null);
      assert.deepEqual(records, whole.slice(0, records.length));
      assert.ok(records.length < whole.length);
    }
  });

  it('does not keep the buffer that it was given', () => {
    const copy = Buffer.from(bytes);
    const records = readAll(copy);
    copy.fill(0);
    assert.deepEqual(records, readAll(bytes));
  });

  it('skips kinds of records that it does not know', () => {
    const unknown = Buffer.alloc(24);
    unknown.writeUInt32LE(24, 0);
    unknown.writeUInt8(Math.max(...Object.values(PROBE_RECORD_KINDS)) + 1, 4);
    assert.deepEqual(readAll(Buffer.concat([bytes, unknown, bytes.subarray(PROBE_FILE_HEAD)])), [...readAll(bytes), ...readAll(bytes)]);
  });

  it('says what is wrong with what is no stream, newer or damaged', () => {
    const noStream = new ProbeReader();
    assert.deepEqual(noStream.push(Buffer.from('{"socketscope":1}')), []);
    assert.match(noStream.problem ?? '', /not a stream/);
    const newer = Buffer.from(bytes);
    newer.writeUInt16LE(PROBE_VERSION + 1, 4);
    const reader = new ProbeReader();
    assert.deepEqual(reader.push(newer), []);
    assert.match(reader.problem ?? '', /newer Socketscope probe/);
    const damaged = new ProbeReader();
    const good = readAll(bytes).length;
    assert.equal(damaged.push(Buffer.concat([bytes, Buffer.alloc(40, 0xff)])).length, good);
    assert.match(damaged.problem ?? '', new RegExp(`damaged at byte ${bytes.length}`));
    assert.deepEqual(damaged.push(bytes), []);
  });

  it('stands random bytes', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return seed;
    };
    for (let round = 0; round < 300; round++) {
      const broken = Buffer.from(bytes);
      for (let i = 0; i < 5; i++) broken[PROBE_FILE_HEAD + (random() % (bytes.length - PROBE_FILE_HEAD))] = random() & 0xff;
      const reader = new ProbeReader();
      assert.ok(Array.isArray(reader.push(broken)));
    }
  });
});
