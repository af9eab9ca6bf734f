import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceReader } from '../../src/contracts/trace-model';
import { decodeWhole } from '../../src/trace';
import { streamFrom, totalOf } from '../../src/trace/bytes';
import { type Segment, segmentsOf } from '../../src/trace/segments';
import { MAP_EDGES, MAP_NODES, mapPath, mapStateAt } from '../../webview/timeline/layout/tcp-map';
import { root } from '../support/house';
import { makeTrace } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

const NAME = { address: '127.0.0.1', port: 8080 };
const short = (segments: readonly Segment[]) =>
  segments.map(({ from, flags, seq, ack, length }) => `${from === 'left' ? '>' : '<'} ${flags.join('+')} ${seq}/${ack ?? ''} ${length}`);
const recorded = (name: string) => decodeWhole(readFileSync(join(root, `test/fixtures/traces/${name}.socktrace`))).store;
const clients = (trace: TraceReader) =>
  trace.sockets.flatMap((socket, left) =>
    socket.role === 'client' && socket.protocol.startsWith('tcp')
      ? [{ left, right: trace.sockets.findIndex((other) => other.id === socket.peer) }]
      : [],
  );

describe('segments, a model', () => {
  it('draws handshake, data and both FINs of a recorded connection', () => {
    const trace = recorded('echo');
    const [{ left, right } = { left: -1, right: -1 }] = clients(trace);
    const segments = segmentsOf(trace, left, right);
    assert.deepEqual(short(segments), [
      '> SYN 0/ 0',
      '< SYN+ACK 0/1 0',
      '> ACK 1/1 0',
      '> PSH+ACK 1/1 7',
      '> PSH+ACK 8/1 7',
      '< ACK 1/15 0',
      '< PSH+ACK 1/15 14',
      '> ACK 15/15 0',
      '> FIN+ACK 15/15 0',
      '< ACK 15/16 0',
      '< FIN+ACK 15/16 0',
      '> ACK 16/16 0',
    ]);
    assert.deepEqual(
      segments.map((one) => `${one.left} ${one.right}`).filter((pair, i, all) => pair !== all[i - 1]),
      [
        'SYN_SENT SYN_RECEIVED',
        'ESTABLISHED SYN_RECEIVED',
        'ESTABLISHED ESTABLISHED',
        'FIN_WAIT_1 CLOSE_WAIT',
        'FIN_WAIT_2 CLOSE_WAIT',
        'TIME_WAIT LAST_ACK',
        'TIME_WAIT CLOSED',
      ],
    );
  });

  it('shows a refusal as RST, a reset with who sent it, and an end outside the trace by what came from it', () => {
    const refused = recorded('refused');
    const nobody = clients(refused)[0]!;
    assert.deepEqual(short(segmentsOf(refused, nobody.left, nobody.right)), ['> SYN 0/ 0', '< RST+ACK 0/1 0']);

    const trace = new TraceBuilder();
    const pid = trace.process(41, 'server.mjs');
    const listener = trace.listen(pid, NAME);
    const one = trace.pair(pid, listener, NAME);
    trace.close(one.accepted, { args: { linger: true } });
    trace.call(one.client, 'read', { result: -1, error: 'ECONNRESET' });
    const { left, right } = clients(trace.store)[0]!;
    const reset = segmentsOf(trace.store, left, right);
    assert.deepEqual(short(reset).slice(3), ['< RST+ACK 1/1 0']);
    assert.equal(reset.at(-1)?.left, 'CLOSED');

    const alone = trace.accept(listener, NAME, { address: '192.0.2.1', port: 4000 });
    trace.read(alone, 5);
    trace.end(alone);
    trace.shutdown(alone);
    const stranger = segmentsOf(trace.store, -1, trace.store.sockets.length - 1);
    assert.deepEqual(short(stranger), [
      '> SYN 0/ 0',
      '< SYN+ACK 0/1 0',
      '> ACK 1/1 0',
      '> PSH+ACK 1/1 5',
      '< ACK 1/6 0',
      '> FIN+ACK 6/1 0',
      '< FIN+ACK 1/7 0',
    ]);
    assert.deepEqual(new Set(stranger.map((segment) => segment.left)), new Set([null]));
  });

  it('keeps the rules of TCP over many connections that end in every way', () => {
    const trace = makeTrace({ connections: 120, events: 6000, seed: 11, concurrency: 12 });
    let checked = 0;
    for (const { left, right } of clients(trace)) {
      const segments = segmentsOf(trace, left, right);
      const next = { left: 0, right: 0 };
      for (const segment of segments) {
        const other = segment.from === 'left' ? 'right' : 'left';
        assert.equal(segment.seq, next[segment.from]);
        if (segment.ack !== null) assert.equal(segment.ack, next[other]);
        next[segment.from] += segment.length + (segment.flags.includes('SYN') || segment.flags.includes('FIN') ? 1 : 0);
      }
      for (const side of ['left', 'right'] as const) {
        const fins = segments.filter((one) => one.from === side && one.flags.includes('FIN'));
        assert.ok(fins.length <= 1);
        const sent = segments.filter((one) => one.from === side).reduce((sum, one) => sum + one.length, 0);
        const index = side === 'left' ? left : right;
        if (index >= 0) assert.equal(sent, totalOf(streamFrom(trace, index).writes));
      }
      const resets = segments.filter((one) => one.flags.includes('RST'));
      assert.ok(resets.length <= 1);
      // What the ladder ends with is what the trace says of both ends.
      const after = trace.stateAt(trace.size).sockets;
      if (right >= 0 && after[left]!.state !== 'CLOSED') assert.equal(segments.at(-1)!.left, after[left]!.state);
      if (right >= 0 && resets.length === 0) assert.equal(segments.at(-1)!.right, after[right]!.state);
      checked++;
    }
    assert.ok(checked >= 120);
  });
});

describe('TCP state diagram', () => {
  it('takes every state change of recorded and made-up runs, and draws all that are no resets', () => {
    for (const trace of [recorded('echo'), recorded('half-close'), recorded('reset'), makeTrace({ connections: 60, events: 3000 })]) {
      const after = trace.stateAt(trace.size).sockets;
      for (const [index, socket] of trace.sockets.entries()) {
        const legs = mapPath(trace, index);
        if (!socket.protocol.startsWith('tcp')) {
          assert.deepEqual(legs, []);
          continue;
        }
        for (const leg of legs) {
          assert.ok(leg.from in MAP_NODES && leg.to in MAP_NODES);
          if (!leg.drawn) assert.equal(leg.to, 'GONE', `${leg.from} to ${leg.to}`);
        }
        const end = mapStateAt(legs, trace.size);
        assert.equal(end === 'GONE' ? 'CLOSED' : end, after[index]!.state);
      }
    }
    assert.ok(MAP_EDGES.every(({ from, to }) => from in MAP_NODES && to in MAP_NODES));
  });

  it('leads an accepted socket from LISTEN, as model', () => {
    const trace = recorded('echo');
    const accepted = trace.sockets.findIndex((socket) => socket.role === 'accepted');
    assert.deepEqual(
      mapPath(trace, accepted).map((leg) => `${leg.from} ${leg.to}${leg.model ? ' model' : ''}`),
      ['LISTEN SYN_RECEIVED model', 'SYN_RECEIVED ESTABLISHED model', 'ESTABLISHED CLOSE_WAIT', 'CLOSE_WAIT LAST_ACK', 'LAST_ACK GONE'],
    );
    assert.equal(mapStateAt(mapPath(trace, accepted), 0), 'LISTEN');
  });
});
