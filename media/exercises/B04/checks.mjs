import { createHash } from 'node:crypto';

const CHUNK = 64 * 1024;
const CHUNKS = 1024;
const ALL = CHUNK * CHUNKS;
const MOST = 1024 * 1024;

function expected() {
  const hash = createHash('sha256');
  for (let n = 0; n < CHUNKS; n++) hash.update(Buffer.alloc(CHUNK, n % 251));
  return hash.digest('hex');
}

const refused = (run) => run.trace.events({ kind: 'api', api: 'socket.write' });

/** Of the times between two 'drain' events the one with the most refused writes: the step of its first, and how many followed. null: none was refused. */
function afterFull(run) {
  let [worst, now] = [null, null];
  for (const event of run.trace.events({ kind: 'api', api: ['socket.write', 'drain'] })) {
    if (event.api === 'drain') now = null;
    else if (now === null) now = { step: event.seq, more: 0 };
    else now.more++;
    if (now !== null && now.more >= (worst?.more ?? 0)) worst = now;
  }
  return worst;
}

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'slow',
      title: 'A server that reads nothing for a while',
      ends: 'itself',
      limit: 12000,
      payload: 0,
      async peer(peer) {
        const door = await peer.listen();
        await peer.start({ env: { PORT: String(door.port) } });
        const client = await door.accept({ as: 'connects', pause: true, within: 3000 });
        await peer.hold(700);
        await client.resume();
        await client.expectCount(ALL, { as: 'all', within: 8000 });
        peer.keep('sha256', client.sha256());
        peer.keep('bytes', client.received);
        await client.expectEnd({ as: 'end' });
        await client.end();
        await peer.exited({ as: 'ends', within: 2000 });
      },
    },
  ],
  checks: [
    { id: 'all', title: 'All 64 MiB arrive', kind: 'P', weight: 2, feedback: 'no-end', test: ({ slow }) => slow.peer.met('all') },
    {
      id: 'same',
      title: 'They are the bytes of the chunks in their order',
      kind: 'P',
      feedback: 'wrong-bytes',
      test: ({ slow }) => ({ ok: slow.peer.kept.sha256 === expected(), facts: { bytes: Number(slow.peer.kept.bytes ?? 0) } }),
    },
    {
      id: 'peak',
      title: 'At most a mebibyte waits in the stream buffer',
      kind: 'T',
      weight: 3,
      feedback: 'ignores-the-return',
      test: ({ slow }) => {
        const peak = slow.trace.peak('stream-write');
        return {
          ok: peak.value <= MOST,
          seqs: peak.seq ? [peak.seq] : [],
          facts: { step: afterFull(slow)?.step ?? 0, more: afterFull(slow)?.more ?? 0, mib: (peak.value / MOST).toFixed(1) },
        };
      },
    },
    {
      id: 'warnings',
      title: 'No listeners pile up',
      kind: 'O',
      feedback: 'listeners-pile-up',
      test: ({ slow }) => !slow.outcome.stderr.includes('MaxListenersExceededWarning'),
    },
    {
      id: 'ends',
      title: 'The program ends by itself',
      kind: 'O',
      feedback: 'hangs',
      test: ({ slow }) => slow.outcome.endedBy === 'itself' && slow.outcome.code === 0,
    },
  ],
  diagnoses: [
    {
      feedback: 'listeners-pile-up',
      when: ({ slow }) => {
        const warning = /MaxListenersExceededWarning: ([^\n]*?)\./.exec(slow.outcome.stderr);
        return {
          ok: warning !== null,
          scenario: 'slow',
          seqs: refused(slow)
            .slice(0, 1)
            .map((event) => event.seq),
          facts: { warning: warning?.[1] ?? '' },
        };
      },
    },
    {
      feedback: 'all-at-once',
      when: ({ slow }) => {
        const peak = slow.trace.peak('stream-write');
        return {
          ok: peak.value > MOST && (afterFull(slow)?.more ?? 0) === 0,
          scenario: 'slow',
          seqs: peak.seq ? [peak.seq] : [],
          facts: { step: peak.seq ?? 0, mib: (peak.value / MOST).toFixed(1) },
        };
      },
    },
    {
      feedback: 'ignores-the-return',
      when: ({ slow }) => {
        const peak = slow.trace.peak('stream-write');
        return {
          ok: peak.value > MOST,
          scenario: 'slow',
          seqs: peak.seq ? [peak.seq] : [],
          facts: { step: afterFull(slow)?.step ?? 0, more: afterFull(slow)?.more ?? 0, mib: (peak.value / MOST).toFixed(1) },
        };
      },
    },
    {
      feedback: 'no-end',
      when: ({ slow }) => {
        const socket = slow.trace.sockets({ role: 'client' })[0];
        return {
          ok: !slow.peer.met('all').ok && socket !== undefined,
          scenario: 'slow',
          seqs: slow.trace.events({ call: 'shutdown' }).map((event) => event.seq),
          facts: { bytes: socket?.bytesWritten ?? 0 },
        };
      },
    },
  ],
};
