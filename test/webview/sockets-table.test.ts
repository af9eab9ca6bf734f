import assert from 'node:assert/strict';
import { axeProblems } from '../support/axe';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { makeTraceBuilder } from '../support/make-trace';
import { openPanel, type Panel } from '../support/panel';

/** A line of the table that exists. */
interface Line {
  socket: string | null;
  at: number;
  top: number;
  bottom: number;
  current: boolean;
}

describe('the sockets table of a crowd, in a browser', function () {
  this.timeout(90_000);
  let site: HarnessSite;
  const trace = makeTraceBuilder({ events: 12_000, connections: 300, concurrency: 150 });
  const { store } = trace;
  const bytes = trace.encoder.take();
  const LATE = store.size - 600;
  const all = store.stateAt(LATE).sockets.filter((socket) => socket.open || socket.state !== 'CLOSED');
  useHarness((started) => {
    site = started;
  });

  const open = async (step: number, width = 1200) => {
    const panel = await openPanel(site, bytes, { width, height: 760, state: { step, axis: 'steps', view: { tab: 'sockets' } } });
    await panel.page.locator('.sockets tbody tr').nth(3).waitFor();
    await frames(panel);
    return panel;
  };
  /** What was asked for is laid out and painted, scrolling included. */
  const frames = (panel: Panel) =>
    panel.page.evaluate(async () => {
      for (let i = 0; i < 4; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  const lines = (panel: Panel): Promise<Line[]> =>
    panel.page.locator('.sockets tbody tr').evaluateAll((rows) =>
      rows.map((row) => {
        const { top, bottom } = row.getBoundingClientRect();
        const at = Number(row.getAttribute('aria-rowindex'));
        return { socket: row.getAttribute('data-socket'), at, top, bottom, current: row.className === 'current' };
      }),
    );
  const view = (panel: Panel) =>
    panel.page.evaluate(() => {
      const box = document.querySelector('.sockets-scroll')!.getBoundingClientRect();
      return { top: document.querySelector('.sockets thead')!.getBoundingClientRect().bottom, bottom: box.bottom };
    });

  it('counts all sockets and has lines only for those in view, wide and narrow, also after a scroll', async () => {
    assert.ok(all.length > 200, `${all.length} sockets`);
    for (const width of [1200, 900, 500]) {
      const panel = await open(LATE, width);
      const { page } = panel;
      assert.equal(await page.locator('.sockets').getAttribute('aria-rowcount'), String(all.length + 1));
      const seen = new Set<string | null>();
      for (const part of [0, 0.3, 0.31, 0.7, 1]) {
        await page.locator('.sockets-scroll').evaluate((box, to) => {
          box.scrollTop = to * (box.scrollHeight - box.clientHeight);
        }, part);
        await frames(panel);
        const [found, { top, bottom }] = [await lines(panel), await view(panel)];
        assert.ok(found.length < 60, `${found.length} lines at ${width} px`);
        for (const [i, line] of found.entries()) assert.equal(line.at, found[0]!.at + i);
        if (part < 1) assert.ok(found[0]!.top <= top && found.at(-1)!.bottom >= bottom, `no gap at ${part} of ${width} px`);
        else assert.equal(found.at(-1)!.at, all.length + 1);
        for (const { socket } of found) seen.add(socket);
      }
      assert.ok(seen.size > 20);
      assert.deepEqual(await axeProblems(page), []);
      await panel.close();
    }
  });

  it('keeps the line of the step in view while one steps and jumps', async () => {
    const panel = await open(LATE);
    for (const step of [LATE + 1, LATE - 3000, 40, LATE + 37, LATE + 38, 5000, 5001, 5002]) {
      if (store.socketIndex(step) < 0) continue;
      await panel.send({ type: 'goTo', step });
      await panel.atStep(step);
      await frames(panel);
      const [found, { top, bottom }] = [await lines(panel), await view(panel)];
      const current = found.filter((line) => line.current);
      assert.deepEqual(
        current.map(({ socket }) => socket),
        [store.sockets[store.socketIndex(step)]!.id],
        `step ${step}`,
      );
      assert.ok(current[0]!.top >= top - 1 && current[0]!.bottom <= bottom + 1, `step ${step} in view`);
    }
    await panel.close();
  });

  it('scrolls to the line of a step before anything is written, so that the page is laid out once a step', async () => {
    const panel = await open(LATE);
    const { page } = panel;
    await page.evaluate(() => {
      // Whether the page was written to in this frame when the table was scrolled: then it would have to be laid out for that.
      const log = { scrolls: 0, late: 0, written: false };
      Object.assign(window, { log });
      const { scrollTop } = Object.getOwnPropertyDescriptors(Element.prototype);
      Object.defineProperty(document.querySelector('.sockets-scroll')!, 'scrollTop', {
        get: scrollTop.get,
        set(value: number) {
          log.scrolls++;
          if (log.written) log.late++;
          scrollTop.set!.call(this, value);
        },
      });
      for (const [owner, name] of [
        [CharacterData.prototype, 'data'],
        [Node.prototype, 'textContent'],
      ] as const) {
        const { get, set } = Object.getOwnPropertyDescriptor(owner, name)!;
        Object.defineProperty(owner, name, {
          configurable: true,
          get,
          set(value: string) {
            log.written = true;
            set!.call(this, value);
          },
        });
      }
    });
    for (const step of [LATE - 3000, LATE, LATE - 3100, LATE - 50]) {
      await page.evaluate(() => {
        (window as unknown as { log: { written: boolean } }).log.written = false;
      });
      await panel.send({ type: 'goTo', step });
      await panel.atStep(step);
      await frames(panel);
    }
    const log = await page.evaluate(() => (window as unknown as { log: { scrolls: number; late: number; written: boolean } }).log);
    assert.ok(log.scrolls >= 3 && log.written, JSON.stringify(log));
    assert.equal(log.late, 0);
    await panel.close();
  });

  it('goes on with the arrow keys beyond the lines that were there, and keeps a focus that scrolls out', async () => {
    const panel = await open(LATE);
    const { page } = panel;
    await page.locator('.sockets-scroll').evaluate((box) => {
      box.scrollTop = 0;
    });
    await frames(panel);
    await page.locator('.sockets tbody tr').first().focus();
    const focused = () => page.evaluate(() => Number(document.activeElement?.getAttribute('aria-rowindex')));
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('ArrowDown');
      await frames(panel);
      assert.equal(await focused(), 3 + i);
    }
    await page.keyboard.press('ArrowUp');
    assert.equal(await focused(), 41);
    await page.locator('.sockets-scroll').evaluate((box) => {
      box.scrollTop = 0;
    });
    await frames(panel);
    assert.equal(await page.evaluate(() => document.activeElement?.className), 'sockets-scroll');
    await panel.close();
  });

  it('sorts and filters all of them, not those in view alone', async () => {
    const panel = await open(LATE);
    const { page } = panel;
    await page.locator('th[data-column="local"] button').click();
    await page.locator('th[data-column="local"] button').click();
    await page.locator('th[data-column="local"][aria-sort="descending"]').waitFor();
    await page.locator('.sockets-scroll').evaluate((box) => {
      box.scrollTop = 0;
    });
    await frames(panel);
    const ports = all.map(({ local }) => (local && 'port' in local ? local.port : 0));
    assert.match(await panel.text('.sockets tbody tr:first-child td.local'), new RegExp(`:${Math.max(...ports)}$`));
    await page.locator('[data-name="filter-sockets"]').click();
    await page.keyboard.type('established');
    const wanted = all.filter(({ state }) => state === 'ESTABLISHED').length;
    assert.ok(wanted > 5 && wanted < all.length);
    await page.locator(`.sockets[aria-rowcount="${wanted + 1}"]`).waitFor();
    assert.ok((await panel.text('.sockets-tab')).includes(`${wanted} of ${all.length} sockets match.`));
    await panel.close();
  });
});
