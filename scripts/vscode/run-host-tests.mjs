// Runs test/host/ inside a real VS Code: the desktop build where it can be downloaded and shown, else the one from npm.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cacheFolder, resultsFolder, root } from '../lib/paths.mjs';
import { installLanguage, LANGUAGE, translatedExtension } from './translated-extension.mjs';

/** The desktop build needs a display; a server or container has none. `SOCKETSCOPE_VSCODE=download|npm` decides otherwise. */
export function vscodeKind(env = process.env, platform = process.platform) {
  if (env.SOCKETSCOPE_VSCODE === 'download' || env.SOCKETSCOPE_VSCODE === 'npm') return env.SOCKETSCOPE_VSCODE;
  return platform !== 'linux' || env.DISPLAY || env.WAYLAND_DISPLAY ? 'download' : 'npm';
}

/** The program that opens the window: the desktop build, or our launcher where it cannot be had. */
async function executable(kind) {
  const launcher = join(root, 'scripts', 'vscode', 'launcher.mjs');
  if (kind === 'npm') return launcher;
  try {
    return await downloadAndUnzipVSCode({ version: process.env.SOCKETSCOPE_VSCODE_VERSION ?? 'stable', cachePath: cacheFolder });
  } catch (error) {
    // Asked for by name: then another one would not do. The launcher is a script with a #! line, which Windows does not start.
    if (process.env.SOCKETSCOPE_VSCODE === 'download' || process.platform === 'win32') throw error;
    console.error(`VS Code could not be downloaded (${error.message}); its tests run in the one from npm.`);
    return launcher;
  }
}

/** An empty folder behind a symbolic link: Node names its files by another path than VS Code, and both must be the same to us. */
function linkedFolder(scratch) {
  mkdirSync(join(scratch, 'real'));
  if (process.platform === 'win32') return join(scratch, 'real');
  symlinkSync(join(scratch, 'real'), join(scratch, 'workspace'));
  return join(scratch, 'workspace');
}

/** The windows that are opened one after the other: what is tested in them, and what is different about them. */
const WINDOWS = [
  { folder: '', prepare: () => ({ development: root, args: [] }) },
  {
    folder: 'translated',
    prepare: (scratch) => {
      installLanguage(join(scratch, 'user'));
      return { development: translatedExtension(scratch), args: [`--locale=${LANGUAGE}`] };
    },
  },
];

/** Whether a test of the folder may have such a title: opening a window for nothing takes 20 s. Values in titles are not known. */
function hasTests(folder, grep) {
  if (!grep) return true;
  const words = new RegExp(grep);
  const own = join(root, 'test', 'host', folder);
  return readdirSync(own)
    .filter((name) => name.endsWith('.test.ts'))
    .some((name) => {
      const text = readFileSync(join(own, name), 'utf8');
      const suite = /\bdescribe\('([^']+)'/.exec(text)?.[1] ?? '';
      return [...text.matchAll(/\bit\((['"`])(.+?)\1,/g)].some(([, , title]) => words.test(`${suite} ${title}`));
    });
}

/**
 * Runs the host tests and returns their counts; the last line of the tests' own output is `N passed, N failed`.
 * @param {{ grep?: string, workspace?: string }} [options]
 * @returns {Promise<{ passed: number, failed: number, skipped: number, vscode: string, problem: string | null }>}
 *   `problem` says why there is no complete result (VS Code could not be had, or the window ended early).
 */
export async function runHostTests({ grep, workspace } = {}) {
  const kept = join(resultsFolder, 'host.json');
  rmSync(kept, { force: true });
  mkdirSync(resultsFolder, { recursive: true });
  const kind = vscodeKind();
  const total = { passed: 0, failed: 0, skipped: 0, complete: true, failures: [] };
  let problem = null;
  for (const window of WINDOWS.filter(({ folder }) => hasTests(folder, grep))) {
    const { counts, problem: own } = await runWindow(window, { grep, workspace, kind });
    for (const name of ['passed', 'failed', 'skipped']) total[name] += counts?.[name] ?? 0;
    total.failures.push(...(counts?.failures ?? []));
    total.complete &&= counts?.complete === true;
    problem ??= own;
  }
  writeFileSync(kept, JSON.stringify(total, null, 1));
  const { passed, failed, skipped } = total;
  return { passed, failed, skipped, vscode: kind, problem };
}

/** The counts of one window; null, and why, when it left none. */
async function runWindow({ folder: tests, prepare }, { grep, workspace, kind }) {
  // Short, because VS Code puts a socket into it whose path may have about 100 characters.
  const scratch = mkdtempSync(join(tmpdir(), 'sk-host-'));
  // In a place of this run's own, so that two runs in one clone do not take each other's result; kept as test-results/host.json.
  const results = join(scratch, 'host.json');
  const folder = workspace ?? linkedFolder(scratch);
  const { development, args } = prepare(scratch);
  const options = {
    extensionDevelopmentPath: development,
    extensionTestsPath: join(root, 'dist', 'test', 'host', 'host.entry.js'),
    launchArgs: [folder, `--user-data-dir=${join(scratch, 'user')}`, `--extensions-dir=${join(scratch, 'extensions')}`, ...args],
    extensionTestsEnv: {
      ...{ SOCKETSCOPE_HOST_RESULTS: results, SOCKETSCOPE_HOST_FOLDER: tests },
      ...(grep ? { SOCKETSCOPE_HOST_GREP: grep } : {}),
    },
  };
  let problem = null;
  try {
    options.vscodeExecutablePath = await executable(kind);
    await runTests(options);
  } catch (error) {
    problem = error.message;
  }
  try {
    if (!existsSync(results)) return { counts: null, problem: problem ?? 'The tests left no result.' };
    const counts = JSON.parse(readFileSync(results, 'utf8'));
    // Failed tests make VS Code exit with 1: that is a complete result, no problem of its own.
    return { counts, problem: counts.complete ? null : (problem ?? 'The window ended before the tests did.') };
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const grep = process.argv.find((argument) => argument.startsWith('--grep='))?.slice('--grep='.length);
  const { passed, failed, skipped, problem } = await runHostTests({ grep });
  if (problem) console.error(problem);
  console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  process.exitCode = failed || problem ? 1 : 0;
}
