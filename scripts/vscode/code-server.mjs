// The real VS Code that comes from npm (`code-server`), for machines that cannot download the desktop build.
// About 620 MB and a minute, so it lives in a cached folder outside the project's dependencies.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../lib/paths.mjs';
import { nodePath } from '../nodes.mjs';

export const CODE_SERVER_VERSION = '4.139.1';
/** code-server's own `engines.node`. */
const NODE_MAJOR = 24;

const cache = join(cacheFolder, 'code-server');

/**
 * Installs code-server once into `.vscode-test/code-server/` and returns where it is.
 * `root` is the package's folder, `server` its `server-main.js`, `cli` its command (run with `node`), `node` a Node 24 binary.
 * Throws an Error whose message is one sentence for the person at the terminal.
 *
 * @param {{ log?: (line: string) => void, signal?: AbortSignal }} [options] `log` gets progress lines
 * @returns {Promise<{ root: string, node: string, server: string, cli: string, version: string }>}
 */
export async function ensureCodeServer({ log = console.log, signal } = {}) {
  const found = installed();
  if (found) return found;
  const release = await lock(log, signal);
  try {
    return installed() ?? (await install(log, signal));
  } finally {
    release();
  }
}

/** Where a finished installation of this version is; null when there is none. */
function installed() {
  const stamp = join(cache, 'installed.json');
  if (!existsSync(stamp)) return null;
  try {
    const { version, node } = JSON.parse(readFileSync(stamp, 'utf8'));
    const paths = pathsOf(node);
    return version === CODE_SERVER_VERSION && existsSync(paths.server) && existsSync(node) ? paths : null;
  } catch {
    return null;
  }
}

function pathsOf(node) {
  const root = join(cache, 'node_modules', 'code-server');
  return {
    root,
    node,
    server: join(root, 'lib', 'vscode', 'out', 'server-main.js'),
    cli: join(root, 'out', 'node', 'entry.js'),
    version: CODE_SERVER_VERSION,
  };
}

async function install(log, signal) {
  log(`code-server: installing ${CODE_SERVER_VERSION} into .vscode-test/code-server (once; about a minute and 620 MB)`);
  rmSync(join(cache, 'node_modules'), { recursive: true, force: true });
  rmSync(join(cache, 'installed.json'), { force: true });
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, 'package.json'), '{ "private": true, "description": "cache of scripts/vscode/code-server.mjs" }\n');
  const node = await nodePath(NODE_MAJOR);
  if (!node) throw new Error(`code-server needs Node ${NODE_MAJOR}, and npm brought none for ${process.platform}-${process.arch}.`);
  const began = Date.now();
  const options = { log, signal, path: dirname(node), began };
  // What its install scripts would compile (kerberos, sqlite3, spdlog, ...) serves sign-in, sync and a faster log; VS Code goes on without.
  // What the tests use of native code (the terminal, the file watcher) comes built. So there is nothing to compile, and no compiler needed.
  await npm(['install', '--no-save', `code-server@${CODE_SERVER_VERSION}`], options);
  const vscode = join(pathsOf(node).root, 'lib', 'vscode');
  for (const cwd of [vscode, join(vscode, 'extensions')]) await npm(['install', '--omit=dev'], { ...options, cwd });
  const paths = pathsOf(node);
  if (!existsSync(paths.server))
    throw new Error('code-server: the installation finished without server-main.js; delete .vscode-test and try again.');
  const stamp = join(cache, 'installed.json');
  writeFileSync(`${stamp}.part`, JSON.stringify({ version: CODE_SERVER_VERSION, node }));
  renameSync(`${stamp}.part`, stamp);
  log(`code-server: ready after ${Math.round((Date.now() - began) / 1000)} s`);
  return paths;
}

/** Without these npm would run install scripts, add a lock of its own, and audit over the network; legacy-peer-deps as in the project. */
const NPM_FLAGS = ['--ignore-scripts', '--no-fund', '--no-audit', '--legacy-peer-deps', '--no-progress', '--loglevel=http'];

/** Runs npm in the cache folder, or in `cwd`; its output goes to install.log, a line every 15 s to the person who waits. */
function npm(args, { log, signal, path, began, cwd = cache }) {
  return new Promise((done, fail) => {
    const tail = [];
    // npm runs on the first `node` on the PATH, and holds it against `engines.node`.
    const env = { ...process.env, PATH: path + delimiter + process.env.PATH };
    // Set by `npm run` for this project; they would point the inner npm at the wrong folder and config.
    for (const key of Object.keys(env))
      if (/^npm_(package|lifecycle|config_local_prefix|config_prefix|config_user_agent)/.test(key)) delete env[key];
    const child = spawn('npm', [...args, ...NPM_FLAGS], {
      cwd,
      env,
      signal,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setInterval(() => log(`code-server: ${Math.round((Date.now() - began) / 1000)} s ...`), 15_000);
    const keep = (chunk) => {
      for (const line of String(chunk).split('\n')) {
        if (line.trim()) tail.push(line);
        if (tail.length > 400) tail.shift();
      }
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const finish = (error) => {
      clearInterval(timer);
      writeFileSync(join(cache, 'install.log'), `${tail.join('\n')}\n`);
      if (error) fail(error);
      else done();
    };
    child.on('error', (error) => finish(new Error(`code-server: npm could not be started (${error.message}).`)));
    child.on('close', (code) => {
      if (code === 0) return finish();
      finish(new Error(`code-server: npm ended with ${code}; see .vscode-test/code-server/install.log.`));
    });
  });
}

/** One installation at a time: a folder is the lock, its age tells a dead owner from a slow one. */
async function lock(log, signal) {
  mkdirSync(dirname(cache), { recursive: true });
  const path = `${cache}.lock`;
  let said = false;
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(join(path, 'pid'), String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!alive(path)) {
      rmSync(path, { recursive: true, force: true });
      continue;
    }
    if (!said) log('code-server: another process installs it; waiting');
    said = true;
    await new Promise((done) => setTimeout(done, 500));
    signal?.throwIfAborted();
  }
}

function alive(path) {
  try {
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'));
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The owner may be between mkdir and writing its pid; that takes it no second.
    return error.code === 'EPERM' || (error.code === 'ENOENT' && Date.now() - mtime(path) < 5000);
  }
}

function mtime(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    console.log((await ensureCodeServer()).root);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
