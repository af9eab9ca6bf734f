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
 * @returns {Promise<import('playwright-core').Frame>} the inner frame, once `selector` is in it
 */
export async function timelineFrame(page, selector = '#timeline') {
  const deadline = Date.now() + PATIENCE;
  while (Date.now() < deadline) {
    for (const frame of page.frames()) {
      try {
        if (frame.name() === 'active-frame' && (await frame.locator(selector).count())) return frame;
      } catch {
        // The frame went away while it was asked: VS Code replaces it when the webview reloads.
      }
    }
    await page.waitForTimeout(100);
  }
  throw new Error(`no webview with ${selector} came up; frames: ${page.frames().map((frame) => frame.url().slice(0, 80))}`);
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
