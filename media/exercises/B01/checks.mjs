/** The reads that brought bytes on the n-th accepted connection. */
function reads(run, n) {
  const socket = run.trace.sockets({ role: 'accepted' })[n];
  return socket === undefined ? [] : run.trace.events({ socket: socket.id, call: 'read', and: ({ bytes }) => (bytes ?? 0) > 0 });
}

const seqsOf = (events) => events.map(({ seq }) => seq);

/** @type {import('../checks').Checks} */
export default {
  scenarios: [{ id: 'writes', title: 'Three ways to write', ends: 'itself', limit: 6000 }],
  checks: [],
  facts: {
    partA: ({ writes }) => ({ value: reads(writes, 0).length, seqs: seqsOf(reads(writes, 0)) }),
    partB: ({ writes }) => ({ value: reads(writes, 1).length, seqs: seqsOf(reads(writes, 1)) }),
    partC({ writes }) {
      const all = reads(writes, 2);
      const largest = Math.max(0, ...all.map(({ bytes }) => bytes ?? 0));
      return { value: all.length > 1 && largest <= 65536 ? 'many' : all.length === 1 ? 'one' : 'other', seqs: seqsOf(all).slice(0, 3) };
    },
  },
};
