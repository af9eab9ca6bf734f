import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceEvent } from '../../src/contracts/trace';
import { Collector } from '../../src/runner/collector';
import { tracedEnvironment } from '../../src/runner/launch';
import { createRunFolder } from '../../src/runner/run-folder';
import { SocktraceDecoder, type TraceStore } from '../../src/trace';
import { root } from '../support/house';
import { gather } from '../support/output';
import { knowledge, probe } from '../support/traced';

const program = join(root, 'test', 'probe', 'unix-pairs.mjs');

/** The events of a trace file as far as it is written. */
function read(out: string): { store: TraceStore; events: TraceEvent[] } {
  const decoder = new SocktraceDecoder();
  decoder.push(readFileSync(out));
  const { store } = decoder;
  return { store, events: Array.from({ length: store.size }, (_, index) => store.event(index + 1)) };
}

/** Runs the program while its trace is collected, and lets it end when `enough` says so. */
async function run(kernel: boolean, enough: (events: TraceEvent[], output: string) => boolean): Promise<ReturnType<typeof read>> {
  const runFolder = createRunFolder();
  const out = join(runFolder, 'run.socktrace');
  let child: ChildProcess | null = null;
  try {
    const collector = new Collector({ runFolder, out, knowledge, cwd: root, kernel });
    const env = tracedEnvironment({ runFolder, probe, env: { ...process.env, NODE_OPTIONS: '' } });
    child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'pipe'], env });
    const output = gather(child);
    const ended = new Promise((done) => child?.once('close', done));
    for (const until = Date.now() + 40_000; Date.now() < until; ) {
      collector.pump();
      if (enough(read(out).events, output.stdout)) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    child.stdin?.end();
    assert.equal(await ended, 0, output.stderr);
    assert.equal(output.stdout, 'a bb ccc dddd eeeee outside\n');
    await collector.finish();
    return read(out);
  } finally {
    child?.kill('SIGKILL');
    rmSync(runFolder, { recursive: true, force: true });
  }
}

/** What a socket sent or received, as text. */
const bytes = (events: TraceEvent[], socket: string | null, call: RegExp) =>
  events
    .filter((event) => event.socket === socket && event.kind === 'call' && call.test(event.call ?? '') && event.payload)
    .map((event) => Buffer.from(event.payload!).toString())
    .join('');

describe('the two ends of Unix-domain connections', function () {
  this.timeout(90_000);

  it('belong together as the kernel says, with clients in two processes and one outside the trace', async function () {
    if (process.platform !== 'linux') this.skip();
    const told = (events: TraceEvent[]) => events.filter(({ kind, args }) => kind === 'kernel' && args?.source === 'ss -x');
    const { store, events } = await run(true, (so) => told(so).length === 6);
    const accepted = store.sockets.filter(({ role }) => role === 'accepted');
    assert.equal(accepted.length, 6);
    const pairs = accepted.map((socket) => [
      bytes(events, socket.id, /^read|^recv/),
      socket.peer === null ? null : bytes(events, socket.peer, /^write|^send/),
      socket.peerBy,
    ]);
    assert.deepEqual(
      pairs.sort(([a], [b]) => (a! < b! ? -1 : 1)),
      ['a', 'bb', 'ccc', 'dddd', 'eeeee', null].map((text) => [text ?? 'outside', text, 'kernel']),
    );
    for (const { provenance, socket, args } of told(events)) {
      assert.equal(provenance, 'kernel');
      assert.equal(args?.peer, store.sockets.find(({ id }) => id === socket)?.peer);
    }
    assert.ok(!store.header.notices.some((notice) => notice.includes('order of connect')));
  });

  it('are joined by order where the kernel is not asked, and the trace says that it may be wrong', async () => {
    const { store } = await run(false, (_, output) => output.includes('outside'));
    for (const { protocol } of store.sockets) assert.equal(protocol, 'unix');
    const joined = store.sockets.filter(({ role, peer }) => role === 'accepted' && peer !== null);
    assert.equal(joined.length, 5);
    for (const { peerBy } of joined) assert.equal(peerBy, 'order');
    assert.ok(
      store.header.notices.some((notice) => /5 Unix-domain connections .* joined in the order of connect and accept/.test(notice)),
      store.header.notices.join('\n'),
    );
  });
});
