import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { Session } from './support';

describe('as a user, in a real VS Code', function () {
  this.timeout(180_000);
  // Each step goes on where the one before it ended.
  this.bail(true);
  let session: Session;
  let timeline: Frame;

  before(async () => {
    session = await Session.open();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session?.picture(`failed ${this.currentTest.title}`);
  });
  after(async () => {
    await session?.close();
  });

  /** The text that the extension puts behind the marked line, as the editor draws it. */
  const marked = () =>
    session.page.evaluate(() =>
      [...document.querySelectorAll('.monaco-editor .view-line')].flatMap((line) =>
        [...line.querySelectorAll('span')].flatMap((span) => {
          const after = getComputedStyle(span, '::after').content;
          return after && after !== 'none' && after !== '""' ? [{ line: line.textContent ?? '', label: after.replace(/^"|"$/g, '') }] : [];
        }),
      ),
    );

  it('F1, Run and Trace with Client: the timeline of both programs opens beside the editor', async () => {
    const { page, ui } = session;
    await ui.openFile(page, 'server.mjs');
    // What the line leads to stands above it before anything has run.
    await page.locator('.codelens-decoration a', { hasText: 'Run and trace' }).first().waitFor();
    await page
      .locator('.codelens-decoration', { hasText: /bind.*listen/ })
      .first()
      .waitFor();
    await session.picture('0 before the run');
    timeline = await ui.runWithClient(page, 'client.mjs');
    const { size } = await ui.ended(timeline);
    assert.ok(size > 20, `${size} steps`);
    await session.picture('1 run');
  });

  it('Home and the arrow key step; the card says what the call is, how it is known and which line made it', async () => {
    const { page, ui } = session;
    await timeline.locator('[data-name="first"]').click();
    await ui.until('step 0', async () => (await ui.stepOf(timeline))?.step === 0);
    await page.keyboard.press('ArrowRight');
    await ui.until('step 1', async () => (await ui.stepOf(timeline))?.step === 1);
    const call = await ui.stepTo(timeline, 'bind(');
    assert.match(call, /^bind\(\d+, .*127\.0\.0\.1.*\) = 0/);
    const card = (await timeline.locator('.card').textContent()) ?? '';
    assert.match(card, /server\.mjs/);
    assert.match(card, /derived/);
    assert.match(card, /server\.listen/);
    await session.picture('2 bind');
  });

  it('the line of the step is marked in the editor', async () => {
    const { ui } = session;
    const markedWith = (code: string, call: string) =>
      ui.until(`"${code}" marked with ${call}`, async () => {
        const lines = await marked();
        return lines.some(({ line, label }) => line.includes(code) && label.includes(call)) ? lines : null;
      });
    assert.equal((await markedWith('server.listen', 'bind')).length, 1, 'one line is marked');
    await ui.stepTo(timeline, 'connect(');
    assert.equal((await markedWith('net.connect', 'connect')).length, 1, 'one line is marked');
    await session.picture('3 connect');
  });

  it('the table shows the listener and both established ends once bytes move', async () => {
    const { ui } = session;
    await ui.stepTo(timeline, 'read(');
    await timeline.locator('vscode-panel-tab', { hasText: 'Sockets' }).click();
    const table = await ui.until('two established sockets', async () => {
      const text = (await timeline.locator('table.sockets').innerText()) ?? '';
      return (text.match(/ESTABLISHED/g) ?? []).length === 2 && /LISTEN/.test(text) ? text : null;
    });
    assert.match(table, /127\.0\.0\.1:\d+/);
    await session.picture('4 read');
  });

  it('a lens tells what the line did in this run, and a click on it goes to that step', async () => {
    const { page, ui } = session;
    await page.locator('.tab[aria-label^="server.mjs"]').click();
    const lens = page.locator('.codelens-decoration a', { hasText: /LISTEN/ }).first();
    await lens.waitFor();
    const before = await ui.stepOf(timeline);
    await session.picture('5 lenses');
    await lens.click();
    const at = await ui.until('another step', async () => {
      const now = await ui.stepOf(timeline);
      return now && now.step !== before?.step ? now : null;
    });
    assert.ok(at.step > 0);
    await session.picture('6 after the lens');
  });

  it('after a reload of the window the timeline is back at its step', async () => {
    const { page, ui } = session;
    const before = await ui.stepOf(timeline);
    // The command and not the browser's reload, which cuts VS Code off before it has stored where it was.
    await Promise.all([
      page.waitForEvent('framenavigated', { predicate: (frame) => frame === page.mainFrame() }),
      ui.runCommand(page, 'Developer: Reload Window'),
    ]);
    timeline = await ui.timelineFrame(page);
    const after = await ui.until('the steps', async () => {
      const at = await ui.stepOf(timeline);
      return at && at.step > 0 ? at : null;
    });
    assert.deepEqual(after, before);
    await session.picture('7 reloaded');
  });
});
