import assert from 'node:assert/strict';
import { join } from 'node:path';
import { explainApi } from '../../src/knowledge/explain-api';
import { nodePath, root, skip } from '../support/house';
import { traced } from '../support/traced';
import { versions } from './probe-run';

const program = join(root, 'test', 'probe', 'strace-programs', 'refused-by-libuv.cjs');

describe('what libuv refuses without a system call', function () {
  this.timeout(30_000);

  for (const major of versions('20,22,24,26')) {
    it(`is observed, with its error, and nothing is derived, Node ${major}`, async function () {
      const node = (await nodePath(major)) ?? skip(this, `no Node ${major}`);
      const { trace, stdout } = await traced(node, [program]);
      const events = Array.from({ length: trace.size }, (_, index) => trace.event(index + 1));
      const refused = events.filter(({ args }) => typeof args?.refused === 'string');
      const told = refused.map(({ api, error, args }) => `${api} ${args?.refused === 'option' ? args.name : args?.refused} ${error}`);
      // Node 20 and 22 cut a path that is too long.
      const paths = major < 24 ? [] : ['net.connect connect EINVAL', 'server.listen bind EINVAL'];
      assert.deepEqual(
        told.sort(),
        [
          ...paths,
          'server.listen listen EADDRINUSE',
          'socket.addMembership addMembership EINVAL',
          'socket.addMembership addMembership EINVAL',
          'socket.bind bind EINVAL',
          'socket.setMulticastInterface multicastInterface EINVAL',
          'socket.setMulticastTTL multicastTTL EINVAL',
          'socket.setTTL ttl EINVAL',
        ].sort(),
        stdout,
      );
      for (const event of refused) {
        assert.equal(event.kind, 'api');
        assert.equal(event.provenance, 'observed');
        assert.equal(event.call, null);
        assert.ok(event.socket !== null && event.site !== null);
        assert.match(explainApi(event, 'x').happened, /No system call was made/);
      }
      // The kernel's own no is a call.
      assert.deepEqual(
        events.filter(({ kind, error }) => kind === 'call' && error === 'EINVAL').map(({ call, args }) => [call, args?.option]),
        [['setsockopt', 'IP_ADD_MEMBERSHIP']],
      );
    });
  }
});
