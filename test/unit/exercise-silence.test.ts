import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Checks, Finding, Runs } from '../../src/contracts/exercise-checks';
import { root } from '../support/house';

/** What the check needs of a run in which numbers 0 to `came - 1` of 200 were read and the socket was closed `quiet` ms later. */
function runOf(came: number, quiet: number): Runs {
  const reads = Array.from({ length: came }, (_, number) => ({ t: number * 1e6, payload: new Uint8Array([0, 0, 0, number]) }));
  const missing = Array.from({ length: 200 - came }, (_, at) => came + at);
  const run = {
    scenario: 'loss',
    outcome: { stdout: `received ${came}\ntwice 0\nmissing ${missing.join(' ')}\n` },
    peer: { kept: { lost: [199], doubled: [] } },
    trace: {
      events: () => reads,
      event: () => ({ t: reads.at(-1)!.t + quiet * 1e6 }),
      sockets: () => [{ closed: 999 }],
    },
  };
  return { loss: run } as unknown as Runs;
}

describe('Where did the datagrams go?', () => {
  const missingIn = async (runs: Runs): Promise<boolean> => {
    const { default: checks } = (await import(pathToFileURL(join(root, 'media/exercises/U02/checks.mjs')).href)) as { default: Checks };
    return ((await checks.checks.find(({ id }) => id === 'missing')!.test(runs)) as Finding).ok;
  };

  it('holds a program that waited long enough against what reached its socket, also when the sender paused on a busy machine', async () => {
    assert.equal(await missingIn(runOf(120, 505)), true);
    assert.equal(await missingIn(runOf(199, 505)), true);
  });

  it('holds one that did not wait against all that was sent', async () => {
    assert.equal(await missingIn(runOf(120, 60)), false);
    assert.equal(await missingIn(runOf(199, 60)), true);
  });
});
