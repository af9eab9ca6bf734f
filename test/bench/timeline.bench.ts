/**
 * First paint, frames and steps of the timeline in headless Chromium without a GPU. Limits aimed at: first paint 1 s,
 * p95 of a frame 33 ms, both at 1,000,000 events.
 */
import { harnessSite } from '../support/harness-page';
import { makeTraceBuilder } from '../support/make-trace';

/** What the page measures; runs inside the browser. */
interface Measured {
  firstPaint: number;
  whole: number;
  events: number;
  pan: number[];
  zoom: number[];
  step: number[];
  /** Script of the page alone in each of these frames: what the timeline itself costs, without waiting for the screen or for other programs. */
  script: { pan: number[]; zoom: number[]; step: number[] };
}

const WIDTH = 1200;
const FRAMES = 120;

function summary(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!.toFixed(1);
  return `min ${at(0)}  median ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`;
}

async function measure(page: import('playwright-core').Page, url: string): Promise<Measured> {
  return page.evaluate(
    async ({ url, frames }) => {
      const { harness } = window as unknown as {
        harness: { open(url: string): Promise<number>; send(message: unknown): void; sent: { type: string; step?: number }[] };
      };
      const bytes = await (await fetch(url)).arrayBuffer();
      const next = window.requestAnimationFrame.bind(window);
      const frame = () => new Promise<number>((resolve) => next(resolve));
      /** A frame is over when its paint is: a task after the next frame's callbacks. */
      const painted = async () => {
        await frame();
        await new Promise<void>((resolve) => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => resolve();
          channel.port2.postMessage(null);
        });
      };
      const count = document.querySelector('[data-name="count"]')!;
      const began = performance.now();
      harness.send({ type: 'open', title: url, live: false, bytes, state: null, canRun: true });
      while (!count.textContent) await painted();
      await painted();
      const firstPaint = performance.now() - began;
      const total = bytes.byteLength;
      while (!harness.sent.some((message) => message.type === 'ack' && (message as { bytes?: number }).bytes === total)) await painted();
      await painted();
      const whole = performance.now() - began;
      // The page paints in animation frames: their callbacks are its script.
      const original = window.requestAnimationFrame.bind(window);
      let script: number[] = [];
      window.requestAnimationFrame = (callback) =>
        original((time) => {
          const from = performance.now();
          callback(time);
          script.push(performance.now() - from);
        });
      const ownFrames = () => {
        const taken = script;
        script = [];
        return taken.filter((spent) => spent > 0.05);
      };
      const canvas = document.querySelector('.plot canvas')!;
      const box = canvas.getBoundingClientRect();
      const at = { clientX: box.left + box.width / 2, clientY: box.top + 120, bubbles: true, cancelable: true };
      const timed = async (times: number, act: (i: number) => void) => {
        const spent: number[] = [];
        for (let i = 0; i < times; i++) {
          await frame();
          const from = performance.now();
          act(i);
          await painted();
          spent.push(performance.now() - from);
        }
        return spent;
      };
      const key = (name: string) =>
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
      key('f');
      await painted();
      ownFrames();
      // In from the whole run to single steps and out again, around a point.
      const zoom = await timed(frames, (i) => canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: i < frames / 2 ? -60 : 60 })));
      const zoomScript = ownFrames();
      key('f');
      for (let i = 0; i < 12; i++) canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: -60 }));
      await painted();
      ownFrames();
      const pan = await timed(frames, (i) =>
        canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: i % 40 < 20 ? 80 : -80, shiftKey: true })),
      );
      const panScript = ownFrames();
      key('Home');
      const last = Number(/of ([\d,]+)/.exec(count.textContent ?? '')?.[1]?.replaceAll(',', '') ?? 0);
      const step = await timed(frames, (i) =>
        i % 2 ? key('ArrowRight') : harness.send({ type: 'goTo', step: Math.floor((((i * 7919) % 1000) / 1000) * last) + 1 }),
      );
      return { firstPaint, whole, events: last, pan, zoom, step, script: { pan: panScript, zoom: zoomScript, step: ownFrames() } };
    },
    { url, frames: FRAMES },
  );
}

async function main(): Promise<void> {
  const site = await harnessSite();
  if ('missing' in site) {
    console.log(`skipped: ${site.missing}`);
    return;
  }
  try {
    for (const events of [10_000, 1_000_000]) {
      const connections = events / 500;
      // The maker aims a little low.
      const bytes = makeTraceBuilder({ events: events * 1.15, connections, payload: 16 }).encoder.take();
      site.serve(`/traces/${events}`, bytes);
      const first: number[] = [];
      const whole: number[] = [];
      let measured: Measured | null = null;
      for (let i = 0; i < 3; i++) {
        const { page, errors } = await site.page(WIDTH, 760);
        measured = await measure(page, `/traces/${events}`);
        first.push(measured.firstPaint);
        whole.push(measured.whole);
        if (errors.length) console.log(`page: ${errors.join('; ')}`);
        await page.close();
      }
      console.log(
        `${measured!.events.toLocaleString('en')} events, ${(bytes.length / 2 ** 20).toFixed(1)} MiB, ${connections} connections`,
      );
      console.log(`  first paint   ${summary(first)}`);
      console.log(`  all taken in  ${summary(whole)}`);
      for (const what of ['zoom', 'pan', 'step'] as const) {
        console.log(`  ${what.padEnd(4)} frame    ${summary(measured![what])}`);
        console.log(`       script   ${summary(measured!.script[what])}`);
      }
    }
  } finally {
    await site.close();
  }
}

void main();
