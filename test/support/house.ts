import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The clone: the nearest folder above this file (bundled into dist/test/...) that has a package.json. */
export const root: string = (() => {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error(`no package.json above ${__dirname}`);
    folder = dirname(folder);
  }
  return folder;
})();

/** The built command line. */
export const cli: string = join(root, 'dist', 'cli.js');

/** Screenshots and reports go below this folder, which git ignores. */
export const results: string = join(root, 'test-results');

/**
 * A module of scripts/, loaded as it is: the scripts find their places by their own URL, so they are not bundled.
 * @param name path below scripts/, such as `nodes.mjs`
 */
export function script<T>(name: string): Promise<T> {
  return import(pathToFileURL(join(root, 'scripts', name)).href);
}

/** The binary of another Node version, installed on first use; null (the reason is on stderr) when it cannot be had. */
export async function nodePath(major: number): Promise<string | null> {
  const nodes = await script<{ nodePath(major: number): Promise<string | null> }>('nodes.mjs');
  return nodes.nodePath(major);
}

/** A browser of the Chromium family with the flags that tests start it with; `path` is null, and `missing` says what to do, when there is none. */
export async function chromium(): Promise<{ path: string | null; flags: string[]; missing: string }> {
  const found = await script<{ chromiumPath(): string | null; CHROMIUM_FLAGS: string[]; CHROMIUM_MISSING: string }>('chromium.mjs');
  return { path: found.chromiumPath(), flags: found.CHROMIUM_FLAGS, missing: found.CHROMIUM_MISSING };
}

/** True where a missing tool is a failure and not a reason to skip. */
export const inCI: boolean = /^(1|true)$/i.test(process.env.CI ?? '');

/** Skips the running test with a sentence, or fails it in CI: nothing that was not tested may look tested there. */
export function skip(test: Mocha.Context, why: string): never {
  if (inCI) throw new Error(`cannot be skipped in CI: ${why}`);
  console.log(`      skipped: ${why}`);
  return test.skip();
}
