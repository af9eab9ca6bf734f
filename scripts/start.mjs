// `npm start`: from a fresh clone to the extension on its sample. Sets up, builds, shows on the command line what a traced run looks
// like, then opens VS Code: the desktop one when `code` is on the PATH, else the one from npm in the browser.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from './build-if-needed.mjs';
import { cacheFolder, root } from './lib/paths.mjs';
import { isStopping, stopAllOnSignals } from './lib/processes.mjs';
import { bold, dim, main, Problem, say, since } from './lib/say.mjs';
import { runSample, SAMPLE_COMMAND } from './lib/transcript.mjs';
import { setUp } from './setup.mjs';

const SAMPLE = join('media', 'samples', 'echo');
/** Kept from start to start, so that the browser finds the layout that it stored for this address. */
const PREFERRED_PORT = 41_080;

function options() {
  try {
    return parseArgs({ options: { browser: { type: 'boolean' }, 'no-open': { type: 'boolean' } } }).values;
  } catch (error) {
    throw new Problem(`${error.message}. Usage: npm start [-- --browser | --no-open]`);
  }
}

async function showSample() {
  console.log(`\n${bold(`$ npx socketscope ${SAMPLE_COMMAND.join(' ')}`)}\n`);
  await runSample(['ignore', 'inherit', 'inherit']);
  console.log();
}

/** The `code` of a desktop VS Code, or null: not there, a remote terminal's (which cannot load a folder as extension), or root's (it refuses). */
function desktopCode() {
  const names = process.platform === 'win32' ? ['code.cmd'] : ['code'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find((path) => existsSync(path));
  if (!found || process.env.VSCODE_IPC_HOOK_CLI || process.getuid?.() === 0) return null;
  return found;
}

function openDesktop(code) {
  say(`opening the sample in VS Code (${code})`);
  const args = [`--extensionDevelopmentPath=${root}`, '--new-window', join(root, SAMPLE), join(root, SAMPLE, 'server.mjs')];
  const { status } = spawnSync(code, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0)
    throw new Problem(`VS Code could not be opened (${code} ended with ${status}); \`npm start -- --browser\` uses the one from npm.`);
  nextSteps();
}

async function openInBrowser() {
  const { packageExtension } = await import('./package.mjs');
  const { openUserVSCode } = await import('./lib/user-vscode.mjs');
  const vsix = await packageExtension({ quiet: true });
  const { url, child } = await openUserVSCode({
    vsix,
    folder: join(root, SAMPLE),
    home: join(cacheFolder, 'start'),
    port: PREFERRED_PORT,
  });
  say(`VS Code is running with Socketscope installed. Open this in a browser:\n\n    ${bold(url)}\n`);
  nextSteps();
  say(dim('Ctrl+C stops it.'));
  const code = await new Promise((done) => child.once('exit', (status) => isStopping() || done(status)));
  throw new Problem(`VS Code ended by itself with ${code}; its log: ${join(cacheFolder, 'start', 'server.log')}`);
}

function nextSteps() {
  console.log('    Then: open server.mjs, press F1, type "Socketscope: Run and Trace with Client...", choose client.mjs,');
  console.log('    and step through the run with the buttons or the arrow keys of the timeline.\n');
}

await main(async () => {
  const { browser, 'no-open': noOpen } = options();
  const began = Date.now();
  stopAllOnSignals();
  await setUp();
  await buildIfNeeded();
  await showSample();
  say(dim(`ready after ${since(began)}`));
  if (noOpen) return;
  const code = browser ? null : desktopCode();
  if (code) openDesktop(code);
  else await openInBrowser();
});
