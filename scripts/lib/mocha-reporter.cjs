// Mocha reporter of `npm test`: says what failed or was skipped and why, and leaves the counts in the file that SOCKETSCOPE_RESULT names.
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const { EVENT_TEST_END, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_RUN_END } = Mocha.Runner.constants;

/** ms; a suite that takes longer is named with its time. */
const SLOW = 20_000;

module.exports = class CountingReporter extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
    const verbose = Boolean(process.env.SOCKETSCOPE_VERBOSE);
    const title = (test) => test.titlePath().join(' > ');
    // By the outermost suite: where the time of a part goes.
    const spent = new Map();
    let last = Date.now();
    const spend = (test) => {
      const suite = test.titlePath()[0];
      const now = Date.now();
      spent.set(suite, (spent.get(suite) ?? 0) + now - last);
      last = now;
    };
    runner.on(EVENT_TEST_END, spend);
    runner.on(EVENT_TEST_PASS, (test) => {
      counts.passed++;
      if (verbose) console.log(`    ok       ${title(test)} (${test.duration} ms)`);
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      counts.skipped++;
      console.log(`    skipped  ${title(test)}`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      counts.failed++;
      counts.failures.push({ title: title(test), message: String(error?.message ?? error) });
      console.log(`    FAILED   ${title(test)}`);
    });
    runner.on(EVENT_RUN_END, () => {
      const slowest = [...spent].filter(([, ms]) => ms >= SLOW).sort((a, b) => b[1] - a[1]);
      if (slowest.length) console.log(`    slowest  ${slowest.map(([suite, ms]) => `${suite} ${Math.round(ms / 1000)} s`).join(', ')}`);
      if (this.failures.length) Mocha.reporters.Base.list(this.failures);
      if (process.env.SOCKETSCOPE_RESULT) writeFileSync(process.env.SOCKETSCOPE_RESULT, JSON.stringify(counts));
    });
  }
};
