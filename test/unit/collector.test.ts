import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROBE_OPS, type ProbeOp } from '../../src/contracts/probe-stream';
import { StreamWriter } from '../../src/probe/stream-writer';
import { type CollectOptions, Collector } from '../../src/runner/collector';
import { decodeWhole, type TraceStore } from '../../src/trace';
import { knowledge } from '../support/traced';

const ms = (count: number) => BigInt(Math.round(count * 1e6));

describe('collector', () => {
  let folder: string;
  let out: string;
  let began: bigint;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
    out = join(folder, 'run.socktrace');
    began = process.hrtime.bigint();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const stream = () => StreamWriter.open(folder)!;
  const say = (
    writer: StreamWriter,
    op: ProbeOp,
    at: bigint,
    handle: number,
    fd: number,
    result = 0,
    bytes = -1,
    args?: object,
    payload?: string,
  ) => {
    writer.begin(PROBE_OPS.indexOf(op), at, handle, fd, result, bytes);
    if (args) writer.meta({ args });
    if (payload) writer.payload(Buffer.from(payload), payload.length);
    writer.end();
  };
  const server = (writer: StreamWriter, at: bigint, handle: number) => {
    say(writer, 'open', at, handle, -1, 0, -1, { handle: 'udp' });
    say(writer, 'bind', at, handle, 10 + handle, 0, -1, { address: '127.0.0.1', port: 0 });
  };
  const collector = (more: Partial<CollectOptions> = {}) => new Collector({ runFolder: folder, out, knowledge, cwd: '/', ...more });
  const trace = (): TraceStore => {
    const { store, status } = decodeWhole(readFileSync(out));
    assert.equal(status.problem, null);
    return store;
  };
  const calls = (store: TraceStore) =>
    Array.from({ length: store.size }, (_, index) => store.event(index + 1))
      .filter((event) => event.kind === 'call')
      .map((event) => `${event.socket} ${event.call} ${event.fd ?? ''}`.trim());

  it('brings the streams of several threads into one order of time, and numbers sockets by birth', async () => {
    const [one, two] = [stream(), stream()];
    // No record is earlier than the one that opened its stream, and opening takes its time on a busy machine.
    began = process.hrtime.bigint();
    server(one, began + ms(2), 1);
    server(two, began + ms(1), 2);
    say(one, 'close', began + ms(3), 1, 11);
    say(two, 'close', began + ms(4), 2, 12);
    const { dropped, notices } = await collector().finish();
    assert.deepEqual({ dropped, notices }, { dropped: 0, notices: [] });
    assert.deepEqual(calls(trace()), ['s1 socket', 's1 bind 12', 's2 socket', 's2 bind 11', 's2 close 11', 's1 close 12']);
  });

  it('holds records back while an earlier one may still be on its way', () => {
    const writer = stream();
    const live = collector();
    server(writer, process.hrtime.bigint(), 1);
    live.pump();
    assert.equal(live.counts.events, 0);
    const deadline = Date.now() + 5000;
    while (live.counts.events === 0 && Date.now() < deadline) live.pump();
    assert.ok(live.counts.events > 0);
  });

  it('keeps what arrives too late, moves its time up and says so', async () => {
    const [one, two] = [stream(), stream()];
    const live = collector();
    server(one, began, 1);
    say(one, 'close', began + ms(30), 1, 11);
    const deadline = Date.now() + 5000;
    while (!calls(trace0(live)).includes('s1 close 11') && Date.now() < deadline) live.pump();
    server(two, began + ms(5), 2);
    const { notices, dropped } = await live.finish();
    assert.equal(dropped, 0);
    assert.match(notices.join(), /2 records arrived late/);
    const store = trace();
    assert.deepEqual(calls(store).slice(-2), ['s2 socket', 's2 bind 12']);
    for (let seq = 2; seq <= store.size; seq++) assert.ok(store.time(seq) >= store.time(seq - 1));

    /** What is in the live file by now. */
    function trace0(_: Collector): TraceStore {
      return decodeWhole(readFileSync(out)).store;
    }
  });

  it('is readable at every moment, and says at the end that it is whole', async () => {
    const writer = stream();
    const live = collector();
    live.pump();
    assert.equal(decodeWhole(readFileSync(out)).status.complete, false);
    server(writer, began, 1);
    await live.finish();
    assert.equal(decodeWhole(readFileSync(out)).status.complete, true);
  });

  it('stops at its largest number of events, counts the rest, and still tells the exit', async () => {
    const writer = stream();
    for (let handle = 1; handle <= 100; handle++) server(writer, began + ms(handle), handle);
    writer.exit(3);
    const { dropped, notices } = await collector({ maxEvents: 30 }).finish();
    const store = trace();
    // The exit closes what is open, which is more than the limit but not without end.
    assert.ok(store.size >= 30 && store.size < 60, String(store.size));
    assert.ok(dropped > 150, String(dropped));
    assert.equal(store.header.dropped, dropped);
    assert.match(notices.join(), /reached its size \(1 GiB or 30 events\): \d+ operations from step \d+ on are left out/);
    const { since, states, calls } = store.header.thinned!;
    assert.ok(since !== null && states !== null && since < states && states <= 32);
    assert.equal(calls, dropped);
    for (const step of [since, states]) assert.equal(store.event(step).api, 'thinned');
    assert.deepEqual(store.processes[0]!.exit, { code: 3, signal: null });
  });

  it('leaves payloads out first when the trace grows large', async () => {
    const writer = stream();
    server(writer, began, 1);
    for (let i = 0; i < 200; i++) say(writer, 'recv', began + ms(i), 1, 11, 100, 100, { address: '127.0.0.1', port: 9 }, 'x'.repeat(100));
    const { dropped, notices } = await collector({ limit: 20_000 }).finish();
    assert.equal(dropped, 0);
    assert.match(
      notices.join(),
      /half of its size \(19.5 KiB or .*\): of \d+ later operations the trace has the number of bytes, not the bytes/,
    );
    const store = trace();
    const kept = Array.from({ length: store.size }, (_, index) => store.event(index + 1)).filter((event) => event.call === 'recvmsg');
    assert.equal(kept.length, 200);
    assert.ok(kept[0]!.payload !== null && kept.at(-1)!.payload === null);
    assert.equal(kept.at(-1)!.bytes, 100);
  });

  it('takes a stream up to a torn last record, and says when one is damaged', async () => {
    const writer = stream();
    server(writer, began, 1);
    const [name] = readdirSync(folder).filter((file) => file.endsWith('.probe'));
    const whole = readFileSync(join(folder, name!));
    appendFileSync(join(folder, name!), whole.subarray(-20, -5));
    assert.equal((await collector().finish()).events > 1, true);
    writeFileSync(join(folder, name!), Buffer.concat([whole, Buffer.alloc(64, 0xff)]));
    await collector().finish();
    assert.match(trace().processes[0]!.notices.join(), /damaged/);
  });

  it('says of a program that left no stream that nothing of it is there', async () => {
    writeFileSync(join(folder, '4711.ended'), JSON.stringify({ pid: 4711, time: Number(began), code: 0, signal: null }));
    const { notices } = await collector().finish();
    assert.match(notices.join(), /^Process 4711 left no record/);
    assert.deepEqual(trace().header.notices, notices);
  });

  it('says once that the disk is full, and goes on', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const said: string[] = [];
    const writer = stream();
    server(writer, began, 1);
    const live = collector({ out: '/dev/full', onProblem: (sentence) => said.push(sentence) });
    live.pump();
    const { problem } = await live.finish();
    assert.equal(said.length, 1);
    assert.match(said[0]!, /^\/dev\/full: the disk is full; .*; the program runs on/);
    assert.equal(problem, said[0]);
  });

  it('says once that a folder cannot be written to', async () => {
    const said: string[] = [];
    stream();
    const live = collector({ out: join(folder, 'no', 'such', 'x.socktrace'), onProblem: (sentence) => said.push(sentence) });
    await live.finish();
    assert.match(said.join(), /its folder does not exist.*runs on without a trace$/);
  });

  it('forgets closed sockets: a loop of connections does not grow', async () => {
    const writer = stream();
    for (let handle = 1; handle <= 3000; handle++) {
      server(writer, began + ms(handle), handle);
      say(writer, 'close', began + ms(handle), handle, 10 + handle);
    }
    await collector().finish();
    assert.equal(trace().sockets.length, 3000);
  });
});
