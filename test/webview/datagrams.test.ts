import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeWhole } from '../../src/trace';
import { axeProblems } from '../support/axe';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { root } from '../support/house';
import { makeEchoTrace } from '../support/make-trace';
import { openPanel } from '../support/panel';

/** A recorded run of test/fixtures/traces/datagram-ends.mjs. */
const bytes = readFileSync(join(root, 'test/fixtures/traces/datagram-ends.socktrace'));

describe('datagrams that did not arrive, in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
  });

  for (const theme of ['dark', 'light', 'contrast', 'contrastLight'])
    it(`card, transcript, spoken line and legends say what became of each and how that is known; axe-core finds nothing: ${theme}`, async () => {
      const { store } = decodeWhole(bytes);
      const steps = [...Array(store.size).keys()].map((i) => i + 1);
      const found = (fate: string) => store.undelivered(steps.find((seq) => store.undelivered(seq)?.fate === fate)!)!;
      const panel = await openPanel(site, bytes, { theme, width: 1200, height: 1000 });
      const { page } = panel;
      for (const fate of ['lost', 'refused']) {
        const { sent, shown } = found(fate);
        await panel.send({ type: 'goTo', step: sent });
        await panel.atStep(sent);
        assert.match(await panel.text('.card-means'), fate === 'lost' ? /Lost: s1 received one that was sent later/ : /Refused: no socket/);
        assert.match(await panel.text('.spoken[role="status"]'), new RegExp(`\\(${fate} \\(step ${shown}\\)\\)$`));
        const button = page.locator('[data-name="missed"]');
        assert.match((await button.textContent())!, new RegExp(`step ${shown}$`));
        assert.equal(await page.locator('.card-links', { has: button }).locator('.chip').textContent(), 'derived');
        await page.locator('vscode-panel-tab', { hasText: 'Transcript' }).click();
        assert.match(await panel.text(`#line-${sent} .line-call`), new RegExp(`\\(${fate} \\(step ${shown}\\)\\)`));
        await button.click();
        await panel.atStep(shown);
      }
      // From the answer back to what it answers.
      assert.match(await panel.text('[data-name="missed"]'), /^sent at step \d+$/);
      assert.ok(await page.locator('[data-name="arrow-ends"]').isVisible());
      assert.deepEqual(await axeProblems(page), []);
      await page.locator('.plot').focus();
      await page.keyboard.press('?');
      assert.match(await panel.text('dialog[open] [data-name="legend-arrows"]'), /A cross: it was lost .* A bar: it was refused/);
      assert.deepEqual(await axeProblems(page), []);
      await panel.close();
    });

  it('a run without datagrams has no such legend', async () => {
    const panel = await openPanel(site, makeEchoTrace().encoder.take(), {});
    assert.equal(await panel.page.locator('[data-name="arrow-ends"]').isVisible(), false);
    await panel.close();
  });
});
