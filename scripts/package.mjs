// Packs the extension as a .vsix: a production build and the files of .vscodeignore's allow-list, put together beside the clone's
// dist/, so that tests and a running F5 session are not disturbed.
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SOURCES } from './build-if-needed.mjs';
import { hashOf, isStamped, writeStamp } from './lib/hash.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { main, Problem, say, since } from './lib/say.mjs';
import { setUp } from './setup.mjs';

const FILES = ['package.json', 'package.nls.json', 'README.md', 'CHANGELOG.md', 'LICENSE', '.vscodeignore'];
const FOLDERS = ['media', 'l10n'];

/** Without these the extension is broken. */
const REQUIRED = [
  'package.json',
  'package.nls.json',
  'README.md',
  'LICENSE',
  'dist/extension.js',
  'dist/probe.cjs',
  'dist/server.js',
  'dist/cli.js',
  'dist/exercise-exam.js',
  'dist/exercise-peer.js',
  'dist/webview/timeline.js',
  'dist/webview/offline.js',
  'dist/webview/timeline.css',
  'dist/webview/reference.js',
  'dist/webview/reference.css',
  'dist/webview/exercises.js',
  'dist/webview/exercises.css',
  'dist/webview/codicon.css',
  'dist/webview/codicon.ttf',
  'dist/grammars/tree-sitter.wasm',
  'dist/grammars/tree-sitter-javascript.wasm',
  'dist/grammars/tree-sitter-python.wasm',
  'media/icon.png',
  'media/samples/echo/server.mjs',
  'media/samples/echo/client.mjs',
  'media/snippets/sockets.json',
];

/** Whatever is not of this kind has no place in the package. */
const ALLOWED = [
  /^package\.nls(\.[\w-]+)?\.json$/,
  /^l10n\/bundle\.l10n(\.[\w-]+)?\.json$/,
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/(extension|server|cli|exercise-exam|exercise-peer)\.js$/,
  /^dist\/probe\.cjs$/,
  /^dist\/webview\/[\w.-]+\.(js|css|ttf)$/,
  /^dist\/grammars\/[\w-]+(\.wasm|\.wasm\.br)$/,
  /^media\/(icon\.png|activity\.svg)$/,
  /^media\/(docs|exercises|quiz|samples|snippets|walkthrough)\//,
];

/** What is wrong with a list of packaged files, in sentences; empty when nothing is. */
export function packageProblems(files) {
  return [
    ...REQUIRED.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the package`),
    ...files.filter((file) => !ALLOWED.some((allowed) => allowed.test(file))).map((file) => `${file} does not belong into the package`),
  ];
}

const kilobytes = (path) => `${(statSync(path).size / 1024).toFixed(0)} kB`;

/**
 * @param {{ quiet?: boolean }} [options] quiet: says only what it does, not what is inside
 * @returns {Promise<string>} absolute path of the .vsix; made anew only when something in it has changed
 */
export async function packageExtension({ quiet = false } = {}) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const vsix = join(root, `socketscope-${version}.vsix`);
  const staging = join(root, '.cache', 'package');
  const stamp = join(root, '.cache', 'package.stamp');
  const hash = hashOf([...SOURCES, ...FILES, ...FOLDERS, 'scripts/package.mjs']);
  if (existsSync(vsix) && isStamped(stamp, hash)) return vsix;
  const began = Date.now();
  say('packing the extension ...');
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  for (const file of FILES) copyFileSync(join(root, file), join(staging, file));
  for (const folder of FOLDERS) cpSync(join(root, folder), join(staging, folder), { recursive: true });
  const built = await run('node', ['esbuild.mjs', '--production', `--outdir=${join(staging, 'dist')}`]);
  if (built.code !== 0) throw new Problem('The production build failed: see the lines above.');
  const piped = { cwd: staging, stdio: ['ignore', 'pipe', 'pipe'] };
  const listed = await run('vsce', ['ls', '--no-dependencies'], piped);
  const files = listed.output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => existsSync(join(staging, line)) && line);
  const problems = packageProblems(files);
  if (problems.length) throw new Problem(`${problems.join('\n')}\n(.vscodeignore and scripts/package.mjs say what does)`);
  const fresh = join(root, '.cache', 'fresh.vsix');
  const packed = await run(
    'vsce',
    ['package', '--no-dependencies', '--no-rewrite-relative-links', '--allow-missing-repository', '--out', fresh],
    piped,
  );
  if (packed.code !== 0) throw new Problem(`vsce failed:\n${packed.output}`);
  copyFileSync(fresh, vsix);
  rmSync(fresh);
  writeStamp(stamp, hash);
  say(`packed ${vsix.slice(root.length + 1)}, ${kilobytes(vsix)}, ${files.length} files (${since(began)})`);
  if (!quiet)
    for (const file of files.filter((name) => name.startsWith('dist/')))
      console.log(`${kilobytes(join(staging, file)).padStart(10)}  ${file}`);
  return vsix;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => {
    await setUp();
    await packageExtension();
  });
}
