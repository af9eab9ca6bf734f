const lines = (run) => run.outcome.stdout.split('\n').filter((line) => line.startsWith('tcp'));
const told = (run) => run.peer.kept.told ?? [];
const real = (run) => run.peer.kept.real ?? [];
const printed = (run) => lines(run)[0] ?? run.outcome.stdout.split('\n').find((line) => line.trim() !== '') ?? '(nothing)';
const parts = (line) => /^tcp (\S+):(\d+) <-> (\S+):(\d+)$/.exec(line ?? '');
const ports = (run) =>
  real(run)
    .map((line) => parts(line))
    .map((found) => ({ local: Number(found?.[2]), remote: Number(found?.[4]) }));
const sockets = (run) => run.trace.sockets({ role: 'accepted' }).map(({ born }) => born);
const facts = (run) => ({
  real: real(run)[0] ?? '',
  said: told(run)[0] || printed(run),
  here: real(run)[0]?.split(' ')[1] ?? '',
  // As text: a port has no thousands.
  port: String(ports(run)[0]?.local),
  remote: String(ports(run)[0]?.remote),
});
const found = (run, ok) => ({ ok, scenario: 'three', seqs: sockets(run), facts: facts(run) });

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'three',
      title: 'Three clients at the same time',
      async peer(peer) {
        const clients = [await peer.connect(), await peer.connect(), await peer.connect()];
        const told = [];
        for (const client of clients) {
          await client.expectLine(undefined, { as: 'line' });
          told.push(client.line);
        }
        peer.keep('told', told);
        peer.keep(
          'real',
          clients.map((client) => `tcp 127.0.0.1:${client.remotePort} <-> 127.0.0.1:${client.localPort}`),
        );
        for (const client of clients) {
          await client.end();
          await client.expectEnd({ rest: true });
        }
      },
    },
  ],
  checks: [
    {
      id: 'told',
      title: 'Each client is told its connection',
      kind: 'P',
      weight: 2,
      feedback: 'not-described',
      test: ({ three }) => found(three, told(three).join() === real(three).join()),
    },
    {
      id: 'printed',
      title: 'The program prints the same',
      kind: 'O',
      feedback: 'not-described',
      test: ({ three }) =>
        found(
          three,
          real(three).every((line) => lines(three).includes(line)),
        ),
    },
    {
      id: 'trace',
      title: 'It is what the trace says',
      kind: 'T',
      feedback: 'not-described',
      test: ({ three }) =>
        three.trace.each(three.trace.sockets({ role: 'accepted' }), ({ local, remote }) =>
          told(three).includes(`tcp ${local?.address}:${local?.port} <-> ${remote?.address}:${remote?.port}`),
        ),
    },
  ],
  diagnoses: [
    {
      feedback: 'asked-too-late',
      when: ({ three }) =>
        found(three, lines(three).some((line) => line.includes('undefined')) || (told(three)[0] ?? '').includes('welcome')),
    },
    {
      feedback: 'swapped',
      when: ({ three }) =>
        found(
          three,
          told(three)[0] ===
            real(three)[0]
              ?.split(' ')
              .toReversed()
              .join(' ')
              .replace(/^(.*) tcp$/, 'tcp $1'),
        ),
    },
    {
      feedback: 'new-port',
      when: ({ three }) =>
        found(
          three,
          told(three).some(
            (line, n) =>
              parts(line) !== null &&
              Number(parts(line)[2]) !== ports(three)[n]?.local &&
              Number(parts(line)[4]) === ports(three)[n]?.remote,
          ),
        ),
    },
    {
      feedback: 'own-port-there',
      when: ({ three }) =>
        found(
          three,
          told(three).some((line, n) => parts(line) !== null && Number(parts(line)[4]) === ports(three)[n]?.local),
        ),
    },
    {
      feedback: 'no-address',
      when: ({ three }) =>
        found(
          three,
          told(three).some((line) => line.startsWith('tcp') && parts(line) === null),
        ),
    },
  ],
};
