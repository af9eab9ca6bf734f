/**
 * The timeline in headless Chromium without a GPU, beside vis-timeline and speedscope on the same events: first paint, zoom, pan, steps,
 * memory. Aims at 1,000,000 events: first useful paint 700 ms, p95 of a frame 25 ms (16.7 ms at 100,000), p99 of a step 4 ms of
 * script, 64 bytes an event beside payloads. Events as the first argument, rounds as the second, `own` as the third leaves the others out:
 * `node dist/test/bench/timeline.bench.js 100000 2`.
 */
import { SocktraceDecoder } from '../../src/trace';
import { type HarnessSite, harnessSite } from '../support/harness-page';
import { makeTraceBuilder } from '../support/make-trace';
import { type Gesture, timeFrames } from './timeline/frames';
import { cpuOfFrames, recordTasks } from './timeline/main-thread';
import { OWN, type Peer, SPEEDSCOPE, servePeers, VIS } from './timeline/peers';

const SIZES = process.argv[2] ? [Number(process.argv[2])] : [10_000, 100_000, 1_000_000];
const ROUNDS = Number(process.argv[3] ?? 3);
const PEERS = process.argv[4] === 'own' ? [OWN] : [OWN, VIS, SPEEDSCOPE];
const FRAMES = 120;
/** Longer than this nobody waits for a picture, and for a gesture. */
const OPEN_DEADLINE = 30_000;
/** The bytes come from the benchmark's own server first; that is not counted. */
const FETCH_DEADLINE = 40_000;
const GESTURE_DEADLINE = 6_000;

const quantile = (values: readonly number[], part: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
};
const spread = (values: readonly number[]) =>
  values.length === 0 ? 'none' : [0, 0.5, 1].map((part) => quantile(values, part).toFixed(1)).join(' / ');

/** What one round of one timeline came to; null where the deadline passed. */
interface Round {
  paint: number | null;
  zoom: { interval: number; cpu: number; missed: number } | null;
  pan: { interval: number; cpu: number; missed: number } | null;
  bytes: number | null;
}

async function gesture(page: import('playwright-core').Page, what: Gesture): Promise<Round['zoom']> {
  const cdp = await page.context().newCDPSession(page);
  let frames: Awaited<ReturnType<typeof timeFrames>> | null = null;
  const { tasks, marks } = await recordTasks(cdp, async () => {
    frames = await Promise.race([timeFrames(page, what, GESTURE_DEADLINE), late(GESTURE_DEADLINE * 1.5)]);
  });
  await cdp.detach();
  const found = frames as Awaited<ReturnType<typeof timeFrames>> | null;
  if (!found || found.interval.length === 0) return null;
  return { interval: quantile(found.interval, 0.95), cpu: quantile(cpuOfFrames(tasks, marks), 0.95), missed: found.missed };
}

function late(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms).unref());
}

async function heap(page: import('playwright-core').Page): Promise<number> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.send('HeapProfiler.collectGarbage');
  const usage = (await cdp.send('Runtime.getHeapUsage')) as {
    usedSize: number;
    embedderHeapUsedSize?: number;
    backingStorageSize?: number;
  };
  await cdp.detach();
  return usage.usedSize + (usage.embedderHeapUsedSize ?? 0) + (usage.backingStorageSize ?? 0);
}

async function round(site: HarnessSite, peer: Peer, url: string): Promise<Round> {
  const { page } = await site.page(1200, 760, peer.path);
  try {
    await page.waitForFunction(() => document.readyState === 'complete');
    if (peer === SPEEDSCOPE) await page.locator('input[type=file]').waitFor({ state: 'attached' });
    const empty = await heap(page);
    const opened = await Promise.race([peer.open(page, url, OPEN_DEADLINE), late(OPEN_DEADLINE + FETCH_DEADLINE)]);
    if (!opened || opened.paint === null) return { paint: null, zoom: null, pan: null, bytes: null };
    const bytes = (await heap(page)) - empty;
    if (peer === SPEEDSCOPE)
      // The element that listens for the wheel is the one on top in the middle of its picture.
      await page.evaluate(() => {
        document.elementFromPoint(600, 400)!.id = 'bench-target';
      });
    await peer.fit(page);
    const zoom = await gesture(page, peer.zoom(FRAMES));
    const pan = zoom && (await gesture(page, peer.pan(FRAMES)));
    return { paint: opened.paint, zoom, pan, bytes };
  } catch (error) {
    console.log(`  ${peer.name}: ${(error as Error).message.split('\n')[0]}`);
    return { paint: null, zoom: null, pan: null, bytes: null };
  } finally {
    await Promise.race([page.close(), late(5000)]);
  }
}

function report(peer: Peer, rounds: readonly Round[], own: readonly Round[], events: number, payload: number): void {
  const column = (pick: (one: Round) => number | null | undefined) => rounds.map(pick).filter((value): value is number => value != null);
  const ownColumn = (pick: (one: Round) => number | null | undefined) => own.map(pick).filter((value): value is number => value != null);
  const row = (name: string, pick: (one: Round) => number | null | undefined) => {
    const ratios = column(pick).map((value, i) => value / (ownColumn(pick)[i] ?? Number.NaN));
    const beside = peer === OWN || ratios.length === 0 ? '' : `   times ours ${spread(ratios)}`;
    const missing =
      column(pick).length < rounds.length ? `   ${rounds.length - column(pick).length} of ${rounds.length} not within the deadline` : '';
    console.log(`  ${peer.name.padEnd(13)} ${name.padEnd(22)} ${spread(column(pick)).padEnd(26)}${beside}${missing}`);
  };
  row('first paint ms', ({ paint }) => paint);
  row('zoom p95 interval ms', ({ zoom }) => zoom?.interval);
  row('zoom p95 cpu ms', ({ zoom }) => zoom?.cpu);
  row('pan p95 interval ms', ({ pan }) => pan?.interval);
  row('pan p95 cpu ms', ({ pan }) => pan?.cpu);
  row('bytes an event', ({ bytes }) => bytes && (bytes - payload) / events);
  const missed = rounds.map(({ zoom, pan }) => (zoom?.missed ?? 0) + (pan?.missed ?? 0)).filter((count) => count > 0);
  if (missed.length)
    console.log(
      `  ${peer.name.padEnd(13)} frames that did not come within ${GESTURE_DEADLINE / 1000} s: ${missed.join(', ')} of ${2 * FRAMES}`,
    );
}

/** Steps: to the next one, back, and anywhere; only ours has them. */
async function steps(site: HarnessSite, url: string, events: number): Promise<void> {
  const { page } = await site.page(1200, 760);
  await OWN.open(page, url, OPEN_DEADLINE);
  const cdp = await page.context().newCDPSession(page);
  const target = '.plot canvas';
  const next = Array.from({ length: FRAMES }, () => ({ key: 'ArrowRight' }));
  const jump = Array.from({ length: FRAMES }, (_, i) => ({
    message: { type: 'goTo', step: 1 + Math.floor((((i * 7919) % 1000) / 1000) * (events - 1)) },
  }));
  const back = next.map(() => ({ key: 'ArrowLeft' }));
  console.log('  steps, ms of processor in a frame: min / median / p95 / p99 / max');
  for (const [name, acts] of [
    ['next', next],
    ['jump', jump],
    ['back', back],
  ] as const) {
    const { scripts, tasks, marks } = await recordTasks(cdp, async () => {
      await timeFrames(page, { target, x: 0.5, y: 0.3, acts }, GESTURE_DEADLINE);
    });
    const whole = cpuOfFrames(tasks, marks);
    const script = cpuOfFrames(scripts, marks);
    const show = (values: number[]) => [0, 0.5, 0.95, 0.99, 1].map((part) => quantile(values, part).toFixed(1)).join(' / ');
    console.log(`  ${OWN.name.padEnd(13)} ${name.padEnd(10)} scripts ${show(script)}   with layout and paint ${show(whole)}`);
  }
  await page.close();
}

async function main(): Promise<void> {
  const site = await harnessSite(['--enable-unsafe-swiftshader']);
  if ('missing' in site) {
    console.log(`skipped: ${site.missing}`);
    return;
  }
  try {
    servePeers(site);
    console.log('min / median / max of the rounds');
    for (const events of SIZES) {
      // The maker aims a little low.
      const bytes = makeTraceBuilder({ events: events * 1.15, connections: events / 500, payload: 16, loops: true }).encoder.take();
      const decoder = new SocktraceDecoder();
      decoder.push(bytes);
      const { store } = decoder;
      console.log(
        `${store.size.toLocaleString('en')} events, ${(bytes.length / 2 ** 20).toFixed(1)} MiB, ${store.sockets.length.toLocaleString('en')} sockets`,
      );
      const peers = PEERS;
      for (const peer of peers) site.serve(`/input/${peer.name}/${events}`, peer.input(store, bytes));
      const rounds = new Map<Peer, Round[]>(peers.map((peer) => [peer, []]));
      for (let i = 0; i < ROUNDS; i++)
        for (const peer of peers) {
          const own = rounds.get(peer)!;
          // Who has not finished twice does not finish a third time.
          if (own.filter(({ paint, zoom }) => paint === null || zoom === null).length >= 1 && peer !== OWN) continue;
          const began = Date.now();
          own.push(await round(site, peer, `/input/${peer.name}/${events}`));
          if (process.env.SOCKETSCOPE_BENCH_VERBOSE)
            console.log(`  ${peer.name}, round ${i + 1}: ${Date.now() - began} ms ${JSON.stringify(own.at(-1))}`);
        }
      for (const peer of peers) report(peer, rounds.get(peer)!, rounds.get(OWN)!, store.size, store.payloads.bytes);
      await steps(site, `/input/${OWN.name}/${events}`, store.size);
    }
  } finally {
    await site.close();
  }
}

void main();
