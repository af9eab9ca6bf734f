const MOST = 1024 * 1024;

/** A client with a name; null when it was not welcomed: then the script has nothing more to ask. */
async function enter(peer, name) {
  const client = await peer.connect();
  await client.write(`/nick ${name}\n`);
  return (await client.expectLine(`* welcome ${name}`, { as: 'welcome' })) ? client : null;
}

async function both(peer) {
  const anna = await enter(peer, 'anna');
  const boris = anna && (await enter(peer, 'boris'));
  if (!anna || !boris) return null;
  await anna.expectLine('* boris joined', { as: 'joined' });
  return { anna, boris };
}

const died = (runs) => Object.values(runs).find((run) => /^E(CONNRESET|PIPE)$/.test(run.outcome.unhandled?.code ?? ''));

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'talk',
      title: 'Two clients talk',
      async peer(peer) {
        const pair = await both(peer);
        if (!pair) return;
        const { anna, boris } = pair;
        await anna.write('hello\n');
        await boris.expectLine('anna: hello', { as: 'heard' });
        await anna.expectSilence(80, { as: 'no-echo' });
        await boris.write('/who\n');
        await boris.expectLine('* anna boris', { as: 'who' });
        await boris.write('/quit\n');
        await boris.expectLine('* bye', { as: 'bye' });
        await boris.expectEnd({ as: 'end' });
        await boris.end();
        await anna.expectLine('* boris left', { as: 'left' });
      },
    },
    {
      id: 'names',
      title: 'Names',
      async peer(peer) {
        const pair = await both(peer);
        if (!pair) return;
        const { anna } = pair;
        const nobody = await peer.connect();
        await nobody.write('hello?\n');
        await nobody.expectLine('! first say /nick NAME', { as: 'first-name' });
        await nobody.write('/nick anna\n');
        await nobody.expectLine('! name taken', { as: 'taken' });
        await anna.write('/nick eve\n');
        await anna.expectLine('! you have a name', { as: 'has-name' });
      },
    },
    {
      id: 'pieces',
      title: 'Lines in pieces',
      async peer(peer) {
        const pair = await both(peer);
        if (!pair) return;
        const { anna, boris } = pair;
        await anna.lockstep('grüße aus den alpen\n', [3, 7]);
        await boris.expectLine('anna: grüße aus den alpen', { as: 'pieces' });
        await anna.write('one\ntwo\nthree\n');
        await boris.expectLine('anna: one', { as: 'together' });
        await boris.expectLine('anna: two', { as: 'together' });
        await boris.expectLine('anna: three', { as: 'together' });
        const long = await peer.connect();
        await long.write('x'.repeat(10_000));
        await long.expectLine('! line too long', { as: 'too-long' });
        await long.expectClosed({ as: 'too-long' });
      },
    },
    {
      id: 'reset',
      title: 'A client is reset',
      async peer(peer) {
        const pair = await both(peer);
        if (!pair) return;
        const { anna, boris } = pair;
        await boris.reset();
        await anna.expectLine('* boris left', { as: 'left' });
        const again = await enter(peer, 'boris');
        if (!again) return;
        await anna.expectLine('* boris joined', { as: 'again' });
        await again.write('I am back\n');
        await anna.expectLine('boris: I am back', { as: 'again' });
      },
    },
    {
      id: 'slow',
      title: 'A client does not read',
      limit: 15000,
      payload: 64,
      async peer(peer) {
        const pair = await both(peer);
        if (!pair) return;
        const { anna, boris } = pair;
        const slow = await enter(peer, 'slow');
        if (!slow) return;
        await anna.expectLine('* slow joined');
        await boris.expectLine('* slow joined');
        await slow.pause();
        const line = 'x'.repeat(4000);
        // Up to 14 MiB: more than both kernel buffers of one connection and the mebibyte hold. Anna hears nothing but that "slow" has left.
        const batch = `${line}\n`.repeat(100);
        const heard = anna.received;
        for (let n = 0; n < 36 && anna.received === heard; n++) {
          await anna.write(batch);
          if (!(await boris.expectCount(100 * `anna: ${line}\n`.length, { as: 'not-delayed', within: 2000 }))) return;
        }
        await anna.expectLine('* slow left', { as: 'put-out', within: 1500 });
      },
    },
    {
      id: 'order',
      title: 'All see one order',
      async peer(peer) {
        const pair = await both(peer);
        if (!pair) return;
        const { anna, boris } = pair;
        const carla = await enter(peer, 'carla');
        const david = carla && (await enter(peer, 'david'));
        if (!carla || !david) return;
        await carla.expectLine('* david joined');
        for (let n = 0; n < 10; n++) {
          await anna.write(`a${n}\n`);
          await boris.write(`b${n}\n`);
        }
        const seen = [[], []];
        for (let n = 0; n < 20; n++) {
          await carla.expectLine(undefined, { as: 'lines' });
          seen[0].push(carla.line);
          await david.expectLine(undefined, { as: 'lines' });
          seen[1].push(david.line);
        }
        peer.keep('same', seen[0].join() === seen[1].join());
      },
    },
  ],
  checks: [
    { id: 'welcome', title: 'A client is welcomed', kind: 'P', feedback: 'no-welcome', test: ({ talk }) => talk.peer.met('welcome') },
    {
      id: 'heard',
      title: 'The others get a line',
      kind: 'P',
      weight: 2,
      feedback: 'wrong-line',
      test: ({ talk }) => talk.peer.met('heard'),
    },
    { id: 'no-echo', title: 'Nobody hears itself', kind: 'P', feedback: 'hears-itself', test: ({ talk }) => talk.peer.met('no-echo') },
    { id: 'who', title: '/who tells the names', kind: 'P', feedback: 'wrong-line', test: ({ talk }) => talk.peer.met('who') },
    {
      id: 'quit',
      title: '/quit says bye and ends',
      kind: 'P',
      feedback: 'wrong-line',
      test: ({ talk }) => talk.peer.met('end').ok && talk.peer.met('left'),
    },
    { id: 'taken', title: 'A name belongs to one client', kind: 'P', feedback: 'name-taken', test: ({ names }) => names.peer.met('taken') },
    {
      id: 'rules',
      title: 'Names: one each, and first of all',
      kind: 'P',
      feedback: 'wrong-line',
      test: ({ names }) => names.peer.met('first-name').ok && names.peer.met('has-name'),
    },
    { id: 'pieces', title: 'A line in pieces', kind: 'P', weight: 2, feedback: 'framing', test: ({ pieces }) => pieces.peer.met('pieces') },
    {
      id: 'together',
      title: 'Three lines in one write',
      kind: 'P',
      feedback: 'framing',
      test: ({ pieces }) => pieces.peer.met('together'),
    },
    { id: 'too-long', title: 'A line that is too long', kind: 'P', feedback: 'framing', test: ({ pieces }) => pieces.peer.met('too-long') },
    {
      id: 'reset',
      title: 'After a reset the others are told',
      kind: 'P',
      weight: 2,
      feedback: 'name-kept',
      test: ({ reset }) => reset.peer.met('left'),
    },
    { id: 'again', title: 'The name is free again', kind: 'P', feedback: 'name-kept', test: ({ reset }) => reset.peer.met('again') },
    {
      id: 'not-delayed',
      title: 'A client that does not read delays nobody',
      kind: 'P',
      weight: 2,
      feedback: 'all-wait',
      test: ({ slow }) => slow.peer.met('not-delayed'),
    },
    {
      id: 'put-out',
      title: 'It is put out when a mebibyte waits for it',
      kind: 'T',
      weight: 2,
      feedback: 'slow-reader-kept',
      test: ({ slow }) => {
        const peak = slow.trace.peak('stream-write');
        return {
          ok: slow.peer.met('put-out').ok && peak.value < 2 * MOST,
          scenario: 'slow',
          seqs: peak.seq ? [peak.seq] : [],
          facts: { mib: (peak.value / MOST).toFixed(1) },
        };
      },
    },
    { id: 'order', title: 'All see the same order', kind: 'P', feedback: 'wrong-line', test: ({ order }) => order.peer.kept.same === true },
  ],
  diagnoses: [
    {
      // Nothing is answered yet: whatever else went wrong comes later.
      feedback: 'no-welcome',
      when: (runs) => {
        const read = runs.talk.trace.events({ call: 'read', ok: true })[0];
        return {
          ok: Object.values(runs).every(({ trace }) => trace.never({ call: ['write', 'writev'], ok: true }).ok),
          scenario: 'talk',
          seqs: read ? [read.seq] : [],
        };
      },
    },
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
      feedback: 'framing',
      when: ({ pieces }) => ({ ...pieces.peer.met('pieces'), ok: pieces.peer.met('welcome').ok && !pieces.peer.met('pieces').ok }),
    },
  ],
};
