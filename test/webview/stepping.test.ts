import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { results, root } from '../support/house';
import { makeEchoTrace, makeTraceBuilder } from '../support/make-trace';
import { openPanel } from '../support/panel';
import { TraceBuilder } from '../support/trace-builder';

declare const window: Window & { harness: { open(url: string, options: object): Promise<number>; send(message: unknown): void } };

/** Every kind of fact that has a look of its own: a fault, a contradiction of the kernel, something that is not visible. */
function mixed(): TraceBuilder {
  const trace = new TraceBuilder();
  const pid = trace.process(41, 'server.mjs');
  const listener = trace.listen(pid, { address: '127.0.0.1', port: 8080 });
  const { accepted } = trace.pair(pid, listener, { address: '127.0.0.1', port: 8080 });
  const base = { call: null, result: null };
  trace.call(accepted, '', { ...base, kind: 'fault', provenance: 'injected', args: { fault: 'split-read', had: 12, given: 3, left: 9 } });
  const args = { source: '/proc/net/tcp', state: 'CLOSE_WAIT', recvQueue: 1, contradicts: 'ESTABLISHED' };
  trace.call(accepted, '', { ...base, kind: 'kernel', provenance: 'kernel', args });
  trace.encoder.end();
  return trace;
}

describe('stepping and filters in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  const echo = makeEchoTrace();
  const bytes = echo.encoder.take();
  const { store } = echo;
  const crowd = makeTraceBuilder({ events: 3000, connections: 60, concurrency: 12 }).encoder.take();
  const lossy = readFileSync(join(root, 'test/fixtures/traces/datagram-ends.socktrace'));
  const steps = Array.from({ length: store.size }, (_, i) => i + 1);
  useHarness((started) => {
    site = started;
    mkdirSync(join(results, 'webview'), { recursive: true });
  });

  it('jumps by buttons and keys, sets bookmarks, and copies a link to the step', async () => {
    const panel = await openPanel(site, bytes);
    const { page } = panel;
    const states = steps.filter((seq) => store.kind(seq) === 'state');
    await page.locator('[data-name="nextState"]').click();
    await panel.atStep(states[0]!);
    await page.keyboard.press(']');
    await panel.atStep(states[1]!);
    await page.keyboard.press('[');
    await panel.atStep(states[0]!);
    await page.keyboard.press('m');
    await page.locator('[data-name="bookmark"][aria-pressed="true"]').waitFor();
    await page.keyboard.press('End');
    await panel.atStep(store.size);
    await page.keyboard.press('j');
    await panel.atStep(states[0]!);
    await page.locator('[data-name="copy-link"]').click();
    assert.deepEqual(
      (await panel.sent('copyLink')).map((message) => message.step),
      [states[0]],
    );
    await panel.close();
  });

  it('paints only what a step changed while the view stays, and the picture is the same as one painted whole', async () => {
    for (const [what, trace] of [
      ['echo', bytes],
      ['crowd', crowd],
      ['datagrams', lossy],
    ] as const) {
      const panel = await openPanel(site, trace, { state: { step: 1, axis: 'steps', view: null } });
      const { page } = panel;
      await page.evaluate(() => {
        // What is written on the picture in a frame, and how many of the frames were whole pictures.
        const log = { texts: 0 };
        Object.assign(window, { log });
        const { fillText } = CanvasRenderingContext2D.prototype;
        CanvasRenderingContext2D.prototype.fillText = function (...args) {
          if (this.canvas.closest('.plot')) log.texts++;
          return fillText.apply(this, args);
        };
      });
      const picture = (whole: boolean) =>
        page.evaluate(async (whole) => {
          const { log } = window as unknown as { log: { texts: number } };
          const canvas = document.querySelector<HTMLCanvasElement>('.plot canvas')!;
          // Another theme, and this one again: nothing of the picture may stay.
          if (whole)
            for (const change of ['add', 'remove'] as const) {
              document.body.classList[change]('another-theme');
              for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
            }
          for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
          const { texts } = log;
          log.texts = 0;
          const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })!;
          copy.drawImage(canvas, 0, 0);
          const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
          // A text at the edge of what is painted again may be rounded otherwise by a few of 255 levels.
          const before = (window as unknown as { data?: Uint8ClampedArray }).data;
          let most = 0;
          if (whole) for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i]! - before![i]!));
          Object.assign(window, { data });
          return { texts, most };
        }, whole);
      await picture(false);
      const shares: number[] = [];
      for (const key of [...Array(12).fill('ArrowRight'), ...Array(4).fill('ArrowLeft')]) {
        await page.keyboard.press(key);
        const step = await picture(false);
        const whole = await picture(true);
        assert.ok(whole.most <= 8, `${what}: the picture after ${key} number ${shares.length + 1} differs by ${whole.most}`);
        // It was painted twice, for two themes. Where the view has to move, the step paints all as well.
        shares.push((2 * step.texts) / whole.texts);
      }
      const parts = shares.filter((share) => share < 0.8).length;
      console.log(`      ${what}: ${shares.map((share) => share.toFixed(2)).join(' ')} of the texts of the picture`);
      assert.ok(parts >= 8, `${what}: ${parts} steps painted a part alone`);
      await panel.close();
    }
  });

  it('keeps what the next step has in common with this one in the card, and what was unfolded', async () => {
    const panel = await openPanel(site, bytes, { state: { step: 0, axis: 'steps', view: null } });
    const { page } = panel;
    const writes = steps.filter((seq) => store.call(seq) === 'write');
    await panel.send({ type: 'goTo', step: writes[0]! });
    await panel.atStep(writes[0]!);
    await page.locator('.card [data-name="depths"] summary').click();
    await page.locator('.card .depths').first().waitFor();
    await page.evaluate(() => {
      for (const name of ['call', 'how', 'more']) document.querySelector(`.card [data-name="${name}"]`)!.classList.add('kept');
    });
    await panel.send({ type: 'goTo', step: writes[1]! });
    await panel.atStep(writes[1]!);
    await page.waitForFunction((step) => document.querySelector('.card-step')?.textContent === `Step ${step}`, writes[1]!);
    // The call is another text in the same place; what says how we know is the same.
    const kept = await page.evaluate(() =>
      ['call', 'how', 'more'].map((name) => document.querySelector(`.card [data-name="${name}"]`)!.classList.contains('kept')),
    );
    assert.deepEqual(kept.slice(1), [true, true]);
    assert.ok((await panel.text('.card [data-name="call"]')).startsWith(`write(${store.event(writes[1]!).fd}`));
    assert.ok(await page.locator('.card .depths [aria-current="step"]').count());
    assert.ok((await panel.text('.card .depths')).includes(`step ${writes[1]}`));
    // And back at the beginning nothing of a step is left.
    await page.keyboard.press('Home');
    await page.waitForFunction(() => document.querySelector('.card-step')?.textContent === 'Before anything');
    assert.equal(await page.locator('.card [data-name="call"], .card [data-name="how"], .card .depths').count(), 0);
    await panel.close();
  });

  it('says in the card what came to be known later of the step that is shown, and nothing of a run that was shown before', async () => {
    const made = (cuts: readonly number[]) => {
      const trace = new TraceBuilder();
      const pid = trace.process(41, 'server.mjs');
      const name = { address: '127.0.0.1', port: 8080 };
      const { client, accepted } = trace.pair(pid, trace.listen(pid, name), name);
      const write = trace.write(client, 5);
      // Not the last step, which a live run would go on from.
      trace.buffer(client, 'stream-write', 0);
      const parts = [trace.encoder.take()];
      const reads = cuts.map((cut) => {
        const read = trace.read(accepted, cut);
        parts.push(trace.encoder.take());
        return `read at step ${read} (${cut} B)`;
      });
      return { write, parts, reads };
    };
    const run = made([3, 2]);
    const panel = await openPanel(site, run.parts[0]!, { live: true, state: { step: run.write, axis: 'steps', view: null } });
    const { page } = panel;
    const says = (words: string) =>
      page.waitForFunction((wanted) => {
        const rows = [...document.querySelectorAll('.card .card-links')].map(({ textContent }) => textContent ?? '');
        return (rows.find((text) => text.startsWith('Other end')) ?? '') === wanted;
      }, words);
    await panel.atStep(run.write);
    await says('');
    for (const count of [1, 2]) {
      await page.evaluate(
        (bytes) => window.harness.send({ type: 'append', bytes: Uint8Array.from(bytes).buffer }),
        Array.from(run.parts[count]!),
      );
      await says(`Other end ${run.reads.slice(0, count).join('')}`);
    }
    const other = made([4]);
    site.serve('/traces/stepping-other', Buffer.concat(other.parts));
    await page.evaluate(([path, step]) => window.harness.open(path, { state: { step, axis: 'steps', view: null } }), [
      '/traces/stepping-other',
      other.write,
    ] as const);
    await says(`Other end ${other.reads[0]}`);
    await panel.close();
  });

  it('hides what a filter does not let through, counts it, and shows all again', async () => {
    const panel = await openPanel(site, bytes);
    const { page } = panel;
    await page.keyboard.press('h');
    await page.locator('.filters').waitFor();
    await page.locator('[data-name="filter-bytes"]').locator('input').fill('socket!');
    await page.keyboard.press('Enter');
    const wanted = steps.filter((seq) => new TextDecoder().decode(store.event(seq).payload ?? new Uint8Array()).includes('socket!'));
    await page.waitForFunction(
      (text) => document.querySelector('[data-name="filter-count"]')?.textContent === text,
      `${wanted.length} of ${store.size} steps shown`,
    );
    await page.locator('vscode-panel-tab', { hasText: 'Transcript' }).click();
    await page.waitForFunction((count) => document.querySelectorAll('.transcript .line').length === count, wanted.length);
    assert.deepEqual(
      await page
        .locator('.transcript .line')
        .evaluateAll((all) => all.map((line) => Number((line as unknown as { dataset: { seq: string } }).dataset.seq))),
      wanted,
    );
    await page.screenshot({ path: join(results, 'webview', 'filtered.png') });
    await page.locator('[data-name="filter-clear"]').click();
    await page.waitForFunction(() => document.querySelector('[data-name="filter-count"]')?.textContent === '');
    await panel.close();
  });

  it('shows the steps of a line that the editor names', async () => {
    const panel = await openPanel(site, bytes);
    const seq = steps.find((one) => store.call(one) === 'write')!;
    const { file, line } = store.event(seq).site!;
    await panel.send({ type: 'line', file, line });
    await panel.atStep(steps.find((one) => store.event(one).site?.line === line && store.event(one).site?.file === file)!);
    await panel.close();
  });

  it('folds a crowd of sockets into a row that opens with a click', async () => {
    const crowd = makeTraceBuilder({ events: 8000, connections: 400, concurrency: 20, seed: 2 });
    crowd.encoder.end();
    const panel = await openPanel(site, crowd.encoder.take(), { height: 900 });
    const { page } = panel;
    await page.screenshot({ path: join(results, 'webview', 'crowd.png') });
    // The folded rows say what they are when the pointer is on them; which is the first, the layout knows best.
    const plot = (await page.locator('.plot').boundingBox())!;
    const tip = page.locator('.plot .tip');
    for (let y = 40; y < plot.height; y += 14) {
      await page.mouse.move(plot.x + 40, plot.y + y);
      if (/Click to show/.test((await tip.textContent()) ?? '')) break;
      if (y + 14 >= plot.height) await page.mouse.wheel(0, plot.height / 2).then(() => (y = 40));
    }
    assert.match((await tip.textContent()) ?? '', /Click to show/);
    await page.mouse.down();
    await page.mouse.up();
    await page.waitForFunction(() => /Click to fold/.test(document.querySelector('.plot .tip')?.textContent ?? ''));
    await panel.close();
  });

  it('marks a fault as injected, and shows a contradiction of the kernel with a sign and a sentence', async () => {
    const trace = mixed();
    const all = Array.from({ length: trace.store.size }, (_, i) => i + 1);
    const panel = await openPanel(site, trace.encoder.take());
    const fault = all.find((seq) => trace.store.kind(seq) === 'fault')!;
    await panel.send({ type: 'goTo', step: fault });
    await panel.atStep(fault);
    assert.match(await panel.text('.card'), /injected: split-read 12 -> 3 \+ 9/);
    assert.match(await panel.text('.card .provenance, .card-facts'), /injected/);
    const kernel = all.find((seq) => trace.store.kind(seq) === 'kernel')!;
    await panel.send({ type: 'goTo', step: kernel });
    await panel.atStep(kernel);
    assert.match(await panel.text('.card-contradicts'), /contradicts what had been worked out from the calls, ESTABLISHED/);
    await panel.close();
  });

  it('unfolds a step into its depths, each a way to its step', async () => {
    const panel = await openPanel(site, bytes);
    const { page } = panel;
    const shutdown = steps.find((seq) => store.call(seq) === 'shutdown')!;
    await panel.send({ type: 'goTo', step: shutdown });
    await panel.atStep(shutdown);
    await page.locator('details[data-name="depths"] summary').click();
    const lines = page.locator('.depths li');
    await lines.first().waitFor();
    const texts = (await lines.allTextContents()).map((text) => text.replace(/step [\d,]+$/, ''));
    assert.deepEqual(
      texts.slice(0, 3).map((text) => text.replace(/\(\d+/, '(N')),
      ['Nodesocket.end()', 'System callshutdown(N, SHUT_WR) = 0', 'Segment (model)FIN, ACK'],
    );
    await lines.last().locator('button').click();
    const end = steps.find((seq) => store.call(seq) === 'read' && store.result(seq) === 0)!;
    await panel.atStep(end);
    await panel.close();
  });
});
