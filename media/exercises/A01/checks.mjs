/** The line that the program printed for a case, and the steps of its connect. */
function cell(run, server, client) {
  const line = run.outcome.stdout.split('\n').find((text) => text.startsWith(`${server} <- ${client} :`));
  const result = line?.slice(line.indexOf(' : ') + 3);
  const seqs = run.trace.events({ call: 'connect', and: (event) => event.remote?.address === client }).map((event) => event.seq);
  const value =
    result === undefined || /EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH/.test(result)
      ? 'no-ipv6'
      : result.startsWith('connects')
        ? 'connects'
        : 'refused';
  return { value, scenario: 'matrix', seqs: seqs.slice(0, 1), result };
}

/** @type {import('../checks').Checks} */
export default {
  scenarios: [{ id: 'matrix', title: 'All cases, one after the other', program: 'given', ends: 'itself', limit: 8000 }],
  checks: [],
  facts: {
    'loop-from-six': ({ matrix }) => cell(matrix, '127.0.0.1', '::1'),
    'any-from-four': ({ matrix }) => cell(matrix, '0.0.0.0', '127.0.0.1'),
    'any-from-six': ({ matrix }) => cell(matrix, '0.0.0.0', '::1'),
    'six-from-four': ({ matrix }) => cell(matrix, '::', '127.0.0.1'),
    'only-from-four': ({ matrix }) => cell(matrix, ':: only', '127.0.0.1'),
    'seen-as': ({ matrix }) => {
      const found = cell(matrix, '::', '127.0.0.1');
      return { ...found, value: /seen as (\S+)/.exec(found.result ?? '')?.[1] ?? 'no-ipv6' };
    },
  },
};
