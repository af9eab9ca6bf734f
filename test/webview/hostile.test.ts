import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { visible } from '../../webview/kit/visible';
import { type HarnessSite, useHarness } from '../support/harness-page';
import { root } from '../support/house';
import { TraceBuilder } from '../support/trace-builder';

/** Milliseconds of mutated traces; SOCKETSCOPE_FUZZ_SECONDS makes it longer, SOCKETSCOPE_FUZZ_SEED begins elsewhere. */
const BUDGET = Number(process.env.SOCKETSCOPE_FUZZ_SECONDS ?? 12) * 1000;
const SEED = Number(process.env.SOCKETSCOPE_FUZZ_SEED ?? 1);
const FIXTURES = ['echo', 'half-close', 'reset', 'refused', 'udp', 'unix', 'http'];

interface Looker {
  /** Opens bytes and looks at them in every tab, on both axes, at some steps; complaints of the page meanwhile. */
  look(bytes: Uint8Array): string[];
}
declare const window: Window &
  typeof globalThis & { looker: Looker; attacked?: boolean; harness: { send(message: unknown): void; sent: unknown[] } };

/** Puts the looker into the page. Frames are run by it, at once, so that a trace takes no longer than its work. */
async function addLooker(page: Page): Promise<void> {
  await page.evaluate(() => {
    let frames: FrameRequestCallback[] = [];
    window.requestAnimationFrame = (callback) => frames.push(callback);
    window.cancelAnimationFrame = () => {};
    const complaints: string[] = [];
    window.addEventListener('error', (event) => complaints.push(String(event.error?.stack ?? event.message)));
    const tried = (what: string, act: () => void) => {
      try {
        act();
      } catch (error) {
        complaints.push(`${what}: ${(error as Error).stack}`);
      }
    };
    const run = (what: string) => {
      for (let turn = 0; turn < 3 && frames.length; turn++) {
        const due = frames;
        frames = [];
        for (const callback of due) tried(what, () => callback(performance.now()));
      }
    };
    const key = (name: string) => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
    window.looker = {
      look(bytes) {
        complaints.length = 0;
        window.harness.sent.length = 0;
        tried('open', () =>
          window.harness.send({ type: 'open', title: 'fuzz', live: false, bytes: bytes.slice().buffer, state: null, canRun: true }),
        );
        tried('ended', () => window.harness.send({ type: 'ended' }));
        run('first');
        const size = Number(
          /of ([\d,]+)/.exec(document.querySelector('[data-name="count"]')?.textContent ?? '')?.[1]?.replaceAll(',', '') ?? 0,
        );
        if (size === 0) return complaints;
        for (const [n, tab] of ['sockets', 'transcript', 'bytes', 'handshake', 'queues'].entries()) {
          tried(tab, () => document.getElementById(`tab-${tab}`)!.click());
          for (const step of [0, 1, Math.ceil((size * (n + 1)) / 7), size]) {
            tried(`${tab} ${step}`, () => window.harness.send({ type: 'goTo', step }));
            run(`${tab} at ${step}`);
          }
          tried('key', () => key(['t', 'f', 'y', 'Escape', 'n'][n]!));
          run(`${tab}, key`);
        }
        return complaints;
      },
    };
  });
}

/** As base64: a list of numbers takes seconds on its way into the page. */
const look = (page: Page, bytes: Uint8Array) =>
  page.evaluate(
    (base64) => window.looker.look(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))),
    Buffer.from(bytes).toString('base64'),
  );

describe('timeline of bad traces', function () {
  this.timeout(120_000);
  let site: HarnessSite;
  useHarness((started) => {
    site = started;
  });

  it('draws mutated traces in every tab without a crash', async () => {
    const { page, errors } = await site.page(1200, 760);
    await addLooker(page);
    const wholes = FIXTURES.map((name) =>
      Array.from(readFileSync(join(root, `test/fixtures/traces/${name}.socktrace`)).subarray(0, 30_000)),
    );
    const { rounds, found } = await page.evaluate(
      ({ wholes, budget, seed: first }) => {
        const traces = wholes.map((bytes) => Uint8Array.from(bytes));
        const found: string[] = [];
        const began = performance.now();
        let seed = first;
        for (; performance.now() - began < budget && found.length < 5; seed++) {
          let state = seed >>> 0;
          const next = () => {
            state = (state + 0x6d2b79f5) >>> 0;
            let mixed = Math.imul(state ^ (state >>> 15), state | 1);
            mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
            return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
          };
          let bytes = traces[seed % traces.length]!.slice();
          const changes = seed % 14;
          for (let n = 0; n < changes; n++) {
            const at = 100 + Math.floor(next() * (bytes.length - 100));
            // A byte, a bit, or a stretch that is copied elsewhere.
            if (n % 3 === 0) bytes[at] = Math.floor(next() * 256);
            else if (n % 3 === 1) bytes[at]! ^= 1 << Math.floor(next() * 8);
            else bytes.copyWithin(at, Math.floor(next() * bytes.length), Math.floor(next() * bytes.length));
          }
          if (seed % 4 === 0) bytes = bytes.slice(0, Math.floor(next() * bytes.length));
          for (const complaint of window.looker.look(bytes)) found.push(`seed ${seed}: ${complaint}`);
        }
        return { rounds: seed - first, found };
      },
      { wholes, budget: BUDGET, seed: SEED },
    );
    console.log(`      ${rounds} traces, seeds ${SEED}..${SEED + rounds - 1}`);
    assert.deepEqual(found, []);
    assert.deepEqual(errors, []);
    assert.ok(rounds >= 1);
    await page.close();
  });

  it('shows hostile names and payloads as data: nothing runs, nothing turns the direction of other text', async () => {
    const evil = [
      '<img src=x onerror="window.attacked=true">.mjs',
      '\u001b[2J\u001b[31mred.mjs',
      'abc\u202egnp.mjs',
      '\u2066lost\u0000nul\ud800half.mjs',
      'שלום.mjs',
      `${'long'.repeat(1000)}.mjs`,
    ];
    const { page, errors } = await site.page(1200, 760);
    await addLooker(page);
    for (const name of evil) {
      const trace = new TraceBuilder(`/home/${name.slice(0, 100)}`);
      const pid = trace.process(41, `/home/learner/${name}`);
      const mark = { file: `/home/learner/${name}`, line: 1, column: 1 };
      const listener = trace.listen(pid, { path: `/tmp/${name.slice(0, 300)}` }, { site: mark });
      const client = trace.connect(pid, { path: `/tmp/${name.slice(0, 300)}` }, { site: mark, args: { path: name } });
      trace.write(client, 50, { site: mark, payload: new TextEncoder().encode(name.slice(0, 50)) });
      trace.close(client, { args: { why: name } });
      trace.close(listener);
      trace.exit(pid);
      trace.encoder.end();
      const label = JSON.stringify(name.slice(0, 20));
      const began = Date.now();
      const complaints = await look(page, trace.encoder.take());
      assert.deepEqual(complaints, [], label);
      const seen = await page.evaluate(() => {
        const app = document.getElementById('app')!;
        const attributes = [...app.querySelectorAll('*')].flatMap((element) => [...element.attributes].map(({ value }) => value));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
        const active = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
        return {
          images: app.querySelectorAll('img, script, iframe').length,
          attacked: window.attacked ?? false,
          active: [app.textContent ?? '', ...attributes].filter((text) => active.test(text)).map((text) => text.slice(0, 80)),
          longest: Math.max(...attributes.map(({ length }) => length)),
        };
      });
      assert.deepEqual({ ...seen, longest: 0 }, { images: 0, attacked: false, active: [], longest: 0 }, label);
      assert.ok(seen.longest < 200_000, `${label}: an attribute of ${seen.longest} characters`);
      console.log(`      ${label}: ${Date.now() - began} ms`);
    }
    assert.deepEqual(errors, []);
    await page.close();
  });

  it('lays out no more text for a name of 40,000 or 400,000 characters than for a long one, and says it whole in the tip of the line', async () => {
    const { page, errors } = await site.page(1200, 760);
    /** Characters on the page at most, in any tab and at any step; and those that the canvas measured and drew. */
    const work = async (length: number) => {
      const long = 'long'.repeat(length / 4);
      const trace = new TraceBuilder('/home/learner');
      const pid = trace.process(41, `/home/learner/${long}.mjs`);
      const mark = { file: `/home/learner/${long}.mjs`, line: 1, column: 1 };
      const listener = trace.listen(pid, { path: `/tmp/${long}` }, { site: mark });
      const client = trace.connect(pid, { path: `/tmp/${long}` }, { site: mark });
      trace.write(client, 50, { site: mark, payload: new Uint8Array(50) });
      trace.close(client);
      trace.close(listener);
      trace.exit(pid);
      trace.encoder.end();
      site.serve(`/traces/long-${length}`, trace.encoder.take());
      return page.evaluate(async (url) => {
        const paper = CanvasRenderingContext2D.prototype;
        const [measure, draw] = [paper.measureText, paper.fillText];
        let canvas = 0;
        paper.measureText = function (text) {
          canvas += text.length;
          return measure.call(this, text);
        };
        paper.fillText = function (text, ...rest) {
          canvas += text.length;
          draw.call(this, text, ...rest);
        };
        await (window as unknown as { harness: { open(url: string): Promise<number> } }).harness.open(url);
        let texts = 0;
        for (const tab of ['sockets', 'transcript', 'bytes', 'handshake', 'queues']) {
          document.getElementById(`tab-${tab}`)!.click();
          for (const step of [1, 3, 6, 9]) {
            window.harness.send({ type: 'goTo', step });
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            // What the call line prints is a text of its own, and cut as one.
            const copy = document.getElementById('app')!.cloneNode(true) as HTMLElement;
            for (const call of copy.querySelectorAll('.line-call, .card-call, .card-happened, .spoken')) call.remove();
            texts = Math.max(texts, copy.textContent!.length);
          }
        }
        Object.assign(paper, { measureText: measure, fillText: draw });
        return { texts, canvas };
      }, `/traces/long-${length}`);
    };
    await work(400);
    const long = await work(400);
    for (const length of [4_000, 40_000, 400_000]) {
      const { texts, canvas } = await work(length);
      // The call as it is printed and read out is cut only where every text is, at 10,000.
      assert.ok(texts <= long.texts + 11_000, `${length}: ${texts} characters on the page, ${long.texts} for a name of 400`);
      assert.ok(canvas <= long.canvas * 1.5, `${length}: ${canvas} characters on the canvas, ${long.canvas} for a name of 400`);
    }
    const tip = (await page.locator('[data-name="site"]').getAttribute('title')) ?? '';
    assert.ok(tip.startsWith(`/home/learner/${'long'.repeat(60)}`) && tip.length > 4_000, `${tip.length}`);
    assert.deepEqual(errors, []);
    await page.close();
  });

  it('writes what would act as the code of the character, and cuts what is too long', () => {
    assert.equal(visible('a\u202eb\u001b[2J\u0000\ud800'), 'a\\u202eb\\u001b[2J\\u0000\\ud800');
    assert.equal(visible('plain text, 日本, 😀\n\ttab'), 'plain text, 日本, 😀\n\ttab');
    assert.match(visible('x'.repeat(1 << 20)), /^x{10000}… \(1,048,576 characters\)$/);
  });

  it('shows a trace with one process alone, without sockets, and cut off', async () => {
    const { page, errors } = await site.page(1200, 760);
    await addLooker(page);
    const alone = new TraceBuilder();
    alone.exit(alone.process(41, 'alone.mjs'));
    alone.encoder.end();
    const nothing = new TraceBuilder();
    nothing.encoder.end();
    const echo = readFileSync(join(root, 'test/fixtures/traces/echo.socktrace'));
    for (const [name, bytes] of Object.entries({
      alone: alone.encoder.take(),
      nothing: nothing.encoder.take(),
      cut: echo.subarray(0, echo.length >> 1),
    }))
      assert.deepEqual(await look(page, bytes), [], name);
    assert.match((await page.locator('.problem').textContent()) ?? '', /\w/, 'a cut trace is said to be cut');
    await page.close();
    assert.deepEqual(errors, []);
  });
});
