import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeWhole, encodeWhole } from '../../src/trace';
import { plainFold } from '../support/plain-fold';

/** A recording of media/samples/echo, made by test/support/store-trace.entry.ts. */
const FILE = join(__dirname, '../../../test/fixtures/traces/echo.socktrace');

describe('a recorded trace', () => {
  const bytes = readFileSync(FILE);
  const { store, status } = decodeWhole(bytes);

  it('opens, and is the same when it is written again', () => {
    assert.deepEqual(status, { complete: true, problem: null });
    assert.deepEqual(encodeWhole(store), Uint8Array.from(bytes));
  });

  it('shows the handshake, the bytes and the FINs of both ends', () => {
    const index = (role: string) => store.sockets.findIndex((socket) => socket.role === role);
    const states = (role: string) =>
      [...store.eventsOfSocket(index(role))].map((seq) => store.stateTo(seq)).filter((state) => state !== null);
    assert.deepEqual(states('listener'), ['LISTEN', 'CLOSED']);
    assert.deepEqual(states('client'), ['SYN_SENT', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT']);
    assert.deepEqual(states('accepted'), ['ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK', 'CLOSED']);
    const kinds = store.linksBetween(1, store.size).map((link) => link.kind);
    assert.deepEqual([...new Set(kinds)].sort(), ['bytes', 'connect', 'fin']);
    assert.equal(kinds.filter((kind) => kind === 'fin').length, 2);
  });

  it('has the same states as a plain fold', () => {
    for (let step = 0; step <= store.size; step++) assert.deepEqual(store.stateAt(step), plainFold(store, step));
  });
});
