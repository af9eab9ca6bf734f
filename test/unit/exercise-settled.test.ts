import assert from 'node:assert/strict';
import type { PeerEnd } from '../../src/exercises/peer/messages';
import { settled } from '../../src/exercises/run/settled';
import type { ProgramConnection } from '../../src/runner/progress-scout';

const end = (change: Partial<PeerEnd> = {}): PeerEnd => ({
  id: 'c1',
  localPort: 5000,
  remotePort: 80,
  path: '',
  index: 0,
  received: new Uint8Array(0),
  written: 0,
  left: false,
  ...change,
});
const tcp = (change: Partial<ProgramConnection> = {}): ProgramConnection => ({
  local: { address: '127.0.0.1', port: 80 },
  remote: { address: '127.0.0.1', port: 5000 },
  read: 0,
  open: true,
  ...change,
});
const unix = (change: Partial<ProgramConnection> = {}): ProgramConnection => tcp({ local: null, remote: { path: '' }, ...change });

describe('whether a program has nothing left to do for the peer', () => {
  it('waits until what the peer has left is closed', () => {
    assert.equal(settled([tcp()], [end({ left: true })]), false);
    assert.equal(settled([tcp({ open: false })], [end({ left: true })]), true);
    assert.equal(settled([], []), true);
  });

  it('does not wait for what the peer still holds, once everything on it was read', () => {
    assert.equal(settled([tcp({ read: 5 })], [end({ written: 6 })]), false);
    assert.equal(settled([tcp({ read: 6 })], [end({ written: 6 })]), true);
    assert.equal(settled([tcp({ read: 5, open: false })], [end({ written: 6 })]), true);
  });

  it('waits for a connection in the accept queue, and for those that are not with the peer', () => {
    assert.equal(settled([], [end()]), false);
    assert.equal(settled([tcp({ remote: { address: '127.0.0.1', port: 9 } })], []), false);
    assert.equal(settled([], [end({ id: 'u1' })]), true);
  });

  it('counts Unix-domain connections, which have no names', () => {
    const path = '/run/app.sock';
    assert.equal(settled([unix({ read: 3 })], [end({ path, written: 3 })]), true);
    assert.equal(settled([unix({ read: 2 })], [end({ path, written: 3 })]), false);
    assert.equal(settled([unix(), unix()], [end({ path }), end({ path, left: true })]), false);
    assert.equal(settled([unix(), unix({ open: false })], [end({ path }), end({ path, left: true })]), true);
    assert.equal(settled([], [end({ path })]), false);
  });
});
