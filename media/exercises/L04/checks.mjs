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
    await peer.printed('1 left', { as: 'noticed', within: 1500 });
    for (let n = 0; n < 12; n++) await stays.expectLine(/^\d+$/, { as: 'after', within: 500 });
    const next = await peer.connect();
    await ticks(next, 'next');
  },
});

const WAYS = ['reset', 'unread', 'polite'];
const died = (runs) =>
  Object.values(runs).find(({ outcome }) => outcome.endedBy === 'itself' && /^(E(CONNRESET|PIPE))?$/.test(outcome.unhandled?.code ?? ''));

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
    ...WAYS.map((way) => ({
      id: `noticed-${way}`,
      title: { reset: 'It notices a reset', unread: 'It notices a close with unread bytes', polite: 'It notices a polite end' }[way],
      kind: /** @type {const} */ ('O'),
      feedback: way === 'polite' ? 'polite-forgotten' : 'kept-writing',
      test: (runs) => ({ ...runs[way].peer.met('noticed'), facts: { how: way === 'reset' ? 'reset' : 'closed with unread bytes' } }),
    })),
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
    {
      feedback: 'polite-forgotten',
      when: ({ reset, polite }) => ({ ...polite.peer.met('noticed'), ok: reset.peer.met('noticed').ok && !polite.peer.met('noticed').ok }),
    },
  ],
};
