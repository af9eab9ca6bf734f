import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium as engine } from 'playwright-core';
import { exportHtml, withFont } from '../../src/export/html';
import { decodeWhole } from '../../src/trace';
import { chromium, root, skip } from '../support/house';
import { TraceBuilder } from '../support/trace-builder';

const HOSTILE = '</script><script>document.title="hacked"</script><img src=x onerror="document.title=\'hacked\'"><!--<script>\u202e';

function hostileTrace(): Uint8Array {
  const trace = new TraceBuilder('/home/learner');
  const pid = trace.process(9, HOSTILE);
  const listener = trace.listen(pid, { path: `/tmp/${HOSTILE}` });
  const { client } = trace.pair(pid, listener, { path: `/tmp/${HOSTILE}` });
  const payload = new TextEncoder().encode(HOSTILE);
  trace.write(client, payload.length, { payload, site: { file: `/home/learner/${HOSTILE}`, line: 1, column: 1 } });
  trace.encoder.end();
  return trace.encoder.take();
}

/** The page as the command line makes it. */
function page(trace: Uint8Array, title: string, step: number): string {
  const text = (name: string) => readFileSync(join(root, 'dist/webview', name), 'utf8');
  const pieces = [trace.subarray(0, 5), trace.subarray(5, 6), trace.subarray(6)];
  return [
    ...exportHtml({
      scripts: [text('offline.js'), text('timeline.js')],
      styles: [withFont(text('codicon.css'), readFileSync(join(root, 'dist/webview/codicon.ttf'))), text('timeline.css')],
      trace: pieces,
      title,
      step,
      nonce: 'bm9uY2U',
    }),
  ].join('');
}

describe('timeline as one HTML page', function () {
  this.timeout(60_000);
  let browser: Browser;
  let folder: string;

  before(async function () {
    const found = await chromium();
    if (!found.path) return skip(this, found.missing);
    browser = await engine.launch({ executablePath: found.path, args: found.flags });
    folder = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  });
  after(async () => {
    await browser?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function open(html: string, hash = '', colorScheme: 'dark' | 'light' = 'dark') {
    const file = join(folder, 'page.html');
    writeFileSync(file, html);
    const context = await browser.newContext({ offline: true, colorScheme, acceptDownloads: true });
    const tab = await context.newPage();
    const problems: string[] = [];
    const requests: string[] = [];
    tab.on('console', (message) => problems.push(message.text()));
    tab.on('pageerror', (error) => problems.push(String(error)));
    tab.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url());
    });
    await tab.goto(`${pathToFileURL(file)}${hash}`);
    await tab.waitForFunction(() => document.querySelector('[data-name="count"]')?.textContent !== '');
    return { tab, problems, requests, count: () => tab.locator('[data-name="count"]').textContent() };
  }

  it('opens from a file, offline, at its step, loads nothing, and steps', async () => {
    const trace = readFileSync(join(root, 'test/fixtures/traces/echo.socktrace'));
    const { store } = decodeWhole(trace);
    const { tab, problems, requests, count } = await open(page(trace, 'echo.socktrace', 7));
    assert.equal(await count(), `step 7 of ${store.size}`);
    assert.equal(await tab.title(), 'echo.socktrace · Socketscope');
    await tab.keyboard.press('ArrowRight');
    await tab.waitForFunction(() => location.hash === '#step=8');
    for (const name of ['Transcript', 'Bytes', 'Handshake', 'Queues']) {
      await tab.locator('vscode-panel-tab', { hasText: name }).click();
      await tab.locator(`#view-${name.toLowerCase()}`).waitFor();
    }
    assert.equal(await tab.evaluate(() => document.fonts.check('16px codicon')), true);
    assert.deepEqual(requests.length, 1, requests.join(' '));
    assert.deepEqual(problems, []);
    await tab.context().close();
  });

  it('asks nobody for anything: with the network there, in every tab, dialog and button, also of a hostile trace, and opens at #step=37', async () => {
    for (const [trace, title, step] of [
      [readFileSync(join(root, 'test/fixtures/traces/many.socktrace')), 'many.socktrace', 37],
      [hostileTrace(), HOSTILE, 3],
    ] as const) {
      const file = join(folder, 'online.html');
      writeFileSync(file, page(trace, title, 0));
      const context = await browser.newContext({ acceptDownloads: true });
      const asked: string[] = [];
      // Every request stops here, whatever it is for; the file itself does not pass through.
      await context.route(/^(?!file:|data:|blob:)/, (route) => {
        asked.push(route.request().url());
        return route.abort();
      });
      const tab = await context.newPage();
      tab.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url())) asked.push(request.url());
      });
      tab.on('websocket', (socket) => asked.push(socket.url()));
      await tab.goto(`${pathToFileURL(file)}#step=${step}`);
      const { size } = decodeWhole(trace).store;
      const first = `step ${step} of ${size.toLocaleString('en')}`;
      await tab.waitForFunction((text) => document.querySelector('[data-name="count"]')?.textContent === text, first);
      for (const head of await tab.locator('vscode-panel-tab:visible').all()) await head.click();
      for (const key of ['?', 'y']) {
        await tab.locator('.plot').focus();
        await tab.keyboard.press(key);
        await tab.locator('dialog[open]').waitFor();
        await tab.keyboard.press('Escape');
      }
      for (const key of ['End', 'Home', 'n', 't', 'f', 'x', 'h']) await tab.keyboard.press(key);
      await Promise.all([tab.waitForEvent('download'), tab.locator('[data-name="save"]').click()]);
      assert.deepEqual(
        asked.map((url) => url.replace(/#.*/, '')),
        [pathToFileURL(file).href],
      );
      await context.close();
    }
  });

  it('takes the step from its address, and the theme from the system', async () => {
    const trace = readFileSync(join(root, 'test/fixtures/traces/echo.socktrace'));
    const { tab, count } = await open(page(trace, 'echo.socktrace', 0), '#step=12', 'light');
    assert.match((await count()) ?? '', /^step 12 of /);
    assert.match((await tab.evaluate(() => document.body.className)) ?? '', /vscode-light/);
    await tab.evaluate(() => {
      location.hash = '#step=3';
    });
    await tab.waitForFunction(() => document.querySelector('[data-name="count"]')?.textContent?.startsWith('step 3 of'));
    await tab.context().close();
  });

  it('hands the trace out again, byte for byte', async () => {
    const trace = readFileSync(join(root, 'test/fixtures/traces/udp.socktrace'));
    const { tab } = await open(page(trace, 'udp.socktrace', 1));
    const [download] = await Promise.all([tab.waitForEvent('download'), tab.locator('[data-name="save"]').click()]);
    assert.equal(download.suggestedFilename(), 'udp.socktrace');
    assert.deepEqual(readFileSync((await download.path())!), trace);
    await tab.context().close();
  });

  it('shows hostile names and bytes as data', async () => {
    const trace = hostileTrace();
    const html = page(trace, HOSTILE, 0);
    const { tab, problems } = await open(html);
    await tab.keyboard.press('End');
    for (const name of ['Transcript', 'Bytes', 'Handshake', 'Queues', 'Sockets'])
      await tab.locator('vscode-panel-tab', { hasText: name }).click();
    assert.doesNotMatch(await tab.title(), /^hacked/);
    for (const tag of ['img', 'iframe', 'script:not([nonce]):not([type])']) assert.equal(await tab.locator(tag).count(), 0, tag);
    assert.deepEqual(problems, []);
    await tab.context().close();
  });

  it('says in a sentence why what was dropped is not shown, and keeps what it shows', async () => {
    const trace = readFileSync(join(root, 'test/fixtures/traces/echo.socktrace'));
    const { tab, count, problems } = await open(page(trace, 'echo.socktrace', 5));
    const before = await count();
    const drop = (...files: [name: string, text: string][]) =>
      tab.evaluate((files) => {
        const data = new DataTransfer();
        for (const [name, text] of files) data.items.add(new File([text], name));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
      }, files);
    for (const [files, sentence] of [
      [[['notes.txt', 'hello']], 'notes.txt is not a trace of Socketscope: it does not begin like one. Drop a .socktrace file.'],
      [[['cut.socktrace', '\x89']], 'cut.socktrace is not a trace of Socketscope: it does not begin like one. Drop a .socktrace file.'],
      [[['empty.socktrace', '']], 'empty.socktrace is empty: no run was recorded in it. Drop another trace.'],
      [
        [
          ['a.socktrace', 'a'],
          ['b.socktrace', 'b'],
        ],
        '2 files were dropped: drop one trace at a time.',
      ],
      [[], 'Only a file can be dropped here: a trace of Socketscope, which ends in .socktrace.'],
    ] as [[string, string][], string][]) {
      await drop(...files);
      await tab.waitForFunction((text) => document.querySelector('.problem:not([hidden])')?.textContent === text, sentence);
      assert.equal(await count(), before);
    }
    // A folder: the browser says so of what was dropped, or cannot read it.
    await tab.evaluate(() => {
      const data = new DataTransfer();
      const folder = new File(['x'], 'traces');
      folder.arrayBuffer = () => Promise.reject(new DOMException('a folder', 'NotFoundError'));
      data.items.add(folder);
      Object.defineProperty(data, 'files', { value: [folder] });
      const event = new DragEvent('drop', { cancelable: true });
      Object.defineProperty(event, 'dataTransfer', {
        value: { files: [folder], items: [{ webkitGetAsEntry: () => ({ isDirectory: true }) }] },
      });
      window.dispatchEvent(event);
    });
    await tab.waitForFunction(() => document.querySelector('.problem')?.textContent?.startsWith('traces is a folder: '));
    await tab.keyboard.press('ArrowRight');
    await tab.waitForFunction(() => location.hash === '#step=6');
    assert.deepEqual(problems, []);
    await tab.context().close();
  });

  it('shows a cut-off trace as far as it goes, and takes another by drag and drop', async () => {
    const trace = readFileSync(join(root, 'test/fixtures/traces/echo.socktrace'));
    const { tab, count } = await open(page(trace.subarray(0, trace.length - 40), 'cut.socktrace', 1));
    await tab.locator('.problem:not([hidden])').waitFor();
    const dropped = readFileSync(join(root, 'test/fixtures/traces/udp.socktrace'));
    await tab.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], 'udp.socktrace'));
      window.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
    }, dropped.toString('base64'));
    const { size } = decodeWhole(dropped).store;
    await tab.waitForFunction((text) => document.querySelector('[data-name="count"]')?.textContent === text, `step 0 of ${size}`);
    assert.equal(await count(), `step 0 of ${size}`);
    await tab.context().close();
  });
});
