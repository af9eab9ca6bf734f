import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { ops, programs, traced, versions } from './probe-run';

describe('lines of sends that are not looked up', function () {
  this.timeout(60000);
  for (const major of versions('20,22,24,26')) {
    it(`leaves out those, says so, and keeps all others, Node ${major}`, async function () {
      const node = (await nodePath(major)) ?? skip(this, `Node ${major} cannot be had here`);
      const file = join(root, 'test/fixtures/programs/echo.cjs');
      const { streams } = await traced(node, file, [], { env: { SOCKETSCOPE_CALL_SITES: 'off' } });
      const [stream] = streams;
      assert.match(stream!.notices.join(), /lines of calls that send are not looked up/);
      // The first is socket.write's, the second socket.end's.
      assert.deepEqual(
        ops(stream!, 'write').map(({ site }) => site === null),
        [true, false],
      );
      for (const op of ['listen', 'connect', 'accept'] as const) assert.equal(ops(stream!, op)[0]!.site?.file, file, op);
    });

    it(`gives a send no line that is another call's, Node ${major}`, async function () {
      const node = (await nodePath(major)) ?? skip(this, `Node ${major} cannot be had here`);
      const { streams } = await traced(node, join(programs, 'pipe-then-write.mjs'), [], { env: { SOCKETSCOPE_CALL_SITES: 'off' } });
      assert.deepEqual(
        ops(streams[0]!, 'write').map(({ api, site }) => [api, site]),
        [['socket.write', null]],
      );
    });
  }
});
