// Builds dist/ when a source has changed since the last build, else does nothing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hashOf, isStamped, writeStamp } from './lib/hash.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { main, Problem, say, since } from './lib/say.mjs';
import { setUp } from './setup.mjs';

/** Everything that a bundle is made from. */
export const SOURCES = ['src', 'webview', 'media/docs', 'esbuild.mjs', 'package-lock.json', 'tsconfig.json'];

/**
 * @param {{ tests?: boolean }} [options] `tests`: the bundles of test/ have to be current too
 * @returns {Promise<boolean>} whether something was built
 */
export async function buildIfNeeded({ tests = false } = {}) {
  const stamp = join(root, 'dist', tests ? '.built-with-tests' : '.built');
  const hash = hashOf(tests ? [...SOURCES, 'test'] : SOURCES);
  if (isStamped(stamp, hash) && existsSync(join(root, 'dist', 'cli.js'))) return false;
  const began = Date.now();
  say('building dist/ ...');
  const { code } = await run('node', ['esbuild.mjs']);
  if (code !== 0) throw new Problem('The build failed: see the lines above.');
  writeStamp(stamp, hash);
  say(`built (${since(began)})`);
  return true;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await buildIfNeeded({ tests: process.argv.includes('--tests') });
  });
}
