/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'listen',
      title: 'The program listens, prints its address, and ends',
      ends: 'itself',
    },
  ],
  checks: [],
  facts: {
    callsAtA({ listen }) {
      const first = listen.trace.events({ api: 'server.listen' })[0]?.seq ?? 0;
      const before = listen.trace.events({ kind: 'call', and: ({ seq }) => seq < first });
      return { value: before.map(({ call }) => call).join(', ') || 'none', seqs: [first] };
    },
    callsToB({ listen }) {
      const last = listen.trace.events({ call: 'getsockname' })[0]?.seq ?? 0;
      return listen.trace.order(['socket', 'setsockopt', 'bind', 'listen', 'accept', 'connect', 'getsockname'], {
        and: ({ seq }) => seq <= last,
      });
    },
    stateAtB({ listen }) {
      const printed = listen.trace.events({ call: 'getsockname' })[0]?.seq ?? 0;
      const change = listen.trace.events({ kind: 'state', and: ({ seq }) => seq < printed }).at(-1);
      return { value: change?.state?.to ?? 'CLOSED', seqs: change ? [change.seq] : [] };
    },
    port({ listen }) {
      const asked = listen.trace.events({ call: 'getsockname', ok: true })[0];
      return { value: asked === undefined ? 'error' : asked.args?.port === 0 ? 'zero' : 'chosen', seqs: asked ? [asked.seq] : [] };
    },
    accept({ listen }) {
      const { value, seqs } = listen.trace.count({ call: ['accept', 'accept4'] });
      return { value: value > 0 ? 'yes' : 'no', seqs };
    },
  },
};
