const utf8 = (text) => new TextEncoder().encode(text);

/** One frame, as the exercise wants it. */
function frame(payload) {
  const bytes = new Uint8Array(4 + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length);
  bytes.set(payload, 4);
  return bytes;
}

const answer = (payload) => frame(Uint8Array.from([...utf8('ok '), ...payload]));

function join(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

const firstRead = (run) => run.trace.events({ call: 'read', ok: true, and: (event) => event.bytes > 0 })[0];
const lastRead = (run) => run.trace.events({ call: 'read', ok: true, and: (event) => event.bytes > 0 }).at(-1);
const SHORT = utf8('frame');

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'one',
      title: 'One frame in one write',
      async peer(peer) {
        const client = await peer.connect();
        await client.write(frame(SHORT));
        await client.expectBytes(4, { as: 'header' });
        peer.keep('header', [...client.bytes]);
        await client.expectBytes(8, { as: 'body' });
        await client.end();
        await client.expectEnd();
      },
    },
    {
      id: 'parts',
      title: 'A frame in parts, then one byte at a time',
      async peer(peer) {
        const client = await peer.connect();
        await client.lockstep(frame(SHORT), [4, 2]);
        await client.expect(answer(SHORT), { as: 'body-cut' });
        await client.lockstep(frame(SHORT), [1, 3]);
        await client.expect(answer(SHORT), { as: 'header-cut' });
        await client.lockstep(frame(SHORT), [1, 1, 1, 1, 1, 1, 1, 1]);
        await client.expect(answer(SHORT), { as: 'bytes' });
      },
    },
    {
      id: 'together',
      title: 'Three frames in one write, the second one empty',
      async peer(peer) {
        const client = await peer.connect();
        const last = utf8('the last');
        await client.write(join(frame(SHORT), frame(new Uint8Array()), frame(last)));
        await client.expect(answer(SHORT), { as: 'first' });
        await client.expect(answer(new Uint8Array()), { as: 'second' });
        await client.expect(answer(last), { as: 'third' });
      },
    },
    {
      id: 'text',
      title: 'Text that has more bytes than characters',
      async peer(peer) {
        const client = await peer.connect();
        const text = utf8('Grüße, 世界');
        await client.write(frame(text));
        await client.expectBytes(4, { as: 'header' });
        peer.keep('said', new DataView(Uint8Array.from(client.bytes).buffer).getUint32(0));
        peer.keep('bytes', text.length + 3);
      },
    },
    {
      id: 'big',
      title: 'A frame of a mebibyte less four bytes',
      limit: 8000,
      async peer(peer) {
        const client = await peer.connect();
        const payload = peer.bytes(1024 * 1024 - 4);
        const writing = client.write(frame(payload));
        await client.expect(answer(payload), { as: 'whole', within: 5000 });
        await writing;
      },
    },
    {
      id: 'too-great',
      title: 'A length of 4 GiB',
      async peer(peer) {
        const client = await peer.connect();
        await client.write(Uint8Array.from([255, 255, 255, 255, 1, 2, 3]));
        await client.expectClosed({ as: 'refused' });
        const next = await peer.connect();
        await next.write(frame(SHORT));
        await next.expect(answer(SHORT), { as: 'next' });
      },
    },
  ],
  checks: [
    {
      id: 'one',
      title: 'A frame is answered with a frame',
      kind: 'P',
      weight: 2,
      feedback: 'no-frames',
      test: ({ one }) => String(one.peer.kept.header) === '0,0,0,8' && one.peer.met('body'),
    },
    { id: 'body-cut', title: 'A body in two parts', kind: 'P', feedback: 'lost-parts', test: (runs) => runs.parts.peer.met('body-cut') },
    {
      id: 'header-cut',
      title: 'A length in two parts',
      kind: 'P',
      feedback: 'header-not-whole',
      test: (runs) => runs.parts.peer.met('header-cut'),
    },
    { id: 'bytes', title: 'One byte at a time', kind: 'P', feedback: 'lost-parts', test: (runs) => runs.parts.peer.met('bytes') },
    {
      id: 'together',
      title: 'Three frames in one write get three answers',
      kind: 'P',
      weight: 2,
      feedback: 'one-per-event',
      test: (runs) => runs.together.peer.met('third'),
    },
    {
      id: 'text',
      title: 'The length counts bytes',
      kind: 'P',
      feedback: 'characters',
      test: ({ text }) => text.peer.kept.said === text.peer.kept.bytes,
    },
    { id: 'big', title: 'A frame of nearly a mebibyte', kind: 'P', feedback: 'lost-parts', test: (runs) => runs.big.peer.met('whole') },
    {
      id: 'refused',
      title: 'A length of 4 GiB is refused',
      kind: 'P',
      feedback: 'no-limit',
      test: (runs) => runs['too-great'].peer.met('refused'),
    },
    { id: 'next', title: 'The next client is served', kind: 'P', feedback: 'no-limit', test: (runs) => runs['too-great'].peer.met('next') },
  ],
  diagnoses: [
    {
      feedback: 'byte-order',
      when: ({ one }) => {
        const header = one.peer.kept.header;
        const ok =
          String(header) === '8,0,0,0' ||
          (!one.peer.met('header').ok && (one.trace.socketOf('c1')?.closed ?? null) !== null && one.outcome.unhandled === null);
        return { ok, scenario: 'one', seqs: firstRead(one) ? [firstRead(one).seq] : [], facts: { length: 5, swapped: 5 * 2 ** 24 } };
      },
    },
    {
      feedback: 'header-not-whole',
      when: ({ parts, one, together }) => {
        const died = [parts, one, together].find((run) => run.outcome.unhandled?.name === 'RangeError');
        const read = died && lastRead(died);
        return {
          ok: read !== undefined,
          scenario: died?.scenario,
          seqs: read ? [read.seq] : [],
          facts: { step: read?.seq ?? 0, bytes: read?.bytes ?? 0, error: died?.outcome.unhandled?.message ?? '' },
        };
      },
    },
    {
      // A server that destroys the connection on any mistake of the decoder hides it: the length was not whole, and the socket closed.
      feedback: 'header-not-whole',
      when: ({ parts }) => {
        const socket = parts.trace.socketOf('c1');
        const read = socket && parts.trace.events({ call: 'read', socket: socket.id, ok: true, and: (event) => event.bytes > 0 }).at(-1);
        const ok =
          parts.peer.met('body-cut').ok && !parts.peer.met('header-cut').ok && Boolean(read) && read.bytes < 4 && socket.closed !== null;
        return {
          ok,
          scenario: 'parts',
          seqs: read ? [read.seq] : [],
          facts: { step: read?.seq ?? 0, bytes: read?.bytes ?? 0, error: 'an error of the decoder' },
        };
      },
    },
    {
      feedback: 'one-per-event',
      when: ({ parts, together }) => {
        const answers = ['first', 'second', 'third'].filter((name) => together.peer.met(name).ok).length;
        return {
          ok: parts.peer.met('bytes').ok && answers > 0 && answers < 3,
          scenario: 'together',
          seqs: firstRead(together) ? [firstRead(together).seq] : [],
          facts: { answers },
        };
      },
    },
    {
      feedback: 'lost-parts',
      when: ({ one, parts }) => ({
        ok: one.peer.met('body').ok && String(one.peer.kept.header) === '0,0,0,8' && !parts.peer.met('body-cut').ok,
        scenario: 'parts',
        seqs: parts.trace.events({ call: 'read', ok: true }).map((event) => event.seq),
        facts: { parts: 3 },
      }),
    },
    {
      feedback: 'characters',
      when: ({ text }) => ({
        ok: typeof text.peer.kept.said === 'number' && text.peer.kept.said < text.peer.kept.bytes,
        scenario: 'text',
        seqs: text.trace
          .events({ call: ['write', 'writev'], ok: true })
          .slice(0, 1)
          .map((event) => event.seq),
        facts: { bytes: text.peer.kept.bytes ?? 0, said: text.peer.kept.said ?? 0 },
      }),
    },
  ],
};
