const busy = (run) => run.trace.events({ error: 'EADDRINUSE' });
const binds = (run) => run.trace.events({ call: 'bind' });

/** How many attempts there were, and in which time. */
function tries(run) {
  const times = binds(run).map((event) => event.t);
  return { tries: times.length, ms: times.length ? Math.round((times.at(-1) - times[0]) / 1e6) : 0 };
}

/** The shortest pause between two attempts, ms. */
function shortestPause(run) {
  const times = binds(run).map((event) => event.t);
  const pauses = times.slice(1).map((time, n) => (time - times[n]) / 1e6);
  return pauses.length ? Math.min(...pauses) : Number.POSITIVE_INFINITY;
}

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'in-use',
      title: 'The port is in use',
      ends: 'itself',
      limit: 3000,
      async peer(peer) {
        const door = await peer.listen();
        peer.keep('port', door.port);
        await peer.start({ env: { PORT: String(door.port) } });
        await peer.exited({ as: 'ends', within: 1500 });
      },
    },
    {
      id: 'retry',
      title: 'With --retry, the port becomes free after the second try',
      limit: 6000,
      async peer(peer) {
        const door = await peer.listen();
        peer.keep('port', door.port);
        await peer.start({ args: ['--retry'], env: { PORT: String(door.port) } });
        await peer.triedToListen(2);
        await door.close();
        await peer.listening({ within: 4000 });
        const client = await peer.connect({ host: '127.0.0.1', port: door.port });
        await client.expectLine(/^\d{4}-/, { as: 'served' });
      },
    },
    {
      id: 'free',
      title: 'The port is free',
      async peer(peer) {
        const door = await peer.listen();
        const port = door.port;
        await door.close();
        await peer.start({ env: { PORT: String(port) } });
        await peer.listening();
        const client = await peer.connect({ host: '127.0.0.1', port });
        await client.expectLine(/^\d{4}-/, { as: 'served' });
      },
    },
  ],
  checks: [
    { id: 'served', title: 'On a free port it serves', kind: 'P', feedback: 'another-port', test: ({ free }) => free.peer.met('served') },
    {
      id: 'no-crash',
      title: 'No unhandled error',
      kind: 'O',
      weight: 2,
      feedback: 'crashed',
      test: (runs) => runs['in-use'].outcome.unhandled === null,
    },
    {
      id: 'code',
      title: 'It exits with 1',
      kind: 'O',
      feedback: 'swallowed',
      test: (runs) => runs['in-use'].outcome.endedBy === 'itself' && runs['in-use'].outcome.code === 1,
    },
    {
      id: 'message',
      title: 'One line names the port',
      kind: 'O',
      feedback: 'no-port-in-message',
      test: ({ 'in-use': run }) => {
        const lines = run.outcome.stderr.split('\n').filter((line) => line.trim() !== '');
        return {
          ok: lines.length === 1 && lines[0].includes(String(run.peer.kept.port)),
          facts: { message: lines[0] ?? '(nothing)' },
          scenario: 'in-use',
        };
      },
    },
    {
      id: 'retries',
      title: 'With --retry it serves as soon as the port is free',
      kind: 'P',
      weight: 2,
      feedback: 'no-retry',
      test: ({ retry }) => retry.peer.met('served'),
    },
    {
      id: 'patient',
      title: 'It pauses between two tries, and tries at most 6 times',
      kind: 'T',
      feedback: 'tight-loop',
      test: ({ retry }) => ({
        ok: shortestPause(retry) >= 45 && busy(retry).length <= 12 && binds(retry).length <= 7,
        scenario: 'retry',
        seqs: binds(retry).map((event) => event.seq),
        facts: tries(retry),
      }),
    },
  ],
  diagnoses: [
    {
      feedback: 'crashed',
      when: ({ 'in-use': run }) => ({
        ok: run.outcome.unhandled !== null,
        scenario: 'in-use',
        seqs: busy(run)
          .slice(0, 1)
          .map((event) => event.seq),
        facts: { error: run.outcome.unhandled?.message ?? '' },
      }),
    },
    {
      feedback: 'another-port',
      when: ({ 'in-use': run }) => {
        const listener = run.trace
          .sockets({ role: 'listener' })
          .find((socket) => socket.local?.port && socket.local.port !== run.peer.kept.port);
        return {
          ok: listener !== undefined,
          scenario: 'in-use',
          seqs: listener ? [listener.born] : [],
          facts: { asked: String(run.peer.kept.port), got: String(listener?.local?.port) },
        };
      },
    },
    {
      feedback: 'tight-loop',
      when: ({ retry }) => ({
        ok: binds(retry).length > 7 || shortestPause(retry) < 10,
        scenario: 'retry',
        seqs: binds(retry)
          .slice(0, 3)
          .map((event) => event.seq),
        facts: tries(retry),
      }),
    },
    {
      feedback: 'swallowed',
      when: ({ 'in-use': run }) => ({
        ok: run.outcome.code !== 1,
        scenario: 'in-use',
        seqs: busy(run)
          .slice(0, 1)
          .map((event) => event.seq),
        facts: { code: run.outcome.code ?? 'none', lines: run.outcome.stderr.split('\n').length - 1 },
      }),
    },
    {
      feedback: 'no-retry',
      when: ({ retry }) => ({
        ok: !retry.peer.met('served').ok,
        scenario: 'retry',
        seqs: busy(retry)
          .slice(0, 1)
          .map((event) => event.seq),
        facts: { tries: binds(retry).length },
      }),
    },
  ],
};
