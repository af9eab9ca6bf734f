/** The page of exercises in a browser, for tests. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ExercisePage, FromExercisePage } from '../../src/contracts/exercise-page';
import type { HarnessSite } from './harness-page';

declare const window: { harness: { sent: FromExercisePage[]; send(message: unknown): void; theme(name: string): void } };

/** An open page. `close` fails when the page complained about anything. */
export interface ExercisesPage {
  page: Page;
  show(page: ExercisePage): Promise<void>;
  /** What the page sent so far, oldest first. */
  sent(): Promise<FromExercisePage[]>;
  /** Clicks what has this name. */
  press(name: string): Promise<void>;
  text(selector: string): Promise<string>;
  close(): Promise<void>;
}

export async function openExercises(
  site: HarnessSite,
  first: ExercisePage,
  { width = 900, height = 800, theme = 'dark' } = {},
): Promise<ExercisesPage> {
  const { page, errors } = await site.page(width, height, 'exercises');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate((name) => window.harness.theme(name), theme);
  assert.deepEqual(await page.evaluate(() => window.harness.sent), [{ type: 'ready' }]);
  const show = (one: ExercisePage) => page.evaluate((message) => window.harness.send(message), { type: 'page', page: one });
  await show(first);
  return {
    page,
    show,
    sent: () => page.evaluate(() => window.harness.sent),
    press: (name) => page.locator(`[data-name="${name}"]`).click(),
    text: async (selector) => (await page.locator(selector).first().textContent()) ?? '',
    async close() {
      await page.close();
      assert.deepEqual(errors, []);
    },
  };
}
