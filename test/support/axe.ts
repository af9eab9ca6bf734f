/** axe-core on a page: what would keep people from using it with a screen reader or a keyboard. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { root } from './house';

declare const axe: { run(context: unknown, options: unknown): Promise<AxeResults> };

/** The rules of axe-core that look at colours: all that a theme can break. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** What axe-core leaves open where there is text, and calls a violation where there is none yet: a finding of ours at any moment. */
const SURE = 'aria-prohibited-attr';

/** What axe-core finds on the page as it is now, a line each. `colours`: by the rules about colours only, which is many times faster. */
export async function axeProblems(page: Page, { colours = false } = {}): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis)))
    await page.evaluate(readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  const options = { resultTypes: ['violations', 'incomplete'], ...(colours ? { runOnly: { type: 'rule', values: COLOURS } } : {}) };
  const result = await page.evaluate((given) => axe.run(document, given), options);
  return [...result.violations, ...result.incomplete.filter(({ id }) => id === SURE)].flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id} (${violation.impact}): ${node.target.join(' ')} ${node.any[0]?.message ?? node.failureSummary ?? ''}`,
    ),
  );
}
