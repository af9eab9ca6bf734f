import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { type Outcome, plain, traced, versions } from './probe-run';

const folder = join(root, 'test', 'fixtures', 'packages');

const how = ({ stdout, stderr, code, signal }: Outcome) => ({ stdout, stderr, code, signal });

/** What the trace of each must have seen, so that "identical" does not mean "was not traced". */
const LEAST: Record<string, { accepts: number; bytes: number }> = {
  'ws-echo.mjs': { accepts: 2, bytes: 140_000 },
  'redis.mjs': { accepts: 1, bytes: 500 },
  'undici-pool.mjs': { accepts: 2, bytes: 300_000 },
  'fastify-server.mjs': { accepts: 1, bytes: 1_000 },
  'mqtt-broker.mjs': { accepts: 3, bytes: 200 },
};

describe('packages of npm behave traced as untraced', function () {
  this.timeout(60_000);
  it('there is a least trace for every program', () => assert.deepEqual(readdirSync(folder).sort(), Object.keys(LEAST).sort()));
  for (const major of versions('20,24,26')) {
    for (const [name, least] of Object.entries(LEAST)) {
      it(`${name} on Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        const untraced = await plain(node, join(folder, name));
        const { streams, ...withProbe } = await traced(node, join(folder, name));
        assert.deepEqual(how(withProbe as Outcome), how(untraced));
        assert.equal(untraced.code, 0);
        const ops = streams.flatMap((stream) => stream.ops);
        assert.ok(ops.filter(({ op, result }) => op === 'accept' && result >= 0).length >= least.accepts);
        const read = ops.filter(({ op }) => op === 'read').reduce((sum, { bytes }) => sum + Math.max(0, bytes ?? 0), 0);
        const written = ops.filter(({ op }) => op === 'write').reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
        assert.ok(read >= least.bytes, `${read} bytes read`);
        assert.equal(read, written, 'both ends are in this process: what is written is read');
        assert.deepEqual(
          streams.flatMap(({ notices }) => notices),
          [],
        );
      });
    }
  }
});
