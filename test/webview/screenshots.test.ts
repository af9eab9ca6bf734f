import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PNG } from 'pngjs';
import { EXERCISE_PAGES } from '../../webview/harness/exercise-pages';
import { openExercises } from '../support/exercises-page';
import { type HarnessSite, harnessSite } from '../support/harness-page';
import { results, root, script, skip } from '../support/house';
import { comparePictures, MOST_IN_TILE } from '../support/picture-diff';
import { EXERCISE_PICTURES, type ExercisePicture, PICTURE_FLAGS, PICTURES, type Picture } from '../support/pictures';

declare const window: {
  harness: {
    theme(name: string): void;
    open(url: string, options: { title: string; state: unknown }): Promise<number>;
  };
};

const BASELINES = join(root, 'test/fixtures/screenshots');
const SHOTS = join(results, 'screenshots');
/** Set by `npm run screenshots -- --accept`: the pictures are renewed, not compared. */
const ACCEPT = process.env.SOCKETSCOPE_ACCEPT_SCREENSHOTS === '1';
/** The page with the picture on it, painted. */
async function show(site: HarnessSite, picture: Picture): Promise<{ page: Page; errors: string[] }> {
  const { page, errors } = await site.page(picture.width, picture.height);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate((theme) => window.harness.theme(theme), picture.theme);
  if (picture.trace) {
    const url = `/traces/${picture.name}`;
    site.serve(url, picture.trace());
    const state = { step: picture.step, axis: picture.axis ?? 'steps', ...(picture.tab ? { view: { tab: picture.tab } } : {}) };
    await page.evaluate(([from, kept]) => window.harness.open(from, { title: 'server.mjs', state: kept }), [url, state] as const);
    await page.waitForFunction((step) => {
      const count = document.querySelector('[data-name="count"]')?.textContent ?? '';
      return count.startsWith(`step ${step.toLocaleString('en')} of`) && !count.includes('reading');
    }, picture.step);
    await painted(page);
    // The strip of the whole run is drawn anew a moment after the last bytes.
    await page.waitForFunction(() => document.querySelector('.minimap[data-waits]') === null);
  }
  await painted(page);
  return { page, errors };
}

const painted = (page: Page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });

/** A page of an exercise, painted. */
async function takeExercise(site: HarnessSite, { width, height, theme, page: name, press }: ExercisePicture): Promise<Buffer> {
  const { page, press: click, close } = await openExercises(site, EXERCISE_PAGES[name], { width, height, theme });
  if (press) await click(press);
  await page.mouse.move(0, 0);
  await painted(page);
  const picture = await take(page);
  await close();
  return picture;
}

function copyPixel(from: PNG, fromX: number, fromY: number, to: PNG, x: number, y: number): void {
  const at = (fromY * from.width + fromX) * 4;
  from.data.copy(to.data, (y * to.width + x) * 4, at, at + 4);
}

const take = (page: Page) => page.screenshot({ animations: 'disabled', caret: 'hide' });

/** Holds the picture against the stored one, or stores it. */
function compare(name: string, actual: Buffer): void {
  const baseline = join(BASELINES, `${name}.png`);
  writeFileSync(join(SHOTS, `${name}.png`), actual);
  if (ACCEPT) {
    // What looks the same keeps its file: no change in git for nothing.
    if (!existsSync(baseline) || comparePictures(readFileSync(baseline), actual).pixels > 0) writeFileSync(baseline, actual);
    return;
  }
  assert.ok(existsSync(baseline), `${name} is not stored yet: npm run screenshots -- --accept, and look at it`);
  const { worstTile, pixels, diff, sizes } = comparePictures(readFileSync(baseline), actual);
  if (worstTile > MOST_IN_TILE && diff) writeFileSync(join(SHOTS, `${name}.diff.png`), diff);
  assert.ok(
    worstTile <= MOST_IN_TILE,
    `${name} looks different (${sizes}): ${pixels} pixels, ${worstTile} in one place; see test-results/screenshots/${name}.diff.png. If it should: npm run screenshots -- --accept`,
  );
}

describe('pictures of the timeline', function () {
  this.timeout(90_000);
  let site: HarnessSite;
  before(async function () {
    const { hasPictureFont } = await script<{ hasPictureFont(): boolean }>('system-packages.mjs');
    if (process.platform !== 'linux') return skip(this, 'the stored screenshots are those of Linux: letters look different elsewhere');
    if (!hasPictureFont()) return skip(this, 'the font of the stored screenshots is missing: apt-get install fonts-dejavu-core');
    const started = await harnessSite(PICTURE_FLAGS);
    if ('missing' in started) return skip(this, started.missing);
    site = started;
    rmSync(SHOTS, { recursive: true, force: true });
    mkdirSync(SHOTS, { recursive: true });
    mkdirSync(BASELINES, { recursive: true });
  });
  after(async () => site?.close());

  it('are compared so that a lane that moved by one pixel and another colour of a band are seen, and the grain of letters is not', () => {
    const stored = readFileSync(join(BASELINES, 'two-sockets-dark.png'));
    const worst = (change: (picture: PNG, original: PNG) => void) => {
      const picture = PNG.sync.read(stored);
      change(picture, PNG.sync.read(stored));
      return comparePictures(stored, PNG.sync.write(picture)).worstTile;
    };
    const lane = { left: 0, top: 170, right: 540, bottom: 214 };
    const each = ({ left, top, right, bottom }: typeof lane, visit: (x: number, y: number) => void) => {
      for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) visit(x, y);
    };
    const moved = (by: number) => worst((to, from) => each(lane, (x, y) => copyPixel(from, x, y - by, to, x, y)));
    assert.equal(moved(0), 0);
    assert.ok(moved(1) > MOST_IN_TILE, `${moved(1)}`);
    assert.ok(moved(4) > 2 * MOST_IN_TILE, `${moved(4)}`);
    const band = { left: 194, top: 198, right: 434, bottom: 214 };
    const hue = worst((to) =>
      each(band, (x, y) => {
        const at = (y * to.width + x) * 4;
        to.data[at + 1] = Math.min(255, to.data[at + 1]! + 12);
      }),
    );
    assert.ok(hue > MOST_IN_TILE, `${hue}`);
    const grain = worst((to) =>
      each({ left: 0, top: 0, right: to.width, bottom: to.height }, (x, y) => {
        const at = (y * to.width + x) * 4;
        for (let k = 0; k < 3; k++) to.data[at + k] = Math.max(0, Math.min(255, to.data[at + k]! + ((x + y + k) % 3) - 1));
      }),
    );
    assert.ok(grain <= MOST_IN_TILE, `${grain}`);
  });

  for (const picture of PICTURES)
    it(`looks as it did: ${picture.name}`, async () => {
      const { page, errors } = await show(site, picture);
      const actual = await take(page);
      await page.close();
      assert.deepEqual(errors, []);
      compare(picture.name, actual);
    });

  for (const picture of EXERCISE_PICTURES)
    it(`looks as it did: ${picture.name}`, async () => {
      compare(picture.name, await takeExercise(site, picture));
    });
});
