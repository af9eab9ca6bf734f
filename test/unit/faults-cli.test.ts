import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cli, root } from '../support/house';

const program = join(root, 'test', 'probe', 'fault-programs', 'framing.mjs');
const run = (...args: string[]) =>
  spawnSync(process.execPath, [cli, 'run', ...args], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });

describe('socketscope run --faults', function () {
  this.timeout(20_000);

  it('says which faults and which seed, and prints them as injected', () => {
    const { stdout, stderr, status } = run('--faults', 'split-read=2..6@server', '--print', program, '--', 'right');
    assert.equal(status, 0);
    assert.match(stderr, /^socketscope: injecting faults: seed=1,split-read=2\.\.6@server$/m);
    assert.match(stdout, /^ +\d+ .* s\d+ \d+ +i injected {2}split-read 11 -> \d \+ \d+$/m);
    assert.match(stdout, /^.*framing\.mjs: Faults were asked for: split-read \(seed 1\)/m);
  });

  it('refuses a list that it cannot read, before anything runs', () => {
    const { stdout, stderr, status } = run('--faults', 'split-reed', program);
    assert.equal(stdout, '');
    assert.equal(stderr, 'socketscope: --faults: there is no fault "split-reed"; did you mean split-read?\n');
    assert.notEqual(status, 0);
  });

  it('is in the help with every fault', () => {
    const { stdout } = spawnSync(process.execPath, [cli, '--help'], { encoding: 'utf8' });
    for (const name of ['split-read=BYTES', 'slow-reader=BYTES/s', 'refuse-connect ', 'udp-drop=N%', '@2x', 'seed='])
      assert.ok(stdout.includes(name), name);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 140, line);
  });
});
