import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { FromTimeline, TimelineViewState } from '../../src/contracts/timeline-api';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { results, root } from '../support/house';
import { TraceBuilder } from '../support/trace-builder';

interface Harness {
  sent: FromTimeline[];
  theme(name: string): void;
  open(url: string, options?: { state?: TimelineViewState | null }): Promise<number>;
}
declare const window: { harness: Harness };

const SHOTS = join(results, 'webview');
const text = (value: string) => new TextEncoder().encode(value);
const NAME = { address: '127.0.0.1', port: 8080 };

/** Two writes joined in a read that cuts a character; the rest of it in the next. */
function cutTrace() {
  const trace = new TraceBuilder();
  const server = trace.process(41, 'server.mjs');
  const client = trace.process(42, 'client.mjs');
  const listener = trace.listen(server, NAME);
  const { client: socket, accepted } = trace.pair(client, listener, NAME);
  const steps = {
    first: trace.write(socket, 6, { payload: text('hello ') }),
    second: trace.write(socket, 4, { payload: text('5€') }),
    joined: 0,
    rest: 0,
    end: 0,
    timeWait: 0,
  };
  steps.joined = trace.read(accepted, 8, { payload: text('hello 5€').subarray(0, 8) });
  trace.t += 1_000_000;
  steps.rest = trace.read(accepted, 2, { payload: text('€').subarray(1) });
  trace.shutdown(socket);
  trace.end(accepted);
  trace.shutdown(accepted);
  trace.close(accepted);
  trace.end(socket);
  steps.end = trace.close(socket);
  trace.t += 5_000_000_000;
  steps.timeWait = trace.exit(client);
  trace.encoder.end();
  return { trace, steps, socket: socket.id, accepted: accepted.id };
}

/** A queue at a listener: three connect, one is accepted; and a writer that has to wait. */
function queueTrace() {
  const trace = new TraceBuilder();
  const server = trace.process(41, 'server.mjs');
  const client = trace.process(42, 'client.mjs');
  const listener = trace.listen(server, NAME, {}, 2);
  const from = [trace.port(), trace.port(), trace.port()];
  const clients = from.map((local) => {
    const socket = trace.connect(client, NAME);
    trace.connected(socket, local, NAME);
    return socket;
  });
  const waiting = trace.store.size;
  const accepted = trace.accept(listener, NAME, from[0]!);
  trace.write(clients[0]!, 60_000, { payload: text('a') });
  trace.buffer(clients[0]!, 'stream-write', 90_000);
  trace.buffer(clients[0]!, 'libuv-write', 30_000);
  const full = trace.api(clients[0]!, 'socket.write', { args: { event: 'returned false' } });
  trace.read(accepted, 40_000);
  const half = trace.store.size;
  trace.buffer(clients[0]!, 'libuv-write', 0);
  trace.buffer(clients[0]!, 'stream-write', 0);
  const drain = trace.api(clients[0]!, 'drain');
  trace.encoder.end();
  return { trace, waiting, full, half, drain, clients: clients.map((socket) => socket.id) };
}

function datagramTrace() {
  const trace = new TraceBuilder();
  const pid = trace.process(41, 'udp.mjs');
  const here = { address: '127.0.0.1', port: 9001 };
  const there = { address: '127.0.0.1', port: 9002 };
  const a = trace.open(pid, 'udp', 'datagram');
  trace.call(a, 'bind', { local: here });
  const b = trace.open(pid, 'udp', 'datagram');
  trace.call(b, 'bind', { local: there });
  for (const said of ['one', 'two', 'three', 'four'])
    trace.call(a, 'sendmsg', { bytes: said.length, result: said.length, remote: there, payload: text(said) });
  let last = 0;
  for (const said of ['one', 'three', 'two', 'four'].filter((said) => said !== 'two'))
    last = trace.call(b, 'recvmsg', { bytes: said.length, result: said.length, remote: here, payload: text(said) });
  trace.encoder.end();
  return { trace, last };
}

describe('tabs of a connection, in a browser', function () {
  this.timeout(60_000);
  let site: HarnessSite;
  const cut = cutTrace();
  const queue = queueTrace();
  const datagrams = datagramTrace();

  useHarness((started) => {
    site = started;
    site.serve('/traces/cut', cut.trace.encoder.take());
    site.serve('/traces/queue', queue.trace.encoder.take());
    site.serve('/traces/udp', datagrams.trace.encoder.take());
    for (const name of ['many', 'unix', 'half-close'])
      site.serve(`/traces/${name}`, readFileSync(join(root, `test/fixtures/traces/${name}.socktrace`)));
    mkdirSync(SHOTS, { recursive: true });
  });

  async function open(trace: string, step: number, tab: string, width = 1300, height = 900, theme = 'dark') {
    const { page, errors } = await site.page(width, height);
    await page.evaluate((name) => window.harness.theme(name), theme);
    await page.evaluate(([url, state]) => window.harness.open(url, { state }), [
      `/traces/${trace}`,
      { step, axis: 'steps' as const, view: { tab } },
    ] as const);
    await page.waitForFunction(
      (at) => document.querySelector('[data-name="count"]')?.textContent?.startsWith(`step ${at} of`),
      String(step),
    );
    return { page, errors };
  }
  const finish = async ({ page, errors }: { page: Page; errors: string[] }) => {
    await page.close();
    assert.deepEqual(errors, []);
  };
  const lastStep = (page: Page) =>
    page.evaluate(() => (window.harness.sent.filter((message) => message.type === 'step').at(-1) as { step: number } | undefined)?.step);

  it('shows writes, reads and the cut character on one ruler', async () => {
    const one = await open('cut', cut.steps.joined, 'bytes');
    const { page } = one;
    assert.deepEqual(
      await page
        .locator('.ruler .piece')
        .evaluateAll((pieces) => pieces.map((piece) => piece.getAttribute('aria-label')?.replace(/^[WR]\d+ .*?: /, ''))),
      [
        `Write 1, step ${cut.steps.first}: 6 bytes, from byte 0`,
        `Write 2, step ${cut.steps.second}: 4 bytes, from byte 6`,
        `Read 1, step ${cut.steps.joined}: 8 bytes, writes 1 to 2 joined`,
        `Read 2, step ${cut.steps.rest}: 2 bytes, a part of write 2; begins in the middle of the character €, later than this step`,
      ],
    );
    // Pieces of one row lie side by side, and a read spans the writes that it is made of.
    const boxes = await page.locator('.ruler .piece').evaluateAll((pieces) =>
      pieces.map((piece) => {
        const { left, right } = piece.getBoundingClientRect();
        return [Math.round(left), Math.round(right)] as [number, number];
      }),
    );
    assert.equal(boxes[0]![0], boxes[2]![0]);
    assert.ok(boxes[2]![1] > boxes[1]![0] && boxes[2]![1] < boxes[1]![1]);
    assert.equal(boxes[3]![1], boxes[1]![1]);
    assert.equal(await page.locator('.cut-mark').textContent(), '€');
    assert.match((await page.locator('.bytes').textContent()) ?? '', /1 character cut in two by a read: decode with setEncoding/);
    assert.deepEqual(await page.locator('.run').allTextContents(), ['hello ', '5', 'e2']);
    await page.locator('.ruler .piece.write').first().click();
    assert.equal(await lastStep(page), cut.steps.first);
    await finish(one);
  });

  it('follows a byte from write to read, by click and by keyboard', async () => {
    const one = await open('cut', cut.steps.second, 'bytes');
    const { page } = one;
    const way = () => page.locator('[data-name="byte-way"]').textContent();
    assert.match((await way()) ?? '', /^Byte 6write 2, step \d+kernelread 1, step \d+$/);
    await page.locator('.hex[data-offset="9"]').click();
    assert.match((await way()) ?? '', new RegExp(`^Byte 9write 2, step ${cut.steps.second}kernelread 2, step ${cut.steps.rest}$`));
    assert.equal(await page.locator('.way-stop.here').textContent(), 'kernel');
    await page.locator('.nudge').first().press('Enter');
    assert.match((await way()) ?? '', /^Byte 8/);
    await page.locator('[data-way="read"]').click();
    assert.equal(await lastStep(page), cut.steps.rest);
    await finish(one);
  });

  it('keeps datagrams apart and says what became of each', async () => {
    const one = await open('udp', datagrams.last, 'bytes');
    const { page } = one;
    assert.deepEqual(await page.locator('.datagrams .fate').allTextContents(), ['received', 'lost', 'received', 'received']);
    assert.match((await page.locator('.bytes').textContent()) ?? '', /4 sends: 3 received, 1 lost/);
    assert.equal(await page.locator('.datagrams tr.current .datagram-text').textContent(), 'four');
    await finish(one);
  });

  it('draws the ladder in sync with the step, as model', async () => {
    const one = await open('cut', cut.steps.joined, 'handshake');
    const { page } = one;
    const rungs = page.locator('.rung');
    assert.equal(await page.locator('.model-note .chip').textContent(), 'model');
    const labels = await rungs.locator('button').evaluateAll((all) => all.map((button) => button.getAttribute('aria-label') ?? ''));
    assert.match(labels[0]!, /s2 client\.mjs to s3 server\.mjs, SYN {2}seq 0; s2 client\.mjs is SYN_SENT, s3 server\.mjs is SYN_RECEIVED$/);
    assert.match(labels[4]!, /data 4 B {2}seq 7 {2}ack 1/);
    assert.equal(await page.locator('.rung.now').count(), 1);
    assert.ok((await page.locator('.rung.later').count()) >= 4, 'the end is still to come');
    await rungs.last().locator('button').click();
    await page.waitForFunction(() => document.querySelectorAll('.rung.later').length === 0);
    assert.match((await rungs.last().textContent()) ?? '', /ACK.*seq/);
    await finish(one);
  });

  it('lights the path on the state diagram as far as the step', async () => {
    const one = await open('cut', cut.steps.joined, 'handshake');
    const { page } = one;
    await page.locator('[data-view="map"]').click();
    assert.equal(await page.locator('.state.now').getAttribute('data-state'), 'ESTABLISHED');
    const lit = () => page.locator('.edge.lit').count();
    assert.equal(await lit(), 2);
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.querySelector('.state.now')?.getAttribute('data-state') !== 'ESTABLISHED');
    assert.ok((await lit()) >= 4);
    await finish(one);
    const unix = await open('unix', 5, 'handshake');
    assert.match((await unix.page.locator('.handshake').textContent()) ?? '', /Unix-domain connection has no handshake|No connection/);
    await finish(unix);
  });

  it('shows five buffers in a chain, with write() false and drain, and says where there is no reading', async () => {
    const one = await open('queue', queue.half, 'queues');
    const { page } = one;
    assert.deepEqual(await page.locator('.chain .gauge').evaluateAll((all) => all.map((gauge) => gauge.getAttribute('data-buffer'))), [
      'stream-write',
      'libuv-write',
      'kernel-send',
      'kernel-receive',
      'stream-read',
    ]);
    const values = await page.locator('.chain .gauge-value').allTextContents();
    assert.deepEqual(values.slice(0, 2), ['90,000 bytes', '30,000 bytes']);
    // 60,000 in the kernel less 40,000 read, and what libuv may have handed over since.
    assert.equal(values[2], 'up to 50,000 bytes');
    assert.match((await page.locator('[data-buffer="stream-read"]').textContent()) ?? '', /Nothing waited here|No reading/);
    assert.match((await page.locator('.queues').textContent()) ?? '', /Do not add these up/);
    assert.match(
      (await page.locator('[data-name="loop"]').textContent()) ?? '',
      /^Event loop of .*Nothing that a traced peer sent was ready for more than 1 ms/,
    );
    assert.match((await page.locator('.queues').textContent()) ?? '', /modelWindow: the kernel takes no more/);
    await page.locator('.moment-drain').click();
    assert.equal(await lastStep(page), queue.drain);
    await page.waitForFunction(
      (at) => document.querySelector('[data-name="count"]')?.textContent?.startsWith(`step ${at} of`),
      queue.drain,
    );
    assert.equal(await page.locator('[data-buffer="stream-write"] .gauge-value').textContent(), '0 bytes');
    await finish(one);
  });

  it('shows who waits in the accept queue, against the backlog', async () => {
    const one = await open('queue', queue.waiting, 'queues');
    const door = one.page.locator('.accept-queue');
    assert.match((await door.textContent()) ?? '', /backlog 2 connections/);
    assert.match((await door.locator('.gauge-value').textContent()) ?? '', /^3 connections$/);
    assert.deepEqual(
      await door.locator('.waiting').allTextContents(),
      queue.clients.map((id) => `${id} client.mjs`),
    );
    assert.match((await door.textContent()) ?? '', /The queue is full/);
    await finish(one);
  });

  it('sorts and filters the sockets, explains a cell, counts TIME_WAIT down and tells who owns a port', async () => {
    const one = await open('cut', cut.steps.timeWait, 'sockets');
    const { page } = one;
    const ids = () =>
      page.locator('.sockets tbody tr:not([hidden])').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-socket')));
    assert.deepEqual(await ids(), ['s1', 's2']);
    assert.equal(await page.locator('[data-socket="s2"] td.state').textContent(), 'TIME_WAIT 55 s');
    await page.locator('th[data-column="state"] button').click();
    await page.locator('th[data-column="state"][aria-sort="ascending"]').waitFor();
    assert.deepEqual(await ids(), ['s1', 's2']);
    await page.locator('th[data-column="state"] button').click();
    assert.deepEqual(await ids(), ['s2', 's1']);
    assert.equal(await page.locator('th[data-column="state"]').getAttribute('aria-sort'), 'descending');
    await page.locator('[data-socket="s1"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    assert.match((await page.locator('.cell-meaning').textContent()) ?? '', /^Send-Q 511: Backlog: room for 511 connections/);
    assert.equal(await lastStep(page), cut.steps.timeWait, 'arrow keys in the table do not step');
    await page.locator('[data-name="filter-sockets"]').click();
    await page.keyboard.type(':8080');
    await page.waitForFunction(() => !(document.querySelector('.port-owner') as unknown as { hidden: boolean }).hidden);
    assert.match(
      (await page.locator('.port-owner').textContent()) ?? '',
      /^Port 8080 belongs to server\.mjs \(pid 41\): s1 listens on 127\.0\.0\.1:8080/,
    );
    await page.keyboard.press('Escape');
    // The control clears its own input a moment later.
    await page.waitForFunction(
      () => document.querySelector('[data-name="filter-sockets"]')?.shadowRoot?.querySelector('input')?.value === '',
    );
    await page.keyboard.type('time_w');
    await page.waitForFunction(() => document.querySelectorAll('.sockets tbody tr:not([hidden])').length === 1);
    assert.match((await page.locator('.sockets-tab').textContent()) ?? '', /1 of 2 sockets match/);
    await finish(one);
  });

  it('fits every tab into narrow and low panels, in all themes', async () => {
    for (const [width, height, theme] of [
      [400, 900, 'light'],
      [900, 700, 'dark'],
      [1600, 900, 'contrast'],
    ] as const) {
      for (const tab of ['bytes', 'handshake', 'queues', 'sockets']) {
        const one = await open('cut', cut.steps.joined, tab, width, height, theme);
        const body = one.page.locator(`#view-${tab} .tab-body`);
        await body.waitFor();
        const wide = await body.evaluate((element) => [
          element.scrollWidth - element.clientWidth,
          Math.round(element.getBoundingClientRect().right),
        ]);
        assert.ok(wide[0]! <= 1, `${tab} at ${width}: ${wide[0]} px too wide`);
        assert.ok(wide[1]! <= width, `${tab} at ${width} ends at ${wide[1]}`);
        await one.page.screenshot({ path: join(SHOTS, `${tab}-${width}-${theme}.png`) });
        await finish(one);
      }
    }
  });
});
