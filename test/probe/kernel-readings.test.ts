/** What the kernel says of a run, in its trace: Linux only. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TraceEvent } from '../../src/contracts/trace';
import { bufferSeries, type TraceStore } from '../../src/trace';
import { root } from '../support/house';
import { runPrograms } from '../support/state-scenarios';

const program = (name: string) => join(root, 'test/fixtures/programs/states', `${name}.mjs`);
const readings = (trace: TraceStore): TraceEvent[] =>
  Array.from({ length: trace.size }, (_, at) => trace.event(at + 1)).filter(({ kind }) => kind === 'kernel');

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
    const listener = readings(trace).find(({ args }) => args?.source === 'ss -l');
    assert.deepEqual(listener?.args, { source: 'ss -l', state: 'LISTEN', acceptQueue: 0, backlog: 511 });
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
