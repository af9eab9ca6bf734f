const SOME = 'hello, socket';
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
const allValues = Uint8Array.from({ length: 256 }, (_, value) => value);

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'two-clients',
      title: 'Two clients at the same time',
      async peer(peer) {
        const one = await peer.connect();
        const two = await peer.connect();
        await one.write('from the first');
        await one.expect('from the first', { as: 'first' });
        await two.write('from the second');
        await two.expect('from the second', { as: 'second' });
        await one.write('again');
        await one.expect('again', { as: 'again' });
        await one.end();
        await one.expectEnd({ as: 'end' });
        await two.end();
        await two.expectEnd({ as: 'end' });
      },
    },
    {
      id: 'silent',
      title: 'A silent client first',
      async peer(peer) {
        const silent = await peer.connect();
        const busy = await peer.connect();
        await busy.write(SOME);
        await busy.expect(SOME, { as: 'served' });
        await busy.end();
        await busy.expectEnd();
        await silent.end();
        await silent.expectEnd();
      },
    },
    {
      id: 'bytes',
      title: 'Every byte value, then a mebibyte',
      limit: 8000,
      async peer(peer) {
        const client = await peer.connect();
        await client.write(allValues);
        await client.expectBytes(256, { as: 'count' });
        peer.keep('back', [...client.bytes]);
        const many = peer.bytes(1024 * 1024);
        const writing = client.write(many);
        await client.expect(many, { as: 'many', within: 3000 });
        await writing;
        await client.end();
        await client.expectEnd();
      },
    },
    {
      id: 'reset',
      title: 'A client that is reset, then a new one',
      async peer(peer) {
        const lost = await peer.connect();
        await lost.write(SOME);
        await lost.expect(SOME);
        await lost.reset();
        const next = await peer.connect();
        await next.write(SOME);
        await next.expect(SOME, { as: 'lives' });
        await next.end();
        await next.expectEnd();
      },
    },
  ],
  checks: [
    {
      id: 'own-bytes',
      title: 'Each of two clients gets its own bytes',
      kind: 'P',
      weight: 2,
      feedback: 'no-answer',
      test: (runs) => runs['two-clients'].peer.met('first').ok && runs['two-clients'].peer.met('second'),
    },
    {
      id: 'all-chunks',
      title: 'A client can send more than once',
      kind: 'P',
      feedback: 'first-chunk',
      test: (runs) => runs['two-clients'].peer.met('again'),
    },
    {
      id: 'ends',
      title: 'The end of the client is answered with an end',
      kind: 'P',
      feedback: 'never-ended',
      test: (runs) => runs['two-clients'].peer.met('end'),
    },
    {
      id: 'silent',
      title: 'A silent client delays nobody',
      kind: 'P',
      feedback: 'one-at-a-time',
      test: (runs) => runs.silent.peer.met('served'),
    },
    {
      id: 'values',
      title: 'All 256 byte values come back unchanged',
      kind: 'P',
      feedback: 'bytes-as-text',
      test: (runs) => String(runs.bytes.peer.kept.back) === String([...allValues]),
    },
    { id: 'mebibyte', title: 'A mebibyte comes back', kind: 'P', feedback: 'bytes-as-text', test: (runs) => runs.bytes.peer.met('many') },
    {
      id: 'reset',
      title: 'After a reset the next client is served',
      kind: 'P',
      weight: 2,
      feedback: 'died',
      test: (runs) => runs.reset.peer.met('lives'),
    },
    {
      id: 'alive',
      title: 'The program is still there at the end',
      kind: 'O',
      feedback: 'died',
      test: (runs) => runs.reset.outcome.endedBy !== 'itself',
    },
    {
      id: 'no-leak',
      title: 'No connection stays open after its client',
      kind: 'T',
      feedback: 'leak',
      test: (runs) => runs['two-clients'].trace.noLeak(),
    },
  ],
  diagnoses: [
    {
      // Nothing is sent back yet: whatever else went wrong comes later.
      feedback: 'no-answer',
      when: (runs) => {
        const read = runs['two-clients'].trace.events({ call: 'read', ok: true })[0];
        return {
          ok: Object.values(runs).every(({ trace }) => trace.never({ call: ['write', 'writev'], ok: true }).ok),
          scenario: 'two-clients',
          seqs: read ? [read.seq] : [],
        };
      },
    },
    {
      feedback: 'one-at-a-time',
      when: ({ silent, 'two-clients': two }) => {
        const connection = silent.trace.socketOf('c1');
        const read = connection && silent.trace.socketOf('c2')?.bytesRead;
        return (
          !silent.peer.met('served').ok &&
          two.peer.met('first').ok &&
          !two.peer.met('second').ok && { ok: true, seqs: read ? [] : connection ? [connection.born] : [], scenario: 'silent' }
        );
      },
    },
    {
      feedback: 'crossed',
      when: ({ 'two-clients': run }) => {
        const [one, two] = [run.trace.socketOf('c1'), run.trace.socketOf('c2')];
        if (!one || !two) return false;
        const wrote = run.trace.events({ call: ['write', 'writev'], socket: two.id, ok: true });
        const ok = one.bytesRead > 0 && one.bytesWritten === 0 && two.bytesWritten > two.bytesRead;
        return { ok, seqs: wrote.map((event) => event.seq), scenario: 'two-clients', facts: { own: one.id, other: two.id } };
      },
    },
    {
      feedback: 'ended-early',
      when: ({ 'two-clients': run }) => {
        const socket = run.trace.socketOf('c1');
        if (!socket) return false;
        const fin = run.trace.events({ call: 'shutdown', socket: socket.id })[0];
        const eof = run.trace.events({ call: 'read', socket: socket.id, and: (event) => event.bytes === 0 })[0];
        const ok = fin !== undefined && socket.bytesWritten > 0 && (!eof || fin.seq < eof.seq);
        return { ok, seqs: fin ? [fin.seq] : [], scenario: 'two-clients', facts: { step: fin?.seq ?? 0 } };
      },
    },
    {
      feedback: 'first-chunk',
      when: ({ 'two-clients': run }) => {
        const socket = run.trace.socketOf('c1');
        if (!socket) return false;
        const writes = run.trace.events({ call: ['write', 'writev'], socket: socket.id, ok: true });
        const ok = writes.length > 0 && run.peer.met('first').ok && !run.peer.met('again').ok;
        return {
          ok,
          seqs: writes.map((event) => event.seq),
          scenario: 'two-clients',
          facts: { first: socket.bytesWritten, later: 'again'.length },
        };
      },
    },
    {
      feedback: 'bytes-as-text',
      when: ({ bytes }) => {
        const back = bytes.peer.kept.back;
        if (!Array.isArray(back)) return false;
        const at = back.findIndex((byte, n) => byte !== allValues[n]);
        return {
          ok: at >= 0,
          facts: { sent: hex(allValues.subarray(at, at + 3)), back: hex(back.slice(at, at + 6)) },
          scenario: 'bytes',
          seqs: bytes.trace
            .events({ call: 'write' })
            .slice(0, 1)
            .map((event) => event.seq),
        };
      },
    },
    {
      feedback: 'died',
      when: ({ reset }) => ({
        ok: reset.outcome.endedBy === 'itself' && /^E(CONNRESET|PIPE)$/.test(reset.outcome.unhandled?.code ?? ''),
        scenario: 'reset',
        seqs: reset.trace.events({ error: 'ECONNRESET' }).map((event) => event.seq),
        facts: { code: reset.outcome.code ?? 0, error: reset.outcome.unhandled?.message ?? '' },
      }),
    },
  ],
};
