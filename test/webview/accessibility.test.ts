import assert from 'node:assert/strict';
import { axeProblems } from '../support/axe';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { makeEchoTrace } from '../support/make-trace';
import { openPanel } from '../support/panel';

describe('timeline for everybody', function () {
  this.timeout(90_000);
  let site: HarnessSite;
  const echo = makeEchoTrace();
  const bytes = echo.encoder.take();
  useHarness((started) => {
    site = started;
  });

  for (const theme of ['dark', 'light', 'contrast', 'contrastLight'])
    it(`axe-core finds nothing: ${theme}, every tab, filters, dialogs, the card of a call`, async () => {
      const panel = await openPanel(site, bytes, { theme, width: 1200, height: 900 });
      const { page } = panel;
      const found: string[] = [];
      const look = async (where: string) =>
        found.push(...(await axeProblems(page, { colours: theme !== 'dark' })).map((problem) => `${where}: ${problem}`));
      await look('before the first step');
      await panel.send({ type: 'goTo', step: 16 });
      await panel.atStep(16);
      await page.keyboard.press('h');
      for (const details of ['how', 'depths']) await page.locator(`details[data-name="${details}"] summary`).click();
      for (const name of await page.locator('vscode-panel-tab:visible').allTextContents()) {
        await page.locator('vscode-panel-tab', { hasText: name }).click();
        await look(name);
      }
      for (const key of ['?', 'y']) {
        await page.locator('.plot').focus();
        await page.keyboard.press(key);
        await page.locator('dialog[open]').waitFor();
        await look(`dialog ${key}`);
        await page.keyboard.press('Escape');
      }
      assert.deepEqual(found, []);
      await panel.close();
    });

  it('axe-core finds nothing in a narrow panel and in an empty one', async () => {
    const panel = await openPanel(site, bytes, { width: 400, height: 700 });
    assert.deepEqual(await axeProblems(panel.page), []);
    await panel.close();
    const { page } = await site.page(800, 600);
    assert.deepEqual(await axeProblems(page), []);
    await page.close();
  });

  it('fits 400 pixels, and 1200 at 200 %, without a sideways scroll bar', async () => {
    for (const [width, height] of [
      [400, 700],
      [600, 450],
    ] as const) {
      const panel = await openPanel(site, bytes, { width, height });
      await panel.page.keyboard.press('h');
      await panel.page.keyboard.press('ArrowRight');
      const wide = await panel.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(wide, 0);
      const outside = await panel.page
        .locator('.toolbar vscode-button:visible, .filters vscode-dropdown:visible, .filters vscode-text-field:visible')
        .evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5).length);
      assert.equal(outside, 0, `${width} px`);
      await panel.close();
    }
  });

  it('can be used without a mouse: every control is reached by Tab, and what has the focus is seen', async () => {
    const panel = await openPanel(site, bytes, { width: 1400, height: 900 });
    const { page } = panel;
    await panel.send({ type: 'goTo', step: 2 });
    await panel.atStep(2);
    const seen = new Set<string>();
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press('Tab');
      const name = await page.evaluate(() => {
        const focused = document.activeElement;
        return focused?.getAttribute('data-name') ?? focused?.className ?? '';
      });
      seen.add(String(name));
    }
    const shown = await page
      .locator('.toolbar [data-name]:visible, .filters [data-name]:visible')
      .evaluateAll((all) => all.filter((one) => !one.hasAttribute('disabled')).map((one) => one.getAttribute('data-name')!));
    // Of those that belong together arrow keys go from one to the next; what is no control has no tab stop.
    const missing = shown.filter((name) => !seen.has(name) && name !== 'count');
    assert.deepEqual(missing, [], 'controls that Tab does not reach');
    for (const name of ['nextState', 'play', 'filter-socket', 'find', 'filters', 'stuck', 'site', 'card', 'copy-link'])
      assert.ok(seen.has(name), `${name} is not reached; reached: ${[...seen].join(' ')}`);
    assert.ok([...seen].some((name) => name.includes('plot')));
    await panel.close();
  });
});
