/** A fault changes what the program is given; the system calls of the trace stay those that strace sees. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodePath, skip } from '../support/house';
import { traced } from '../support/traced';
import { faultEnvironment, faultPrograms, faultsOf } from './fault-run';
import { versions } from './probe-run';
import { compare, sum, traceView } from './strace-compare';
import { straceView } from './strace-parse';

const FLAGS = ['-ff', '-qq', '--seccomp-bpf', '--absolute-timestamps=format:unix,precision:ns', '-yy', '-s', '0'];
const CALLS = ['-e', 'trace=network,read,write,readv,writev,close,%process', '-e', 'signal=none'];

const CASES: [list: string, program: string, ...args: string[]][] = [
  ['split-read=1..4', 'two-ends.mjs'],
  ['split-read=500..2000', 'two-ends.mjs'],
  ['join-read=10ms', 'two-ends.mjs'],
  ['delay-read=5..20ms', 'two-ends.mjs'],
  ['slow-reader=20k/s', 'two-ends.mjs'],
  ['short-write=1..600', 'two-ends.mjs'],
  ['short-write=1..600,split-read=100,delay-read=1..3ms,join-read@50%', 'two-ends.mjs'],
  ['reset-after=5@server', 'two-ends.mjs'],
  ['reset-after=5@client', 'two-ends.mjs'],
  ['reset-after=33@client', 'reset.mjs'],
  ['delay-connect=30ms', 'two-ends.mjs'],
  ['refuse-connect@1x', 'two-ends.mjs'],
  ['hang-connect=50ms@1x', 'two-ends.mjs'],
  ['hang-connect@1x', 'connect.mjs', 'two.example', 'twice'],
  ['split-read=1..4000,short-write=5000..20000,slow-reader=8m/s', 'transparent.mjs'],
  ['split-read=1..50', 'onread.mjs'],
  ['split-read=1..500,short-write=1..5000', 'http.mjs'],
  ['udp-drop=30%,udp-reorder,udp-duplicate,udp-delay=5..20ms@50%', 'udp.mjs'],
  ['udp-drop=30%@send,udp-reorder@send,udp-duplicate@send,udp-delay=5..20ms@50%@send', 'udp.mjs'],
];

/** Why strace cannot be used here; null when it can. */
function noStrace(): string | null {
  if (process.platform !== 'linux') return 'strace is a Linux tool';
  const tried = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { encoding: 'utf8' });
  if (tried.error) return 'strace is not installed (apt-get install strace)';
  return tried.status === 0 ? null : `strace may not trace here: ${tried.stderr.trim()}`;
}

describe('the calls of a trace with faults are those that strace sees', function () {
  this.timeout(20_000);
  let why: string | null = null;
  before(() => {
    why = noStrace();
  });
  for (const major of versions('24')) {
    for (const [list, program, ...args] of CASES) {
      it(`${list}: ${program} on Node ${major}`, async function () {
        if (why !== null) skip(this, why);
        const node = await nodePath(major);
        if (node === null) skip(this, `Node ${major} cannot be had`);
        const folder = mkdtempSync(join(tmpdir(), 'socketscope-strace-'));
        try {
          const prefix = join(folder, 'calls');
          const command = [...FLAGS, ...CALLS, '-o', prefix, node, join(faultPrograms, program), ...args];
          const run = await traced('strace', command, faultEnvironment(list));
          assert.equal(run.code, 0, run.stderr);
          assert.ok(faultsOf(run.trace).length > 0, 'nothing was injected');
          const truth = straceView(prefix);
          const shown = traceView(run.trace);
          const { missing, extra } = sum([...truth.keys()].map((pid) => compare(truth.get(pid), shown.get(pid))));
          assert.deepEqual({ missing, extra }, { missing: [], extra: [] });
        } finally {
          rmSync(folder, { recursive: true });
        }
      });
    }
  }
});
