import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tracedEnvironment } from '../../src/runner/launch';
import { quoteNodeOption, withProbe } from '../../src/runner/node-options';

describe('NODE_OPTIONS', () => {
  it('has the probe first and the user’s own options after it, unchanged', () => {
    assert.equal(withProbe(undefined, '/d/probe.cjs'), '--require /d/probe.cjs');
    assert.equal(withProbe('', '/d/probe.cjs'), '--require /d/probe.cjs');
    assert.equal(
      withProbe('--no-warnings --require "/a b/x.js"', '/d/probe.cjs'),
      '--require /d/probe.cjs --no-warnings --require "/a b/x.js"',
    );
  });

  it('does not load the probe twice', () => {
    const once = withProbe('--no-warnings', '/a b/probe.cjs');
    assert.equal(withProbe(once, '/a b/probe.cjs'), once);
  });

  it('quotes only what needs it', () => {
    assert.equal(quoteNodeOption('/plain/path.cjs'), '/plain/path.cjs');
    assert.equal(quoteNodeOption('/a b/c.cjs'), '"/a b/c.cjs"');
    assert.equal(quoteNodeOption('C:\\Program Files\\probe.cjs'), '"C:\\\\Program Files\\\\probe.cjs"');
  });

  it('is understood by Node for a folder with spaces, quotes and backslashes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
    try {
      const awkward = join(folder, 'a "quoted" \\ folder');
      mkdirSync(awkward);
      const probe = join(awkward, 'probe one.cjs');
      writeFileSync(probe, 'globalThis.loaded = (globalThis.loaded ?? 0) + 1;');
      const users = join(folder, 'users own.cjs');
      writeFileSync(users, 'globalThis.users = globalThis.loaded;');
      const env = tracedEnvironment({
        runFolder: folder,
        probe,
        payload: 7,
        env: { PATH: process.env.PATH, NODE_OPTIONS: `--require "${users}"` },
      });
      const program = 'console.log(globalThis.loaded, globalThis.users, process.env.SOCKETSCOPE_RUN, process.env.SOCKETSCOPE_PAYLOAD)';
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { env, encoding: 'utf8' });
      assert.equal(stdout.trim(), `1 1 ${folder} 7`, stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
