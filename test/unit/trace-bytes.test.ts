import assert from 'node:assert/strict';
import {
  cutOf,
  datagramsFrom,
  followByte,
  pieceAt,
  StreamContent,
  splitByReads,
  startOf,
  streamFrom,
  streamTo,
  textRuns,
  totalOf,
} from '../../src/trace/bytes';
import { makeTrace } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

const NAME = { address: '127.0.0.1', port: 8080 };
const text = (value: string) => new TextEncoder().encode(value);

function connection() {
  const trace = new TraceBuilder();
  const server = trace.process(41, 'server.mjs');
  const client = trace.process(42, 'client.mjs');
  const listener = trace.listen(server, NAME);
  return { trace, ...trace.pair(client, listener, NAME) };
}
const indexOf = (trace: TraceBuilder, id: string) => trace.store.sockets.findIndex((socket) => socket.id === id);

describe('bytes of a stream', () => {
  it('tells reads that join writes from those that split one', () => {
    const { trace, client, accepted } = connection();
    trace.write(client, 7);
    trace.write(client, 7);
    trace.read(accepted, 14);
    trace.write(client, 10);
    trace.read(accepted, 4);
    trace.read(accepted, 6);
    trace.write(client, 3);
    trace.read(accepted, 3);
    const stream = streamFrom(trace.store, indexOf(trace, client.id));
    assert.equal(stream.to, indexOf(trace, accepted.id));
    assert.deepEqual(
      [0, 1, 2, 3].map((n) => cutOf(stream, n)),
      ['joined', 'part', 'part', 'whole'],
    );
    assert.equal(totalOf(stream.writes), 27);
    assert.deepEqual(streamTo(trace.store, stream.to), stream);
  });

  it('follows a byte from its write through the buffers to its read', () => {
    const { trace, client, accepted } = connection();
    const before = trace.store.size;
    const first = trace.write(client, 7);
    const second = trace.write(client, 7);
    const read = trace.read(accepted, 9);
    const last = trace.read(accepted, 5);
    const stream = streamFrom(trace.store, indexOf(trace, client.id));
    assert.deepEqual(followByte(stream, 8, before), { offset: 8, written: second, read, at: 'unsent' });
    assert.equal(followByte(stream, 8, first).at, 'unsent');
    assert.equal(followByte(stream, 8, first, 7).at, 'libuv');
    assert.equal(followByte(stream, 8, second).at, 'kernel');
    assert.equal(followByte(stream, 8, read).at, 'read');
    assert.equal(followByte(stream, 9, read).at, 'kernel');
    assert.equal(followByte(stream, 9, last).read, last);
    assert.deepEqual(followByte(stream, 14, last), { offset: 14, written: 0, read: 0, at: 'unsent' });
  });

  it('agrees with the arrows of the trace, also where an end is not traced', () => {
    const trace = makeTrace({ connections: 30, events: 4000, seed: 7 });
    let checked = 0;
    for (const [index, socket] of trace.sockets.entries()) {
      if (socket.role !== 'client' && socket.role !== 'accepted') continue;
      const stream = streamFrom(trace, index);
      for (const seq of stream.writes.seqs) {
        for (const link of trace.links(seq)) {
          if (link.kind !== 'bytes' || link.from !== seq) continue;
          assert.equal(stream.writes.seqs[pieceAt(stream.writes, link.range!.start)], link.from);
          assert.equal(stream.reads.seqs[pieceAt(stream.reads, link.range!.start)], link.to);
          checked++;
        }
      }
    }
    assert.ok(checked > 500, `${checked} arrows`);
    const alone = connection();
    alone.trace.read(alone.trace.received(41, NAME, { address: '192.0.2.7', port: 999 }), 5);
    const stream = streamTo(alone.trace.store, alone.trace.store.sockets.length - 1);
    assert.equal(stream.from, -1);
    assert.equal(cutOf(stream, 0), 'unknown');
  });

  it('finds characters that a read cut in two, and no others', () => {
    const { trace, client, accepted } = connection();
    const said = text('5€ – 👋!');
    trace.write(client, said.length, { payload: said });
    // Cuts inside €, behind it, and inside the wave.
    for (const [from, to] of [
      [0, 2],
      [2, 4],
      [4, 10],
      [10, said.length],
    ] as const)
      trace.read(accepted, to - from, { payload: said.subarray(from, to) });
    const stream = streamFrom(trace.store, indexOf(trace, client.id));
    const splits = splitByReads(new StreamContent(trace.store, stream), 0, 4);
    assert.deepEqual(
      [...splits].map(([read, split]) => [read, split.text, split.before, startOf(stream.reads, read)]),
      [
        [1, '€', 1, 2],
        [3, '👋', 1, 10],
      ],
    );
  });

  it('takes no other bytes for characters, and none that were not captured', () => {
    for (const [bytes, cut] of [
      [[0xff, 0xfe, 0x80, 0x80], 2],
      [[0xe2, 0x28, 0xa1], 1],
      [[0xed, 0xa0, 0x80], 1],
    ] as const) {
      const { trace, client, accepted } = connection();
      trace.write(client, bytes.length, { payload: Uint8Array.from(bytes) });
      trace.read(accepted, cut);
      trace.read(accepted, bytes.length - cut);
      const stream = streamFrom(trace.store, indexOf(trace, client.id));
      assert.equal(splitByReads(new StreamContent(trace.store, stream), 0, 2).size, 0, String(bytes));
    }
    const { trace, client, accepted } = connection();
    trace.write(client, 6, { payload: text('€') });
    trace.read(accepted, 4, { payload: text('€').subarray(0, 1) });
    trace.read(accepted, 2);
    const content = new StreamContent(trace.store, streamFrom(trace.store, indexOf(trace, client.id)));
    assert.deepEqual([...content.slice(0, 6)], [0xe2, 0x82, 0xac, -1, -1, -1]);
    assert.equal(splitByReads(content, 0, 2).size, 0);
  });

  it('takes the content of a long write from the read that began near it', () => {
    const { trace, client, accepted } = connection();
    trace.write(client, 1000, { payload: text('abc') });
    trace.read(accepted, 998);
    trace.read(accepted, 2, { payload: text('yz') });
    const content = new StreamContent(trace.store, streamFrom(trace.store, indexOf(trace, client.id)));
    assert.deepEqual([...content.slice(997, 1000)], [-1, 121, 122]);
  });
});

describe('text of bytes', () => {
  const runs = (bytes: ArrayLike<number>, borders: number[] = []) =>
    textRuns(bytes, 10, borders).map((run) => `${run.kind} ${run.start}-${run.end} ${run.text}`);

  it('joins characters up to the next border, and takes one apart that lies across it', () => {
    assert.deepEqual(runs(text('a€b')), ['text 10-15 a€b']);
    assert.deepEqual(runs(text('a€b'), [11]), ['text 10-11 a', 'text 11-15 €b']);
    assert.deepEqual(runs(text('a€b'), [12]), ['text 10-11 a', 'byte 11-12 e2', 'byte 12-13 82', 'byte 13-14 ac', 'text 14-15 b']);
  });

  it('shows as bytes what is no UTF-8, and says what was not captured', () => {
    assert.deepEqual(runs([0xff, 0x61]), ['byte 10-11 ff', 'text 11-12 a']);
    assert.deepEqual(runs([0xc0, 0x80]), ['byte 10-11 c0', 'byte 11-12 80']);
    assert.deepEqual(runs([0x61, -1, -1, 0x62]), ['text 10-11 a', 'gap 11-13 ', 'text 13-14 b']);
    assert.deepEqual(runs([0xe2, 0x82]), ['byte 10-11 e2', 'byte 11-12 82']);
  });

  it('agrees with TextDecoder on every sequence of two bytes, and on many of three and four', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const check = (bytes: number[]) => {
      let wanted: string | null = null;
      try {
        wanted = decoder.decode(Uint8Array.from(bytes));
      } catch {
        // Not well-formed.
      }
      const found = textRuns(bytes, 0);
      assert.equal(found.every((run) => run.kind === 'text') ? found.map((run) => run.text).join('') : null, wanted, String(bytes));
    };
    for (let a = 0x80; a < 0x100; a++) for (let b = 0; b < 0x100; b += 3) check([a, b]);
    for (let a = 0xe0; a < 0xf8; a++) for (let b = 0x78; b < 0xc8; b += 4) check([a, b, 0x80]);
    for (let a = 0xf0; a < 0xf8; a++) for (let b = 0x78; b < 0xc8; b++) check([a, b, 0xbf, 0x80]);
  });
});

describe('datagrams of a socket', () => {
  const here = { address: '127.0.0.1', port: 9001 };
  const there = { address: '127.0.0.1', port: 9002 };
  function pair() {
    const trace = new TraceBuilder();
    const pid = trace.process(41, 'udp.mjs');
    const a = trace.open(pid, 'udp', 'datagram');
    trace.call(a, 'bind', { local: here });
    const b = trace.open(pid, 'udp', 'datagram');
    trace.call(b, 'bind', { local: there });
    const send = (said: string) =>
      trace.call(a, 'sendmsg', { bytes: said.length, result: said.length, remote: there, payload: text(said) });
    const receive = (said: string) =>
      trace.call(b, 'recvmsg', { bytes: said.length, result: said.length, remote: here, payload: text(said) });
    return { trace, a, send, receive };
  }

  it('marks what was lost, reordered, duplicated and refused', () => {
    const { trace, a, send, receive } = pair();
    for (const said of ['one', 'two', 'three', 'four', 'five', 'six']) send(said);
    receive('one');
    receive('three');
    receive('two');
    receive('five');
    receive('five');
    const fates = datagramsFrom(trace.store, 0).map((one) => [one.fate, one.received.length]);
    assert.deepEqual(fates, [
      ['received', 1],
      ['reordered', 1],
      ['received', 1],
      ['lost', 0],
      ['received', 2],
      ['unknown', 0],
    ]);
    trace.call(a, 'recvmsg', { result: -1, error: 'ECONNREFUSED' });
    assert.equal(datagramsFrom(trace.store, 0).at(-1)?.fate, 'refused');
  });

  it('tells what an injected fault did to a datagram', () => {
    const { trace, send, receive } = pair();
    const fault = (args: Record<string, string | number>) =>
      trace.event({ pid: 41, socket: 's2', kind: 'fault', api: 'message', provenance: 'injected', args });
    send('one');
    receive('one');
    const dropped = fault({ fault: 'drop', bytes: 3 });
    send('two');
    receive('two');
    const held = fault({ fault: 'reorder', held: 3 });
    send('three');
    receive('three');
    fault({ fault: 'reorder', given: 3, behind: 1 });
    assert.deepEqual(
      datagramsFrom(trace.store, 0).map((one) => one.injected),
      [[{ fault: 'drop', seq: dropped }], [{ fault: 'reorder', seq: held }], []],
    );
  });

  it('says nothing certain of what cannot be told apart', () => {
    const { trace, send, receive } = pair();
    send('same');
    send('same');
    send('same');
    receive('same');
    assert.deepEqual(new Set(datagramsFrom(trace.store, 0).map((one) => one.fate)), new Set(['unknown']));
  });

  it('keeps the flows to different places apart', () => {
    const { trace, a, send, receive } = pair();
    trace.call(a, 'sendmsg', { bytes: 3, result: 3, remote: { address: '192.0.2.1', port: 9 }, payload: text('far') });
    send('near');
    receive('near');
    assert.deepEqual(
      datagramsFrom(trace.store, 0).map((one) => one.fate),
      ['unknown', 'received'],
    );
  });
});
