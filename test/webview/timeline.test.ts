import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { FromTimeline, TimelineViewState } from '../../src/contracts/timeline-api';
import { gutterFor } from '../../webview/timeline/layout/gutter';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { results } from '../support/house';
import { makeEchoTrace } from '../support/make-trace';
import { TraceBuilder } from '../support/trace-builder';

/** The page's own test handle (webview/harness/fake-host.ts). */
interface Harness {
  sent: FromTimeline[];
  send(message: unknown): void;
  theme(name: string): void;
  open(url: string, options?: { live?: boolean; state?: TimelineViewState | null }): Promise<number>;
  state: unknown;
}
declare const window: { harness: Harness };

const SHOTS = join(results, 'webview');
const HOSTILE = '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>';

function hostileTrace(): TraceBuilder {
  const trace = new TraceBuilder('/home/learner');
  const pid = trace.process(9, '<b>evil</b>.mjs');
  const site = { file: '/home/learner/<img src=x onerror=alert(1)>.mjs', line: 1, column: 2 };
  const listener = trace.listen(pid, { path: '/tmp/<i>x</i>' }, { site });
  const { client } = trace.pair(pid, listener, { path: '/tmp/<i>x</i>' });
  trace.write(client, HOSTILE.length, { payload: new TextEncoder().encode(HOSTILE), site });
  trace.encoder.end();
  return trace;
}

describe('timeline in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  const echo = makeEchoTrace();
  const bytes = echo.encoder.take();
  const size = echo.store.size;
  const stepOf = (call: string, test: (seq: number) => boolean = () => true) => {
    for (let seq = 1; seq <= size; seq++) if (echo.store.call(seq) === call && test(seq)) return seq;
    throw new Error(`no ${call} in the echo trace`);
  };

  useHarness((started) => {
    site = started;
    site.serve('/traces/echo', bytes);
    site.serve('/traces/hostile', hostileTrace().encoder.take());
    mkdirSync(SHOTS, { recursive: true });
  });

  async function open(
    options: { width?: number; height?: number; trace?: string; state?: TimelineViewState | null; theme?: string } = {},
  ): Promise<{ page: Page; errors: string[] }> {
    const { page, errors } = await site.page(options.width ?? 1200, options.height ?? 760);
    await page.evaluate((theme) => window.harness.theme(theme), options.theme ?? 'dark');
    await page.evaluate(([url, state]) => window.harness.open(url, { state }), [
      options.trace ?? '/traces/echo',
      options.state ?? null,
    ] as const);
    await page.waitForFunction(() => document.querySelector('[data-name="count"]')?.textContent !== '');
    return { page, errors };
  }
  const finish = async ({ page, errors }: { page: Page; errors: string[] }) => {
    await page.close();
    assert.deepEqual(errors, []);
  };
  const count = (page: Page) => page.locator('[data-name="count"]').textContent();
  const atStep = (page: Page, step: number) =>
    page.waitForFunction((text) => document.querySelector('[data-name="count"]')?.textContent === text, `step ${step} of ${size}`);
  const lastStep = (page: Page) => page.evaluate(() => window.harness.sent.filter((message) => message.type === 'step').at(-1));
  const tab = (page: Page, name: string) => page.locator('vscode-panel-tab', { hasText: name }).click();

  it('opens before the first step and says what to press', async () => {
    const one = await open();
    assert.equal(await count(one.page), `step 0 of ${size}`);
    assert.match((await one.page.locator('.card').textContent()) ?? '', /Press → to see the first thing/);
    await finish(one);
  });

  it('steps by keys', async () => {
    const one = await open();
    const { page } = one;
    await page.keyboard.press('ArrowRight');
    await atStep(page, 1);
    await page.keyboard.press('End');
    await atStep(page, size);
    await page.keyboard.press('ArrowLeft');
    await atStep(page, size - 1);
    await page.keyboard.press('Home');
    await atStep(page, 0);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('.');
    await atStep(page, 2);
    await page.keyboard.press('^');
    await atStep(page, 1);
    await page.keyboard.press('Space');
    await page.waitForFunction(
      () => (window.harness.sent.filter((message) => message.type === 'step').at(-1) as { step: number }).step >= 2,
    );
    await page.keyboard.press('Space');
    await finish(one);
  });

  it('steps by buttons, which are named and say their key', async () => {
    const one = await open();
    const { page } = one;
    for (const [name, step] of [
      ['next', 1],
      ['last', size],
      ['previous', size - 1],
      ['first', 0],
    ] as const) {
      const control = page.locator(`vscode-button[data-name="${name}"]`);
      assert.match((await control.getAttribute('title')) ?? '', /step \(.+\)$/i);
      await control.click();
      await atStep(page, step);
    }
    assert.equal(await page.locator('vscode-button[data-name="previous"]').getAttribute('disabled'), '');
    await finish(one);
  });

  it('explains the step in the card', async () => {
    const bind = stepOf('bind');
    const one = await open({ state: { step: bind, axis: 'steps' } });
    const card = one.page.locator('.card');
    assert.equal(await card.locator('[data-name="call"]').textContent(), 'bind(18, {127.0.0.1, 8080}) = 0');
    const text = (await card.textContent()) ?? '';
    for (const part of [
      `Step ${bind}`,
      'server.mjs',
      'server.listen',
      'derived',
      'gave descriptor 18 the address 127.0.0.1:8080',
      'How do we know?',
    ])
      assert.ok(text.includes(part), `"${part}" in ${text}`);
    await card.locator('[data-name="site"]').click();
    const sent = await lastStep(one.page);
    assert.deepEqual(sent && sent.type === 'step' && [sent.step, sent.reveal, sent.site?.line], [bind, true, 15]);
    await finish(one);
  });

  it('shows the sockets at the step as netstat would', async () => {
    const accepted = stepOf('write');
    const one = await open({ state: { step: accepted, axis: 'steps' } });
    const rows = await one.page
      .locator('.sockets tbody tr:not([hidden])')
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)));
    assert.deepEqual(
      rows.map((row) => [row[0], row[3], row[4], row[5], row[6]]),
      [
        ['tcp', '127.0.0.1:8080', '*:*', 'LISTEN', '4101/server.mjs'],
        ['tcp', '127.0.0.1:53412', '127.0.0.1:8080', 'ESTABLISHED', '4102/client.mjs'],
        ['tcp', '127.0.0.1:8080', '127.0.0.1:53412', 'ESTABLISHED', '4101/server.mjs'],
      ],
    );
    assert.match((await one.page.locator('.sockets tr.current').getAttribute('data-socket')) ?? '', /^s2$/);
    await one.page.keyboard.press('Home');
    await one.page.waitForFunction(() => document.querySelector('#view-sockets .tab-body')?.textContent?.includes('No socket yet'));
    await finish(one);
  });

  it('goes to a mark that is clicked, and asks for its line', async () => {
    const one = await open();
    const box = (await one.page.locator('.plot canvas').boundingBox())!;
    // A run opens at 36 px a step, 16 px from the column with the names. Step 2 (bind) is on the lane of s1: below the ruler (24)
    // and the row of the process (28), 22 into the lane.
    const x = box.x + gutterFor(box.width) + 16 + 2.5 * 36;
    await one.page.mouse.move(x, box.y + 24 + 28 + 22);
    await one.page.waitForFunction(() => !document.querySelector<HTMLElement>('.tip')!.hidden);
    assert.match((await one.page.locator('.tip').textContent()) ?? '', /bind\(18, \{127\.0\.0\.1, 8080\}\) = 0 {2}· {2}derived/);
    await one.page.mouse.down();
    await one.page.mouse.up();
    await atStep(one.page, 2);
    const sent = await lastStep(one.page);
    assert.deepEqual(sent && sent.type === 'step' && [sent.step, sent.reveal], [2, true]);
    await finish(one);
  });

  it('switches the axis, zooms, pans and keeps that for a reload', async () => {
    const one = await open({ state: { step: 5, axis: 'steps' } });
    const { page } = one;
    await page.locator('vscode-button[data-name="axis-time"]').click();
    await page.waitForFunction(() => document.querySelector('[data-name="axis-time"]')!.getAttribute('aria-pressed') === 'true');
    await page.keyboard.press('w');
    await page.keyboard.press('d');
    await page.waitForFunction(() =>
      window.harness.sent.some((message) => message.type === 'state' && message.state.axis === 'time' && message.state.step === 5),
    );
    const kept = await page.evaluate(() => window.harness.state as TimelineViewState);
    await finish(one);
    const two = await open({ state: kept });
    assert.equal(await count(two.page), `step 5 of ${size}`);
    assert.equal(await two.page.locator('[data-name="axis-time"]').getAttribute('aria-pressed'), 'true');
    await finish(two);
  });

  it('has the whole run in words, in step with the cursor', async () => {
    const one = await open({ height: 560 });
    const { page } = one;
    await tab(page, 'Transcript');
    const list = page.locator('.transcript');
    await list.locator('[data-seq="1"]').waitFor();
    assert.match((await list.locator('[data-seq="2"]').textContent()) ?? '', /s1server\.mjsbind\(18, \{127\.0\.0\.1, 8080\}\) = 0/);
    await page.keyboard.press('End');
    const last = list.locator(`[data-seq="${size}"]`);
    await last.waitFor();
    assert.equal(await last.getAttribute('aria-selected'), 'true');
    assert.equal(await list.getAttribute('aria-activedescendant'), `line-${size}`);
    await list.focus();
    await page.keyboard.press('ArrowUp');
    await atStep(page, size - 1);
    await page.keyboard.press('ArrowRight');
    await atStep(page, size);
    await page.keyboard.press('Home');
    await atStep(page, 1);
    await page.keyboard.press('End');
    await list.locator(`[data-seq="${size - 2}"]`).click();
    await atStep(page, size - 2);
    await finish(one);
  });

  it('shows the bytes of a read as text and as hex', async () => {
    const read = stepOf('read', (seq) => echo.store.bytes(seq) === 14);
    const one = await open({ state: { step: read, axis: 'steps' } });
    await tab(one.page, 'Bytes');
    assert.equal(await one.page.locator('[data-name="payload-text"]').textContent(), 'hello, socket!');
    assert.match(
      (await one.page.locator('[data-name="payload-hex"]').textContent()) ?? '',
      /68 65 6c 6c 6f 2c 20 73 {2}hello, s[\s\S]*6f 63 6b 65 74 21 +ocket!/,
    );
    await finish(one);
  });

  it('finds, filters, and shows all keys', async () => {
    const one = await open();
    const { page } = one;
    await page.keyboard.press('/');
    await page.keyboard.type('fin_wait');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.querySelector('[data-name="call"]')?.textContent?.includes('FIN_WAIT_1'));
    await page.keyboard.press('Escape');
    await page.locator('vscode-dropdown[data-name="filter-call"]').click();
    await page.locator('vscode-dropdown[data-name="filter-call"] vscode-option', { hasText: 'listen' }).click();
    await page.keyboard.press('Escape');
    await page.locator('.plot').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await atStep(page, stepOf('listen'));
    await page.keyboard.press('?');
    assert.equal(await page.locator('dialog[open]').evaluate((dialog) => (dialog as unknown as { open: boolean }).open), true);
    assert.match((await page.locator('dialog[open]').textContent()) ?? '', /Next step on the same socket/);
    await page.keyboard.press('Escape');
    await finish(one);
  });

  it('shows bytes, names and paths as text, never as markup', async () => {
    const trace = hostileTrace();
    const one = await open({ trace: '/traces/hostile', state: { step: trace.store.size, axis: 'steps', view: { tab: 'bytes' } } });
    const { page } = one;
    await page.locator('[data-name="payload-text"]').waitFor();
    assert.equal(await page.locator('[data-name="payload-text"]').textContent(), HOSTILE);
    await tab(page, 'Transcript');
    await page.locator('.transcript [data-seq="1"]').waitFor();
    await tab(page, 'Sockets');
    for (const tag of ['img', 'script:not([src])', 'b', 'i']) assert.equal(await page.locator(`#app ${tag}`).count(), 0, tag);
    assert.notEqual(await page.title(), 'hacked');
    await finish(one);
  });

  it('follows a live run, stays when the learner steps back, and follows again', async () => {
    const { page, errors } = await site.page();
    const half = Math.floor(bytes.length / 2);
    const send = (from: number, to: number, first: boolean) =>
      page.evaluate(
        ([data, isFirst]) => {
          const part = Uint8Array.from(atob(data), (char) => char.charCodeAt(0)).buffer;
          window.harness.send(
            isFirst ? { type: 'open', title: 'live', live: true, bytes: part, state: null, canRun: true } : { type: 'append', bytes: part },
          );
        },
        [Buffer.from(bytes.subarray(from, to)).toString('base64'), first] as const,
      );
    await page.evaluate(() =>
      window.harness.send({ type: 'open', title: 'live', live: true, bytes: new ArrayBuffer(0), state: null, canRun: true }),
    );
    await page.locator('.empty', { hasText: 'The program is running' }).waitFor();
    await send(0, half, true);
    await page.waitForFunction(() => /^step [1-9]\d* of \d+$/.test(document.querySelector('[data-name="count"]')?.textContent ?? ''));
    const [, at, of] = /step (\d+) of (\d+)/.exec((await count(page)) ?? '')!;
    assert.equal(at, of);
    assert.equal(await page.locator('[data-name="stop"]').isVisible(), true);
    await page.keyboard.press('ArrowLeft');
    await send(half, bytes.length, false);
    await atStep(page, Number(at) - 1);
    await page.locator('[data-name="live"]').click();
    await atStep(page, size);
    await page.locator('[data-name="stop"]').click();
    assert.ok(await page.evaluate(() => window.harness.sent.some((message) => message.type === 'command' && message.command === 'stop')));
    await page.evaluate(() => window.harness.send({ type: 'ended' }));
    await page.locator('[data-name="stop"]').waitFor({ state: 'hidden' });
    await page.locator('.card .hint', { hasText: /The run is over \(server\.mjs: exit code 0.*\)\. Press Home/ }).waitFor();
    await page.keyboard.press('Home');
    await page.locator('.card .hint', { hasText: 'Press → to see the first thing' }).waitFor();
    await page.close();
    assert.deepEqual(errors, []);
  });

  it('says what to do when there is nothing to show', async () => {
    const { page, errors } = await site.page();
    await page.locator('.empty', { hasText: 'No run yet' }).waitFor();
    await page.locator('[data-name="run-sample"]').click();
    assert.ok(
      await page.evaluate(() => window.harness.sent.some((message) => message.type === 'command' && message.command === 'runSample')),
    );
    await page.evaluate(() =>
      window.harness.send({
        type: 'open',
        title: 'x',
        live: false,
        bytes: new TextEncoder().encode('no trace').buffer,
        state: null,
        canRun: false,
      }),
    );
    await page.locator('.empty', { hasText: 'cannot be shown' }).waitFor();
    await page.close();
    assert.deepEqual(errors, []);
  });

  it('has a role and a name for every control, and speaks the step', async () => {
    const one = await open();
    const { page } = one;
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelector('.spoken[role="status"]')?.textContent?.startsWith('Step 1 of'));
    const plot = page.locator('.plot');
    assert.deepEqual(
      [await plot.getAttribute('role'), await plot.getAttribute('aria-valuenow'), await plot.getAttribute('aria-valuemax')],
      ['slider', '1', String(size)],
    );
    const unnamed = await page
      .locator('vscode-button, vscode-dropdown, vscode-text-field')
      .evaluateAll((all) => all.filter((one) => !one.getAttribute('aria-label')).length);
    assert.equal(unnamed, 0);
    await finish(one);
  });

  it('in a low panel shows every lane of the sample and the card as a tab; the border moves by keys and is kept', async () => {
    const one = await open({ width: 541, height: 502, state: { step: stepOf('write'), axis: 'steps' } });
    const { page } = one;
    const plotHeight = () => page.locator('.plot').evaluate((plot) => plot.clientHeight);
    // Ruler, two processes, three sockets.
    assert.ok((await plotHeight()) >= 24 + 2 * 28 + 3 * 52, `${await plotHeight()} px`);
    assert.deepEqual(await page.locator('vscode-panel-tab:visible').allTextContents(), [
      'Step',
      'Sockets',
      'Transcript',
      'Bytes',
      'Handshake',
      'Queues',
      'Compare',
    ]);
    await page.locator('[data-name="call"]').waitFor();
    await tab(page, 'Sockets');
    await page.locator('.sockets tbody tr:not([hidden])').nth(2).waitFor();
    const fits = await page.locator('.sockets').evaluate((table) => table.parentElement!.scrollHeight <= table.parentElement!.clientHeight);
    assert.ok(fits, 'the table is seen whole');
    const before = await plotHeight();
    await page.locator('[data-name="border"]').focus();
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction((height) => document.querySelector('.plot')!.clientHeight === height, before - 16);
    await page.waitForFunction(() => {
      const state = window.harness.state as TimelineViewState | undefined;
      return typeof (state?.view as { split?: { rows: number | null } } | undefined)?.split?.rows === 'number';
    });
    const kept = await page.evaluate(() => window.harness.state as TimelineViewState);
    await page.keyboard.press('Enter');
    await page.waitForFunction((height) => document.querySelector('.plot')!.clientHeight === height, before);
    await finish(one);
    const two = await open({ width: 541, height: 502, state: kept });
    await two.page.waitForFunction((height) => document.querySelector('.plot')!.clientHeight === height, before - 16);
    assert.equal(await two.page.locator('.sockets').isVisible(), true);
    await finish(two);
  });

  it('gives the card its own place when there is room, and drags the border', async () => {
    const one = await open({ width: 1200, height: 760, state: { step: 3, axis: 'steps' } });
    const { page } = one;
    assert.deepEqual(await page.locator('vscode-panel-tab:visible').allTextContents(), [
      'Sockets',
      'Transcript',
      'Bytes',
      'Handshake',
      'Queues',
      'Compare',
    ]);
    assert.equal(await page.locator('.sockets').isVisible(), true);
    await page.setViewportSize({ width: 541, height: 502 });
    await page.locator('vscode-panel-tab', { hasText: 'Step' }).waitFor();
    await page.locator('[data-name="call"]').waitFor();
    await page.setViewportSize({ width: 1200, height: 760 });
    await page.locator('vscode-panel-tab', { hasText: 'Step' }).waitFor({ state: 'hidden' });
    await page.locator('[data-name="call"]').waitFor();
    await page.locator('.sockets').waitFor();
    const box = (await page.locator('[data-name="border"]').boundingBox())!;
    await page.mouse.move(box.x + 4, box.y + 200);
    await page.mouse.down();
    await page.mouse.move(600, box.y + 200);
    await page.mouse.up();
    await page.waitForFunction(() => document.querySelector('.plot')!.clientWidth === 600);
    await finish(one);
  });

  for (const theme of ['dark', 'light', 'contrast'])
    for (const [width, height] of [
      [500, 800],
      [541, 502],
      [1200, 400],
      [900, 760],
      [1600, 900],
    ] as const)
      it(`looks right: ${theme}, ${width} px`, async () => {
        const step = stepOf('read', (seq) => echo.store.bytes(seq) === 14);
        const one = await open({ theme, width, height, state: { step, axis: 'steps' } });
        // Nothing on the page is wider than its place, apart from what scrolls on purpose.
        const cut = await one.page.evaluate(() =>
          [...document.querySelectorAll<HTMLElement>('.toolbar, .card, .card *, .main, .side')]
            .filter(
              (element) =>
                element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline' && element.clientWidth > 0,
            )
            .map((element) => `${element.tagName}.${element.className}`),
        );
        assert.deepEqual(cut, []);
        await one.page.screenshot({ path: join(SHOTS, `${theme}-${width}.png`) });
        await finish(one);
      });
});
