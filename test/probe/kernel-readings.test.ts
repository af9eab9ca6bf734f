/** What the kernel says of a run, in its trace: Linux only. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceEvent } from '../../src/contracts/trace';
import { bufferSeries, type SeriesName, type TraceStore } from '../../src/trace';
import { root } from '../support/house';
import { runPrograms } from '../support/state-scenarios';

const program = (name: string) => join(root, 'test/fixtures/programs/states', `${name}.mjs`);
const readings = (trace: TraceStore): TraceEvent[] =>
  Array.from({ length: trace.size }, (_, at) => trace.event(at + 1)).filter(({ kind }) => kind === 'kernel');

/** proc_pid_stat(5): the parent stands after the state, which stands after the name in parentheses; 0 when it has ended meanwhile. */
function parentOf(pid: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? 0 : Number(parent);
  } catch {
    return 0;
  }
}

/** Recv-Q of the accepted end and Send-Q of the other, from netlink by way of `ss`; '' while there is no full queue. */
function queuesBySs(port: string): string {
  const lines = execFileSync('ss', ['-tnH', `( sport = :${port} or dport = :${port} )`], { encoding: 'utf8' }).split('\n');
  const rows = lines.map((line) => /^ESTAB\s+(\d+)\s+(\d+)\s+\S+:(\d+)\s/.exec(line)).filter((match) => match !== null);
  const accepted = rows.find((match) => match[3] === port);
  const client = rows.find((match) => match[3] !== port);
  return accepted && client && Number(client[2]) > 0 ? `${accepted[1]} ${client[2]}` : '';
}

/** The last reading that the kernel gave of a buffer of the socket with this role. */
function readingAt(trace: TraceStore, role: string, name: SeriesName): number {
  const index = trace.sockets.findIndex((socket) => socket.role === role);
  const exits = trace.exitSeqs[0]!;
  const { points } = bufferSeries(trace, index, name, 1, exits - 1);
  return points.findLast(({ seq, reading }) => reading?.provenance === 'kernel' && trace.event(seq).args?.source === '/proc/net/tcp')!
    .reading!.high;
}

describe('readings of the kernel', function () {
  this.timeout(30_000);
  before(function () {
    if (process.platform !== 'linux') this.skip();
  });

  it('every connection that the kernel destroyed is told with its last queues, unread bytes too', async () => {
    const trace = await runPrograms(
      [
        { program: program('server'), traced: true },
        { program: program('client'), traced: true },
      ],
      {
        SCENARIO: 'unread',
      },
    );
    const last = readings(trace).filter(({ args }) => args?.source === 'ss -E' && args.recvQueue !== undefined);
    assert.deepEqual(
      last.map(({ args, socket }) => [trace.sockets[trace.socketIndexOf(socket!)]!.role, args?.state, args?.recvQueue]).sort(),
      [
        ['accepted', 'CLOSED', 6],
        ['client', 'CLOSED', 0],
      ],
    );
    assert.ok(last.every(({ provenance, args }) => provenance === 'kernel' && args?.contradicts === undefined));
  });

  it('nothing is left running when a run has ended', async () => {
    const children = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === process.pid);
    // Other tests of this process may have left theirs.
    const before = new Set(children());
    await runPrograms(
      [
        { program: program('server'), traced: true },
        { program: program('client'), traced: true },
      ],
      { SCENARIO: 'client-first' },
    );
    const left = () => children().filter((pid) => !before.has(pid));
    // The kernel takes a moment for the last one, which was told to end.
    for (const until = Date.now() + 5000; left().length > 0 && Date.now() < until; ) await new Promise((wake) => setTimeout(wake, 20));
    assert.deepEqual(left(), []);
  });

  it('without ss the trace says so, once, and the states are worked out', async () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      const programs = [
        { program: program('server'), traced: true },
        { program: program('client'), traced: true },
      ];
      const trace = await runPrograms(programs, { SCENARIO: 'client-first' });
      assert.equal(trace.header.notices.filter((notice) => notice.includes('`ss -E`')).length, 1);
      const states = trace.stateAt(trace.size).sockets.map(({ state }) => state);
      assert.deepEqual(states.sort(), ['CLOSED', 'CLOSED', 'TIME_WAIT']);
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('full queues are what ss says at the same moment, and add up to what was written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'socketscope-queues-'));
    const portFile = join(folder, 'port');
    const running = runPrograms([{ program: program('full'), traced: true }], { PORT_FILE: portFile });
    let independent = '';
    try {
      // What stays the same from one look to the next has settled.
      const until = Date.now() + 5000;
      for (let before = ''; independent === '' || independent !== before; await new Promise((resolve) => setTimeout(resolve, 120))) {
        assert.ok(Date.now() < until, 'ss shows no full queue that stays the same');
        before = independent;
        if (existsSync(portFile)) independent = queuesBySs(readFileSync(portFile, 'utf8'));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    const trace = await running;
    const listener = readings(trace).find(({ args }) => args?.source === 'ss -l');
    assert.deepEqual([listener?.args?.state, listener?.args?.backlog], ['LISTEN', 511]);
    const written = readingAt(trace, 'client', 'kernel-send');
    const unread = readingAt(trace, 'accepted', 'kernel-receive');
    assert.equal(`${unread} ${written}`, independent);
    const write = Array.from({ length: trace.size }, (_, at) => trace.event(at + 1)).find(({ call }) => call === 'write');
    assert.equal(written + unread, write?.bytes);
  });

  it('what is read lies within what had been worked out from the calls', async () => {
    const trace = await runPrograms([{ program: program('full'), traced: true }], { SLOW: '1' });
    let inside = 0;
    let all = 0;
    for (const { seq, args, socket } of readings(trace)) {
      if (args?.source !== '/proc/net/tcp' || args.state !== 'ESTABLISHED') continue;
      const before = trace.socketAt(trace.socketIndexOf(socket!), seq - 1);
      for (const [value, bounds] of [
        [args.recvQueue, before?.recvQ],
        [args.sendQueue, before?.sendQ],
      ] as const) {
        // Only where a bound is at hand: after a reading nothing moved.
        if (bounds?.provenance !== 'derived' || typeof value !== 'number') continue;
        all++;
        if (value >= bounds.low && value <= bounds.high) inside++;
      }
    }
    assert.ok(all >= 4, `${all} readings`);
    // A table is read in a millisecond or two, in which a stream goes on.
    assert.ok(inside / all >= 0.5, `${inside} of ${all} readings lie within the bounds`);
    if (process.env.FIGURES) console.log(`      ${inside} of ${all} within the bounds`);
  });

  it('connections that nobody accepts are seen in the accept queue, also of clients outside the trace', async () => {
    const trace = await runPrograms(
      [
        { program: program('server'), traced: true },
        { program: program('client'), traced: false },
      ],
      {
        SCENARIO: 'never-accepted',
      },
    );
    const waiting = readings(trace).filter(({ args }) => args?.acceptQueue === 1);
    assert.ok(waiting.length > 0);
    const series = bufferSeries(trace, 0, 'accept-queue');
    assert.ok(series.points.some(({ reading }) => reading?.provenance === 'kernel' && reading.low === 1 && reading.high === 1));
    assert.deepEqual([series.limit?.low, series.limit?.high], [8, 8]);
  });

  it("a socket that another program holds, too, is not closed: the contradiction stays, and the state is the kernel's", async () => {
    const trace = await runPrograms([{ program: program('held'), traced: true }], {});
    const contradicted = readings(trace).find(({ args }) => args?.contradicts !== undefined);
    assert.equal(contradicted?.args?.contradicts, 'FIN_WAIT_2');
    assert.equal(contradicted?.args?.state, 'ESTABLISHED');
    const at = trace.stateAt(contradicted!.seq + 1).sockets.find(({ id }) => id === contradicted?.socket);
    assert.deepEqual([at?.state, at?.stateProvenance], ['ESTABLISHED', 'kernel']);
  });

  it('an end outside the trace finishes, and the program has not read that far: the kernel knows', async () => {
    const trace = await runPrograms(
      [
        { program: program('paused-server'), traced: true },
        { program: program('client'), traced: false },
      ],
      {
        SCENARIO: 'client-first',
      },
    );
    const found = readings(trace).find(({ args }) => args?.state === 'CLOSE_WAIT');
    assert.equal(found?.args?.contradicts, 'ESTABLISHED');
    assert.equal(found?.args?.recvQueue, 6);
  });
});
