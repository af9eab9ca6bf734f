/** Writes that the program asked for on a socket after that socket was gone (reset, closed, or its connection given up). */
function late(run, connection) {
  const socket = run.trace.socketOf(connection);
  if (!socket) return [];
  const events = run.trace.events({ socket: socket.id });
  const gone = events.find((event) => event.error === 'ECONNRESET' || event.error === 'EPIPE' || event.call === 'close');
  if (!gone) return [];
  return events.filter((event) => event.seq > gone.seq && (['write', 'writev'].includes(event.call ?? '') || event.api === 'socket.write'));
}

async function ticks(client, as) {
  for (let n = 0; n < 3; n++) await client.expectLine(/^\d+$/, { as });
}

const scenario = (id, title, leave) => ({
  id,
  title,
  async peer(peer) {
    const stays = await peer.connect();
    await ticks(stays, 'before');
    const goes = await peer.connect();
    await goes.expectLine(/^\d+$/, { as: 'before' });
    await leave(goes);
    await peer.hold(150);
    for (let n = 0; n < 12; n++) await stays.expectLine(/^\d+$/, { as: 'after', within: 500 });
    const next = await peer.connect();
    await ticks(next, 'next');
  },
});

const WAYS = ['reset', 'unread', 'polite'];
const died = (runs) => Object.values(runs).find((run) => run.outcome.endedBy === 'itself');

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    scenario('reset', 'A client is reset', (client) => client.reset()),
    scenario('unread', 'A client is closed with unread bytes', async (client) => {
      await client.pause();
      await client.destroy();
    }),
    scenario('polite', 'A client ends its side', async (client) => {
      await client.end();
      await client.expectEnd({ as: 'answered', rest: true });
    }),
  ],
  checks: [
    { id: 'ticks', title: 'Clients get ticks', kind: 'P', feedback: 'no-ticks', test: ({ polite }) => polite.peer.met('before') },
    ...WAYS.map((way) => ({
      id: `alive-${way}`,
      title: { reset: 'It survives a reset', unread: 'It survives a close with unread bytes', polite: 'It survives a polite end' }[way],
      kind: /** @type {const} */ ('O'),
      feedback: 'died',
      test: (runs) => runs[way].outcome.endedBy !== 'itself',
    })),
    ...WAYS.map((way) => ({
      id: `others-${way}`,
      title: {
        reset: 'The others go on after a reset',
        unread: 'The others go on after a close with unread bytes',
        polite: 'The others go on after an end',
      }[way],
      kind: /** @type {const} */ ('P'),
      feedback: 'others-suffer',
      test: (runs) => runs[way].peer.met('after'),
    })),
    {
      id: 'answered',
      title: 'A polite end is answered with an end',
      kind: 'P',
      feedback: 'kept-writing',
      test: ({ polite }) => polite.peer.met('answered'),
    },
    {
      id: 'listener',
      title: 'The error is handled at its socket',
      kind: 'O',
      feedback: 'process-handler',
      test: ({ reset }) => {
        const uncaught = reset.trace.events({ kind: 'api', and: (event) => event.api === 'uncaughtException' });
        return {
          ok: uncaught.length === 0 && !/ECONNRESET/.test(reset.outcome.stderr.match(/uncaught.*/i)?.[0] ?? ''),
          scenario: 'reset',
          seqs: uncaught.map((event) => event.seq),
          facts: { error: 'ECONNRESET' },
        };
      },
    },
    {
      id: 'no-late-writes',
      title: 'Nothing is written to a client that is gone',
      kind: 'T',
      weight: 2,
      feedback: 'kept-writing',
      test: (runs) => {
        for (const way of WAYS) {
          const writes = late(runs[way], 'c2');
          if (writes.length > 1)
            return { ok: false, scenario: way, seqs: writes.map((event) => event.seq), facts: { times: writes.length } };
        }
        return true;
      },
    },
  ],
  diagnoses: [
    {
      feedback: 'died',
      when: (runs) => {
        const run = died(runs);
        return {
          ok: run !== undefined,
          scenario: run?.scenario,
          seqs: run?.trace.events({ error: ['ECONNRESET', 'EPIPE'] }).map((event) => event.seq) ?? [],
          facts: { code: run?.outcome.code ?? 0, error: run?.outcome.unhandled?.message ?? '' },
        };
      },
    },
    {
      feedback: 'others-suffer',
      when: (runs) => {
        const way = WAYS.find((name) => runs[name].peer.met('before').ok && !runs[name].peer.met('after').ok);
        return { ok: way !== undefined, scenario: way };
      },
    },
  ],
};
