// The browser in which the tests look at web pages: Chromium or one of its family.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Names on the PATH, in order of preference. */
const NAMES = [
  // Without the windows of a browser around the page: a page opens with a third of the work, and is drawn the same.
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
];

/** Places off the PATH. */
const PLACES = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .flatMap((base) => [join(base, 'Google/Chrome/Application/chrome.exe'), join(base, 'Microsoft/Edge/Application/msedge.exe')]),
  linux: ['/snap/bin/chromium', '/opt/google/chrome/chrome'],
};

/** What a browser under test needs: no sandbox (tests run as root in containers), no GPU, no traffic of its own. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A browser of the Chromium family on this machine. SOCKETSCOPE_CHROMIUM names one and wins, also when it does not exist
 * (then there is none: a wrong setting should be seen, not papered over).
 * @returns {string|null} absolute path, or null when there is none
 */
export function chromiumPath(env = process.env) {
  if (env.SOCKETSCOPE_CHROMIUM) return runs(env.SOCKETSCOPE_CHROMIUM) ? env.SOCKETSCOPE_CHROMIUM : null;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter).filter(Boolean)) {
    const found = NAMES.map((name) => join(folder, name + suffix)).find(runs);
    if (found) return found;
  }
  return (PLACES[process.platform] ?? []).find(runs) ?? null;
}

/** What to say when there is none. */
export const CHROMIUM_MISSING =
  process.platform === 'linux'
    ? 'No Chromium was found: install it (Debian: `apt-get install chromium`) or set SOCKETSCOPE_CHROMIUM to the path of one.'
    : 'No Chromium, Chrome or Edge was found: install one or set SOCKETSCOPE_CHROMIUM to its path.';

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) console.log(chromiumPath() ?? CHROMIUM_MISSING);
