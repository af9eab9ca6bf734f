const said = (run, number) => new RegExp(`^${number}: (.*)$`, 'm').exec(run.outcome.stdout)?.[1] ?? 'nothing';
const seqs = (run, where) =>
  run.trace
    .events(where)
    .slice(0, 3)
    .map((event) => event.seq);

/** @type {import('../checks').Checks} */
export default {
  scenarios: [{ id: 'five', title: 'The experiments', program: 'given', ends: 'itself', limit: 8000 }],
  checks: [],
  facts: {
    messages: ({ five }) => {
      const received = five.trace.events({ call: 'recvmsg', and: (event) => event.error === null });
      return { value: received.length, scenario: 'five', seqs: received.slice(0, 3).map((event) => event.seq) };
    },
    nobody: ({ five }) => ({
      value: said(five, 2),
      scenario: 'five',
      seqs: seqs(five, { call: 'sendmsg', and: (event) => event.bytes === 14 }).slice(0, 1),
    }),
    connected: ({ five }) => ({ value: said(five, 3), scenario: 'five', seqs: seqs(five, { error: 'ECONNREFUSED' }) }),
    large: ({ five }) => ({ value: said(five, 4), scenario: 'five', seqs: seqs(five, { error: 'EMSGSIZE' }) }),
    listen: ({ five }) => {
      const { value } = five.trace.count({ call: ['listen', 'accept', 'accept4'] });
      return { value, scenario: 'five', seqs: seqs(five, { call: 'bind' }) };
    },
  },
};
