import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { root } from '../support/house';
import { makeEchoTrace } from '../support/make-trace';
import { openPanel } from '../support/panel';

const stored = (name: string) => readFileSync(join(root, 'test/fixtures/traces', `${name}.socktrace`));

describe('timeline: what it looks like in small and crowded places', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  const echo = makeEchoTrace().encoder.take();
  useHarness((started) => {
    site = started;
  });

  it('a hint can be put away by keyboard, tells the host, and stays away in other timelines', async () => {
    const panel = await openPanel(site, echo);
    const { page } = panel;
    const hint = page.locator('.card .hint', { hasText: 'to see the first thing' });
    await hint.waitFor();
    await hint.locator('[data-name="dismiss-hint"]').focus();
    await page.keyboard.press('Enter');
    await hint.waitFor({ state: 'detached' });
    assert.deepEqual(await panel.sent('dismiss'), [{ type: 'dismiss', hint: 'first-step' }]);
    // The same page, another trace; then what the host has kept.
    for (const dismissed of [undefined, ['run-over']]) {
      await page.evaluate(
        ([data, kept]) => {
          const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0)).buffer;
          (window as unknown as { harness: { send(message: unknown): void } }).harness.send({
            type: 'open',
            title: 'other.mjs',
            live: false,
            bytes,
            state: null,
            canRun: true,
            ...(kept ? { dismissed: kept } : {}),
          });
        },
        [Buffer.from(echo).toString('base64'), dismissed] as const,
      );
      await page.locator('.card', { hasText: 'Before anything' }).waitFor();
      assert.equal(await page.locator('.card .hint').count(), 0);
    }
    await panel.close();
  });

  it('no cell of the sockets table, no datagram and no call is cut at 500 and 900 px', async () => {
    for (const [width, height] of [
      [500, 900],
      [900, 800],
    ] as const) {
      const panel = await openPanel(site, stored('udp-loss'), { width, height, state: { step: 19, axis: 'steps' } });
      const { page } = panel;
      const cut = (selector: string) =>
        page
          .locator(selector)
          .evaluateAll((all) =>
            all
              .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
              .map((one) => `${one.tagName}.${one.className} ${one.textContent}`),
          );
      await page.locator('vscode-panel-tab', { hasText: 'Sockets' }).click();
      await page.locator('.sockets tbody tr:visible').first().waitFor();
      assert.deepEqual(await cut('.sockets th, .sockets td, .sockets-scroll'), [], `${width} px`);
      await page.locator('vscode-panel-tab', { hasText: 'Bytes' }).click();
      await page.locator('.datagrams').waitFor();
      assert.deepEqual(await cut('.datagrams, .datagrams th, .tab-body'), [], `${width} px`);
      await panel.close();
    }
  });

  it('where a run ended, and how, stands on the picture and under the transcript; not while it goes on', async () => {
    const panel = await openPanel(site, echo, { live: true, height: 800 });
    const { page } = panel;
    // What the canvas is given to draw in words.
    await page.evaluate(() => {
      const drawn = new Set<string>();
      const { fillText } = CanvasRenderingContext2D.prototype;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        drawn.add(text);
        fillText.call(this, text, ...rest);
      };
      Object.assign(window, { drawn });
    });
    const drawn = () =>
      page.evaluate(async () => {
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
        return [...(window as unknown as { drawn: Set<string> }).drawn].filter((text) => /over|stopped/.test(text));
      });
    const end = page.locator('.transcript-end');
    await page.locator('vscode-panel-tab', { hasText: 'Transcript' }).click();
    await page.keyboard.press('f');
    assert.deepEqual([await drawn(), await end.isVisible()], [[], false]);
    await panel.send({ type: 'ended' });
    const words = /^The run is over \(server\.mjs: .+, client\.mjs: .+\)\.$/;
    await end.filter({ hasText: words }).waitFor();
    const [on] = await drawn();
    assert.match(on ?? '', words);
    assert.equal(await end.textContent(), on);
    await panel.close();
  });

  it('every tab is seen whole, its line under it, and a socket takes two lines at most, at 400 to 1600 px', async () => {
    for (const [width, height] of [
      [400, 900],
      [500, 900],
      [640, 480],
      [900, 800],
      [1600, 900],
    ] as const) {
      const panel = await openPanel(site, stored('udp-loss'), { width, height, state: { step: 19, axis: 'steps' } });
      const { page } = panel;
      await page.locator('vscode-panel-tab', { hasText: 'Sockets' }).click();
      await page.locator('.sockets tbody tr:visible').first().waitFor();
      const seen = await page.evaluate(() => {
        const side = document.querySelector('.side')!.getBoundingClientRect();
        const tabs = [...document.querySelectorAll('vscode-panel-tab:not([hidden])')];
        const line = Number.parseFloat(getComputedStyle(document.querySelector('.sockets td')!).lineHeight) || 20;
        return {
          tabs: tabs.length,
          outside: tabs
            .filter((tab) => {
              const { left, right } = tab.getBoundingClientRect();
              return left < side.left || right > side.right + 0.5 || tab.scrollWidth > tab.clientWidth + 1;
            })
            .map((tab) => tab.textContent),
          lines: Math.max(
            ...[...document.querySelectorAll<HTMLElement>('.sockets tbody tr')]
              .filter((row) => row.offsetHeight > 0)
              .map((row) => Math.floor(row.offsetHeight / line)),
          ),
          chosen: tabs.filter((tab) => getComputedStyle(tab).boxShadow !== 'none').map((tab) => tab.textContent),
        };
      });
      assert.ok(seen.tabs >= 6, `${width} px: ${seen.tabs} tabs`);
      assert.deepEqual({ ...seen, tabs: 0, lines: 0 }, { tabs: 0, outside: [], lines: 0, chosen: ['Sockets'] }, `${width} px`);
      assert.ok(seen.lines <= 2, `${width} px: ${seen.lines} lines a socket`);
      await panel.close();
    }
  });

  it('the headings of the sockets table stay in view above the row of the step', async () => {
    const panel = await openPanel(site, stored('http'), { width: 900, height: 560, state: { step: 20, axis: 'steps' } });
    const { page } = panel;
    await page.locator('.sockets tr.current').waitFor();
    const places = await page.evaluate(() => {
      const box = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
      return { view: box('.sockets-scroll').top, head: box('.sockets thead'), row: box('.sockets tr.current') };
    });
    assert.equal(Math.round(places.head.top), Math.round(places.view));
    assert.ok(places.row.top >= places.head.bottom - 1, `${places.row.top} below ${places.head.bottom}`);
    await panel.close();
  });

  it('the segment of the step is in view in a low panel', async () => {
    const state = { step: 16, axis: 'steps' as const, view: { tab: 'handshake' } };
    const panel = await openPanel(site, echo, { width: 640, height: 520, state });
    const { page } = panel;
    await page.locator('.rung.now').waitFor();
    const inside = await page.evaluate(() => {
      const box = document.querySelector('.handshake')!.getBoundingClientRect();
      const row = document.querySelector('.rung.now')!.getBoundingClientRect();
      return row.top >= box.top - 1 && row.bottom <= box.bottom + 1;
    });
    assert.ok(inside);
    await panel.close();
  });

  it('the ruler tells how long a folded gap was', async () => {
    const panel = await openPanel(site, stored('udp-loss'), { width: 900, height: 600, state: { step: 0, axis: 'time' } });
    const { page } = panel;
    await page.keyboard.press('f');
    const plot = (await page.locator('.plot').boundingBox())!;
    const tip = page.locator('.tip', {
      hasText: /^[\d.]+ (ms|s|µs) without a step, folded\. Whether an event loop was busy is not known\.$/,
    });
    for (let x = plot.x + 144; x < plot.x + plot.width && !(await tip.isVisible()); x += 6) await page.mouse.move(x, plot.y + 10);
    assert.ok(await tip.isVisible());
    await panel.close();
  });
});
