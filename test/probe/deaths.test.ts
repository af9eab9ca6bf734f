import assert from 'node:assert/strict';
import type net from 'node:net';
import { nodePath, skip } from '../support/house';
import { CHUNKS, chunksOf, deaths, missing, sink, treeDeaths, victim, victimTree } from './deaths-list';
import { type Outcome, ops, plain, traced, versions } from './probe-run';

/** Each way once; `npm run bench -- deaths` does it 20 times on every version. */
const VERSIONS = '20,22,24,26';

describe('thirteen ways to die lose no event', function () {
  this.timeout(30_000);
  let server: net.Server;
  before(async () => {
    server = await sink();
  });
  after(() => server.close());
  const port = () => String((server.address() as net.AddressInfo).port);

  for (const major of versions(VERSIONS)) {
    for (const { way, exit, started, flags, noisy } of deaths) {
      it(`${way} on Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        const args = [way, port()];
        const [untraced, withProbe] = await Promise.all([
          plain(node, victim, args, { started, flags }),
          traced(node, victim, args, { started, flags }),
        ]);
        const comparable = ({ stdout, stderr, code, signal }: Outcome) => ({
          stdout,
          stderr: noisy ? /FATAL ERROR: .*(heap out of memory)/.exec(stderr)?.[1] : stderr,
          code,
          signal,
        });
        assert.deepEqual(comparable(withProbe), comparable(untraced));
        const [stream, ...others] = withProbe.streams;
        assert.ok(stream !== undefined && others.length === 0);
        assert.equal(ops(stream, 'connected').length, 1);
        assert.deepEqual(chunksOf(stream), CHUNKS);
        assert.equal(stream.exit, exit);
        assert.deepEqual(stream.notices, []);
      });
    }
  }
});

describe('deaths in a tree of threads and processes lose no event', function () {
  this.timeout(30_000);
  let server: net.Server;
  before(async () => {
    server = await sink();
  });
  after(() => server.close());

  for (const major of versions('20,24'))
    for (const way of treeDeaths)
      it(`${way} on Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        const args = [way, String((server.address() as net.AddressInfo).port)];
        const [untraced, withProbe] = await Promise.all([plain(node, victimTree, args), traced(node, victimTree, args)]);
        assert.deepEqual([withProbe.code, withProbe.signal, withProbe.stdout], [untraced.code, untraced.signal, untraced.stdout]);
        assert.equal(withProbe.streams.length, 2);
        assert.equal(missing(withProbe.streams), 0);
      });
});
