import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { results } from '../support/house';
import { makeEchoTrace } from '../support/make-trace';
import { openPanel } from '../support/panel';
import { TraceBuilder } from '../support/trace-builder';

/** A server that never calls end(): CLOSE_WAIT for 12 s, then the run is ended. */
function closeWait(ended: boolean): { bytes: Uint8Array; finRead: number; site: string } {
  const trace = new TraceBuilder();
  const pid = trace.process(41, 'server.mjs');
  const site = { file: '/home/learner/echo/server.mjs', line: 12, column: 8 };
  const listener = trace.listen(pid, { address: '127.0.0.1', port: 8080 }, { site });
  const { client, accepted } = trace.pair(pid, listener, { address: '127.0.0.1', port: 8080 });
  trace.shutdown(client);
  const finRead = trace.end(accepted);
  if (ended) {
    trace.t += 12e9;
    trace.event({ pid, kind: 'exit', args: { code: null, signal: 'SIGTERM' }, provenance: 'observed' });
    trace.encoder.end();
  }
  return { bytes: trace.encoder.take(), finRead, site: 'server.mjs:12' };
}

describe('why is it stuck? in the timeline', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
    mkdirSync(join(results, 'webview'), { recursive: true });
  });

  it('names state, time, missing call, other end and line; the links lead there; Escape closes', async () => {
    const trace = closeWait(true);
    const panel = await openPanel(site, trace.bytes);
    const { page } = panel;
    await page.keyboard.press('y');
    const first = page.locator('.stuck-one').first();
    await first.waitFor();
    const text = (await first.textContent()) ?? '';
    assert.match(text, /CLOSE_WAIT: the program never calls end\(\)/);
    assert.match(text, /has been in CLOSE_WAIT for 12 s/);
    assert.match(text, /Missing: end\(\) \(or destroy\(\)\) on this socket by server\.mjs/);
    assert.match(text, /Other end: s2 of the same program is in FIN_WAIT_2/);
    assert.match(await panel.text('.stuck-one.follows'), /FIN_WAIT_2.*follows from one above/);
    await page.screenshot({ path: join(results, 'webview', 'stuck.png') });
    await first.getByText('Read more').click();
    assert.deepEqual(
      (await panel.sent('card')).map((message) => message.card),
      ['half-close'],
    );
    assert.equal(await first.locator('a').getAttribute('href'), 'https://www.rfc-editor.org/rfc/rfc9293#section-3.6');
    await first.getByText(trace.site).click();
    const step = (await panel.sent('step')).at(-1);
    assert.equal(step?.site?.line, 12);
    assert.equal(step?.reveal, true);
    assert.equal(await page.locator('dialog.stuck').isVisible(), false);
    await page.keyboard.press('y');
    await page.locator('dialog.stuck').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog.stuck').waitFor({ state: 'hidden' });
    await panel.close();
  });

  it('says so in the card of the open socket, and in the toolbar', async () => {
    const trace = closeWait(true);
    const panel = await openPanel(site, trace.bytes);
    await panel.page.waitForFunction(() => document.querySelector('[data-name="stuck"]')?.textContent?.includes('Stuck: 1'));
    await panel.send({ type: 'goTo', step: trace.finRead });
    await panel.atStep(trace.finRead);
    assert.match(
      await panel.text('.card-stuck'),
      /Stuck at the end of the run, for 12 s: CLOSE_WAIT: the program never calls end\(\)\. Why\?/,
    );
    await panel.page.locator('[data-name="why"]').click();
    await panel.page.locator('.stuck-one').first().waitFor();
    await panel.close();
  });

  it('counts on while the program runs', async () => {
    const panel = await openPanel(site, closeWait(false).bytes, { live: true });
    await panel.page.locator('[data-name="stuck"]').click();
    await panel.page.waitForFunction(() => /for at least 2/.test(document.querySelector('.stuck-one')?.textContent ?? ''), null, {
      timeout: 20_000,
    });
    await panel.close();
  });

  it('finds nothing in a run that ended well', async () => {
    const echo = makeEchoTrace();
    const panel = await openPanel(site, echo.encoder.take());
    await panel.page.keyboard.press('y');
    assert.match(await panel.text('.stuck-none'), /Nothing was stuck when the run ended/);
    await panel.close();
  });
});
