import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gutterFor } from '../../webview/timeline/layout/gutter';
import { axeProblems } from '../support/axe';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { root } from '../support/house';
import { makeEchoTrace } from '../support/make-trace';
import { openPanel } from '../support/panel';

/** A recorded run of test/fixtures/programs/blocked-loop.mjs: at step 26 the server reads what has waited for 43 ms. */
const bytes = readFileSync(join(root, 'test/fixtures/traces/event-loop.socktrace'));
const LATE = 26;

describe('the lane of an event loop, in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
  });

  for (const theme of ['dark', 'light', 'contrast', 'contrastLight'])
    it(`says on the card, in the transcript and aloud how long the bytes waited and why; axe-core finds nothing: ${theme}`, async () => {
      const panel = await openPanel(site, bytes, { theme, width: 1200, height: 900 });
      const { page } = panel;
      await panel.send({ type: 'goTo', step: LATE });
      await panel.atStep(LATE);
      const note = await panel.text('[data-name="loop-note"] p');
      assert.match(
        note,
        /^Event loop: The bytes waited 42\.8 ms in the kernel, from step 23 until this callback ran: the event loop was busy\./,
      );
      assert.match(note, /step 21, blocked-loop\.mjs:23\./);
      assert.match(await panel.text('.spoken[role="status"]'), /\(ready 42\.8 ms before, at step 23\)/);
      await page.locator('vscode-panel-tab', { hasText: 'Transcript' }).click();
      assert.match(await panel.text(`#line-${LATE} .line-call`), /\(ready 42\.8 ms before, at step 23\)/);
      await page.locator('vscode-panel-tab', { hasText: 'Queues' }).click();
      assert.match(await panel.text('[data-name="loop-now"]'), /Busy for at most .* of .*, up to step 48/);
      await page.locator('[data-name="loop-note"] summary').click();
      await page.locator('.plot').focus();
      await page.keyboard.press('?');
      await page.locator('dialog[open] [data-name="legend-loop"]').waitFor();
      await page.keyboard.press('Escape');
      assert.deepEqual(await axeProblems(page), []);
      await panel.close();
    });

  it('tells its numbers under the pointer, leads to the step at its end, and is hidden when that is wanted', async () => {
    const panel = await openPanel(site, bytes, { width: 1200, height: 900 });
    const { page } = panel;
    await panel.send({ type: 'goTo', step: LATE });
    await panel.atStep(LATE);
    const box = (await page.locator('.plot canvas').boundingBox())!;
    const gutter = gutterFor(Math.floor(box.width));
    // Ruler 24, then the row of the process 28: the lane is the next 20.
    const lane = { x: 0, y: box.y + 24 + 28 + 10 };
    await page.mouse.move(box.x + 40, lane.y);
    assert.match(await panel.text('.tip'), /^The lane of the event loop\. Filled: busy/);
    const cursor = await page.evaluate(() => document.querySelector('.plot')?.getAttribute('aria-valuenow'));
    assert.equal(cursor, String(LATE));
    for (let x = box.x + gutter + 20; x < box.x + box.width - 4; x += 12) {
      await page.mouse.move(x, lane.y);
      if (/^event loop busy for 45\.5 ms/.test(await panel.text('.tip'))) {
        lane.x = x;
        break;
      }
    }
    assert.match(await panel.text('.tip'), /^event loop busy for 45\.5 ms: it never waited for events, in 1 turn {2}· {2}derived$/);
    await panel.send({ type: 'goTo', step: 24 });
    await panel.atStep(24);
    await page.mouse.move(lane.x, lane.y);
    await page.mouse.down();
    await page.mouse.up();
    await panel.atStep(LATE);
    assert.ok(await page.locator('[data-name="loop-signs"]').isVisible());
    await page.keyboard.press('h');
    await page.locator('[data-name="loops"]').click();
    await page.mouse.move(box.x + 40, lane.y);
    assert.doesNotMatch(await panel.text('.tip'), /event loop/);
    assert.equal(await page.locator('[data-name="loop-signs"]').isVisible(), false);
    await panel.close();
  });

  it('is not there for a trace that says nothing of event loops', async () => {
    const panel = await openPanel(site, makeEchoTrace().encoder.take(), { width: 1200, height: 900 });
    await panel.send({ type: 'goTo', step: 16 });
    await panel.atStep(16);
    assert.equal(await panel.page.locator('[data-name="loop-signs"]').isVisible(), false);
    await panel.page.keyboard.press('h');
    assert.equal(await panel.page.locator('[data-name="loops"]').isVisible(), false);
    await panel.close();
  });
});
