/** What the client was told before it had finished; '' for nothing, as it should be. */
const early = (run) => (run.peer.met('waits').ok ? '' : new TextDecoder().decode(run.peer.received('c1')).trim());

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'upload',
      title: 'An upload in two parts',
      async peer(peer) {
        const client = await peer.connect({ allowHalfOpen: true });
        await client.lockstep('x'.repeat(1000), [500]);
        // Whoever answers before everything is here does it now: store() takes 50 ms. Without the pause it would depend on who is faster.
        await client.expectSilence(250, { as: 'waits' });
        await client.lockstep('x'.repeat(500), [500]);
        await client.end();
        await client.expectLine(undefined, { as: 'answer' });
        peer.keep('answer', client.line);
        await client.expectEnd({ as: 'end' });
      },
    },
    {
      id: 'large',
      title: 'An upload of 5 MiB',
      limit: 8000,
      payload: 0,
      async peer(peer) {
        const client = await peer.connect({ allowHalfOpen: true });
        await client.write(peer.bytes(5 * 1024 * 1024));
        await client.end();
        await client.expectLine('stored 5242880 bytes', { as: 'answer', within: 4000 });
        await client.expectEnd({ as: 'end' });
      },
    },
    {
      id: 'reset',
      title: 'A reset in the middle of an upload',
      async peer(peer) {
        const lost = await peer.connect();
        await lost.write('half of it');
        await lost.wasRead();
        await lost.reset();
        const next = await peer.connect({ allowHalfOpen: true });
        await next.write('1234567');
        await next.end();
        await next.expectLine('stored 7 bytes', { as: 'next' });
      },
    },
  ],
  checks: [
    {
      id: 'answer',
      title: 'The client gets the right answer',
      kind: 'P',
      weight: 2,
      feedback: 'answer-lost',
      test: ({ upload }) => upload.peer.kept.answer === 'stored 1500 bytes',
    },
    {
      id: 'end',
      title: 'After the answer comes the end',
      kind: 'P',
      weight: 2,
      feedback: 'left-open',
      test: ({ upload }) => upload.peer.met('end'),
    },
    {
      id: 'large',
      title: 'An upload of 5 MiB is counted right',
      kind: 'P',
      feedback: 'answer-lost',
      test: ({ large }) => large.peer.met('answer'),
    },
    {
      id: 'reset',
      title: 'After a reset the next client is served',
      kind: 'P',
      feedback: 'died',
      test: ({ reset }) => reset.peer.met('next'),
    },
    { id: 'no-leak', title: 'No connection stays open', kind: 'T', feedback: 'leak', test: ({ large }) => large.trace.noLeak() },
  ],
  diagnoses: [
    {
      feedback: 'too-early',
      when: ({ upload }) => {
        const answer = early(upload) || String(upload.peer.kept.answer ?? '');
        return {
          ok: answer !== '' && answer !== 'stored 1500 bytes',
          scenario: 'upload',
          seqs: upload.trace
            .events({ call: ['write', 'writev'], ok: true })
            .slice(0, 1)
            .map((event) => event.seq),
          facts: { sent: early(upload) ? 1000 : 1500, answer },
        };
      },
    },
    {
      feedback: 'reset',
      when: ({ upload }) => {
        const socket = upload.trace.socketOf('c1');
        const linger =
          socket &&
          upload.trace.events({ kind: 'call', socket: socket.id, and: (event) => event.call === 'close' && event.args?.linger === true });
        return {
          ok: Boolean(linger?.length) && !upload.peer.met('end').ok,
          scenario: 'upload',
          seqs: (linger ?? []).map((event) => event.seq),
        };
      },
    },
    {
      feedback: 'answer-lost',
      when: ({ upload }) => {
        const socket = upload.trace.socketOf('c1');
        if (!socket) return false;
        const eof = upload.trace.events({ call: 'read', socket: socket.id, and: (event) => event.bytes === 0 })[0];
        const fin = upload.trace.events({ call: 'shutdown', socket: socket.id })[0];
        return {
          ok: !upload.peer.met('answer').ok && eof !== undefined && fin !== undefined && socket.bytesWritten === 0,
          scenario: 'upload',
          seqs: fin ? [fin.seq] : [],
          facts: { eof: eof?.seq ?? 0, fin: fin?.seq ?? 0 },
        };
      },
    },
    {
      feedback: 'left-open',
      when: ({ upload }) => {
        const socket = upload.trace.socketOf('c1');
        return {
          ok: upload.peer.met('answer').ok && !upload.peer.met('end').ok && socket !== null && socket.closed === null,
          scenario: 'upload',
          seqs: socket
            ? upload.trace
                .events({ socket: socket.id })
                .slice(-1)
                .map((event) => event.seq)
            : [],
        };
      },
    },
    {
      feedback: 'died',
      when: ({ reset }) => ({
        ok: /^E(CONNRESET|PIPE)$/.test(reset.outcome.unhandled?.code ?? ''),
        scenario: 'reset',
        seqs: reset.trace.events({ error: 'ECONNRESET' }).map((event) => event.seq),
        facts: { code: reset.outcome.code ?? 0, error: reset.outcome.unhandled?.message ?? '' },
      }),
    },
  ],
};
