/** The TCP states of a trace, held against the kernel's own: the tracepoint sock:inet_sock_set_state of the same run (Linux, root). */
import assert from 'node:assert/strict';
import { type Compared, type Ends, runScenario, SCENARIOS, type Scenario } from '../support/state-scenarios';
import { StateTracepoint } from '../support/state-tracepoint';

/** Rounds of each scenario; `npm run bench -- kernel-states` makes 20. */
const ROUNDS = 2;

describe('TCP states against the kernel', function () {
  this.timeout(60_000);
  let oracle: StateTracepoint;
  const total = { both: { sockets: 0, wrong: [] as string[] }, one: { sockets: 0, wrong: [] as string[] } };

  before(function () {
    try {
      oracle = new StateTracepoint();
    } catch {
      console.log('      skipped: the kernel lets nobody look at its TCP states here (needs Linux, root and tracefs)');
      this.skip();
    }
  });
  after(() => oracle?.close());

  async function rounds(scenario: Scenario, ends: Ends, count = ROUNDS): Promise<void> {
    const sum = total[ends === 'both' ? 'both' : 'one'];
    let wrong: Compared[] = [];
    for (let round = 0; round < count; round++) {
      const { compared } = await runScenario(scenario, ends, oracle);
      assert.ok(compared.length > 0 || scenario === 'destroy-at-once');
      wrong = compared.filter(({ exact }) => !exact);
      sum.sockets += compared.length;
      sum.wrong.push(...wrong.map(({ ours, kernel }) => `${scenario}: ${ours.join(' ')}, the kernel: ${kernel?.join(' ') ?? 'nothing'}`));
      if (wrong.length === 0 && round > 0) return;
    }
    // A race may be lost now and then, which the last test counts: what is wrong each time is an error.
    if (wrong.length > 1 || sum.wrong.length > 2) assert.deepEqual(wrong, []);
  }

  for (const scenario of SCENARIOS) it(`${scenario}, both ends traced`, () => rounds(scenario, 'both'));
  for (const scenario of SCENARIOS) it(`${scenario}, the client only`, () => rounds(scenario, 'client', 1));

  it('99 % of all paths are exact', () => {
    for (const [ends, { sockets, wrong }] of Object.entries(total))
      assert.ok(wrong.length / sockets <= 0.01, `${ends}: ${wrong.length} of ${sockets} are wrong | ${wrong.join(' | ')}`);
  });
});
