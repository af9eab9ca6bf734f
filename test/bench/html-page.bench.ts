/**
 * A timeline exported as one HTML page: how long the export takes, how big the file is, and in Chromium without a GPU, from the navigation on, when
 * the first picture with steps is there and when all of it is read. `EVENTS=1000000 ROUNDS=3 node dist/test/bench/html-page.bench.js`.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium as engine } from 'playwright-core';
import { exportHtml, withFont } from '../../src/export/html';
import { chromium, root } from '../support/house';
import { makeTraceBuilder } from '../support/make-trace';

const SIZES = process.env.EVENTS ? [Number(process.env.EVENTS)] : [10_000, 100_000, 1_000_000];
const ROUNDS = Number(process.env.ROUNDS ?? 3);

const spread = (values: number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[0]!, sorted[sorted.length >> 1]!, sorted.at(-1)!].map((value) => value.toFixed(0)).join(' / ');
};

/** Writes the page as the command line does; ms. */
function write(file: string, trace: Uint8Array): number {
  const text = (name: string) => readFileSync(join(root, 'dist/webview', name), 'utf8');
  const began = performance.now();
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < trace.length; at += 65_536) pieces.push(trace.subarray(at, at + 65_536));
  const out = openSync(file, 'w');
  for (const piece of exportHtml({
    scripts: [text('offline.js'), text('timeline.js')],
    styles: [withFont(text('codicon.css'), readFileSync(join(root, 'dist/webview/codicon.ttf'))), text('timeline.css')],
    trace: pieces,
    title: 'bench.socktrace',
    step: 0,
    nonce: 'bm9uY2U',
  }))
    writeSync(out, piece);
  closeSync(out);
  return performance.now() - began;
}

async function main(): Promise<void> {
  const found = await chromium();
  if (!found.path) {
    console.log(`skipped: ${found.missing}`);
    return;
  }
  const browser = await engine.launch({ executablePath: found.path, args: found.flags });
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-bench-'));
  const file = join(folder, 'page.html');
  try {
    console.log('min / median / max of the rounds');
    for (const events of SIZES) {
      const builder = makeTraceBuilder({ events: events * 1.15, connections: Math.max(10, events / 500), payload: 16, loops: true });
      const size = builder.store.size;
      const trace = builder.encoder.take();
      const [exported, painted, read]: number[][] = [[], [], []];
      for (let round = 0; round < ROUNDS; round++) {
        exported!.push(write(file, trace));
        const page = await browser.newPage({ viewport: { width: 1200, height: 760 } });
        await page.addInitScript(() => {
          // When a frame first had the number of steps in it, and when nothing was left to read.
          const look = () => {
            const text = document.querySelector('[data-name="count"]')?.textContent ?? '';
            const times = window as unknown as { painted?: number; read?: number };
            if (text && !times.painted) times.painted = performance.now();
            if (text && !text.includes('reading')) times.read = performance.now();
            if (!times.read) requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        });
        await page.goto(pathToFileURL(file).href, { waitUntil: 'commit' });
        await page.waitForFunction(() => (window as unknown as { read?: number }).read, undefined, { timeout: 60_000 });
        painted!.push(await page.evaluate(() => (window as unknown as { painted: number }).painted));
        read!.push(await page.evaluate(() => (window as unknown as { read: number }).read));
        const shown = await page.locator('[data-name="count"]').textContent();
        if (!shown?.endsWith(size.toLocaleString('en'))) throw new Error(`the page says ${shown}, the trace has ${size} steps`);
        await page.close();
      }
      console.log(
        `${size.toLocaleString('en')} events, trace ${(trace.length / 1e6).toFixed(1)} MB, page ${(statSync(file).size / 1e6).toFixed(1)} MB`,
      );
      console.log(`  export ms       ${spread(exported!)}`);
      console.log(`  first paint ms  ${spread(painted!)}`);
      console.log(`  all read ms     ${spread(read!)}`);
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
