import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeWhole, type TraceStore } from '../../src/trace';
import { cli, root } from '../support/house';
import { traced } from '../support/traced';

const program = join(root, 'test', 'fixtures', 'programs', 'unix.mjs');

/** Seqs of the first connect, the first accept and the getsockopt that ends the connect. */
function order(trace: TraceStore): { connects: number; connect: number; accept: number; told: number } {
  const calls = Array.from({ length: trace.size }, (_, index) => trace.event(index + 1)).filter(({ kind }) => kind === 'call');
  const seq = (name: string) => calls.find(({ call }) => call === name)?.seq ?? 0;
  return {
    connects: calls.filter(({ call }) => call === 'connect').length,
    connect: seq('connect'),
    accept: seq('accept'),
    told: seq('getsockopt'),
  };
}

describe('a Unix-domain connect stands where it was made, before the accept', function () {
  this.timeout(30_000);

  const check = (trace: TraceStore) => {
    const { connects, connect, accept, told } = order(trace);
    assert.equal(connects, 1);
    assert.ok(connect > 0 && connect < accept && connect < told, JSON.stringify({ connect, accept, told }));
    assert.equal(trace.result(connect), 0);
  };

  it('when the streams are read after the end', async () => {
    check((await traced(process.execPath, [program])).trace);
  });

  it('when they are read while the program runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socketscope-order-'));
    try {
      const out = join(folder, 'run.socktrace');
      const child = spawn(process.execPath, [cli, 'run', '--out', out, program], { stdio: 'ignore' });
      const code = await new Promise((done) => child.once('close', done));
      assert.equal(code, 0);
      check(decodeWhole(readFileSync(out)).store);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
