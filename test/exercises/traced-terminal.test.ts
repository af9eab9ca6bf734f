import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckReport } from '../../src/contracts/exercises';
import { PROBE_ENV } from '../../src/contracts/probe-stream';
import { builtIn } from '../support/exercises';
import { cli, root } from '../support/house';

describe('a check from a traced terminal', () => {
  it('leaves nothing of its own processes in the run of the terminal', async () => {
    const run = mkdtempSync(join(tmpdir(), 'socketscope-terminal-'));
    try {
      const env = { ...process.env, NODE_OPTIONS: `--require ${join(root, 'dist', 'probe.cjs')}`, [PROBE_ENV.run]: run };
      const args = [cli, 'check', 'U01', '--dir', join(builtIn, 'U01', 'solution'), '--json'];
      const said = await new Promise<string>((resolve) => execFile(process.execPath, args, { env }, (_error, stdout) => resolve(stdout)));
      assert.equal((JSON.parse(said) as CheckReport).verdict, 'passed');
      assert.deepEqual(readdirSync(run), []);
    } finally {
      rmSync(run, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
