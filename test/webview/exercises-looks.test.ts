import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { EXERCISE_PAGES } from '../../webview/harness/exercise-pages';
import { axeProblems } from '../support/axe';
import { openExercises } from '../support/exercises-page';
import { type HarnessSite, useHarness } from '../support/harness-page';

/** Opens whatever can be opened. */
async function openAll(page: Page): Promise<void> {
  const compare = page.locator('.bar [data-name="compare"]');
  if (await compare.isVisible()) await compare.click();
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('details')) one.open = true;
  });
}

describe('the page of exercises for everybody', function () {
  this.timeout(120_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
  });

  const NARROW = [
    [400, 700],
    [600, 450],
  ] as const;
  // Themes differ in colours, those of high contrast in borders, too.
  for (const [theme, sizes] of [
    ['dark', NARROW],
    ['light', []],
    ['contrast', NARROW],
    ['contrastLight', []],
  ] as const)
    it(`axe-core finds nothing, and nothing is wider than the page: ${theme}; every kind of page, everything open; ${['900', ...sizes.map(([width]) => width)].join(', ')} px`, async () => {
      const at = await openExercises(site, EXERCISE_PAGES.problem, { theme });
      const found: string[] = [];
      for (const [width, height] of [[900, 800], ...sizes] as const) {
        await at.page.setViewportSize({ width, height });
        for (const [name, page] of Object.entries(EXERCISE_PAGES)) {
          await at.show(EXERCISE_PAGES.problem);
          await at.show(page);
          await openAll(at.page);
          const where = `${name}, ${width} px`;
          found.push(...(await axeProblems(at.page, { colours: theme !== 'dark' })).map((problem) => `${where}: ${problem}`));
          const wide = await at.page.evaluate(() =>
            ['html', '.page', '.bar']
              .map((selector) => document.querySelector(selector)!)
              .filter((one) => one.scrollWidth > one.clientWidth)
              .map((one) => one.className || one.tagName),
          );
          if (wide.length > 0) found.push(`${where}: wider than the page: ${wide.join(' ')}`);
          const bar = (await at.page.locator('.bar').boundingBox())!;
          if (bar.height > height / 2) found.push(`${where}: the bar takes ${bar.height} of ${height} px`);
        }
      }
      assert.deepEqual(found, []);
      await at.close();
    });

  it('every control is reached by Tab, and the one that is next is reached from anywhere', async () => {
    const at = await openExercises(site, EXERCISE_PAGES.predict);
    const seen: string[] = [];
    for (let i = 0; i < 60; i++) {
      await at.page.keyboard.press('Tab');
      seen.push(await at.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.name ?? ''));
    }
    for (const name of [
      'link-check',
      'calls-add-bind',
      'calls-unknown',
      'calls-sure-1',
      'reads-number',
      'path-add-TIME_WAIT',
      'question',
      'hint',
      'reset',
    ])
      assert.ok(seen.includes(name), `${name} is not reached: ${seen.join(' ')}`);
    await at.close();
  });

  it('nothing turns when motion is unwanted', async () => {
    const at = await openExercises(site, EXERCISE_PAGES.running);
    const turning = () => at.page.locator('.bar .codicon-loading').evaluate((one) => getComputedStyle(one).animationName);
    assert.equal(await turning(), 'none');
    await at.page.emulateMedia({ reducedMotion: 'no-preference' });
    assert.equal(await turning(), 'turn');
    await at.page.evaluate(() => document.body.classList.add('vscode-reduce-motion'));
    assert.equal(await turning(), 'none');
    await at.close();
  });
});
