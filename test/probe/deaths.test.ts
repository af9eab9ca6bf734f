import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { join } from 'node:path';
import { nodePath, root, skip } from '../support/house';
import { type Outcome, ops, plain, traced, versions } from './probe-run';

const victim = join(root, 'test', 'fixtures', 'victim.cjs');
const killWhenReady = (child: ChildProcess) => {
  child.stdout?.on('data', () => child.kill('SIGKILL'));
};

interface Death {
  way: string;
  /** The code that the probe itself sees; null when the process cannot say. */
  exit: number | null;
  started?: (child: ChildProcess) => void;
  flags?: string[];
  /** stderr holds addresses, and V8 has two ways to say that the heap is full: only that it says so is compared. */
  noisy?: boolean;
}
const deaths: Death[] = [
  { way: 'natural', exit: 0 },
  { way: 'exit', exit: 3 },
  { way: 'throw', exit: 1 },
  { way: 'reject', exit: 1 },
  { way: 'exit in uncaughtException', exit: 4 },
  { way: 'process.reallyExit', exit: 5 },
  { way: 'abort', exit: null, noisy: true },
  { way: 'SIGTERM', exit: null },
  { way: 'SIGKILL', exit: null },
  { way: 'SIGSEGV', exit: null },
  { way: 'endless loop, then SIGKILL', exit: null, started: killWhenReady },
  { way: 'external SIGKILL', exit: null, started: killWhenReady },
  { way: 'heap out of memory', exit: null, flags: ['--max-old-space-size=24'], noisy: true },
];

describe('thirteen ways to die lose no event', function () {
  this.timeout(30_000);
  const sink = net.createServer((socket) => socket.on('error', () => {}).resume());
  before(async () => {
    sink.listen(0, '127.0.0.1');
    await once(sink, 'listening');
  });
  after(() => sink.close());

  for (const major of versions('20,24')) {
    for (const { way, exit, started, flags, noisy } of deaths) {
      it(`${way} on Node ${major}`, async function () {
        const node = await nodePath(major);
        if (node === null) skip(this, `no Node ${major}`);
        const args = [way, String((sink.address() as net.AddressInfo).port)];
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
        const written = ops(stream, 'write').map(({ payload }) => Buffer.from(payload ?? []).toString());
        assert.equal(written.join(''), Array.from({ length: 101 }, (_, i) => `chunk ${i + 1};`).join(''));
        assert.equal(written.length, 101);
        assert.equal(stream.exit, exit);
        assert.deepEqual(stream.notices, []);
      });
    }
  }
});
