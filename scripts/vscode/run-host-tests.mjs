// Runs test/host/ inside a real VS Code: the desktop build where it can be downloaded and shown, else the one from npm.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { cacheFolder, resultsFolder, root } from '../lib/paths.mjs';

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

/**
 * Runs the host tests and returns their counts; the last line of the tests' own output is `N passed, N failed`.
 * @param {{ grep?: string, workspace?: string }} [options]
 * @returns {Promise<{ passed: number, failed: number, skipped: number, vscode: string, problem: string | null }>}
 *   `problem` says why there is no complete result (VS Code could not be had, or the window ended early).
 */
export async function runHostTests({ grep, workspace } = {}) {
  // Short, because VS Code puts a socket into it whose path may have about 100 characters.
  const scratch = mkdtempSync(join(tmpdir(), 'sk-host-'));
  // In a place of this run's own, so that two runs in one clone do not take each other's result; kept as test-results/host.json.
  const results = join(scratch, 'host.json');
  const kept = join(resultsFolder, 'host.json');
  rmSync(kept, { force: true });
  mkdirSync(resultsFolder, { recursive: true });
  const folder = workspace ?? linkedFolder(scratch);
  const kind = vscodeKind();
  const options = {
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist', 'test', 'host', 'host.entry.js'),
    launchArgs: [folder, `--user-data-dir=${join(scratch, 'user')}`, `--extensions-dir=${join(scratch, 'extensions')}`],
    extensionTestsEnv: { SOCKETSCOPE_HOST_RESULTS: results, ...(grep ? { SOCKETSCOPE_HOST_GREP: grep } : {}) },
  };
  let problem = null;
  try {
    options.vscodeExecutablePath = await executable(kind);
    await runTests(options);
  } catch (error) {
    problem = error.message;
  }
  try {
    if (!existsSync(results)) return { passed: 0, failed: 0, skipped: 0, vscode: kind, problem: problem ?? 'The tests left no result.' };
    copyFileSync(results, kept);
    const { passed, failed, skipped, complete } = JSON.parse(readFileSync(results, 'utf8'));
    // Failed tests make VS Code exit with 1: that is a complete result, no problem of its own.
    return { passed, failed, skipped, vscode: kind, problem: complete ? null : (problem ?? 'The window ended before the tests did.') };
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
