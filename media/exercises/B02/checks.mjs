const ask = (id, text) => `${JSON.stringify({ id, text })}\n`;
const answer = (id, text) => JSON.stringify({ id, text: text.toUpperCase() });
const utf8 = (text) => new TextEncoder().encode(text);
/** Where the last byte of a character stands in a line: a cut there breaks it. */
const inside = (line, character) => utf8(line.slice(0, line.indexOf(character))).length + utf8(character).length - 1;

async function exchange(client, line, expected, as) {
  await client.write(line);
  await client.expectLine(expected, { as });
}

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'whole',
      title: 'One line at a time',
      async peer(peer) {
        const client = await peer.connect();
        await exchange(client, ask(1, 'hello'), answer(1, 'hello'), 'plain');
        await exchange(client, ask(2, 'again'), answer(2, 'again'), 'plain');
        await client.end();
        await client.expectEnd();
      },
    },
    {
      id: 'together',
      title: 'Three lines in one write',
      async peer(peer) {
        const client = await peer.connect();
        await client.write(ask(1, 'one') + ask(2, 'two') + ask(3, 'three'));
        await client.expectLine(answer(1, 'one'), { as: 'first' });
        await client.expectLine(answer(2, 'two'), { as: 'second' });
        await client.expectLine(answer(3, 'three'), { as: 'third' });
        peer.keep('answers', new TextDecoder().decode(Uint8Array.from(client.bytes)).length);
      },
    },
    {
      id: 'parts',
      title: 'One line in four parts',
      async peer(peer) {
        const client = await peer.connect();
        const line = ask(1, 'a line in parts');
        await client.lockstep(line, [3, 9, 11]);
        await client.expectLine(answer(1, 'a line in parts'), { as: 'parts' });
        const long = 'x'.repeat(80 * 1024);
        await client.lockstep(ask(2, long), [1000, 30_000]);
        await client.expectLine(answer(2, long), { as: 'long', within: 3000 });
      },
    },
    {
      id: 'characters',
      title: 'Cuts inside characters',
      async peer(peer) {
        const client = await peer.connect();
        for (const [id, character] of [
          [1, 'é'],
          [2, '🙂'],
        ]) {
          const text = `caf${character} x`;
          const line = ask(id, text);
          await client.lockstep(line, [inside(line, character)]);
          await client.expectLine(undefined, { as: 'comes' });
          peer.keep(`line${id}`, client.line);
        }
      },
    },
    {
      id: 'two-clients',
      title: 'Halves of two clients in turn',
      async peer(peer) {
        const one = await peer.connect();
        const two = await peer.connect();
        const [lineOne, lineTwo] = [ask(1, 'from the first'), ask(2, 'from the second')];
        await one.lockstep(lineOne.slice(0, 12));
        await two.lockstep(lineTwo.slice(0, 15));
        await one.write(lineOne.slice(12));
        await one.expectLine(answer(1, 'from the first'), { as: 'one' });
        await two.write(lineTwo.slice(15));
        await two.expectLine(answer(2, 'from the second'), { as: 'two' });
      },
    },
    {
      id: 'bad-json',
      title: 'A line that is no JSON',
      async peer(peer) {
        const client = await peer.connect();
        await exchange(client, 'this is no JSON\n', '{"error":"bad JSON"}', 'told');
        await exchange(client, ask(2, 'next'), answer(2, 'next'), 'next');
        // The last line has no end: it is none.
        await client.write('{"id":3,');
        await client.end();
        await client.expectEnd({ as: 'nothing' });
      },
    },
    {
      id: 'endless',
      title: 'Two mebibytes without a line end',
      limit: 8000,
      async peer(peer) {
        const client = await peer.connect();
        client.write('x'.repeat(2 * 1024 * 1024));
        await client.expectClosed({ as: 'closed', within: 2500 });
        const next = await peer.connect();
        await exchange(next, ask(1, 'still here'), answer(1, 'still here'), 'next');
      },
    },
  ],
  checks: [
    { id: 'whole', title: 'Single lines are answered', kind: 'P', feedback: 'wrong-answer', test: (runs) => runs.whole.peer.met('plain') },
    {
      id: 'together',
      title: 'Three lines in one write get three answers',
      kind: 'P',
      weight: 2,
      feedback: 'one-per-event',
      test: (runs) => runs.together.peer.met('third'),
    },
    {
      id: 'parts',
      title: 'A line in four parts gets one answer',
      kind: 'P',
      weight: 2,
      feedback: 'lost-rest',
      test: (runs) => runs.parts.peer.met('parts'),
    },
    { id: 'long', title: 'A line of 80 KiB is answered', kind: 'P', feedback: 'lost-rest', test: (runs) => runs.parts.peer.met('long') },
    {
      id: 'characters',
      title: 'Characters that are cut come back whole',
      kind: 'P',
      feedback: 'cut-character',
      test: ({ characters }) => characters.peer.kept.line1 === answer(1, 'café x') && characters.peer.kept.line2 === answer(2, 'caf🙂 x'),
    },
    {
      id: 'two-clients',
      title: 'Two clients are kept apart',
      kind: 'P',
      feedback: 'mixed-clients',
      test: (runs) => runs['two-clients'].peer.met('two'),
    },
    {
      id: 'bad-json',
      title: 'Bad JSON gets an error, the next line works',
      kind: 'P',
      feedback: 'bad-json',
      test: (runs) => runs['bad-json'].peer.met('next'),
    },
    {
      id: 'no-end',
      title: 'A last line without an end is ignored',
      kind: 'P',
      feedback: 'wrong-answer',
      test: (runs) => runs['bad-json'].peer.met('nothing'),
    },
    {
      id: 'limit',
      title: 'A line without an end costs its client the connection',
      kind: 'P',
      feedback: 'no-limit',
      test: (runs) => runs.endless.peer.met('closed'),
    },
    { id: 'alive', title: 'The server goes on afterwards', kind: 'P', feedback: 'no-limit', test: (runs) => runs.endless.peer.met('next') },
  ],
  diagnoses: [
    {
      feedback: 'one-read-one-message',
      when: ({ together, parts }) => {
        const died = [together, parts].find((run) => run.outcome.unhandled?.name === 'SyntaxError');
        const read = died?.trace.events({ call: 'read', ok: true, and: (event) => event.bytes > 0 }).at(-1);
        return {
          ok: read !== undefined,
          scenario: died?.scenario,
          seqs: read ? [read.seq] : [],
          facts: { step: read?.seq ?? 0, bytes: read?.bytes ?? 0, error: died?.outcome.unhandled?.message ?? '' },
        };
      },
    },
    {
      feedback: 'lost-rest',
      when: ({ parts }) => {
        const read = parts.trace.events({ call: 'read', ok: true, and: (event) => event.bytes > 0 })[0];
        return {
          ok: !parts.peer.met('parts').ok && read !== undefined && parts.outcome.unhandled === null,
          scenario: 'parts',
          seqs: read ? [read.seq] : [],
          facts: { step: read?.seq ?? 0, bytes: read?.bytes ?? 0 },
        };
      },
    },
    {
      feedback: 'one-per-event',
      when: ({ together, parts }) => {
        const answers = ['first', 'second', 'third'].filter((name) => together.peer.met(name).ok).length;
        return {
          ok: answers < 3 && parts.peer.met('parts').ok,
          scenario: 'together',
          seqs: together.trace
            .events({ call: 'read', ok: true })
            .slice(0, 1)
            .map((event) => event.seq),
          facts: { answers },
        };
      },
    },
    {
      feedback: 'mixed-clients',
      when: ({ parts, 'two-clients': two }) => ({
        ok: parts.peer.met('parts').ok && !two.peer.met('two').ok,
        scenario: 'two-clients',
        seqs: two.trace.events({ call: 'read', ok: true }).map((event) => event.seq),
      }),
    },
    {
      feedback: 'cut-character',
      when: ({ characters }) => {
        const marks =
          String(characters.peer.kept.line1 ?? '').split('\uFFFD').length +
          String(characters.peer.kept.line2 ?? '').split('\uFFFD').length -
          2;
        return {
          ok: marks > 0,
          scenario: 'characters',
          seqs: characters.trace
            .events({ call: 'read', ok: true })
            .slice(0, 2)
            .map((event) => event.seq),
          facts: { marks },
        };
      },
    },
    {
      feedback: 'bad-json',
      when: ({ 'bad-json': run }) => ({
        ok: run.outcome.unhandled !== null,
        scenario: 'bad-json',
        seqs: run.trace
          .events({ call: 'read', ok: true })
          .slice(0, 1)
          .map((event) => event.seq),
        facts: { code: run.outcome.code ?? 0, error: run.outcome.unhandled?.message ?? '' },
      }),
    },
    {
      feedback: 'no-limit',
      when: ({ endless }) => {
        const socket = endless.trace.socketOf('c1');
        return {
          ok: !endless.peer.met('closed').ok && socket !== null,
          scenario: 'endless',
          seqs: endless.trace
            .events({ call: 'read', ok: true })
            .slice(-1)
            .map((event) => event.seq),
          facts: { bytes: socket?.bytesRead ?? 0 },
        };
      },
    },
  ],
};
