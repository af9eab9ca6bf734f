import assert from 'node:assert/strict';
import type { TraceReader } from '../../src/contracts/trace-model';
import { decodeWhole, encodeWhole, SocktraceDecoder, TraceEncoder, TraceFormatError, TraceStore } from '../../src/trace';
import { makeEchoTrace, makeTrace, makeTraceBuilder, random } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

/** All that a trace holds, as plain data. */
function plain(store: TraceReader): unknown {
  const events = Array.from({ length: store.size }, (_, i) => {
    const { payload, ...event } = store.event(i + 1);
    return { ...event, payload: payload ? [...payload] : null };
  });
  return { header: store.header, sockets: store.sockets, processes: store.processes, events };
}

/** Where each record ends, read from the framing alone. */
function recordEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let at = 10;
  while (at < bytes.length) {
    at++;
    let length = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++]!;
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    at += length + 4;
    ends.push(at);
  }
  return ends;
}

describe('.socktrace', () => {
  it('read, write, read is equal', () => {
    for (const seed of [1, 2, 3]) {
      const builder = makeTraceBuilder({ seed, connections: 8, events: 900 });
      const live = decodeWhole(builder.encoder.take());
      assert.deepEqual(live.status, { complete: true, problem: null });
      assert.deepEqual(plain(live.store), plain(builder.store));
      const bytes = encodeWhole(live.store);
      const again = decodeWhole(bytes);
      assert.deepEqual(plain(again.store), plain(builder.store));
      assert.deepEqual(encodeWhole(again.store), bytes);
    }
  });

  it('keeps every kind of value', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(7, 'a.mjs');
    const socket = trace.open(pid, 'udp6', 'datagram');
    for (const result of [0, -1, 127, 128, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 45, -(2 ** 45)])
      trace.call(socket, 'sendmsg', { result, bytes: result, fd: null });
    trace.t = 2 ** 51;
    trace.call(socket, 'close', { api: 'ü – 名', args: { deep: [1, { a: null }], text: '\u0000"' }, payload: new Uint8Array(0) });
    trace.t = 5;
    trace.call(socket, 'read', { payload: Uint8Array.from({ length: 300 }, (_, i) => i), local: { path: '' }, remote: { path: '/x' } });
    trace.store.updateHeader({ dropped: 3, notices: ['said'] });
    trace.store.updateSocket(socket.id, { role: 'unknown', remote: { address: '::1', port: 1 } });
    trace.store.updateProcess(pid, { ended: 9, exit: { code: null, signal: 'SIGKILL' }, notices: ['not visible here: x'] });
    const { store, status } = decodeWhole(encodeWhole(trace.store));
    assert.deepEqual(plain(store), plain(trace.store));
    assert.equal(status.complete, true);
    assert.equal(store.event(store.size).payload?.length, 300);
  });

  it('keeps payloads of every size', () => {
    const trace = new TraceBuilder();
    const socket = trace.open(trace.process(1, 'a.mjs'), 'tcp', 'client');
    const sizes = [0, 1, 3, 4, 5, 47, 48, 4096, 70_000, 2_000_000, 7, 1_048_572, 1_048_573, 9];
    for (const size of sizes) trace.write(socket, size, { payload: new Uint8Array(size).fill(size % 251) });
    const { store } = decodeWhole(encodeWhole(trace.store));
    sizes.forEach((size, n) => {
      const payload = store.event(n + 2).payload!;
      assert.equal(payload.length, size);
      assert.ok(payload.every((byte) => byte === size % 251));
    });
  });

  it('takes bytes in pieces of any size', () => {
    const builder = makeTraceBuilder({ connections: 3, events: 200 });
    const bytes = builder.encoder.take();
    for (const piece of [1, 2, 7, 64, 1000]) {
      const decoder = new SocktraceDecoder();
      let added = 0;
      for (let at = 0; at < bytes.length; at += piece) added += decoder.push(bytes.subarray(at, at + piece));
      assert.equal(added, builder.store.size);
      assert.deepEqual(decoder.status(), { complete: true, problem: null });
      assert.deepEqual(plain(decoder.store), plain(builder.store));
    }
  });

  it('whatever the encoder gave so far opens as a trace', () => {
    const encoder = new TraceEncoder();
    encoder.header(new TraceStore().header);
    const event = makeEchoTrace().store.event(1);
    encoder.event(event);
    const first = encoder.take();
    encoder.event(event);
    assert.equal(decodeWhole(first).store.size, 1);
    assert.equal(decodeWhole(Uint8Array.from([...first, ...encoder.take()])).store.size, 2);
  });

  it('cut at every byte of its last records: opens up to the last whole event and says so', () => {
    const { store } = makeEchoTrace();
    const bytes = encodeWhole(store);
    const ends = recordEnds(bytes);
    const whole = plain(store) as { events: unknown[] };
    for (let cut = ends.at(-8)!; cut < bytes.length; cut++) {
      const { store: opened, status } = decodeWhole(bytes.subarray(0, cut));
      assert.equal(status.complete, false);
      assert.match(status.problem ?? '', new RegExp(`cut off at byte ${cut} .*steps 1 to ${opened.size} are shown\\.$`));
      assert.deepEqual((plain(opened) as { events: unknown[] }).events, whole.events.slice(0, opened.size));
    }
    const eventsOnly = new TraceEncoder();
    eventsOnly.header(store.header);
    eventsOnly.event(store.event(1));
    const one = eventsOnly.take();
    eventsOnly.event(store.event(1));
    eventsOnly.event(store.event(1));
    const two = eventsOnly.take();
    const both = Uint8Array.from([...one, ...two]);
    for (let cut = one.length; cut <= both.length; cut++) {
      const expected = cut === both.length ? 3 : cut >= one.length + two.length / 2 ? 2 : 1;
      assert.equal(decodeWhole(both.subarray(0, cut)).store.size, expected);
    }
  });

  it('cut anywhere at all, also in its head', () => {
    const { store } = makeEchoTrace();
    const bytes = encodeWhole(store);
    for (let cut = 1; cut < bytes.length; cut += cut < 40 ? 1 : 13) {
      const opened = decodeWhole(bytes.subarray(0, cut));
      assert.equal(opened.status.complete, false);
      opened.store.stateAt(opened.store.size);
    }
  });

  it('flipped bits: nothing but a sentence, and only whole events before the damage', () => {
    const { store } = makeTraceBuilder({ connections: 2, events: 120 });
    const bytes = encodeWhole(store);
    const whole = (plain(store) as { events: unknown[] }).events;
    for (let seed = 1; seed <= 2000; seed++) {
      const next = random(seed);
      const broken = bytes.slice();
      const flips = 1 + Math.floor(next() * 4);
      for (let n = 0; n < flips; n++) broken[Math.floor(next() * broken.length)]! ^= 1 << Math.floor(next() * 8);
      if (broken.every((byte, i) => byte === bytes[i])) continue;
      const opened = openOrRefuse(broken);
      if (opened === null) continue;
      assert.equal(opened.status.complete, false, `seed ${seed}`);
      assert.match(opened.status.problem ?? '', /damaged at byte|cut off at byte/);
      const events = (plain(opened.store) as { events: unknown[] }).events;
      assert.deepEqual(events, whole.slice(0, events.length), `seed ${seed}`);
    }
  });

  it('random bytes, random tails, bytes lost or doubled', () => {
    const bytes = encodeWhole(makeTrace({ connections: 2, events: 100 }));
    for (let seed = 1; seed <= 2000; seed++) {
      const next = random(seed);
      const noise = Uint8Array.from({ length: Math.floor(next() * 400) }, () => Math.floor(next() * 256));
      const at = Math.floor(next() * bytes.length);
      const inputs = [noise, [...bytes.subarray(0, at), ...noise], [...bytes.subarray(0, at), ...bytes.subarray(at + 1 + noise.length)]];
      openOrRefuse(Uint8Array.from(inputs[seed % 3]!));
    }
  });

  it('records that are right by their check but make no sense', () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const next = random(seed);
      const encoder = new TraceEncoder();
      if (seed % 2) encoder.event(makeEchoTraceEvent);
      for (let n = 0; n < 12; n++) {
        const size = Math.floor(next() * 24);
        encoder.unknown(
          1 + Math.floor(next() * 12),
          Uint8Array.from({ length: size }, () => Math.floor(next() * (next() < 0.7 ? 6 : 256))),
        );
      }
      const opened = openOrRefuse(encoder.take());
      if (opened === null) continue;
      opened.store.stateAt(opened.store.size);
      opened.store.linksBetween(1, opened.store.size);
      plain(opened.store);
    }
  });

  it('a length that cannot be is damage, not an allocation', () => {
    const head = encodeWhole(new TraceStore()).subarray(0, 10);
    const { status } = decodeWhole(Uint8Array.from([...head, 9, 255, 255, 255, 255, 127, 0, 0, 0, 0, 0]));
    assert.match(status.problem ?? '', /damaged at byte 10/);
  });

  it('refuses what is no trace and what is newer, in one sentence', () => {
    const bytes = encodeWhole(makeEchoTrace().store);
    const newer = bytes.slice();
    newer[8] = 2;
    assert.throws(
      () => decodeWhole(newer),
      (error: Error) => error instanceof TraceFormatError && /newer Socketscope \(format 2\.0/.test(error.message),
    );
    assert.throws(() => decodeWhole(new TextEncoder().encode('hello, this is text')), TraceFormatError);
    assert.throws(() => decodeWhole(new Uint8Array()), /is empty/);
    const older = bytes.slice();
    older[9] = 7; // a newer minor version only adds
    assert.equal(decodeWhole(older).status.complete, true);
  });

  it('keeps unknown records, unknown kinds and unknown ends of events, and writes them back', () => {
    const trace = new TraceBuilder();
    const pid = trace.process(1, 'a.mjs');
    trace.encoder.unknown(77, Uint8Array.of(1, 2, 3));
    trace.event({ pid, kind: 'weather' as never, provenance: 'guessed' as never, call: 'rain', args: { mm: 3 } });
    trace.encoder.event(trace.store.event(1), Uint8Array.of(9, 9));
    trace.encoder.unknown(200, new Uint8Array(0));
    trace.encoder.end();
    const { store, status } = decodeWhole(trace.encoder.take());
    assert.equal(status.complete, true);
    assert.equal(store.event(1).kind, 'weather');
    const again = decodeWhole(encodeWhole(store)).store;
    assert.deepEqual(plain(again), plain(store));
    assert.deepEqual(again.unknownRecords, [
      { after: 0, type: 77, bytes: Uint8Array.of(1, 2, 3) },
      { after: 2, type: 200, bytes: new Uint8Array(0) },
    ]);
    assert.deepEqual([...again.trailing], [[2, Uint8Array.of(9, 9)]]);
  });

  it('a pid that comes back is another process', () => {
    const trace = new TraceBuilder();
    trace.process(1, 'a.mjs');
    trace.open(1, 'tcp', 'client');
    trace.exit(1, 3);
    trace.t = 1_000_000;
    trace.process(1, 'b.mjs');
    trace.open(1, 'tcp', 'client');
    trace.exit(1, 0);
    for (const { store } of [decodeWhole(trace.encoder.take()), decodeWhole(encodeWhole(trace.store))]) {
      assert.deepEqual(plain(store), plain(trace.store));
      assert.deepEqual(
        store.processes.map((process) => [process.program, process.exit?.code]),
        [
          ['a.mjs', 3],
          ['b.mjs', 0],
        ],
      );
      assert.deepEqual([store.processIndex(1), store.processIndex(store.size)], [0, 1]);
    }
  });
});

const makeEchoTraceEvent = makeEchoTrace().store.event(1);

function openOrRefuse(bytes: Uint8Array) {
  try {
    return decodeWhole(bytes);
  } catch (error) {
    if (error instanceof TraceFormatError) return null;
    throw error;
  }
}
