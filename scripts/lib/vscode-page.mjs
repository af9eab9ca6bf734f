// Using VS Code in a browser as a person does: with keys, the palette and the mouse. For the end-to-end tests and the screenshots.
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_MISSING, chromiumPath } from '../chromium.mjs';
import { Problem } from './say.mjs';

/** Generous: a machine with two busy cores takes 20 s to open its first window. */
const PATIENCE = 90_000;

/** @returns {Promise<import('playwright-core').Browser>} */
export function openBrowser() {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Problem(CHROMIUM_MISSING);
  return chromium.launch({ executablePath, args: CHROMIUM_FLAGS, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}

/**
 * Opens the workbench and waits until it can be used.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {{ width?: number, height?: number, scale?: number }} [size] CSS pixels, and device pixels per CSS pixel
 */
export async function openWorkbench(browser, url, { width = 1440, height = 900, scale = 1 } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(url);
  await page.locator('.monaco-workbench .explorer-folders-view .monaco-list-row').first().waitFor();
  return page;
}

/** Opens a file of the workspace as with Ctrl+P; resolves when its text is shown. */
export async function openFile(page, name) {
  await page.keyboard.press('Control+p');
  await quickInput(page).fill(name);
  await choose(page, name);
  await page.locator(`.tab.active[aria-label*="${name}"]`).waitFor();
  await page.locator('.editor-group-container.active .monaco-editor .view-line').first().waitFor();
}

const quickInput = (page) => page.locator('.quick-input-widget:visible input.input');

/** Picks the row of an open palette that begins with this text. */
export async function choose(page, label) {
  const row = page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row', { hasText: label }).first();
  await row.waitFor();
  await row.click();
}

/** Runs a command by its title as the palette shows it, such as `Socketscope: Run the Sample`. */
export async function runCommand(page, title) {
  await page.keyboard.press('F1');
  await quickInput(page).fill(`>${title}`);
  await choose(page, title);
}

/**
 * The document of the timeline: VS Code puts a webview's content into a frame in a frame.
 * @returns {Promise<import('playwright-core').Frame>} the inner frame, once the timeline has drawn its toolbar
 */
export function timelineFrame(page) {
  return until('a timeline', async () => {
    for (const frame of page.frames()) {
      try {
        if (await frame.locator(COUNT).count()) return frame;
      } catch {
        // The frame went away while it was asked: VS Code replaces it when the webview reloads.
      }
    }
    return null;
  });
}

const COUNT = '[data-name="count"]';

/** The cursor of a timeline and the number of its steps, from its toolbar; null while it says nothing. */
export async function stepOf(frame) {
  const found = /^step ([\d,]+) of ([\d,]+)$/.exec((await frame.locator(COUNT).textContent()) ?? '');
  return found ? { step: number(found[1]), size: number(found[2]) } : null;
}

const number = (text) => Number(text.replaceAll(',', ''));

/** Waits until the run of a timeline has ended: its Live button is gone and all its steps are there. */
export function ended(frame) {
  return until('the end of the run', async () => {
    const live = await frame.locator('[data-name="live"]').isVisible();
    const at = await stepOf(frame);
    return !live && at && at.size > 0 ? at : null;
  });
}

/**
 * Runs the open server with a client, as a learner does: F1, the command, the client from the list.
 * @returns {Promise<import('playwright-core').Frame>} the timeline of the ended run
 */
export async function runWithClient(page, client) {
  await runCommand(page, 'Socketscope: Run and Trace with Client...');
  await choose(page, client);
  const frame = await timelineFrame(page);
  await ended(frame);
  return frame;
}

/** Presses Next until the card shows a call that begins with `call`, made at `line` (`server.mjs:9:`) if given; gives the call. */
export async function stepTo(frame, call, line = '') {
  for (;;) {
    const at = await stepOf(frame);
    // Step 0 has no call.
    const shown = at.step > 0 ? await frame.locator('.card-call').textContent() : '';
    if (shown.startsWith(call) && at.step > 0 && (await frame.locator('.card').textContent()).includes(line)) return shown;
    if (at.step === at.size) throw new Error(`no step shows ${call} ${line}; the last one is ${shown}`);
    await frame.locator('[data-name="next"]').click();
    await until('the next step', async () => (await stepOf(frame))?.step !== at.step);
  }
}

/** Waits until `check` gives something truthy and returns it; the error holds `what` and the last value. */
export async function until(what, check, patience = PATIENCE) {
  const deadline = Date.now() + patience;
  let last;
  for (;;) {
    last = await check();
    if (last) return last;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${patience / 1000} s (last seen: ${JSON.stringify(last)})`);
    await new Promise((wake) => setTimeout(wake, 100));
  }
}

/** Shows the workbench in a colour theme by its name, such as `Default Dark Modern`. */
export const THEMES = { dark: 'Default Dark Modern', light: 'Default Light Modern' };
