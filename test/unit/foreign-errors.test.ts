import assert from 'node:assert/strict';
import vm from 'node:vm';
import { ownError } from '../../src/probe/call-sites';
import { hookOwnStacks } from '../../src/probe/clean-stacks';
import { isForeign, OWN_FILES } from '../../src/probe/foreign-errors';
import { Replacements } from '../../src/probe/wrap';

/** This file's bundle stands for the probe: OWN_FILES has its name. */
const ofProbe = (): unknown => {
  try {
    (null as unknown as { address: string }).address.trim();
  } catch (error) {
    return error;
  }
  return null;
};
const ofProgram = (source: string): unknown =>
  vm.runInThisContext(`try { ${source} } catch (error) { error }`, { filename: '/home/me/server.js' });

describe('whose error came out of a hook of the probe', () => {
  const replacements = new Replacements();
  afterEach(() => replacements.restore());

  it('knows its own and the program’s', () => {
    assert.equal(isForeign(ofProbe()), false);
    for (const source of ["throw new Error('mine')", 'null.x', 'throw 42', 'throw undefined', "throw { stack: 'none' }"])
      assert.equal(isForeign(ofProgram(source)), true, source);
  });

  it('knows its own where the stack does not show the probe: prepareStackTrace is the program’s', () => {
    const before = Error.prepareStackTrace;
    const StackError = ownError();
    assert.ok(StackError);
    hookOwnStacks(OWN_FILES, StackError, replacements);
    try {
      Error.prepareStackTrace = (error, sites) => `${String(error)}\n${sites.map((site) => `    at ${String(site)}`).join('\n')}`;
      const error = ofProbe();
      assert.equal(isForeign(error), false);
      assert.ok(!OWN_FILES.some((file) => (error as Error).stack?.includes(file)), 'the program is not shown the probe');
      assert.equal(isForeign(ofProgram('null.x')), true);
    } finally {
      Error.prepareStackTrace = before;
    }
  });
});
