import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath, skip } from '../support/house';
import { type Outcome, plain, programs, traced, versions } from './probe-run';

/** Process ids in Node's warnings are the only thing that may differ. */
const comparable = ({ stdout, stderr, code, signal }: Outcome) => ({
  stdout,
  stderr: stderr.replace(/\(node:\d+\)/g, '(node:PID)'),
  code,
  signal,
});

describe('a traced program behaves as untraced', function () {
  this.timeout(30_000);
  for (const major of versions('20,24')) {
    const files = readdirSync(programs).filter((name) => /\.[cm][jt]s$/.test(name) && !(name.endsWith('.mts') && major < 24));
    it(`has at least 20 programs for Node ${major}`, () => assert.ok(files.length >= 20));
    for (const name of files) {
      it(`${name} on Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        const file = join(programs, name);
        const options = { stdin: 'typed\n' };
        const untraced = await plain(node, file, [], options);
        const withProbe = await traced(node, file, [], options);
        assert.deepEqual(comparable(withProbe), comparable(untraced));
        assert.ok(withProbe.streams.length > 0, 'the probe was there');
        for (const { notices, facts } of withProbe.streams) {
          assert.deepEqual(notices, []);
          assert.equal(
            facts.some(({ what }) => what === 'below'),
            name === 'http2.mjs',
          );
        }
      });
    }

    it(`keeps the user's NODE_OPTIONS on Node ${major}`, async function () {
      const node = await nodePath(major);
      if (node === null) skip(this, `no Node ${major}`);
      const file = join(programs, 'environment.mjs');
      const options = { nodeOptions: '--no-warnings --stack-trace-limit=12' };
      const untraced = await plain(node, file, [], options);
      const withProbe = await traced(node, file, [], options);
      assert.deepEqual(comparable(withProbe), comparable(untraced));
      assert.match(withProbe.stdout, /--no-warnings --stack-trace-limit=12/);
    });

    it(`names the loop over a socket as the cause of its end, and no function of Node's own, on Node ${major}`, async function () {
      const node = await nodePath(major);
      if (node === null) skip(this, `no Node ${major}`);
      const { streams } = await traced(node, join(programs, 'iterate.mjs'));
      const ended = streams[0]!.ops.filter(({ site, op }) => op === 'close' && site !== null);
      assert.ok(ended.some(({ siteIsCause }) => siteIsCause));
      assert.deepEqual(
        streams[0]!.ops.filter(({ api }) => api?.includes('processTicks')),
        [],
      );
    });

    it(`sees the calls under --no-deprecation on Node ${major}`, async function () {
      const node = await nodePath(major);
      if (node === null) skip(this, `no Node ${major}`);
      const { streams } = await traced(node, join(programs, 'echo.cjs'), [], { nodeOptions: '--no-deprecation' });
      assert.deepEqual(
        streams.flatMap(({ notices }) => notices),
        [],
      );
      assert.ok(streams[0]!.ops.some(({ op }) => op === 'listen'));
    });

    for (const flags of [
      ['--pending-deprecation'],
      ['--trace-deprecation', '--pending-deprecation'],
      ['--throw-deprecation', '--pending-deprecation'],
      ['--frozen-intrinsics'],
      ['--disallow-code-generation-from-strings', '--disable-proto=delete'],
      ['--enable-source-maps', '--stack-trace-limit=50'],
      ['--trace-uncaught'],
      ['--unhandled-rejections=strict', '--abort-on-uncaught-exception'],
    ]) {
      it(`behaves the same under ${flags.join(' ')} on Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        for (const name of ['echo.cjs', 'udp.mjs', 'http-ticks.mjs', 'crash-listen.cjs']) {
          if (name.startsWith('crash') && flags.join().includes('abort')) continue;
          const untraced = await plain(node, join(programs, name), [], { flags });
          const withProbe = await traced(node, join(programs, name), [], { flags });
          // V8 itself prints where an error was thrown, frame by frame: the one place where a crash shows the probe, in one line.
          withProbe.stderr = withProbe.stderr.replace(/(?<=Thrown at:(\n.*)*)\n {4}at .*probe\.cjs:\d+:\d+$/m, '');
          assert.deepEqual(comparable(withProbe), comparable(untraced), name);
          assert.ok(withProbe.streams[0]!.ops.length > 0, `${name} is recorded`);
        }
      });
    }
  }
});
