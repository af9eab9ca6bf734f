import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { FromTimeline, TimelineViewState, ToTimeline } from '../../src/contracts/timeline-api';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { results } from '../support/house';
import { messageRun } from '../support/two-runs';

interface Harness {
  sent: FromTimeline[];
  theme(name: string): void;
  send(message: ToTimeline): void;
  open(url: string, options?: { state?: TimelineViewState | null; title?: string }): Promise<number>;
}
declare const window: { harness: Harness };

const SHOTS = join(results, 'webview');

describe('two runs beside each other, in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  const one = messageRun([11]);
  const two = messageRun([3, 8]);

  useHarness((started) => {
    site = started;
    site.serve('/traces/one', one.bytes);
    site.serve('/traces/two', two.bytes);
    mkdirSync(SHOTS, { recursive: true });
  });

  async function open(width = 1300, theme = 'dark') {
    const { page, errors } = await site.page(width, 900);
    await page.evaluate((name) => window.harness.theme(name), theme);
    await page.evaluate(() =>
      window.harness.open('/traces/one', { title: 'one.socktrace', state: { step: 1, axis: 'steps', view: { tab: 'compare' } } }),
    );
    return { page, errors };
  }
  const compare = (page: Page, url: string) =>
    page.evaluate(async (from) => {
      const bytes = await (await fetch(from)).arrayBuffer();
      window.harness.send({ type: 'compare', title: from.endsWith('two') ? 'two.socktrace' : 'again.socktrace', bytes });
    }, url);
  const sent = (page: Page, type: FromTimeline['type']) =>
    page.evaluate((wanted) => window.harness.sent.filter((message) => message.type === wanted).at(-1), type);

  it('says what to do, and asks for a run', async () => {
    const { page, errors } = await open();
    await page.locator('.compare vscode-button').click();
    assert.deepEqual(await sent(page, 'command'), { type: 'command', command: 'compare' });
    await page.close();
    assert.deepEqual(errors, []);
  });

  it('shows where the runs part, goes there, and opens the step of either', async () => {
    const { page, errors } = await open();
    await compare(page, '/traces/two');
    await page.waitForSelector('.compare-row.differs.current');
    assert.match((await page.locator('.difference').textContent()) ?? '', /First difference.*run 2 read 3 \+ 8 bytes where run 1 read 11/);
    assert.equal(await page.locator('.compare-row.differs').count(), 1);
    assert.equal(((await sent(page, 'step')) as { step: number }).step, one.reads[0]);
    const cells = page.locator('.compare-row.differs td');
    assert.equal(await cells.nth(0).locator('.compare-step').count(), 1);
    assert.equal(await cells.nth(1).locator('.compare-step').count(), 2);
    await cells.nth(1).locator('.compare-step').nth(1).click();
    assert.deepEqual(await sent(page, 'otherStep'), { type: 'otherStep', step: two.reads[1] });
    await page.locator('.compare-row').last().locator('td').first().locator('.compare-step').click();
    assert.notEqual(((await sent(page, 'step')) as { step: number }).step, one.reads[0]);
    // The list of another socket has no difference.
    await page.evaluate(() => {
      const list = document.querySelector('[data-name="compare-place"]') as HTMLElement & { value: string };
      list.value = 's0';
      list.dispatchEvent(new Event('change'));
    });
    await page.waitForFunction(() => document.querySelectorAll('.compare-row.differs').length === 0);
    await page.close();
    assert.deepEqual(errors, []);
  });

  it('says that two runs did the same, and what is no trace', async () => {
    const { page, errors } = await open();
    await compare(page, '/traces/one');
    await page.waitForFunction(() => document.querySelector('.compare-summary')?.textContent?.startsWith('Both runs did the same'));
    assert.equal(await page.locator('[data-name="difference"]').isVisible(), false);
    await page.evaluate(() =>
      window.harness.send({ type: 'compare', title: 'notes.txt', bytes: new TextEncoder().encode('no trace at all').buffer }),
    );
    await page.waitForFunction(() => document.querySelector('.compare')?.textContent?.startsWith('notes.txt cannot be compared'));
    await page.close();
    assert.deepEqual(errors, []);
  });

  for (const [theme, width] of [
    ['dark', 1600],
    ['light', 500],
  ] as const)
    it(`fits into ${width} px, ${theme}`, async () => {
      const { page, errors } = await open(width, theme);
      await compare(page, '/traces/two');
      await page.waitForSelector('.compare-row.differs.current');
      const over = await page.locator('.compare').evaluate((element) => element.scrollWidth - element.clientWidth);
      assert.ok(over <= 1, `${over} px too wide`);
      await page.screenshot({ path: join(SHOTS, `compare-${theme}-${width}.png`) });
      await page.close();
      assert.deepEqual(errors, []);
    });
});
