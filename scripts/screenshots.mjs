// `npm run screenshots`: retakes the pictures (and the transcript) of the README in a real VS Code: the packaged extension, the sample run with its client,
// the step at which the server echoes. `-- --accept` renews the pictures that the tests compare with instead (test/fixtures/screenshots).
// Look at them before you commit them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.mjs';
import { root } from './lib/paths.mjs';
import { stopAllOnSignals } from './lib/processes.mjs';
import { main, Problem, say } from './lib/say.mjs';
import { retakeTranscript } from './lib/transcript.mjs';
import { packageExtension } from './package.mjs';
import { setUp } from './setup.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const FOLDER = join(root, 'media', 'screenshots');

const PICTURES = [
  { name: 'timeline-dark', theme: 'Default Dark Modern', axis: 'steps' },
  { name: 'timeline-light', theme: 'Default Light Modern', axis: 'steps' },
];

/** Wide enough for code and timeline side by side. */
const SIZE = { width: 1600, height: 900 };

const settingsFor = ({ theme, axis }) => ({
  'workbench.colorTheme': theme,
  'socketscope.timeline.axis': axis,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'editor.minimap.enabled': false,
  'workbench.editor.enablePreview': false,
  'problems.visibility': false,
  'typescript.disableAutomaticTypeAcquisition': true,
});

/** A window with one picture in it: server.mjs and the ended run beside it. */
async function take(picture, vsix) {
  const { openUserVSCode } = await import('./lib/user-vscode.mjs');
  const ui = await import('./lib/vscode-page.mjs');
  const home = mkdtempSync(join(tmpdir(), 'socketscope-picture-'));
  const folder = join(root, 'media', 'samples', 'echo');
  const vscode = await openUserVSCode({ vsix, folder, home, settings: settingsFor(picture) });
  const browser = await ui.openBrowser();
  try {
    const page = await ui.openWorkbench(browser, vscode.url, SIZE);
    await ui.openFile(page, 'server.mjs');
    await ui.runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    const timeline = await ui.runWithClient(page, 'client.mjs');
    await timeline.locator('[data-name="first"]').click();
    // The echo: both ends are connected, the server writes back what it has read.
    await ui.stepTo(timeline, 'write', 'server.mjs:9:');
    await timeline.locator('[data-name="fit"]').click();
    // Notifications and the terminal below are no part of the picture; hovers go away with the mouse.
    await ui.runCommand(page, 'Notifications: Clear All Notifications');
    await ui.runCommand(page, 'View: Hide Panel');
    await page.mouse.move(2, SIZE.height / 2);
    await page.locator('.codelens-decoration').first().waitFor();
    await page.waitForTimeout(1500);
    mkdirSync(FOLDER, { recursive: true });
    const path = join(FOLDER, `${picture.name}.png`);
    await page.screenshot({ path });
    say(`took ${path.slice(root.length + 1)}`);
  } finally {
    await browser.close();
    await vscode.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What `npm test -- webview --grep pictures` compares with is what it looks like now. */
async function acceptTestPictures() {
  const { PARTS, runPart } = await import('./lib/parts.mjs');
  await ensureSystemPackages(['webview']);
  await buildIfNeeded({ tests: true });
  process.env.SOCKETSCOPE_ACCEPT_SCREENSHOTS = '1';
  const part = PARTS.find(({ name }) => name === 'webview');
  const { passed, failed, problem } = await runPart(part, 'looks as it did');
  if (failed || !passed) throw new Problem(`The pictures could not be taken${problem ? `: ${problem}` : ''}.`);
  say(`${passed} pictures in test/fixtures/screenshots are as the timeline looks now; git diff says which changed`);
}

await main(async () => {
  stopAllOnSignals();
  await setUp();
  if (process.argv.includes('--accept')) return acceptTestPictures();
  await ensureSystemPackages(['e2e']);
  const vsix = await packageExtension({ quiet: true });
  for (const picture of PICTURES) await take(picture, vsix);
  await buildIfNeeded();
  await retakeTranscript();
  say('took the transcript in README.md');
});
