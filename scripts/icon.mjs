// Draws media/icon.png from media/icon.svg; needed only after a change of the drawing.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_MISSING, chromiumPath } from './chromium.mjs';
import { root } from './lib/paths.mjs';
import { main, Problem } from './lib/say.mjs';

await main(async () => {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Problem(CHROMIUM_MISSING);
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ viewport: { width: 128, height: 128 } });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${readFileSync(join(root, 'media', 'icon.svg'), 'utf8')}`);
  await page.screenshot({ path: join(root, 'media', 'icon.png'), omitBackground: true });
  await browser.close();
});
