// Makes the clone ready to build: the Node that is needed, the packages of the lock file, the command `socketscope` for npx.
// Runs before any package is installed, so it uses none; a Node older than 20 must still be able to say so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { npm } from './lib/npm.mjs';
import { binFolder, root } from './lib/paths.mjs';
import { main, Problem, say, since } from './lib/say.mjs';
import { nodePath } from './nodes.mjs';

const OLDEST_NODE = 20;
/** The version that builds and tests; npm's `node` package brings it. */
const TOOLCHAIN_NODE = 24;
const windows = process.platform === 'win32';

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE)
    throw new Problem(`Socketscope needs Node ${OLDEST_NODE} or newer, this is ${process.version}: install one from https://nodejs.org.`);
}

/**
 * True when node_modules holds what package-lock.json asks for: npm writes what it installed to node_modules/.package-lock.json,
 * as the last thing it does, so an interrupted installation is not taken for a whole one.
 */
export function packagesAreCurrent(lock, installed) {
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === '' || wanted.link) continue;
    const have = installed?.packages?.[path];
    // An optional package is missing when it is for another platform.
    if (!have && wanted.optional) continue;
    if (have?.version !== wanted.version || have.integrity !== wanted.integrity) return false;
  }
  return true;
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

async function installPackages() {
  const lock = readJson(join(root, 'package-lock.json'));
  if (packagesAreCurrent(lock, readJson(join(root, 'node_modules', '.package-lock.json')))) return;
  const began = Date.now();
  say('installing the packages of package-lock.json into node_modules (npm ci, about half a minute) ...');
  const { code, error } = await npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (code !== 0) throw new Problem(`npm ci failed${error ? ` (${error.message})` : ''}: see the lines above; is the registry reachable?`);
  say(`packages installed (${since(began)})`);
}

function versionOf(node) {
  const asked = existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }) : null;
  return asked?.status === 0 ? Number(asked.stdout.slice(1).split('.')[0]) : 0;
}

/**
 * npm's `node` package fetches its binary in an install script. Where scripts are not run, the binary comes from the package
 * of this platform instead, and takes the place that the script would have filled.
 */
async function ensureToolchain() {
  const own = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  if (versionOf(own) >= TOOLCHAIN_NODE) return;
  say(`fetching Node ${TOOLCHAIN_NODE}, which builds and tests (npm did not run the install script of its package) ...`);
  const fetched = await nodePath(TOOLCHAIN_NODE);
  if (!fetched) {
    if (Number(process.versions.node.split('.')[0]) >= TOOLCHAIN_NODE) return;
    throw new Problem(`Node ${TOOLCHAIN_NODE} could not be fetched from npm; install it and start again with it.`);
  }
  link(own, fetched);
  link(join(binFolder, windows ? 'node.exe' : 'node'), fetched);
}

function link(path, target) {
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

/** npm links the commands of dependencies only; this one is the project's own, so that `npx socketscope` works in the clone. */
function linkCommand() {
  mkdirSync(binFolder, { recursive: true });
  const path = join(binFolder, 'socketscope');
  if (windows) writeFileSync(`${path}.cmd`, '@node "%~dp0\\..\\..\\dist\\cli.js" %*\r\n');
  else link(path, join('..', '..', 'dist', 'cli.js'));
}

/** Brings the clone up to date; silent and quick (well under a second) when it is. Throws a Problem. */
export async function setUp() {
  checkNode();
  await installPackages();
  await ensureToolchain();
  linkCommand();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main(setUp);
