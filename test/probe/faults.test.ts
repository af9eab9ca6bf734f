/** What injected faults do to real programs: exactly what was asked, said by an event each, and nothing else. */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceEvent } from '../../src/contracts/trace';
import { nodePath, skip } from '../support/house';
import { traced } from '../support/traced';
import { events, type Faulty, faultEnvironment, faultPrograms, faultsOf, faulty, sequence } from './fault-run';
import { programs, versions } from './probe-run';

const numbers = (faults: readonly TraceEvent[], name: string): Record<string, number>[] =>
  faults.filter(({ args }) => args?.fault === name).map(({ args }) => args as Record<string, number>);
const total = (list: readonly Record<string, number>[], key: string): number => list.reduce((sum, each) => sum + (each[key] ?? 0), 0);
const out = ({ stdout, stderr, code }: Faulty) => {
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return JSON.parse(stdout.trim());
};
/** Every event of a fault says so, stands on a socket and is not a call. */
function wellFormed(run: Faulty): void {
  for (const { provenance, socket, call, result, args } of run.faults) {
    assert.equal(provenance, 'injected');
    assert.ok(socket !== null && call === null && result === null && typeof args?.fault === 'string');
  }
  for (const event of events(run.trace)) assert.equal(event.provenance === 'injected', event.kind === 'fault');
}

/** Without the reset that a client causes which a busy machine did not let read before it is destroyed (tcp(7): unread bytes). */
const unreset = (said: string[]) => said.filter((word) => word !== 'server ECONNRESET');

for (const major of versions('20,26')) {
  describe(`injected faults on Node ${major}`, function () {
    this.timeout(30_000);
    let node = '';
    before(async function () {
      const found = await nodePath(major);
      if (found === null) skip(this, `no Node ${major}`);
      node = found;
    });

    it('break a program that takes every read for a message, and not one that cuts at line ends', async () => {
      const calm = out(await faulty(node, '', 'framing.mjs'));
      const right = out(await faulty(node, 'split-read=2..6', 'framing.mjs', ['right']));
      const wrong = await faulty(node, 'split-read=2..6', 'framing.mjs');
      assert.deepEqual(right, calm);
      assert.notEqual(out(wrong).got, calm.got);
      wellFormed(wrong);
      const cuts = numbers(wrong.faults, 'split-read');
      assert.ok(cuts.length > 10);
      for (const { had, given, left } of cuts) assert.equal(had, given! + left!);
      // read(2) brought whole messages: what the kernel did stands beside what the program was given.
      const reads = events(wrong.trace).filter(({ call, bytes }) => call === 'read' && bytes! > 0);
      assert.ok(reads.some(({ bytes }) => bytes === 'alpha beta\n'.length));
    });

    const lists = [
      'split-read=1..5000',
      'join-read=20ms',
      'delay-read=1..10ms',
      'slow-reader=8m/s',
      'short-write=1000..9000',
      'delay-read=1..5ms@50%,split-read=100..20000,join-read=10ms@30%,short-write=500..30000,slow-reader=16m/s,delay-connect=20ms',
    ];
    for (const list of lists) {
      it(`${list}: bytes, order of events, counters, context and pause() are as without`, async () => {
        const path = join(tmpdir(), `socketscope-faults-${process.pid}-${major}.sock`);
        for (const args of process.platform === 'win32' ? [[]] : [[], [path]]) {
          rmSync(path, { force: true });
          const calm = out(await faulty(node, '', 'transparent.mjs', args));
          const run = await faulty(node, list, 'transparent.mjs', args);
          assert.deepEqual(out(run), calm);
          wellFormed(run);
          assert.ok(run.faults.length > 0, `nothing injected on ${args}`);
        }
      });
    }

    it('cut reads into the buffers of the onread option', async () => {
      const calm = out(await faulty(node, '', 'onread.mjs'));
      for (const list of ['split-read=1..50', 'delay-read=1..3ms,join-read=5ms@50%', 'slow-reader=50k/s']) {
        const run = await faulty(node, list, 'onread.mjs');
        assert.deepEqual(out(run), calm, list);
        assert.ok(run.faults.length > 0, list);
      }
    });

    it('reach http and fetch, in both directions and at both ends', async () => {
      const calm = await faulty(node, '', 'http.mjs');
      const run = await faulty(node, 'split-read=1..300,short-write=50..500', 'http.mjs');
      assert.equal(run.stdout, calm.stdout);
      for (const name of ['split-read', 'short-write'])
        assert.ok(new Set(run.faults.filter(({ args }) => args?.fault === name).map(({ socket }) => socket)).size >= 4, name);
    });

    it('hand a write to the kernel in the pieces that they say', async () => {
      const run = await faulty(node, 'short-write=1..4@client', 'framing.mjs', ['right']);
      assert.equal(out(run).bytesWritten, 57);
      const client = run.faults[0]!.socket;
      const given = numbers(run.faults, 'short-write').map((each) => each.given);
      const written = events(run.trace).filter(({ call, socket }) => call === 'write' && socket === client);
      assert.deepEqual(
        written.map(({ bytes }) => bytes),
        given,
      );
      // Each piece is the work of the line that wrote.
      assert.ok(written.every(({ site, api }) => site !== null && api === 'socket.write'));
      assert.equal(new Set(written.map(({ site }) => site!.line)).size, 1);
    });

    it('slow-reader makes the writer wait', async () => {
      const run = await faulty(node, 'slow-reader=16m/s@server', 'flood.mjs');
      const { waited, sent } = out(run);
      assert.equal(sent, 12 * 1024 * 1024);
      assert.ok(waited > 150, `waited ${waited} ms`);
      const pauses = numbers(run.faults, 'slow-reader');
      assert.equal(total(pauses, 'read'), sent);
      const peak = Math.max(
        ...events(run.trace).map(({ kind, buffer, bytes }) => (kind === 'buffer' && buffer === 'libuv-write' ? bytes! : 0)),
      );
      assert.ok(peak > 0, 'nothing waited in libuv');
    });

    it('reset-after resets for real: the other end is told by its kernel', async () => {
      for (const [side, other] of [
        ['server', 'client'],
        ['client', 'server'],
      ] as const) {
        const run = await faulty(node, `reset-after=33@${side}`, 'reset.mjs');
        const said = out(run);
        assert.match(said[side][0], /^ECONNRESET (read|write) true$/);
        assert.match(said[side][1], /^close true 33 /);
        assert.match(said[other][0], /^(ECONNRESET (read|write)|EPIPE write) true$/);
        assert.equal(run.faults.length, 1);
        const [{ socket, error, args }] = run.faults as [TraceEvent];
        assert.equal(error, 'ECONNRESET');
        assert.deepEqual([args!.after, args!.lost], [33, 7]);
        const close = events(run.trace).find((event) => event.call === 'close' && event.socket === socket)!;
        assert.equal(close.args?.linger, true);
        // Nobody's line is behind it.
        assert.equal(close.site, null);
      }
    });

    it('refuse-connect is what a refused connection is', async () => {
      for (const args of [
        ['127.0.0.1', 'closed'],
        ['localhost', 'closed'],
      ]) {
        const real = out(await faulty(node, '', 'connect.mjs', args));
        const run = await faulty(node, 'refuse-connect', 'connect.mjs', [args[0]!]);
        assert.deepEqual(out(run), real);
        const { socket } = run.faults[0]!;
        assert.deepEqual(
          events(run.trace).filter((event) => event.socket === socket && event.kind === 'call'),
          [],
          'no system call was made, and none is shown',
        );
      }
    });

    it('hang-connect ends in ETIMEDOUT, delay-connect in a connection', async () => {
      const hung = await faulty(node, 'hang-connect=120ms', 'connect.mjs');
      const { said } = out(hung);
      assert.deepEqual(said[2].slice(0, 2), ['ETIMEDOUT', 'connect']);
      const [began, ended] = hung.faults as [TraceEvent, TraceEvent];
      assert.ok(ended.t - began.t >= 119e6);
      const calm = out(await faulty(node, '', 'connect.mjs'));
      const late = await faulty(node, 'delay-connect=120ms', 'connect.mjs');
      assert.deepEqual(out(late), calm);
      const connect = events(late.trace).find(({ call }) => call === 'connect')!;
      assert.ok(connect.t - late.faults[0]!.t >= 119e6);
    });

    it('an attempt that hangs is given up for the next address', async () => {
      const run = await faulty(node, 'hang-connect@1x', 'connect.mjs', ['two.example', 'twice']);
      const { said } = out(run);
      assert.deepEqual(said.slice(2, 5), ['connectionAttempt 127.0.0.1', 'connectionAttemptTimeout', 'connectionAttempt 127.0.0.2']);
      assert.ok(said.includes('connect'));
      assert.equal(run.faults.length, 1);
    });

    it('keep a process alive as pending input does, and not longer', async function () {
      this.timeout(120_000);
      for (const list of ['delay-read=150ms', 'split-read=1', 'join-read=100ms', 'slow-reader=100/s', 'short-write=1'])
        assert.equal((await faulty(node, list, 'alive.mjs')).stdout.trim(), 'got last words', list);
      const cases: [string, string, string[]][] = [
        ['split-read=2', 'first', ['connect', '01', 'close']],
        ['delay-read=60s', 'timer', ['connect', 'close']],
        ['join-read=60s', 'timer', ['connect', 'close']],
        ['slow-reader=1/s', 'timer', ['connect', '0123456789', 'close']],
        ['delay-read=60s', 'unref', ['connect']],
        ['hang-connect', 'connect', ['close']],
        ['delay-connect=60s', 'connect', ['close']],
      ];
      for (const [list, mode, expected] of cases) {
        const began = Date.now();
        assert.deepEqual(unreset(out(await faulty(node, list, 'abandon.mjs', [mode]))), expected, `${list} ${mode}`);
        assert.ok(Date.now() - began < 15_000, `${list} ${mode}`);
      }
    });

    it('a write that is abandoned ends as libuv ends one', async () => {
      const real = unreset(out(await faulty(node, '', 'abandon.mjs', ['big'])));
      const said = unreset(out(await faulty(node, 'short-write=1@client', 'abandon.mjs', ['write'])));
      assert.match(real.at(-2) ?? '', /^(written|ECANCELED)$/);
      assert.deepEqual(said.slice(-2), real.slice(-2));
    });

    it('lose, double, reorder and delay datagrams on receipt, and say which', async () => {
      const all = Array.from({ length: 30 }, (_, i) => `m${String(i).padStart(2, '0')}`);
      assert.deepEqual(out(await faulty(node, '', 'udp.mjs')), { got: all, told: true });
      for (const direction of ['', '@send']) {
        const lost = await faulty(node, `udp-drop=30%${direction}`, 'udp.mjs');
        const { got, told } = out(lost);
        assert.ok(told);
        assert.equal(got.length, 30 - lost.faults.length);
        assert.ok(lost.faults.length > 2 && lost.faults.length < 20);
        // What was lost on receipt was received from the kernel; what was lost on sending never reached it.
        const calls = (name: string) =>
          events(lost.trace).filter(({ call, result }) => call === name && result !== null && result > 0).length;
        assert.equal(calls('recvmsg'), direction === '' ? 30 : got.length);
        assert.equal(calls('sendmsg'), direction === '' ? 30 : got.length);

        const double = await faulty(node, `udp-duplicate=30%${direction}`, 'udp.mjs');
        assert.equal(out(double).got.length, 30 + double.faults.length);
        assert.ok(double.faults.length > 2);
        assert.deepEqual([...new Set(out(double).got)].sort(), all);

        const mixed = await faulty(node, `udp-reorder=30%${direction}`, 'udp.mjs');
        assert.notDeepEqual(out(mixed).got, all);
        assert.deepEqual([...out(mixed).got].sort(), all);

        const late = await faulty(node, `udp-delay=5..60ms${direction}`, 'udp.mjs');
        assert.deepEqual([...out(late).got].sort(), all);
        assert.notDeepEqual(out(late).got, all);
        for (const run of [lost, double, mixed, late]) wellFormed(run);
      }
    });

    it('act only where they are asked for', async () => {
      const calm = out(await faulty(node, '', 'framing.mjs'));
      for (const list of ['split-read=1..3@other.mjs', 'split-read=1..3@:1', 'udp-drop=100%', 'split-read=1..3@0%']) {
        const run = await faulty(node, list, 'framing.mjs');
        assert.deepEqual(out(run), calm, list);
        assert.equal(run.faults.length, 0, list);
      }
      const here = await faulty(node, 'split-read=1..3@program:framing@client', 'framing.mjs', ['right']);
      assert.equal(new Set(here.faults.map(({ socket }) => socket)).size, 1);
      const role = here.trace.sockets[Number(here.faults[0]!.socket!.slice(1)) - 1]!.role;
      assert.equal(role, 'client');
      const once = await faulty(node, 'join-read=5ms@1x', 'framing.mjs', ['right']);
      assert.equal(numbers(once.faults, 'join-read').filter((each) => each.given === undefined).length, 1);
    });

    it('say so where they cannot be put in', async () => {
      for (const [name, what] of [
        ['tls.cjs', /^Not injected: split-read, short-write on encrypted sockets/],
        ['http2.mjs', /^Not injected: split-read, short-write on sockets of HTTP\/2/],
      ] as const) {
        const run = await faulty(node, 'split-read,short-write', join(programs, name));
        assert.equal(run.code, 0, run.stderr);
        assert.ok(
          run.trace.processes[0]!.notices.some((notice) => what.test(notice)),
          run.trace.processes[0]!.notices.join(),
        );
      }
    });

    it('are said to be impossible where the list cannot be read or the handles are out of reach', async () => {
      const path = join(faultPrograms, 'framing.mjs');
      for (const env of [{ SOCKETSCOPE_FAULTS: '{' }, { ...faultEnvironment('split-read'), SOCKETSCOPE_TEST_BREAK: 'internals' }]) {
        const { trace, stdout } = await traced(node, [path], env);
        assert.equal(JSON.parse(stdout).got.split('\n').length, 6);
        assert.match(trace.processes[0]!.notices.join(), /Not injected: /);
      }
    });

    it('are named in the trace with their seed, and leave none where there are none', async () => {
      const run = await faulty(node, 'seed=5,split-read', 'framing.mjs', ['right']);
      assert.match(run.trace.processes[0]!.notices.join(), /^Faults were asked for: split-read \(seed 5\)/);
      const calm = await faulty(node, '', 'framing.mjs');
      assert.deepEqual(calm.trace.processes[0]!.notices, []);
      assert.deepEqual(faultsOf(calm.trace), []);
    });
  });
}

describe('the same seed', function () {
  this.timeout(120_000);
  let node = '';
  before(async function () {
    const found = await nodePath(24);
    if (found === null) skip(this, 'no Node 24');
    node = found;
  });

  for (const [name, program, args, list] of [
    ['streams', 'framing.mjs', ['right'], 'split-read=1..5,delay-read=1..3ms@40%'],
    ['datagrams', 'udp.mjs', [], 'udp-drop=20%,udp-duplicate=20%,udp-reorder=10%@send'],
  ] as const) {
    it(`gives the same faults 20 times (${name}), another seed others`, async () => {
      const seen = new Set<string>();
      for (let i = 0; i < 20; i++) {
        const run = await faulty(node, `seed=11,${list}`, program, args);
        assert.ok(run.faults.length > 8);
        seen.add(sequence(run.faults));
      }
      assert.equal(seen.size, 1, [...seen].join('\n---\n'));
      seen.add(sequence((await faulty(node, `seed=12,${list}`, program, args)).faults));
      assert.equal(seen.size, 2);
    });
  }

  it('cuts a stream at the same bytes, however the kernel divides it into reads', async () => {
    // What is written in small pieces is read in pieces that differ from run to run.
    const list = 'seed=3,split-read=2..7,short-write=1..4,join-read=2ms@30%';
    const runs: TraceEvent[][] = [];
    for (let i = 0; i < 6; i++) runs.push((await faulty(node, list, 'framing.mjs', ['right'])).faults);
    const pieces = (run: TraceEvent[], socket: string) =>
      numbers(
        run.filter((each) => each.socket === socket),
        'split-read',
      );
    for (const socket of ['s2', 's3'])
      for (const run of runs)
        for (const { at, given, left } of pieces(run, socket)) {
          if (left === 0) continue;
          const cut = at! + given!;
          for (const piece of runs.flatMap((other) => pieces(other, socket)))
            assert.ok(cut <= piece.at! || cut >= piece.at! + piece.given!, `${socket}: cut at ${cut}, inside of the piece at ${piece.at}`);
        }
  });
});
