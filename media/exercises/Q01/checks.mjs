import { pbkdf2Sync } from 'node:crypto';

const CLIENTS = 8;
const hash = (text) => pbkdf2Sync(text, 'socketscope', 500_000, 16, 'sha256').toString('hex');

let known = null;
/** The hash of 7; it takes a moment. */
const hashOf7 = () => (known ??= hash('7'));

/** Longest time for which the loop of the program was kept by one callback: between reading a request and doing the next thing. For the words only. */
const blocked = (run) => {
  const block = run.trace.maxLoopBlock();
  return { ms: Math.round(block.value), seq: block.seq };
};
/**
 * The share of the time in which the event loop waited; null where Node does not say. From the first request to the last answer a loop that is free waits nearly all the time, and one
 * that hashes hardly ever: libuv counts that, and a busy machine changes nothing about it.
 */
function waitedShare(run) {
  const first = run.trace.events({ call: 'read', ok: true, and: (event) => event.bytes > 0 })[0];
  const last = run.trace.events({ call: ['write', 'writev'], ok: true }).at(-1);
  return first && last ? run.trace.loopWaited(first.seq, last.seq) : 1;
}
const isBlocked = (run) => (waitedShare(run) ?? 1) < 0.5;
const backlog = (run) => Number(run.trace.events({ call: 'listen' })[0]?.args?.backlog ?? 0);

/** @type {import('../checks').Checks} */
export default {
  scenarios: [
    {
      id: 'one',
      title: 'One client',
      async peer(peer) {
        const client = await peer.connect();
        await client.write('7\n');
        await client.expectLine(undefined, { as: 'answer', within: 4000 });
        peer.keep('answer', client.line);
      },
    },
    {
      id: 'many',
      title: 'Eight clients at the same moment',
      limit: 15000,
      async peer(peer) {
        await peer.start();
        await peer.listening();
        let answered = 0;
        await Promise.all(
          Array.from({ length: CLIENTS }, async (_, n) => {
            const client = await peer.connect({ within: 8000 });
            await client.write(`${n}\n`);
            if (await client.expectLine(/^[0-9a-f]{32}$/, { as: 'answers', within: 8000 })) answered += 1;
          }),
        );
        peer.keep('answered', answered);
      },
    },
  ],
  checks: [
    {
      id: 'answer',
      title: 'One client gets the right hash',
      kind: 'P',
      feedback: 'wrong-hash',
      test: ({ one }) => ({
        ok: one.peer.kept.answer === hashOf7(),
        scenario: 'one',
        facts: { number: 7, expected: hashOf7(), got: String(one.peer.kept.answer ?? '(nothing)') },
      }),
    },
    {
      id: 'all',
      title: 'All eight get an answer',
      kind: 'P',
      weight: 2,
      feedback: 'turned-away',
      test: ({ many }) => ({
        ok: many.peer.kept.answered === CLIENTS,
        scenario: 'many',
        facts: { answered: Number(many.peer.kept.answered ?? 0), clients: CLIENTS },
      }),
    },
    {
      id: 'loop',
      title: 'The event loop is never blocked for long',
      kind: 'T',
      weight: 2,
      feedback: 'loop-blocked',
      test: ({ many }) =>
        waitedShare(many) === null
          ? { skip: 'Node does not say here how long its event loop waits.' }
          : {
              ok: !isBlocked(many),
              scenario: 'many',
              seqs: blocked(many).seq ? [blocked(many).seq] : [],
              facts: { ms: blocked(many).ms },
            },
    },
    {
      id: 'backlog',
      title: 'The accept queue has room for clients that come together',
      kind: 'T',
      feedback: 'longer-queue',
      test: ({ many }) => ({ ok: backlog(many) >= CLIENTS, scenario: 'many', facts: { backlog: backlog(many), ms: blocked(many).ms } }),
    },
  ],
  diagnoses: [
    {
      feedback: 'wrong-hash',
      when: ({ one }) => ({
        ok: typeof one.peer.kept.answer === 'string' && one.peer.kept.answer !== '' && one.peer.kept.answer !== hashOf7(),
        scenario: 'one',
        seqs: one.trace
          .events({ call: ['write', 'writev'] })
          .slice(0, 1)
          .map((event) => event.seq),
        facts: { number: 7, expected: hashOf7(), got: String(one.peer.kept.answer) },
      }),
    },
    {
      feedback: 'turned-away',
      when: ({ many }) => {
        const closed = many.trace.sockets({ role: 'accepted' }).filter((socket) => socket.closed !== null && socket.bytesWritten === 0);
        return {
          ok: many.peer.kept.answered < CLIENTS && closed.length > 0,
          scenario: 'many',
          seqs: closed.map((socket) => socket.closed),
          facts: { answered: Number(many.peer.kept.answered ?? 0), clients: CLIENTS },
        };
      },
    },
    {
      feedback: 'longer-queue',
      when: ({ many }) => ({
        ok: isBlocked(many) && backlog(many) > 511,
        scenario: 'many',
        seqs: blocked(many).seq ? [blocked(many).seq] : [],
        facts: { backlog: backlog(many), ms: blocked(many).ms },
      }),
    },
    {
      feedback: 'loop-blocked',
      when: ({ many }) => ({
        ok: isBlocked(many),
        scenario: 'many',
        seqs: blocked(many).seq ? [blocked(many).seq] : [],
        facts: { ms: blocked(many).ms },
      }),
    },
  ],
};
