import assert from 'node:assert/strict';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { makeTraceBuilder } from '../support/make-trace';
import { openPanel } from '../support/panel';

/** What the page did since `watchWork`: frames, timers that fired, messages to the host. */
interface Work {
  frames: number;
  timers: number;
  messages: number;
}
declare const window: Window & typeof globalThis & { work: Work; harness: { sent: unknown[]; send(message: unknown): void } };

describe('timeline of a run that streams in, and out of sight', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  const whole = makeTraceBuilder({ events: 60_000, connections: 60, payload: 16 }).encoder.take();
  useHarness(
    (started) => {
      site = started;
    },
    ['--js-flags=--expose-gc'],
  );

  it('keeps up with 50,000 events a second, says how many updates a picture stands for, and stays with the learner', async () => {
    const { page, errors } = await site.page();
    site.serve('/streamed', whole);
    const cdp = await page.context().newCDPSession(page);
    // Processor time of the page's thread: others use the processor, too.
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    const busy = async () => (await cdp.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')!.value;
    const before = await busy();
    const result = await page.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch('/streamed')).arrayBuffer());
      const sent = window.harness.sent as { type: string; bytes?: number; following?: boolean }[];
      const acked = () => sent.reduce((most, message) => (message.type === 'ack' ? Math.max(most, message.bytes!) : most), 0);
      // 60,000 events in 1.2 s: 64 KiB slices, as the host sends them, each at its time.
      const slice = 64 * 1024;
      const began = performance.now();
      const rate = bytes.length / 1200;
      let behind = 0;
      let counts = 0;
      let longest = 0;
      let last = began;
      const seen = new Set<string>();
      for (let at = 0; at < bytes.length; ) {
        await new Promise((resolve) => setTimeout(resolve, 4));
        const now = performance.now();
        longest = Math.max(longest, now - last);
        last = now;
        const due = Math.min(bytes.length, Math.floor((now - began) * rate));
        while (at < due) {
          const part = bytes.slice(at, Math.min(at + slice, bytes.length)).buffer;
          window.harness.send(
            at === 0
              ? { type: 'open', title: 'live', live: true, bytes: part, state: null, canRun: true }
              : { type: 'append', bytes: part },
          );
          at += part.byteLength;
        }
        behind = Math.max(behind, at - acked());
        counts++;
        seen.add(document.querySelector('[data-name="count"]')?.textContent ?? '');
      }
      while (acked() < bytes.length) await new Promise((resolve) => setTimeout(resolve, 4));
      const took = performance.now() - began;
      return {
        took,
        behind,
        longest,
        counts,
        total: bytes.length,
        seen: [...seen],
        following: sent.filter(({ type }) => type === 'step').at(-1)?.following,
      };
    });
    console.log(
      `      60,000 events in ${result.took.toFixed(0)} ms, at most ${(result.behind / 1024).toFixed(0)} KiB not taken in, longest pause ${result.longest.toFixed(0)} ms`,
    );
    const spent = ((await busy()) - before) / 1.2;
    console.log(`      ${(spent * 100).toFixed(0)} % of one processor at 50,000 events a second`);
    assert.ok(spent < 1, `${spent} s of work for each second`);
    // What is not taken in stays far below the 4 MiB at which the host stops sending.
    assert.ok(result.behind < 2 * 1024 * 1024, `${result.behind} bytes behind`);
    assert.equal(result.following, true);
    assert.deepEqual(errors, []);
    await page.close();
  });

  it('keeps the entries of its lists when sockets come, and what is chosen in them', async () => {
    const panel = await openPanel(site, whole.slice(0, 100_000), { live: true });
    const { page } = panel;
    const entries = () =>
      page.locator('[data-name="filter-socket"] vscode-option').evaluateAll((all) => all.map(({ textContent }) => textContent));
    const before = await entries();
    await page.locator('[data-name="filter-socket"]').evaluate((list) => {
      (list as HTMLElement & { value: string }).value = 's3';
      list.dispatchEvent(new Event('change'));
      for (const entry of list.children) entry.classList.add('before');
    });
    await page.evaluate(
      (bytes) => window.harness.send({ type: 'append', bytes: Uint8Array.from(bytes).buffer }),
      Array.from(whole.slice(100_000, 400_000)),
    );
    await page.waitForFunction(
      (count) => document.querySelectorAll('[data-name="filter-socket"] vscode-option').length > count,
      before.length,
    );
    const after = await entries();
    assert.deepEqual(after.slice(0, before.length), before);
    assert.equal(new Set(after).size, after.length);
    assert.equal(await page.locator('[data-name="filter-socket"] vscode-option.before').count(), before.length);
    assert.equal(
      await page.locator('[data-name="filter-socket"]').evaluate((list) => (list as HTMLElement & { value: string }).value),
      's3',
    );
    await panel.close();
  });

  it('says in words when a picture stands for several updates, follows again with one button, and tells how the run ended', async () => {
    const panel = await openPanel(site, whole.slice(0, 400_000), { live: true });
    const { page } = panel;
    const live = page.locator('[data-name="live"]');
    assert.match((await live.textContent()) ?? '', /Live/);
    await page.evaluate(
      (bytes) => {
        // A slow page: drawing takes longer than data.
        const { fillText } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillText = function (...given) {
          const until = performance.now() + 1;
          while (performance.now() < until);
          return fillText.apply(this, given);
        };
        const all = Uint8Array.from(bytes);
        for (let at = 0; at < all.length; at += 8192)
          window.setTimeout(() => window.harness.send({ type: 'append', bytes: all.slice(at, at + 8192).buffer }), at / 400);
      },
      Array.from(whole.slice(400_000, 800_000)),
    );
    await page.waitForFunction(() => /, showing 1 of \d+ updates$/.test(document.querySelector('[data-name="count"]')?.textContent ?? ''));
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelector('[data-name="live"]')?.textContent === 'Follow');
    const before = (await panel.sent('step')).at(-1)!;
    assert.equal(before.following, false);
    await live.click();
    await page.waitForFunction(() => document.querySelector('[data-name="live"]')?.textContent === 'Live');
    assert.equal((await panel.sent('step')).at(-1)?.following, true);
    await panel.send({ type: 'ended', stopped: true });
    await page.locator('.card .hint', { hasText: 'You stopped the run (server.mjs: nothing says how' }).waitFor();
    await panel.close();
  });

  it('does nothing while nobody sees it: no frame, no timer, no message, nothing taken in; then it shows what came', async () => {
    const half = 1_000_000;
    const panel = await openPanel(site, whole.slice(0, half), { live: true });
    const { page } = panel;
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    const shown = await panel.text('[data-name="count"]');
    await page.evaluate(
      async (rest) => {
        let hidden = true;
        Object.defineProperty(document, 'hidden', { get: () => hidden, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        const work: Work = { frames: 0, timers: 0, messages: 0 };
        const { requestAnimationFrame: frame, setTimeout: timeout, setInterval: interval } = window;
        window.requestAnimationFrame = (callback) => {
          work.frames++;
          return frame.call(window, callback);
        };
        window.setTimeout = ((...given: Parameters<typeof timeout>) => {
          work.timers++;
          return timeout.apply(window, given);
        }) as unknown as typeof setTimeout;
        window.setInterval = ((...given: Parameters<typeof interval>) => {
          work.timers++;
          return interval.apply(window, given);
        }) as unknown as typeof setInterval;
        const before = window.harness.sent.length;
        window.harness.send({ type: 'append', bytes: Uint8Array.from(rest).buffer });
        // Longer than the looks for stuck sockets and a step of playing are apart.
        await new Promise((resolve) => timeout.call(window, resolve, 2200));
        work.messages = window.harness.sent.length - before;
        window.work = { ...work };
        hidden = false;
        document.dispatchEvent(new Event('visibilitychange'));
      },
      Array.from(whole.slice(half, half + 200_000)),
    );
    assert.deepEqual(await page.evaluate(() => window.work), { frames: 0, timers: 0, messages: 0 });
    await page.waitForFunction((text) => document.querySelector('[data-name="count"]')?.textContent !== text, shown);
    const taken = (await panel.sent('ack')).at(-1)!.bytes;
    assert.equal(taken, half + 200_000);
    await panel.close();
  });

  it('leaves nothing behind when 50 traces were opened one after the other', async function () {
    this.timeout(180_000);
    const part = makeTraceBuilder({ events: 4000, connections: 20, payload: 16 }).encoder.take();
    const panel = await openPanel(site, part);
    const { page } = panel;
    const cdp = await page.context().newCDPSession(page);
    const cycle = (times: number) =>
      page.evaluate(
        async ({ times, bytes }) => {
          for (let i = 0; i < times; i++) {
            window.harness.send({
              type: 'open',
              title: `trace ${i}`,
              live: false,
              bytes: Uint8Array.from(bytes).buffer,
              state: null,
              canRun: true,
            });
            await new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
            window.harness.send({ type: 'goTo', step: 100 + i });
            await new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
            window.harness.sent.length = 0;
          }
        },
        { times, bytes: Array.from(part) },
      );
    const measure = async () => {
      await cdp.send('HeapProfiler.collectGarbage');
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize = 0 } = (await cdp.send('Runtime.getHeapUsage')) as {
        usedSize: number;
        backingStorageSize?: number;
      };
      const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
      return { heap: usedSize + backingStorageSize, nodes, listeners: jsEventListeners };
    };
    // The first ones fill caches of words and widths.
    await cycle(50);
    const before = await measure();
    await cycle(50);
    const after = await measure();
    console.log(
      `      50 traces: heap ${((after.heap - before.heap) / 1024).toFixed(0)} KiB, ${after.nodes - before.nodes} nodes, ${after.listeners - before.listeners} listeners more`,
    );
    // A trace of 4,000 events takes some 400 kB: that one stayed would show.
    assert.ok(after.heap - before.heap < 300_000, `${after.heap - before.heap} bytes more`);
    assert.ok(after.nodes - before.nodes < 200, `${after.nodes - before.nodes} nodes more`);
    assert.ok(after.listeners - before.listeners < 20, `${after.listeners - before.listeners} listeners more`);
    await panel.close();
  });
});
