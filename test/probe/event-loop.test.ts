import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callbackWords } from '../../src/knowledge/loop-text';
import type { TraceStore } from '../../src/trace';
import { callbackWait } from '../../src/trace/loop/callback';
import { kindOf, loopSpans, mainLoop } from '../../src/trace/loop/spans';
import { nodePath, skip } from '../support/house';
import { traced } from '../support/traced';
import { traced as probed, programs } from './probe-run';

const MS = 1e6;
/**
 * How far the time that the loop waited, as the trace says it, may be from the time between the entry of epoll_pwait and its return, as strace sees
 * it: the two take their times at different places around the call, and each stop of strace costs some 50 us, more on a busy machine.
 */
const TOLERANCE = { each: 0.5 * MS, whole: 3 * MS };
/** A machine that does other work may stop a program at any place: so often a comparison is made before it counts. */
const TRIES = 6;

/** A call of epoll_wait or epoll_pwait: entry and time in it, ns of the wall clock. */
interface Poll {
  time: number;
  took: number;
}

/** What strace saw of the main thread of a process: its calls of epoll, and when it wrote to or read from sockets. */
function stracedThread(file: string): { polls: Poll[]; calls: { name: string; time: number; result: string }[] } {
  const polls: Poll[] = [];
  const calls: { name: string; time: number; result: string }[] = [];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, seconds, fraction, name, fd, args, result, took] =
      /^(\d+)\.(\d{9}) (\w+)\((\d+<[^>]*>)?(.*)\) += (-?\d+)[^<]*(?:<(\d+\.\d+)>)?$/.exec(line) ?? [];
    if (name === undefined) continue;
    // With a timeout of 0 it does not wait, it looks. After a signal (EINTR) libuv begins to count anew.
    if (name.startsWith('epoll_') && (/, 0(, NULL, 8)?$/.test(args!) || result === '-1')) continue;
    // Since some day, so that nanoseconds are exact in a number.
    const time = (Number(seconds) % 1e6) * 1e9 + Number(fraction);
    if (name.startsWith('epoll_')) polls.push({ time, took: Math.round(Number(took ?? 0) * 1e9) });
    else if (fd?.includes('TCP:')) calls.push({ name, time, result: result! });
  }
  return { polls, calls };
}

const FLAGS = ['-ff', '-qq', '--seccomp-bpf', '--absolute-timestamps=format:unix,precision:ns', '--syscall-times=ns', '-yy', '-s', '0'];
const CALLS = ['-e', 'trace=epoll_wait,epoll_pwait,read,write,writev', '-e', 'signal=none'];

/** ns by which the clock of strace is ahead of the trace's: from the calls that both have, in their order. */
function clockOffset(trace: TraceStore, process: number, calls: readonly { name: string; time: number; result: string }[]): number {
  const own: number[] = [];
  for (let seq = 1; seq <= trace.size; seq++)
    if (trace.processIndex(seq) === process && trace.call(seq) === 'write' && (trace.bytes(seq) ?? 0) > 0) own.push(trace.time(seq));
  const seen = calls.filter(({ name, result }) => name.startsWith('write') && Number(result) > 0);
  assert.equal(seen.length, own.length);
  // A record is made before its call: the least difference is the one nothing came between.
  return Math.min(...seen.map(({ time }, i) => time - own[i]!));
}

/** Differences beyond the tolerance, in words; empty when trace and strace agree. */
function differences(trace: TraceStore, prefix: string): string[] {
  const found: string[] = [];
  let compared = 0;
  for (const [process, { pid }] of trace.processes.entries()) {
    const loop = mainLoop(trace, process);
    if (!loop) return [`no loop of ${pid}`];
    const { polls, calls } = stracedThread(`${prefix}.${pid}`);
    const offset = clockOffset(trace, process, calls);
    let [told, seen] = [0, 0];
    for (const span of loopSpans(trace, loop)) {
      const inside = polls.filter(({ time, took }) => time - offset + took > span.start && time - offset < span.end);
      const waited = inside.reduce(
        (sum, { time, took }) => sum + Math.max(0, Math.min(time - offset + took, span.end) - Math.max(time - offset, span.start)),
        0,
      );
      compared++;
      told += span.waited;
      seen += waited;
      const allowed = TOLERANCE.each * (1 + inside.length) + 0.02 * waited;
      if (Math.abs(waited - span.waited) > allowed)
        found.push(
          `${pid}, steps ${span.from} to ${span.to}: ${(span.waited / MS).toFixed(2)} ms of ${((span.end - span.start) / MS).toFixed(2)}, strace ${(waited / MS).toFixed(2)} in ${inside.length} calls`,
        );
    }
    if (Math.abs(told - seen) > TOLERANCE.whole + 0.02 * seen)
      found.push(`${pid}, in all: ${(told / MS).toFixed(2)} ms, strace ${(seen / MS).toFixed(2)}`);
  }
  assert.ok(compared > 8, `${compared} stretches`);
  return found;
}

/** Share of the time between the first and the last read of the first process in which its loop waited. */
function waiting(trace: TraceStore): number {
  const reads: number[] = [];
  for (let seq = 1; seq <= trace.size; seq++) if (trace.call(seq) === 'read' && trace.bytes(seq)) reads.push(seq);
  const spans = loopSpans(trace, mainLoop(trace, 0)!).filter(({ from, to }) => from >= reads[0]! && to <= reads.at(-1)!);
  const sum = (of: (span: (typeof spans)[number]) => number) => spans.reduce((all, span) => all + of(span), 0);
  return sum(({ waited }) => waited) / sum(({ start, end }) => end - start);
}

for (const major of [20, 22, 24, 26])
  describe(`the event loop, Node ${major}`, function () {
    this.timeout(60_000);
    let node: string;
    before(async function () {
      const path = await nodePath(major);
      if (path === null) return skip(this, `Node ${major} cannot be had here`);
      node = path;
    });

    it('was busy while the bytes of the peer waited, and the trace says for how long and since where', async () => {
      const { trace, code } = await traced(node, [join(programs, 'blocked-loop.mjs')]);
      assert.equal(code, 0);
      const reads: number[] = [];
      for (let seq = 1; seq <= trace.size; seq++)
        if (trace.processIndex(seq) === 0 && trace.call(seq) === 'read' && trace.bytes(seq)) reads.push(seq);
      const second = callbackWait(trace, reads[1]!)!;
      assert.ok(second.wait > 20 * MS, `${second.wait / MS} ms`);
      assert.ok(second.busy!.low > second.wait * 0.9, JSON.stringify(second));
      const words = callbackWords(trace, second);
      assert.match(
        words[0]!,
        /^The bytes waited [\d.]+ ms in the kernel, from step \d+ until this callback ran: the event loop was busy\.$/,
      );
      assert.match(words[1]!, /step \d+, `blocked-loop\.mjs:23`\.$/);
    });

    it('of a server with nothing to do waits nearly all the time, of one that computes hardly ever', async () => {
      const idle: number[] = [];
      const busy: number[] = [];
      for (let i = 0; i < TRIES && !(idle.some((share) => share > 0.7) && busy.some((share) => share < 0.25)); i++) {
        idle.push(waiting((await traced(node, [join(programs, 'idle-loop.mjs')])).trace));
        busy.push(waiting((await traced(node, [join(programs, 'busy-loop.mjs')])).trace));
      }
      assert.ok(Math.max(...idle) > 0.7, `${idle}`);
      assert.ok(Math.min(...busy) < 0.25, `${busy}`);
    });

    it('waits as long as strace sees it in epoll_pwait', async function () {
      const tried = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true']);
      if (tried.error || tried.status !== 0) return skip(this, 'strace is not installed, or may not trace here');
      for (const program of ['blocked-loop.mjs', 'idle-loop.mjs', 'busy-loop.mjs']) {
        let found: string[] = [];
        for (let i = 0; i < TRIES; i++) {
          const folder = mkdtempSync(join(tmpdir(), 'socketscope-loop-'));
          try {
            const prefix = join(folder, 'calls');
            const run = await traced('strace', [...FLAGS, ...CALLS, '-o', prefix, node, join(programs, program)]);
            assert.equal(run.code, 0, run.stderr);
            assert.ok(readdirSync(folder).length > 0);
            found = differences(run.trace, prefix);
          } finally {
            rmSync(folder, { recursive: true });
          }
          if (found.length === 0) break;
        }
        assert.deepEqual(found, [], program);
      }
    });

    it('is read once a turn, and not at all where Node does not tell how long it waited', async () => {
      const told = await probed(node, join(programs, 'echo.mjs'));
      const turns = told.streams[0]!.ops.flatMap(({ loop }) => (loop ? [loop.turn] : []));
      assert.ok(turns.length >= 3);
      assert.deepEqual(
        turns,
        [...new Set(turns)].sort((a, b) => a - b),
      );
      const last = told.streams[0]!.records.at(-1)!;
      assert.ok(last.type === 'exit' && last.loop && last.loop.turn >= turns.at(-1)!);
      const idles = told.streams[0]!.ops.flatMap(({ loop }) => (loop ? [loop.idle] : []));
      for (let i = 1; i < idles.length; i++) assert.ok(idles[i]! >= idles[i - 1]!);
      const untold = await probed(node, join(programs, 'echo.mjs'), [], { env: { SOCKETSCOPE_TEST_BREAK: 'idle' } });
      const { ops, notices, records } = untold.streams[0]!;
      assert.match(notices.join(), /there is no lane “event loop”/);
      assert.ok(ops.length > 5 && ops.every(({ loop }) => loop === undefined));
      assert.ok(ops.some(({ args }) => args?.wake !== undefined));
      assert.ok(records.every((record) => record.type !== 'exit' || record.loop === undefined));
      const noTurns = await probed(node, join(programs, 'echo.mjs'), [], { env: { SOCKETSCOPE_TEST_BREAK: 'loop' } });
      assert.ok(noTurns.streams[0]!.ops.every(({ loop }) => loop === undefined));
    });

    it('is not called busy when a signal ended its wait', async () => {
      const { trace, code } = await traced(node, ['-e', SIGNALLED]);
      assert.equal(code, 0);
      const long = loopSpans(trace, mainLoop(trace, 0)!).filter(({ turns, start, end }) => turns > 0 && end - start > 100 * MS);
      assert.ok(long.length > 0);
      for (const span of long) assert.notEqual(kindOf(span), 'busy', JSON.stringify(span));
    });

    it('has its own times in a worker', async () => {
      const { streams } = await probed(node, join(programs, 'worker.mjs'));
      const workers = streams.filter((stream) => stream.process.threadId > 0);
      assert.ok(workers.some(({ ops }) => ops.some(({ loop }) => loop !== undefined)));
    });

    it('of a program that replaces performance is read all the same', async () => {
      const { trace, code } = await traced(node, ['-e', PLAYED]);
      assert.equal(code, 0);
      const spans = loopSpans(trace, mainLoop(trace, 0)!);
      assert.ok(
        spans.some((span) => span.waited > 20 * MS),
        JSON.stringify(spans),
      );
    });
  });

/** Fake timers do this: what the probe reads must be what Node started with. */
const PLAYED = `
globalThis.performance = { now: () => 0 };
Object.defineProperty(require('perf_hooks').performance.nodeTiming, 'idleTime', { get: () => -5, configurable: true });
const net = require('net');
const server = net.createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', () => { client.end(); server.close(); });
  setTimeout(() => client.write('x'), 500);
});
`;

/** It waits for a child that shares its output, and answers a signal that it sends to itself from there. */
const SIGNALLED = `
const net = require('net');
const server = net.createServer().listen(0, '127.0.0.1', () => {
  process.once('SIGUSR2', () => { server.close(); });
  require('child_process').spawn('sh', ['-c', 'sleep 0.2; kill -USR2 $PPID; sleep 0.2'], { stdio: 'inherit' });
});
`;
