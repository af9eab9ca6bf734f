import assert from 'node:assert/strict';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { ops, traced, versions } from './probe-run';

const CHUNK = 16 * 1024 * 1024;
const folder = join(root, 'test', 'fixtures', 'write-returns');
const program = join(folder, 'program.mjs');

for (const major of versions('20,22,24,26')) {
  describe(`the record of a write that returns false, Node ${major}`, function () {
    this.timeout(60000);
    let node: string;
    before(async function () {
      node = (await nodePath(major)) ?? skip(this, `Node ${major} cannot be had here`);
    });

    it('goes out together with what was returned', async () => {
      const chunks = 12;
      const counter = join(folder, 'count-appends.cjs');
      const { streams, stdout } = await traced(node, program, ['alive', String(chunks)], { nodeOptions: `--require ${counter}` });
      const [stream] = streams;
      const writes = ops(stream!, 'write').filter(({ bytes }) => bytes === CHUNK);
      const returned = ops(stream!, 'api').filter(({ args }) => args?.event === 'returned false');
      assert.deepEqual([writes.length, returned.length], [chunks, chunks]);
      for (const write of writes) {
        const next = stream!.ops[stream!.ops.indexOf(write) + 1]!;
        assert.deepEqual([next.args?.event, next.site], ['returned false', write.site]);
      }
      // Every other record is a write of its own.
      assert.ok(Number(stdout) > 0, stdout);
      assert.ok(stream!.ops.length - Number(stdout) >= chunks - 3, `${stream!.ops.length} operations in ${stdout} writes`);
    });

    for (const way of ['own _write', 'async_hooks', 'own nextTick']) {
      it(`is on the disk where the program can die before the return (${way})`, async () => {
        const { streams, signal } = await traced(node, program, [way, '1']);
        assert.equal(signal, 'SIGKILL');
        assert.deepEqual(
          ops(streams[0]!, 'write').map(({ bytes }) => bytes),
          [1000],
        );
      });
    }
  });
}
