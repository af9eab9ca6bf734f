import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch } from '../../src/runner/launch';
import { nodePath, skip } from '../support/house';
import { gather } from '../support/output';
import { at, placeOf, plain, probe, programs, readStreams, traced, versions } from './probe-run';

const program = join(programs, 'permitted.cjs');

describe('a program under the permission model', function () {
  this.timeout(30_000);
  for (const major of versions('20,22,24,26')) {
    it(`runs as untraced and is recorded, Node ${major}`, async function () {
      const node = await nodePath(major);
      if (node === null) skip(this, `no Node ${major}`);
      const allowed = major >= 26 ? ' --allow-net' : '';
      const nodeOptions = `--${major === 20 ? 'experimental-' : ''}permission --allow-fs-read=${programs}/${allowed} --no-warnings`;
      const untraced = await plain(node, program, [], { nodeOptions });
      assert.deepEqual([untraced.code, untraced.stderr], [0, '']);
      const runFolder = mkdtempSync(join(tmpdir(), 'socketscope permission '));
      try {
        const launched = await launch({
          runFolder,
          probe,
          runtime: { path: node, env: {} },
          program,
          args: [],
          env: { ...process.env, NODE_OPTIONS: nodeOptions },
          stdio: 'pipe',
        });
        const output = gather(launched.child);
        const { code, signal } = await launched.ended;
        assert.deepEqual({ ...output, code, signal }, { ...untraced });
        const [stream, ...others] = readStreams(runFolder);
        assert.deepEqual(others, []);
        assert.match(stream!.notices.join(), /System calls are not visible here: .*--permission/);
        const listens = stream!.ops.filter(({ args }) => args?.event === 'listen called');
        assert.deepEqual(listens.map(at), [placeOf(program, 'listen(0')]);
        assert.ok(stream!.ops.some(({ args, bytes }) => args?.event === 'data' && bytes === 5));
        assert.equal(stream!.exit, 0);
      } finally {
        rmSync(runFolder, { recursive: true, force: true });
      }
    });

    it(`is recorded when a traced program starts it with the option on its command line, Node ${major}`, async function () {
      this.timeout(120_000);
      const node = (await nodePath(major)) ?? skip(this, `no Node ${major}`);
      const permission = `--${major === 20 ? 'experimental-' : ''}permission`;
      const flags = [permission, `--allow-fs-read=${programs}/`, ...(major >= 26 ? ['--allow-net'] : []), '--no-warnings'];
      for (const kind of ['spawn', 'spawnSync', 'fork']) {
        const parent = join(programs, 'starts-permitted.cjs');
        const args = [kind, program, ...flags];
        const untraced = await plain(node, parent, args);
        const withProbe = await traced(node, parent, args);
        assert.deepEqual([withProbe.code, withProbe.stdout, withProbe.stderr], [untraced.code, untraced.stdout, untraced.stderr], kind);
        assert.equal(withProbe.streams.length, 2, kind);
        const child = withProbe.streams.find(({ notices }) => /System calls are not visible here: .*--permission/.test(notices.join()));
        assert.ok(
          child?.ops.some(({ args }) => args?.event === 'listen called'),
          kind,
        );
        assert.equal(child?.exit, 0, kind);
      }
    });
  }
});
