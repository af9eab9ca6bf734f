import assert from 'node:assert/strict';
import type { Address } from '../../src/contracts/trace';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { openPanel, type Panel } from '../support/panel';
import { TraceBuilder } from '../support/trace-builder';

/** A program with a name in Hebrew letters, and addresses as long as they get (RFC 4291 section 2.2: eight groups). */
const PROGRAM = 'שרת.mjs';
const HOST = '2001:db8:1111:2222:3333:4444:5555:6666';
const SERVER: Address = { address: HOST, port: 58_080 };

function bytes(): Uint8Array {
  const trace = new TraceBuilder('/home/learner/תרגיל');
  const site = { file: `/home/learner/תרגיל/${PROGRAM}`, line: 12, column: 8 };
  const listener = trace.listen(trace.process(41, PROGRAM), SERVER, { site, api: 'server.listen' });
  const socket = trace.connect(trace.process(42, 'client.mjs'), SERVER);
  const from: Address = { address: '2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff', port: 61_234 };
  trace.accept(listener, SERVER, from);
  trace.connected(socket, from, SERVER);
  trace.encoder.end();
  return trace.encoder.take();
}

/** What is cut off at the right edge of the page or of a box that does not scroll. */
const cut = (panel: Panel): Promise<string[]> =>
  panel.page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`the page: ${scrollWidth} of ${clientWidth} px`);
    for (const one of document.querySelectorAll<HTMLElement>('.card *, .sockets td, .line-call')) {
      const box = one.getBoundingClientRect();
      if (box.width > 0 && box.right > innerWidth + 0.5) found.push(`${one.className || one.tagName}: ${one.textContent?.slice(0, 60)}`);
    }
    return found;
  });

describe('long and foreign names, in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
  });

  for (const width of [400, 1200])
    it(`IPv6 addresses of full length are shown whole, at ${width} px: card, table and transcript`, async () => {
      const panel = await openPanel(site, bytes(), { width, height: 800 });
      const { page } = panel;
      await panel.send({ type: 'goTo', step: 2 });
      await panel.atStep(2);
      if (width === 400) await page.locator('vscode-panel-tab', { hasText: 'Step' }).click();
      assert.ok((await panel.text('.card-call')).includes(HOST));
      assert.deepEqual(await cut(panel), []);
      await page.keyboard.press('End');
      await page.locator('vscode-panel-tab', { hasText: 'Sockets' }).click();
      const cells = await page.locator('.sockets tbody tr:not([hidden]) td').allTextContents();
      assert.ok(cells.includes(`[${HOST}]:58080`), cells.join(' | '));
      assert.deepEqual(await cut(panel), []);
      await page.locator('vscode-panel-tab', { hasText: 'Transcript' }).click();
      assert.match((await page.locator('.line').allTextContents()).join('\n'), /2001:db8/);
      assert.deepEqual(await cut(panel), []);
      await panel.close();
    });

  it('a file name that is written from right to left leaves line and column behind it, and the call in its order', async () => {
    const panel = await openPanel(site, bytes(), { width: 1200, height: 800 });
    await panel.send({ type: 'goTo', step: 2 });
    await panel.atStep(2);
    assert.equal(await panel.text('[data-name="site"]'), `${PROGRAM}:12:8`);
    const lefts = await panel.page.locator('[data-name="site"]').evaluate(
      (button, parts) => {
        const node = document.createTreeWalker(button, NodeFilter.SHOW_TEXT).nextNode() as Text;
        return parts.map((part) => {
          const range = document.createRange();
          const at = node.data.lastIndexOf(part);
          range.setStart(node, at);
          range.setEnd(node, at + part.length);
          return range.getBoundingClientRect().left;
        });
      },
      ['שרת', 'mjs', '12', ':8'],
    );
    assert.deepEqual(
      lefts,
      [...lefts].sort((a, b) => a - b),
      'from left to right: name, ending, line, column',
    );
    assert.match(await panel.text('.card-where'), new RegExp(`^${PROGRAM} · pid 41$`));
    await panel.close();
  });
});
