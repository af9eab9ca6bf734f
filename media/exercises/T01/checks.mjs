const lines = (run) => run.outcome.stdout.split('\n').filter((line) => line.trim() !== '');
const printed = (run) => (lines(run).length ? lines(run).join(' | ') : '(nothing)');
const says = (run, wanted) => lines(run).length === 1 && lines(run)[0] === wanted;
const facts = (run) => ({ printed: printed(run), ms: Math.round(run.outcome.ms) });
/** Where the evidence is: the last thing that happened to the socket. */
const last = (run) =>
  run.trace
    .events({ role: 'client' })
    .slice(-1)
    .map((event) => event.seq);
/** ms between the last close of a socket and the end of the program. Infinity when one of them did not happen. */
function afterClose(run) {
  const [closed, ended] = [run.trace.events({ call: 'close' }).at(-1), run.trace.events({ kind: 'exit' }).at(-1)];
  return closed && ended ? Math.max(0, ended.t - closed.t) / 1e6 : Number.POSITIVE_INFINITY;
}
/** At once. The clock of the peer stands still while the machine is busy, the timers of the program do not. */
const endsAtOnce = (run) => run.peer.met('ends').ok && afterClose(run) <= 700;
const timedOut = (run) => run.trace.events({ kind: 'api', and: (event) => event.api === 'timeout' });

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'normal',
      title: 'A server that answers',
      ends: 'itself',
      limit: 5000,
      async peer(peer) {
        const door = await peer.listen();
        await peer.start({ env: { PORT: String(door.port) } });
        const client = await door.accept({ within: 2000 });
        await client.expectLine('hello', { as: 'asked' });
        await client.write('the time is now\n');
        await peer.exited({ as: 'ends', within: 700 });
      },
    },
    {
      id: 'silent',
      title: 'A server that says nothing',
      ends: 'itself',
      limit: 5000,
      async peer(peer) {
        const door = await peer.listen();
        await peer.start({ env: { PORT: String(door.port) } });
        const client = await door.accept({ within: 2000 });
        await client.expectLine('hello');
        await client.expectClosed({ within: 1200, as: 'closed' });
        await peer.exited({ within: 1000 });
      },
    },
    {
      id: 'drip',
      title: 'A byte every 50 ms',
      ends: 'itself',
      limit: 6000,
      async peer(peer) {
        const door = await peer.listen();
        await peer.start({ env: { PORT: String(door.port) } });
        const client = await door.accept({ within: 2000 });
        await client.expectLine('hello');
        // By the clock of the program, which is not that of the peer: see endsAtOnce.
        const dripping = setInterval(() => void client.write('.'), 50);
        await client.expectClosed({ within: 2000 });
        clearInterval(dripping);
        await peer.exited({ within: 500 });
      },
    },
    {
      id: 'no-connection',
      title: 'A connection that never comes about',
      ends: 'itself',
      limit: 5000,
      faults: 'hang-connect=20s',
      async peer(peer) {
        const door = await peer.listen();
        await peer.start({ env: { PORT: String(door.port) } });
        await peer.exited({ within: 2500, as: 'ends' });
      },
    },
  ],
  checks: [
    {
      id: 'result',
      title: 'The line is printed',
      kind: 'O',
      feedback: 'no-result',
      test: ({ normal }) => ({ ok: says(normal, 'result: the time is now'), facts: facts(normal), scenario: 'normal' }),
    },
    {
      id: 'ends',
      title: 'After the result the program ends at once',
      kind: 'O',
      feedback: 'timers-left',
      test: ({ normal }) => ({ ...normal.peer.met('ends'), ok: endsAtOnce(normal) }),
    },
    {
      id: 'idle',
      title: 'Silence is noticed',
      kind: 'O',
      feedback: 'no-idle',
      test: ({ silent }) => ({
        ok: says(silent, 'error: idle timeout') && silent.outcome.endedBy === 'itself',
        facts: facts(silent),
        seqs: last(silent),
        scenario: 'silent',
      }),
    },
    {
      id: 'closed',
      title: 'The socket is closed then',
      kind: 'P',
      feedback: 'still-open',
      test: ({ silent }) => silent.peer.met('closed'),
    },
    {
      id: 'drip',
      title: 'A slow drip ends at the deadline',
      kind: 'O',
      feedback: 'no-deadline',
      test: ({ drip }) => ({
        ok: says(drip, 'error: deadline') && drip.outcome.endedBy === 'itself',
        facts: facts(drip),
        seqs: last(drip),
        scenario: 'drip',
      }),
    },
    {
      id: 'connect',
      title: 'A missing connection is noticed',
      kind: 'O',
      feedback: 'no-connect-timeout',
      test: ({ 'no-connection': run }) => ({
        ok: says(run, 'error: connect timeout') && run.outcome.endedBy === 'itself',
        facts: facts(run),
        seqs: last(run),
        scenario: 'no-connection',
      }),
    },
  ],
  diagnoses: [
    {
      feedback: 'twice',
      when: (runs) => {
        const run = Object.values(runs).find((one) => lines(one).length > 1);
        return {
          ok: run !== undefined && run.outcome.endedBy === 'itself' && lines(run).length === 2,
          scenario: run?.scenario,
          seqs: run ? last(run) : [],
          facts: run ? facts(run) : {},
        };
      },
    },
    {
      feedback: 'still-open',
      when: ({ silent }) => ({
        ok: !silent.peer.met('closed').ok && lines(silent).some((line) => line.includes('timeout')),
        scenario: 'silent',
        seqs: timedOut(silent).map((event) => event.seq),
        facts: facts(silent),
      }),
    },
    {
      feedback: 'timers-left',
      when: ({ normal }) => ({
        ok: says(normal, 'result: the time is now') && !endsAtOnce(normal),
        scenario: 'normal',
        seqs: last(normal),
        facts: { ms: Math.round(normal.outcome.ms) },
      }),
    },
    {
      feedback: 'no-idle',
      when: ({ silent }) => ({ ok: !says(silent, 'error: idle timeout'), scenario: 'silent', seqs: last(silent), facts: facts(silent) }),
    },
    {
      feedback: 'no-deadline',
      when: ({ drip }) => ({ ok: !says(drip, 'error: deadline'), scenario: 'drip', seqs: last(drip), facts: facts(drip) }),
    },
  ],
};
