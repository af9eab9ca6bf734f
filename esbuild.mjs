// The one table of bundles. `node esbuild.mjs` builds into dist/, `--watch` keeps building, `--production` minifies and leaves
// the tests out, `--outdir=DIR` builds elsewhere (the package is put together without touching dist/).
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { unindent } from './scripts/unindent.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const outdir = resolve(root, process.argv.find((argument) => argument.startsWith('--outdir='))?.slice('--outdir='.length) ?? 'dist');

const node = { platform: 'node', format: 'cjs', target: 'node20' };
const browser = { platform: 'browser', format: 'iife', target: 'es2022', plugins: [unindent] };

/** All files below a folder of test/ that end in one of the suffixes, by output name. */
function entries(folder, suffixes) {
  const found = {};
  const walk = (dir) => {
    if (!existsSync(join(root, dir))) return;
    for (const name of readdirSync(join(root, dir))) {
      const path = `${dir}/${name}`;
      if (statSync(join(root, path)).isDirectory()) {
        if (name !== 'fixtures') walk(path);
      } else if (suffixes.some((suffix) => name.endsWith(suffix))) found[path.replace(/\.ts$/, '')] = join(root, path);
    }
  };
  walk(folder);
  return found;
}

const bundles = [
  { name: 'extension', ...node, entry: { extension: 'src/extension.ts' }, external: ['vscode'] },
  // Its frames show in the learner's stacks as Node's own (greyed out), and --enable-source-maps must not find a map for them.
  {
    name: 'probe',
    ...node,
    entry: { probe: 'src/probe/main.ts' },
    ext: '.cjs',
    footer: '//# sourceURL=node:socketscope',
    sourcemap: false,
    // Every traced program compiles it when it starts: tests and benchmarks run what is shipped.
    minify: true,
  },
  // Minified as it is shipped: reading it is a part of the time to the first lens, which is measured.
  { name: 'language server', ...node, entry: { server: 'src/language/main.ts' }, minify: true },
  { name: 'command line', ...node, entry: { cli: 'src/cli/main.ts' }, banner: '#!/usr/bin/env node' },
  // A check starts three of these, and a process that reads the whole command line starts with twice the processor time of a bare Node.
  {
    name: 'exercise processes',
    ...node,
    entry: { 'exercise-exam': 'src/cli/exercise-exam.ts', 'exercise-peer': 'src/cli/exercise-peer.ts' },
    minify: true,
  },
  {
    name: 'webview',
    ...browser,
    entry: {
      'webview/timeline': 'webview/timeline/main.ts',
      'webview/reference': 'webview/reference/main.ts',
      'webview/exercises': 'webview/exercises/main.ts',
    },
  },
  // The host of a timeline that was exported as one HTML file.
  { name: 'offline page', ...browser, entry: { 'webview/offline': 'webview/offline/main.ts' } },
  {
    name: 'harness',
    ...browser,
    entry: {
      'harness/harness': 'webview/harness/main.ts',
      'harness/reference': 'webview/harness/reference.ts',
      'harness/exercises': 'webview/harness/exercises.ts',
    },
    testOnly: true,
  },
  {
    name: 'tests',
    ...node,
    entry: entries('test', ['.test.ts', '.bench.ts', '.entry.ts']),
    external: ['vscode'],
    packages: 'external',
    testOnly: true,
  },
];

/** Files that travel with the bundles as they are. */
const grammars = 'node_modules/@vscode/tree-sitter-wasm/wasm';
const assets = [
  'tree-sitter.wasm',
  'tree-sitter-javascript.wasm',
  'tree-sitter-typescript.wasm',
  'tree-sitter-tsx.wasm',
  'tree-sitter-python.wasm',
].map((name) => [`${grammars}/${name}`, `grammars/${name}`]);
assets.push(['node_modules/@vscode/codicons/dist/codicon.css', 'webview/codicon.css']);
assets.push(['node_modules/@vscode/codicons/dist/codicon.ttf', 'webview/codicon.ttf']);

function options(bundle) {
  return {
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(bundle.entry).map(([name, path]) => [name, path])),
    outdir,
    bundle: true,
    platform: bundle.platform,
    format: bundle.format,
    target: bundle.target,
    external: bundle.external,
    plugins: bundle.plugins,
    packages: bundle.packages,
    outExtension: bundle.ext ? { '.js': bundle.ext } : undefined,
    banner: bundle.banner ? { js: bundle.banner } : undefined,
    footer: bundle.footer ? { js: bundle.footer } : undefined,
    sourcemap: bundle.sourcemap ?? true,
    sourcesContent: false,
    minify: bundle.minify ?? production,
    legalComments: 'none',
    loader: { '.md': 'text', '.svg': 'text' },
    define: { 'process.env.SOCKETSCOPE_BUILD': JSON.stringify(production ? 'production' : 'development') },
    metafile: true,
    logLevel: 'warning',
  };
}

const chosen = bundles.filter(
  (bundle) =>
    !(production && bundle.testOnly) && Object.values(bundle.entry).every((path) => existsSync(join(root, path)) || existsSync(path)),
);
for (const bundle of bundles) {
  if (!chosen.includes(bundle) && !(production && bundle.testOnly)) console.warn(`esbuild: no sources yet for "${bundle.name}"`);
}
if (production) rmSync(outdir, { recursive: true, force: true });
for (const [from, to] of assets) {
  mkdirSync(dirname(join(outdir, to)), { recursive: true });
  copyFileSync(join(root, from), join(outdir, to));
}
if (watch) {
  for (const bundle of chosen) await (await esbuild.context(options(bundle))).watch();
  console.log('esbuild: watching');
} else {
  const results = await Promise.all(chosen.map((bundle) => esbuild.build(options(bundle))));
  // `npx socketscope` starts it by its first line.
  if (existsSync(join(outdir, 'cli.js'))) chmodSync(join(outdir, 'cli.js'), 0o755);
  if (process.argv.includes('--sizes')) {
    for (const result of results)
      for (const [file, output] of Object.entries(result.metafile.outputs))
        if (!file.endsWith('.map') && !file.includes('dist/test'))
          console.log(`${(output.bytes / 1024).toFixed(1).padStart(9)} kB  ${file}`);
  }
}
