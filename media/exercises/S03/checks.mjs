const accepted = (run) => run.trace.events({ call: ['accept', 'accept4'], ok: true })[0];
const read = (run) => run.trace.events({ role: 'accepted', call: 'read', ok: true, and: (event) => event.bytes > 0 })[0];
const step = (run, name) => run.peer.entries.find((entry) => entry.step === name && entry.connection !== null && entry.ok);

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'busy',
      title: 'A client comes while the server is busy',
      program: 'given',
      limit: 8000,
      async peer(peer) {
        await peer.start();
        await peer.printed('listening, and busy', { within: 3000 });
        const client = await peer.connect({ within: 4000 });
        await client.write('12345');
        await peer.kernel(client.remotePort, 'while busy');
        await client.expectLine('hello', { within: 4000, as: 'answer' });
      },
    },
  ],
  checks: [
    {
      id: 'queue',
      title: 'While the server is busy, the connection waits in the accept queue and has no owner',
      kind: 'K',
      feedback: 'owner',
      test({ busy }) {
        const rows = busy.peer.kept['while busy'];
        if (!Array.isArray(rows)) return { skip: 'The table of the kernel could not be read.' };
        const waiting = rows.find((row) => row.state === 'ESTABLISHED' && row.inode === 0);
        return {
          ok: waiting !== undefined && waiting.receive === 5 && rows.some((row) => row.state === 'LISTEN' && row.receive === 1),
          scenario: 'busy',
        };
      },
    },
  ],
  facts: {
    connected({ busy }) {
      const [connect, accept] = [step(busy, 'connect'), accepted(busy)];
      if (!connect) return { value: 'never' };
      return { value: accept && connect.t > accept.t ? 'after' : 'at-once', scenario: 'busy', seqs: accept ? [accept.seq] : [] };
    },
    order({ busy }) {
      const times = { connect: step(busy, 'connect')?.t, write: step(busy, 'write')?.t, accept: accepted(busy)?.t, read: read(busy)?.t };
      const happened = Object.entries(times).filter(([, time]) => time !== undefined);
      return {
        value: happened.sort((a, b) => a[1] - b[1]).map(([name]) => name),
        scenario: 'busy',
        seqs: [accepted(busy)?.seq, read(busy)?.seq].filter((seq) => seq !== undefined),
      };
    },
    accept({ busy }) {
      return { value: 'late', scenario: 'busy', seqs: [accepted(busy)?.seq ?? 1] };
    },
  },
};
