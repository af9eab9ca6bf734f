const TOTAL = 200;

function datagram(number) {
  const bytes = new Uint8Array(108);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number);
  view.setUint32(4, TOTAL);
  return bytes;
}

const reported = (run) => run.outcome.stdout.split('\n').filter((line) => line.trim() !== '');
const line = (run, word) => reported(run).find((text) => text.split(' ')[0] === word) ?? '(nothing)';
/** ms of silence after which the task lets the program report; a little less than its 500, for the grain of timers. */
const SILENCE = 450;

/** The numbers that the program's socket received, in their order. */
const came = (run) =>
  run.trace
    .events({ call: 'recvmsg', ok: true, and: ({ payload }) => (payload?.length ?? 0) >= 4 })
    .map(({ payload }) => new DataView(payload.buffer, payload.byteOffset).getUint32(0));

/** How long nothing had come when the program closed its socket, ms. */
function silence(run) {
  const closed = run.trace.sockets({ role: 'datagram' })[0]?.closed;
  const last = run.trace.events({ call: 'recvmsg', ok: true }).at(-1);
  return closed && last ? (run.trace.event(closed).t - last.t) / 1e6 : 0;
}

/**
 * The report that is right. On a busy machine the sender may pause for longer than the program has to wait: who has waited long enough is held
 * against what its socket received, everybody else against what was sent.
 */
const wanted = (run) => {
  const all = came(run);
  const seen = new Set(all);
  const patient = silence(run) >= SILENCE;
  const lost = patient
    ? Array.from({ length: TOTAL }, (_, number) => number).filter((number) => !seen.has(number))
    : [...(run.peer.kept.lost ?? [])].sort((a, b) => a - b);
  return {
    received: `received ${TOTAL - lost.length}`,
    twice: `twice ${patient ? all.length - seen.size : (run.peer.kept.doubled?.length ?? 0)}`,
    missing: ['missing', ...lost].join(' '),
  };
};
const right = (run, word) => ({
  ok: line(run, word) === wanted(run)[word],
  scenario: run.scenario,
  facts: { missing: wanted(run).missing.slice(8) || 'none', printed: line(run, word), twice: run.peer.kept.doubled?.length ?? 0 },
});

const scenario = (id, title, path) => ({
  id,
  title,
  ends: /** @type {const} */ ('itself'),
  limit: 5000,
  async peer(peer) {
    await peer.start();
    const target = await peer.listening();
    const relay = await peer.relay({ to: target.port, ...path });
    const sender = await peer.datagrams();
    for (let n = 0; n < TOTAL; n++) {
      await sender.send(datagram(n), { host: '127.0.0.1', port: relay.port });
      // The relay numbers what arrives: one after the other, and never faster than it can be read.
      if (n % 20 === 19) await peer.hold(2);
    }
    await peer.exited({ within: 2500, as: 'ends' });
    peer.keep('lost', relay.lost);
    peer.keep('doubled', relay.doubled);
    peer.keep('reordered', relay.reordered);
    peer.keep('passed', relay.passed);
  },
});

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    scenario('loss', 'Some are lost', { loss: 0.05 }),
    scenario('reordered', 'Some are late, none is lost', { reorder: 0.1 }),
    scenario('all', 'Lost, doubled, reordered', { loss: 0.05, duplicate: 0.05, reorder: 0.1 }),
  ],
  checks: [
    {
      id: 'reports',
      title: 'It reports and ends when nothing more comes',
      kind: 'O',
      weight: 2,
      feedback: 'waits-for-ever',
      test: ({ loss }) => ({
        ok: reported(loss).length === 3 && loss.peer.met('ends').ok,
        scenario: 'loss',
        facts: { passed: Number(loss.peer.kept.passed ?? 0), sent: TOTAL },
      }),
    },
    {
      id: 'missing',
      title: 'The missing numbers are right',
      kind: 'O',
      weight: 2,
      feedback: 'wrong-missing',
      test: ({ loss }) => right(loss, 'missing'),
    },
    {
      id: 'late',
      title: 'Late is not missing',
      kind: 'O',
      feedback: 'late-is-not-missing',
      test: ({ reordered }) => right(reordered, 'missing'),
    },
    {
      id: 'twice',
      title: 'Doubled datagrams are counted once',
      kind: 'O',
      feedback: 'duplicates',
      test: ({ all }) => right(all, 'twice').ok && right(all, 'received'),
    },
    { id: 'all', title: 'All together', kind: 'O', feedback: 'wrong-missing', test: ({ all }) => right(all, 'missing') },
  ],
  diagnoses: [
    {
      feedback: 'waits-for-ever',
      when: ({ loss }) => ({
        ok: reported(loss).length === 0,
        scenario: 'loss',
        seqs: loss.trace
          .events({ call: 'recvmsg', ok: true })
          .slice(-1)
          .map((event) => event.seq),
        facts: { passed: Number(loss.peer.kept.passed ?? 0), sent: TOTAL },
      }),
    },
    { feedback: 'hangs', when: ({ loss }) => ({ ok: reported(loss).length === 3 && !loss.peer.met('ends').ok, scenario: 'loss' }) },
    {
      feedback: 'order-of-text',
      when: (runs) => {
        const run = Object.values(runs).find((one) => {
          const mine = line(one, 'missing').split(' ').slice(1);
          const theirs = wanted(one).missing.split(' ').slice(1);
          return (
            mine.length > 1 &&
            mine.join() !== theirs.join() &&
            mine
              .map(Number)
              .sort((a, b) => a - b)
              .join() === theirs.join()
          );
        });
        return { ok: run !== undefined, scenario: run?.scenario, facts: { printed: run ? line(run, 'missing') : '' } };
      },
    },
    {
      feedback: 'late-is-not-missing',
      when: ({ reordered, loss }) => {
        const first = line(reordered, 'missing').split(' ')[1];
        return {
          ok: first !== undefined && right(loss, 'missing').ok,
          scenario: 'reordered',
          facts: { late: Number(first ?? 0), before: Number(first ?? 0) + 1 },
        };
      },
    },
    { feedback: 'wrong-missing', when: ({ loss }) => ({ ...right(loss, 'missing'), ok: !right(loss, 'missing').ok }) },
    { feedback: 'duplicates', when: ({ all }) => ({ ...right(all, 'twice'), ok: !right(all, 'twice').ok || !right(all, 'received').ok }) },
  ],
};
