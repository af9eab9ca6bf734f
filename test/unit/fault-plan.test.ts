import assert from 'node:assert/strict';
import { FaultPlan } from '../../src/probe/faults/fault-plan';
import { parseFaults } from '../../src/runner/fault-list';

const plan = (list: string, script = '/home/a/server.mjs', thread = 0) => new FaultPlan(parseFaults(list)!, script, thread);

describe('what a list of faults means for a process', () => {
  it('happens as often as asked, evenly, and each fault apart from the others', () => {
    for (const seed of [1, 2, 7]) {
      const sockets = plan(`seed=${seed},udp-drop=20%,udp-duplicate=20%,split-read=1..8`);
      let hits = 0;
      let inARow = 0;
      let together = 0;
      const sizes = new Array<number>(9).fill(0);
      for (let socket = 0; socket < 50; socket++) {
        const faults = sockets.socket('datagram');
        const [drop, double, split] = (['udp-drop', 'udp-duplicate', 'split-read'] as const).map((name) => faults.named(name, [])[0]!);
        let last = false;
        for (let n = 0; n < 1000; n++) {
          const hit = drop!.hits(n);
          if (hit) hits++;
          if (hit && last) inARow++;
          if (hit && double!.hits(n)) together++;
          last = hit;
          sizes[split!.pick(n)]!++;
        }
      }
      const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < expected * 0.1, `${value} for ${expected}`);
      near(hits, 10_000);
      near(inARow, 2000);
      near(together, 2000);
      assert.equal(sizes[0], 0);
      for (const count of sizes.slice(1)) near(count, 6250);
    }
  });

  it('depends on seed, program, thread, side and birth alone, in whatever order it is asked', () => {
    const row = (from: FaultPlan, order: number[]) => {
      from.socket('client');
      const [fault] = from.socket('server').named('split-read', []);
      return order.map((n) => [n, fault!.pick(n)]).sort(([a], [b]) => a! - b!);
    };
    const numbers = Array.from({ length: 30 }, (_, n) => n * 1000);
    const list = 'seed=4,split-read=1..1000';
    const expected = row(plan(list), numbers);
    assert.deepEqual(row(plan(list), [...numbers].reverse()), expected);
    assert.notDeepEqual(row(plan('seed=5,split-read=1..1000'), numbers), expected);
    assert.notDeepEqual(row(plan(list, '/home/a/other.mjs'), numbers), expected);
    assert.notDeepEqual(row(plan(list, '/home/a/server.mjs', 1), numbers), expected);
    assert.deepEqual(row(plan(list, '/elsewhere/server.mjs'), numbers), expected);
  });

  it('finds programs by name, with or without ending and folders, and sockets by side and port', () => {
    const has = (list: string, script: string) => plan(list, script).names.size > 0;
    for (const name of ['server.mjs', 'program:server', 'program:a/server.mjs'])
      assert.ok(has(`split-read@${name}`, '/home/a/server.mjs'), name);
    for (const name of ['erver.mjs', 'program:serve', 'program:b/server.mjs'])
      assert.ok(!has(`split-read@${name}`, '/home/a/server.mjs'), name);
    assert.ok(has('split-read@program:a/server.mjs', 'C:\\home\\a\\server.mjs'));
    const sided = plan('split-read@client@:80');
    assert.equal(sided.socket('server').named('split-read', [80]).length, 0);
    assert.equal(sided.socket('client').named('split-read', [80]).length, 1);
    assert.equal(sided.socket('client').named('split-read', [81]).length, 0);
  });

  it('counts @2x over all sockets of the process', () => {
    const limited = plan('refuse-connect@2x');
    const hits = Array.from({ length: 5 }, () => limited.socket('client').named('refuse-connect', [])[0]!.hits(0));
    assert.deepEqual(hits, [true, true, false, false, false]);
  });
});
