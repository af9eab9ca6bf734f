// Holds the import table of src/README.md: every import of every file is allowed by its folder's row, or this fails.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** folder -> what it may import: folders of the house, `node` for built-ins, names of packages. */
const table = {
  contracts: [],
  trace: ['contracts'],
  probe: ['contracts', 'node'],
  knowledge: ['contracts'],
  runner: ['contracts', 'trace', 'node'],
  exercises: ['contracts', 'trace', 'knowledge', 'runner', 'node'],
  language: [
    'contracts',
    'trace',
    'knowledge',
    'node',
    'vscode-languageserver',
    'vscode-languageserver-textdocument',
    '@vscode/tree-sitter-wasm',
  ],
  export: ['contracts', 'trace', 'knowledge'],
  replay: ['contracts', 'trace', 'node'],
  cli: ['contracts', 'trace', 'knowledge', 'runner', 'exercises', 'export', 'replay', 'language', 'node'],
  vscode: ['contracts', 'trace', 'knowledge', 'runner', 'exercises', 'export', 'replay', 'node', 'vscode', 'vscode-languageclient'],
  'extension.ts': ['vscode', 'contracts', 'vscode-folder', 'node'],
  webview: ['contracts', 'trace', 'knowledge'],
  'webview/kit': ['contracts', '@vscode/webview-ui-toolkit'],
};
/** Exceptions are debt: file -> import, with the reason beside it. Empty is the aim. */
const exceptions = [];

const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);
const IMPORT =
  /(?:^|[\s;}])(?:import|export)\s+(?:type\s+)?(?:[^'"();]*?\sfrom\s*)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

function files(dir) {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? files(path) : /\.(ts|tsx|mts|mjs|js)$/.test(name) ? [path] : [];
  });
}

/** The folder of the table that a file belongs to: `trace`, `vscode`, `webview/kit`, ... */
function zone(file) {
  const parts = relative(root, file).split(sep);
  if (parts[0] === 'webview') return parts[1] === 'kit' ? 'webview/kit' : 'webview';
  if (parts[0] === 'src') return parts[1];
  return parts[0];
}

/** Comments hold example imports; they are no imports. */
const withoutComments = (text) => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');

export function violations(list) {
  const found = [];
  for (const { file, text } of list) {
    const from = zone(file);
    const allowed = table[from];
    const name = relative(root, file);
    if (!allowed) {
      found.push(`${name}: no row in the import table for "${from}"`);
      continue;
    }
    for (const match of withoutComments(text).matchAll(IMPORT)) {
      const target = match[1] ?? match[2];
      let to;
      if (target.startsWith('.')) {
        to = zone(resolve(dirname(file), target));
        if (to === from) continue;
        if (from === 'webview' && to === 'webview/kit') continue;
        if (from === 'extension.ts' && to === 'vscode') to = 'vscode-folder';
      } else if (target === 'vscode') to = 'vscode';
      else if (builtins.has(target)) to = 'node';
      else to = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0];
      if (allowed.includes(to)) continue;
      if (exceptions.some((exception) => exception.file === name && exception.import === target)) continue;
      found.push(`${name}: may not import "${target}" (${from} may import: ${allowed.join(', ') || 'nothing'})`);
    }
  }
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const list = ['src', 'webview']
    .filter((dir) => existsSync(join(root, dir)))
    .flatMap((dir) => files(join(root, dir)))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const bad = violations(list);
  for (const line of bad) console.error(line);
  console.log(`imports: ${list.length} files, ${bad.length} forbidden`);
  process.exitCode = bad.length ? 1 : 0;
}
