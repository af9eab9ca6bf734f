import assert from 'node:assert/strict';
import { stateEvent, TraceStore } from '../../src/trace';

describe('the line behind a state change', () => {
  const change = { socket: 's1', from: 'ESTABLISHED', to: 'CLOSE_WAIT', orState: null, provenance: 'derived' } as const;
  const store = () => {
    const header = { socketscope: 1, platform: 'linux', cwd: '/x', began: '2026-01-01T00:00:00Z', dropped: 0, notices: [] } as const;
    return new TraceStore({ ...header, notices: [] });
  };

  it('is that of the event which brought it, marked as a cause', () => {
    const site = { file: '/x/client.mjs', line: 15, column: 31 };
    assert.deepEqual(stateEvent(change, { t: 5, site }, store()).site, { ...site, cause: true });
    assert.equal('cause' in site, false);
  });

  it('is not made up where that event has none', () => {
    assert.equal(stateEvent(change, { t: 5, site: null }, store()).site, null);
  });
});
