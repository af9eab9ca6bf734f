#!/usr/bin/env node
// An executable for `vscodeExecutablePath` of @vscode/test-electron: takes the flags of the desktop VS Code that matter to tests
// of an extension, runs them in the VS Code server that comes from npm with a headless Chromium as its window, and exits with
// the code that the test entry (`run()`) ended with.
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_FLAGS, CHROMIUM_MISSING, chromiumPath } from '../chromium.mjs';
import { freePort } from '../lib/free-port.mjs';
import { resultsFolder } from '../lib/paths.mjs';
import { start, stop } from '../lib/processes.mjs';
import { ensureCodeServer } from './code-server.mjs';

/** Longer than any test run; a window that never reports must not hang the caller. */
const LIMIT = Number(process.env.SOCKETSCOPE_HOST_LIMIT_MS ?? 840_000);

/** How test/host/host.entry.ts marks its lines. */
const TEST_LINE = '[test] ';

/** Values of `--name=value`, the last one wins; the first plain argument is the folder, as for `code`. */
function parse(argv) {
  const options = { folder: null };
  for (const argument of argv) {
    const match = /^--([\w-]+)(?:=(.*))?$/.exec(argument);
    if (match) options[match[1]] = match[2] ?? true;
    else if (!argument.startsWith('-') && !options.folder) options.folder = argument;
  }
  return options;
}

/** Starts the server; resolves once it says that it listens, rejects with its last lines when it ends before that. */
function startServer({ server, node }, port, { userData, extensions, sockets, trust, locale }) {
  const args = [server, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'];
  args.push('--enable-smoke-test-driver', '--telemetry-level', 'off', '--user-data-dir', userData, '--extensions-dir', extensions);
  if (!trust) args.push('--disable-workspace-trust');
  // What the window asks for by cookie or header counts only beside an argv.json.
  if (locale) args.push('--locale', locale);
  // Offline: TypeScript's server would fetch types for JavaScript files with npm, while the tests talk to this machine alone.
  const env = { ...process.env, EXTENSIONS_GALLERY: '{}', XDG_RUNTIME_DIR: sockets, npm_config_offline: 'true' };
  // Variables of a VS Code around this process would make the server believe that it is a part of it.
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_)/.test(name)) delete env[name];
  const child = start(node, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ready = new Promise((done, fail) => {
    let text = '';
    const read = (chunk) => {
      text = (text + chunk).slice(-4000);
      if (process.env.SOCKETSCOPE_VERBOSE) process.stderr.write(chunk);
      if (text.includes('Extension host agent listening on')) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', fail);
    child.on('exit', (code, signal) => fail(new Error(`The VS Code server ended with ${code ?? signal} before it listened:\n${text}`)));
  });
  return { child, ready };
}

async function main() {
  const options = parse(process.argv.slice(2));
  const development = options.extensionDevelopmentPath;
  const tests = options.extensionTestsPath;
  if (!development || !tests) throw new Error('launcher: --extensionDevelopmentPath= and --extensionTestsPath= are needed.');
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error(CHROMIUM_MISSING);
  const codeServer = await ensureCodeServer({ log: (line) => console.error(line) });

  const scratch = mkdtempSync(join(tmpdir(), 'socketscope-host-'));
  const userData = options['user-data-dir'] ?? join(scratch, 'user');
  const extensions = options['extensions-dir'] ?? join(scratch, 'extensions');
  for (const folder of [userData, extensions]) mkdirSync(folder, { recursive: true });
  // A server that is killed leaves its sockets behind; the path of one may have about 100 characters.
  const sockets = mkdtempSync(join(tmpdir(), 'ssc-'));
  const cleanups = [scratch, sockets].map((folder) => () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  let ending = null;
  const cleanUp = () => {
    ending ??= (async () => {
      for (const cleanup of cleanups.reverse()) {
        try {
          await cleanup();
        } catch (error) {
          console.error(`launcher: ${error.message}`);
        }
      }
    })();
    return ending;
  };

  const outcome = new Promise((done, fail) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => done(130));
    // The caller is gone without a signal (killed): nobody would read the result.
    const parent = process.ppid;
    const watch = setInterval(() => process.ppid !== parent && done(130), 1000);
    const limit = setTimeout(() => fail(new Error(`launcher: no result after ${LIMIT / 1000} s.`)), LIMIT);
    cleanups.push(() => {
      clearInterval(watch);
      clearTimeout(limit);
    });
    run(done, fail).catch(fail);
  });

  async function run(done, fail) {
    const port = await freePort();
    const trust = options['disable-workspace-trust'] !== true;
    const server = startServer(codeServer, port, { userData, extensions, sockets, trust, locale: options.locale });
    cleanups.push(() => stop(server.child));
    await server.ready;
    server.child.on('exit', (code, signal) => fail(new Error(`launcher: the VS Code server ended with ${code ?? signal}.`)));
    const browser = await chromium.launch({
      executablePath,
      args: CHROMIUM_FLAGS,
      // Our own handlers end browser and server in order.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    cleanups.push(() => browser.close());
    mkdirSync(resultsFolder, { recursive: true });
    const log = createWriteStream(join(resultsFolder, 'host-window.log'));
    cleanups.push(() => new Promise((done) => log.end(done)));
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.on('crash', () => fail(new Error('launcher: the window crashed.')));
    await page.exposeFunction('codeAutomationLog', (_type, args) => {
      const line = args.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
      // The window says a lot of its own; only lines that the test entry marked are for the person at the terminal.
      if (line.startsWith(TEST_LINE)) console.log(line.slice(TEST_LINE.length));
      else log.write(`${line}\n`);
    });
    await page.exposeFunction('codeAutomationExit', (code) => done(Number(code)));
    const remote = (path) => `vscode-remote://127.0.0.1:${port}${resolve(path)}`;
    const payload = [
      ['extensionDevelopmentPath', remote(development)],
      ['extensionTestsPath', remote(tests)],
    ];
    const query = new URLSearchParams({ payload: JSON.stringify(payload) });
    const folder = options.workspace ?? options.folder;
    if (folder) query.set('folder', resolve(folder));
    await page.goto(`http://127.0.0.1:${port}/?${query}`);
    // A picture of the window on request, for a person who wonders what a test saw.
    const pictures = process.env.SOCKETSCOPE_HOST_PICTURES;
    if (pictures) {
      mkdirSync(pictures, { recursive: true });
      let number = 0;
      const shoot = setInterval(() => page.screenshot({ path: join(pictures, `${++number}.png`) }).catch(() => {}), 3000);
      cleanups.push(() => clearInterval(shoot));
    }
  }

  try {
    return await outcome;
  } finally {
    await cleanUp();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
