import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { FromReference, ToReference } from '../../src/contracts/reference-api';
import { cardsOf } from '../../src/knowledge';
import { axeProblems } from '../support/axe';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { root } from '../support/house';

declare const window: { harness: { sent: FromReference[]; state: unknown; send(message: unknown): void; theme(name: string): void } };

const DOCS = join(root, 'media', 'docs');
const cards = cardsOf(readdirSync(DOCS).map((name) => ({ name, text: readFileSync(join(DOCS, name), 'utf8') }))).map(
  ({ id, title, kind, body, step }) => ({ id, title, kind, body, showable: step !== null }),
);

describe('Syscall Reference', function () {
  this.timeout(90_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
  });

  interface Open {
    page: Page;
    title(): Promise<string>;
    list(): Promise<string[]>;
    send(message: ToReference): Promise<void>;
    /** Fails when the page complained. */
    close(): Promise<void>;
  }

  async function open(id: string | null, { width = 1100, height = 760, theme = 'dark', extra = [] as typeof cards } = {}): Promise<Open> {
    const { page, errors } = await site.page(width, height, 'reference');
    const send = (message: ToReference) => page.evaluate((one) => window.harness.send(one), message);
    await page.evaluate((name) => window.harness.theme(name), theme);
    assert.deepEqual(await page.evaluate(() => window.harness.sent.map(({ type }) => type)), ['ready']);
    await send({ type: 'open', cards: [...cards, ...extra], id });
    await page.locator('article h1').waitFor();
    return {
      page,
      send,
      title: async () => (await page.locator('article h1').textContent()) ?? '',
      list: () => page.locator('.reference-list button').evaluateAll((all) => all.map((one) => one.getAttribute('data-card') ?? '')),
      async close() {
        await page.close();
        assert.deepEqual(errors, []);
      },
    };
  }

  it('opens at the card that was asked for, lists all, and remembers where it is', async () => {
    const { page, title, list, close } = await open('listen');
    assert.equal(await title(), 'listen');
    assert.equal((await list()).length, cards.length);
    assert.equal(await page.locator('.reference-list [aria-current]').textContent(), 'listen');
    assert.deepEqual(await page.evaluate(() => window.harness.state), { id: 'listen' });
    assert.deepEqual(await page.evaluate(() => window.harness.sent.at(-1)), { type: 'shown', id: 'listen' });
    const button = await page.locator('[data-name="see"]').boundingBox();
    assert.ok(button && button.height < 34 && button.width > 120, JSON.stringify(button));
    assert.equal(await page.locator('article pre').textContent(), 'int listen(int fd, int backlog);');
    assert.ok((await page.locator('article table').count()) >= 2);
    await close();
  });

  it('shows every card without a complaint of the browser, and no Markdown is left over', async () => {
    const { page, send, close } = await open(null);
    for (const { id, title } of cards) {
      await send({ type: 'show', id });
      await page.locator(`article[data-id="${id}"]`).waitFor();
      assert.equal(await page.locator('article h1').textContent(), title, id);
      // Code may hold such signs; text may not.
      const text = await page.locator('article').evaluate((element) => {
        const copy = element.cloneNode(true) as Element;
        for (const code of copy.querySelectorAll('code')) code.remove();
        return copy.textContent ?? '';
      });
      assert.doesNotMatch(text, /\*\*|`|\]\(|\|---|&amp;|&lt;/, id);
    }
    await close();
  });

  it('finds by word in title and text, best first, says how many, and says so when there is none', async () => {
    const { page, title, list, close } = await open(null);
    const field = page.locator('vscode-text-field[data-name="find"] input');
    await field.fill('backlog');
    assert.equal((await list())[0], 'backlog-and-accept-queue');
    assert.ok((await list()).includes('listen'));
    assert.match((await page.locator('.reference-count').textContent()) ?? '', /^\d+ of \d+ cards$/);
    await field.fill('econnref');
    assert.equal((await list())[0], 'ECONNREFUSED');
    await field.press('Enter');
    assert.equal(await title(), 'ECONNREFUSED');
    await field.fill('zzz');
    assert.deepEqual(await list(), []);
    assert.match((await page.locator('.reference-count').textContent()) ?? '', /^No card has these words/);
    await field.press('Escape');
    assert.equal((await list()).length, cards.length);
    await close();
  });

  it('is used with the keyboard: / finds, arrows walk the list, Enter opens, Alt+arrows go back and forth', async () => {
    const { page, title, close } = await open('socket');
    await page.keyboard.press('/');
    await page.keyboard.type('time_wait');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    assert.equal(await title(), 'TIME_WAIT');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'ARTICLE');
    await page.keyboard.press('Alt+ArrowLeft');
    assert.equal(await title(), 'socket');
    await page.keyboard.press('Alt+ArrowRight');
    assert.equal(await title(), 'TIME_WAIT');
    await page.keyboard.press('/');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'VSCODE-TEXT-FIELD');
    await close();
  });

  it('follows links between cards in the page, and leaves others to the host', async () => {
    const { page, title, close } = await open('bind');
    await page.locator('article a[data-card="listen"]').first().click();
    assert.equal(await title(), 'listen');
    for (const href of await page
      .locator('article a:not([data-card])')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? '')))
      assert.match(href, /^https:\/\//);
    await close();
  });

  it('asks the host for a step when a run can show one', async () => {
    const { page, send, close } = await open('accept');
    await page.locator('[data-name="see"]').click();
    assert.deepEqual(await page.evaluate(() => window.harness.sent.at(-1)), { type: 'see', id: 'accept' });
    await send({ type: 'show', id: 'history' });
    assert.equal(await page.locator('[data-name="see"]').isVisible(), false);
    await close();
  });

  it('shows HTML and strange links of a card as text', async () => {
    const body = '# X\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](command:evil) <b>bold</b>\n\n<script>alert(1)</script>';
    const { page, close } = await open('evil', { extra: [{ id: 'evil', title: 'X', kind: 'concept', body, showable: false }] });
    assert.equal(await page.locator('article img, article script, article b, article a').count(), 0);
    assert.match((await page.locator('article').textContent()) ?? '', /<img src=x onerror=alert\(1\)> a b <b>bold<\/b>/);
    await close();
  });

  for (const theme of ['dark', 'light', 'contrast']) {
    it(`axe-core finds nothing: ${theme}, a call, a concept, an error, a search, narrow too`, async () => {
      const pictures = join(root, 'test-results', 'webview');
      mkdirSync(pictures, { recursive: true });
      for (const width of [1100, 420]) {
        const { page, send, close } = await open('listen', { theme, width });
        for (const id of ['listen', 'tcp-states', 'EADDRINUSE', 'search']) {
          if (id === 'search') await page.locator('vscode-text-field[data-name="find"] input').fill('queue');
          else {
            await send({ type: 'show', id });
            await page.locator(`article[data-id="${id}"]`).waitFor();
          }
          assert.deepEqual(await axeProblems(page, { colours: theme !== 'dark' }), [], id);
          await page.screenshot({ path: join(pictures, `reference-${theme}-${width}-${id}.png`) });
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(wide, 0);
        await close();
      }
    });
  }
});
