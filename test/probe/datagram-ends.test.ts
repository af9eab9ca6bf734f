/** What became of the datagrams of real programs: only what the trace can know, and how it says so. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TraceReader, Undelivered } from '../../src/contracts/trace-model';
import { transcript } from '../../src/export/transcript';
import { explain } from '../../src/knowledge/explain';
import { nodePath, root, skip } from '../support/house';
import { traced } from '../support/traced';
import { faulty } from './fault-run';
import { programs, versions } from './probe-run';

const own = join(root, 'test', 'fixtures', 'traces', 'datagram-ends.mjs');

const steps = (trace: TraceReader) => Array.from({ length: trace.size }, (_, i) => i + 1);
const sends = (trace: TraceReader) => steps(trace).filter((seq) => trace.call(seq) === 'sendmsg' && trace.error(seq) === null);
const said = (trace: TraceReader, seq: number) => explain(trace, trace.event(seq)).means;
const arrived = (trace: TraceReader, seq: number) => trace.links(seq).some(({ kind, from }) => kind === 'datagram' && from === seq);

for (const major of versions('20,24')) {
  describe(`datagrams that do not arrive on Node ${major}`, function () {
    this.timeout(30_000);
    let node = '';
    before(async function () {
      const found = await nodePath(major);
      if (found === null) skip(this, `no Node ${major}`);
      node = found;
    });

    it('a full receive buffer, a receiver that closes, a port with nobody: told apart, and nothing said of what cannot be known', async function () {
      if (process.platform !== 'linux') skip(this, 'Linux: the size of the receive buffer, and who is told of ICMP');
      const { trace, stdout } = await traced(node, [own]);
      assert.equal(stdout, 'ECONNREFUSED\n');
      const fates = new Map<string, Undelivered | null>();
      const text = (seq: number) => Buffer.from(trace.payload(seq) ?? []).toString('latin1');
      for (const seq of sends(trace)) fates.set(trace.bytes(seq)! >= 1000 ? String(trace.bytes(seq)) : text(seq), trace.undelivered(seq));
      const fateOf = (name: string) => {
        assert.ok(fates.has(name), `no datagram ${name}`);
        return fates.get(name) ?? null;
      };
      // The first ones fit; each is received or lost, and an arrow is there for those received.
      assert.equal(fateOf('1000'), null);
      assert.equal(fateOf('1007')?.fate, 'lost');
      for (const seq of sends(trace).filter((one) => trace.bytes(one)! >= 1000))
        assert.notEqual(arrived(trace, seq), trace.undelivered(seq)?.fate === 'lost');
      const lost = fateOf('1007')!;
      assert.deepEqual([lost.provenance, trace.call(lost.shown), text(lost.shown)], ['derived', 'recvmsg', 'last']);
      assert.match(said(trace, lost.sent), /Lost: s1 received one that was sent later \(step \d+\)/);
      const drops = steps(trace)
        .map((seq) => trace.event(seq).args?.drops)
        .filter((n) => typeof n === 'number');
      // The kernel counts what it threw away for lack of room: no more than those. It may have been asked before the last one.
      const full = sends(trace).filter((seq) => trace.bytes(seq)! >= 1000 && trace.undelivered(seq)).length;
      const counted = drops.at(-1) ?? 0;
      assert.ok(full >= 2 && counted <= full, `${full} lost, ${counted} counted by the kernel`);
      if (counted > 0)
        assert.match(said(trace, lost.sent), new RegExp(`The kernel counted ${counted} datagrams? that it threw away at s1`));
      const unread = fateOf('unread')!;
      assert.deepEqual([unread.fate, trace.call(unread.shown)], ['lost', 'close']);
      assert.match(said(trace, unread.sent), /Lost: s1 was closed at step \d+ and had not received it\./);
      const refused = fateOf('anybody?')!;
      assert.deepEqual([refused.fate, trace.error(refused.shown), refused.receiver], ['refused', 'ECONNREFUSED', -1]);
      assert.deepEqual(trace.undelivered(refused.shown), refused);
      assert.match(
        said(trace, refused.shown),
        new RegExp(`answer \\(ICMP port unreachable\\) to the datagram sent at step ${refused.sent}\\.`),
      );
      assert.equal(fateOf('gone'), null);
      const gone = sends(trace).find((seq) => text(seq) === 'gone')!;
      assert.match(said(trace, gone), /It is not known whether this one arrived/);
      const lines = [...transcript(trace)].join('\n');
      assert.match(lines, new RegExp(`= 1007 {2}lost \\(step ${lost.shown}\\)`));
      assert.match(lines, new RegExp(`refused \\(step ${refused.shown}\\)`));
      assert.doesNotMatch(lines, /"gone"\) = 4 {2}\w/);
    });

    for (const [direction, list] of [
      ['receive', 'seed=7,udp-drop@30%'],
      ['send', 'seed=7,udp-drop@send@30%'],
    ] as const)
      it(`those that an injected fault throws away on ${direction}, each with its fault`, async () => {
        const { trace, faults, stdout } = await faulty(node, list, 'udp.mjs');
        const { got } = JSON.parse(stdout) as { got: string[] };
        assert.ok(faults.length > 3 && got.length === 30 - faults.length, `${faults.length} faults, ${got.length} got`);
        for (const { seq } of faults) {
          const found = trace.undelivered(seq)!;
          assert.deepEqual([found.fate, found.shown, found.provenance], ['dropped', seq, 'injected']);
          assert.equal(trace.sockets[found.receiver]?.id, 's1');
          if (direction === 'send') assert.deepEqual([found.sent, found.received], [seq, 0]);
          else {
            assert.ok(found.sent > 0 && arrived(trace, found.sent));
            assert.deepEqual(trace.undelivered(found.sent), found);
            assert.deepEqual(trace.undelivered(found.received), found);
            assert.match(said(trace, found.sent), new RegExp(`the injected fault at step ${seq} threw it away`));
          }
        }
        // Nothing else is said to be lost.
        const others = steps(trace).filter((seq) => trace.undelivered(seq) && trace.undelivered(seq)!.fate !== 'dropped');
        assert.deepEqual(others, []);
      });

    it('of a program in which all arrive nothing is said to be lost', async () => {
      const { trace } = await traced(node, [join(programs, 'udp.mjs')]);
      assert.ok(sends(trace).length > 0);
      assert.deepEqual(
        steps(trace).filter((seq) => trace.undelivered(seq)),
        [],
      );
    });
  });
}
