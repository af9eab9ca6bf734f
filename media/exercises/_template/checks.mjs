/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'clients',
      title: 'Two clients, one after the other and at the same time',
      async peer(peer) {
        const a = await peer.connect();
        const b = await peer.connect();
        await a.lockstep('hello', [2, 3]);
        await a.expect('hello', { as: 'parts' });
        // All byte values, in pieces that the seed decides.
        const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
        await b.split(bytes);
        await b.expect(bytes, { as: 'bytes' });
        await a.write('A');
        await a.expect('A', { as: 'apart' });
        await a.end();
        await a.expectEnd({ as: 'end' });
        await b.end();
        await b.expectEnd({ as: 'end' });
      },
    },
  ],
  checks: [
    {
      id: 'parts',
      title: 'What arrives in two parts comes back whole',
      kind: 'P',
      weight: 2,
      feedback: 'nothing-back',
      test: ({ clients }) => clients.peer.met('parts'),
    },
    {
      id: 'bytes',
      title: 'All 256 byte values come back unchanged',
      kind: 'P',
      feedback: 'bytes-changed',
      test: ({ clients }) => clients.peer.met('bytes'),
    },
    {
      id: 'apart',
      title: 'Each client gets its own bytes',
      kind: 'P',
      feedback: 'nothing-back',
      test: ({ clients }) => clients.peer.met('apart'),
    },
    {
      id: 'end',
      title: 'The end of a client is answered by an end',
      kind: 'P',
      feedback: 'nothing-back',
      test: ({ clients }) => clients.peer.met('end'),
    },
    {
      id: 'no-leak',
      title: 'No connection is left open',
      kind: 'T',
      feedback: 'nothing-back',
      test: ({ clients }) => clients.trace.noLeak(),
    },
    {
      id: 'alive',
      title: 'The program is still running at the end',
      kind: 'O',
      feedback: 'nothing-back',
      test: ({ clients }) => clients.outcome.endedBy === 'grader',
    },
  ],
  // The most telling first: what is the trace of each mistake?
  diagnoses: [
    {
      feedback: 'ended-early',
      when({ clients }) {
        const early = clients.trace.sockets({ role: 'accepted' }).flatMap(({ id }) => {
          const shutdown = clients.trace.events({ socket: id, call: 'shutdown' })[0];
          const end = clients.trace.events({ socket: id, call: 'read', and: ({ bytes }) => bytes === 0 })[0];
          return shutdown !== undefined && (end === undefined || end.seq > shutdown.seq) ? [shutdown.seq] : [];
        });
        return { ok: early.length > 0, seqs: early, scenario: 'clients' };
      },
    },
    {
      feedback: 'clients-mixed',
      when({ clients }) {
        const first = clients.trace.socketOf('c1');
        const second = clients.trace.socketOf('c2');
        if (first === null || second === null || first.bytesRead === 0) return false;
        const more = second.bytesWritten > second.bytesRead;
        return { ...clients.peer.met('parts'), ok: more && first.bytesWritten === 0 };
      },
    },
    {
      feedback: 'first-chunk-only',
      when({ clients }) {
        const first = clients.trace.socketOf('c1');
        if (first === null) return false;
        const reads = clients.trace.count({ socket: first.id, call: 'read', and: ({ bytes }) => (bytes ?? 0) > 0 });
        const writes = clients.trace.count({ socket: first.id, call: ['write', 'writev'] });
        return { ...reads, ok: reads.value > 1 && writes.value === 1 };
      },
    },
    {
      feedback: 'bytes-changed',
      when({ clients }) {
        const { ok, ...found } = clients.peer.met('bytes');
        const second = clients.trace.socketOf('c2');
        return { ...found, ok: !ok && second !== null && second.bytesWritten > second.bytesRead };
      },
    },
  ],
};
