import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceReader } from '../../src/contracts/trace-model';
import { SocktraceDecoder, TraceFormatError } from '../../src/trace';
import {
  cutOf,
  datagramsFrom,
  followByte,
  StreamContent,
  splitByReads,
  streamFrom,
  streamTo,
  textRuns,
  totalOf,
} from '../../src/trace/bytes';
import { segmentsOf } from '../../src/trace/segments';
import { waitingAt } from '../../src/trace/waiting/accept-queue';
import { connectionAt } from '../../webview/timeline/layout/connection';
import { layoutRuler } from '../../webview/timeline/layout/ruler';
import { COLUMNS, cellsOf, filterAndSort, portOwner, SocketTexts } from '../../webview/timeline/layout/socket-rows';
import { mapPath, mapStateAt } from '../../webview/timeline/layout/tcp-map';
import { root } from '../support/house';
import { random } from '../support/make-trace';

/** Everything that the tabs of a connection ask of a trace. */
function askAll(trace: TraceReader, step: number): void {
  const connection = connectionAt(trace, step);
  const { sockets } = trace.stateAt(step);
  for (const [index, socket] of trace.sockets.slice(0, 40).entries()) {
    for (const stream of [streamFrom(trace, index), streamTo(trace, index)]) {
      const content = new StreamContent(trace, stream);
      splitByReads(content, 0, Math.min(50, stream.reads.seqs.length));
      for (let n = 0; n < Math.min(50, stream.reads.seqs.length); n++) cutOf(stream, n);
      textRuns(content.slice(0, Math.min(200, totalOf(stream.writes))), 0, [3, 9]);
      followByte(stream, Math.floor(totalOf(stream.writes) / 2), step);
      const ruler = layoutRuler(stream, totalOf(stream.reads) - 1, 400);
      for (const piece of [...ruler.writes, ...ruler.reads]) assert.ok(piece.width >= 0 && Number.isFinite(piece.x));
    }
    datagramsFrom(trace, index);
    segmentsOf(
      trace,
      index,
      trace.sockets.findIndex(({ id }) => id === socket.peer),
    );
    mapStateAt(mapPath(trace, index), step);
    waitingAt(trace, index, step);
  }
  const rows = sockets.map((socket) => ({ socket, cells: cellsOf(trace, socket, step) }));
  for (const { cells } of rows) for (const cell of cells) assert.equal(typeof cell.meaning(), 'string');
  const texts = new SocketTexts(trace);
  for (const { id } of COLUMNS) filterAndSort(texts, sockets, '1', { column: id, descending: true });
  portOwner(trace, sockets, '8080');
  if (connection) assert.ok(connection.own >= 0 && connection.own < trace.sockets.length);
}

describe('tabs of a connection, broken traces', () => {
  for (const name of ['echo', 'half-close', 'reset', 'refused', 'udp', 'unix', 'transfer']) {
    it(`${name}: nothing breaks, however the bytes of the trace are changed`, function () {
      this.timeout(30_000);
      const whole = readFileSync(join(root, `test/fixtures/traces/${name}.socktrace`));
      const next = random(whole.length);
      let opened = 0;
      for (let round = 0; round < 60; round++) {
        const bytes = Uint8Array.from(whole.subarray(0, Math.min(whole.length, 20_000)));
        for (let n = 0; n < round % 12; n++) bytes[200 + Math.floor(next() * (bytes.length - 200))] = Math.floor(next() * 256);
        const decoder = new SocktraceDecoder();
        try {
          decoder.push(round % 3 === 0 ? bytes.subarray(0, Math.floor(next() * bytes.length)) : bytes);
        } catch (error) {
          assert.ok(error instanceof TraceFormatError, String(error));
        }
        const { store } = decoder;
        if (store.size === 0) continue;
        opened++;
        for (const step of [0, 1, Math.ceil(store.size / 2), store.size]) askAll(store, step);
      }
      assert.ok(opened > 20, `${opened} opened`);
    });
  }
});
