import assert from 'node:assert/strict';
import { findStuck, type StuckFinding, type StuckPatternId, type TraceStore } from '../../src/trace';
import { stuckRun } from '../support/stuck-run';

const SECOND = 1e9;
/** Live analysis is asked as if this much had passed without anything new. */
const LATER = 60 * SECOND;

const later = (trace: TraceStore) => findStuck(trace, { now: (trace.size ? trace.time(trace.size) : 0) + LATER });
const file = (finding: StuckFinding) => (finding.site ? `${finding.site.file.split('/').at(-1)}:${finding.site.line}` : null);

/** Program, its finding, the line that it points at, and what follows from it at the other end. */
const STUCK: [string, StuckPatternId, number | null, StuckPatternId[], Record<string, unknown>][] = [
  ['close-wait', 'close-wait', 8, ['half-open'], {}],
  ['end-unread', 'end-unread', 7, ['half-open'], { bytes: 5 }],
  ['never-reads', 'never-reads', 7, [], {}],
  ['waits-for-drain', 'never-reads', 7, ['waits-for-drain'], {}],
  ['end-behind-writes', 'never-reads', 7, ['end-behind-writes'], {}],
  ['both-write', 'both-write', null, [], {}],
  ['blocked-loop', 'accept-queue', 8, [], { waiting: 3 }],
  ['full-queue', 'accept-queue-full', 8, ['connecting'], { backlog: 1, waiting: 2, connecting: 1 }],
  ['connect-nobody', 'connecting', 17, [], {}],
  ['half-open', 'close-wait', 8, ['half-open'], {}],
  ['framing', 'waits-for-more', 13, [], { bytes: 13, look: 'line' }],
  ['framing-part', 'waits-for-more', 13, [], { bytes: 12, look: 'no-newline' }],
  ['exit-held', 'exit-held', 12, [], { held: 2 }],
  ['udp-no-reply', 'udp-no-reply', 10, [], { sends: 1, taken: 0 }],
  ['udp-silent-server', 'udp-no-reply', 9, [], { sends: 1, taken: 1 }],
  ['timer', 'no-sockets', null, [], { sockets: 3 }],
  ['timeout-ignored', 'timeout-ignored', 6, [], {}],
];

describe('why is it stuck?', function () {
  this.timeout(30_000);

  for (const [name, pattern, line, follow, facts] of STUCK)
    it(`${name}.mjs: ${[pattern, ...follow].join(', then ')}`, async () => {
      const { live, ended } = await stuckRun(`${name}.mjs`, 'stuck', (trace) => {
        const found = later(trace);
        const [first] = found;
        // What the program has printed may be ahead of what the trace has of it.
        const known = Object.entries(facts).every(([key, value]) => (key === 'look' ? first?.look : first?.numbers[key]) === value);
        const placed = line === null || (first !== undefined && file(first) === `${name}.mjs:${line}`);
        return (
          first?.pattern === pattern &&
          known &&
          placed &&
          follow.every((one) => found.some((other) => other.pattern === one && other.follows))
        );
      });
      for (const [when, findings] of [
        ['while it runs', later(live)],
        ['after its end', findStuck(ended, { least: 0 }).filter((one) => one.lasted > 0)],
      ] as const) {
        const [first, ...rest] = findings;
        assert.ok(first, when);
        assert.equal(first.pattern, pattern, when);
        assert.equal(first.follows, false);
        if (line !== null) assert.equal(file(first), `${name}.mjs:${line}`, when);
        for (const [key, value] of Object.entries(facts)) assert.equal(key === 'look' ? first.look : first.numbers[key], value, key);
        for (const wanted of follow)
          assert.ok(
            rest.some((one) => one.pattern === wanted && one.follows),
            `${when}: ${wanted} follows`,
          );
        assert.ok(
          rest.every((one) => one.follows || !one.certain || one.pattern === pattern),
          `${when}: ${rest.map((one) => one.pattern)}`,
        );
      }
      const [first] = later(live);
      assert.ok(first!.lasted >= LATER && first!.lasted < LATER + 20 * SECOND);
    });

  for (const name of ['healthy-echo', 'healthy-keep-alive', 'healthy-udp', 'healthy-big', 'healthy-greeting', 'healthy-http'])
    it(`${name}.mjs: nothing is stuck, however long it rests`, async () => {
      const { live, ended } = await stuckRun(`${name}.mjs`, 'idle', (trace) => later(trace).length === 0);
      assert.deepEqual(later(live), []);
      assert.deepEqual(findStuck(ended), []);
    });
});
