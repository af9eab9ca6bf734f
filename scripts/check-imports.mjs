// Holds the import table of src/README.md: every import of every file is allowed by its folder's row, or this fails.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importsOf } from './lib/import-scanner.mjs';
import { root } from './lib/paths.mjs';

/** folder -> what it may import: folders of the house, `node` for built-ins, names of packages. */
export const TABLE = {
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
  'webview/kit': ['contracts', '@vscode/webview-ui-toolkit', 'marked'],
};
/** Exceptions are debt: file -> import, with the reason beside it. Empty is the aim. */
const exceptions = [];

const builtins = new Set([...builtinModules, ...builtinModules.map((name) => `node:${name}`)]);

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

/** The word of the table for what `file` imports as `target`; null when it stays in its own folder. */
function imported(file, target) {
  if (!target.startsWith('.')) {
    if (builtins.has(target) || target.startsWith('node:')) return 'node';
    return target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
  }
  const from = zone(file);
  const to = zone(resolve(dirname(file), target));
  if (to === from || (from === 'webview' && to === 'webview/kit')) return null;
  return from === 'extension.ts' && to === 'vscode' ? 'vscode-folder' : to;
}

/**
 * The imports that the table forbids, one sentence each.
 * @param {{ file: string, text: string }[]} list absolute paths with their contents
 * @param {{ file: string, import: string }[]} [debts]
 */
export function violations(list, debts = exceptions) {
  const found = [];
  const unused = new Set(debts);
  for (const { file, text } of list) {
    const from = zone(file);
    const allowed = TABLE[from];
    const name = relative(root, file).split(sep).join('/');
    if (!allowed) {
      found.push(`${name}: no row in the import table for "${from}"`);
      continue;
    }
    for (const target of importsOf(text)) {
      const to = imported(file, target);
      if (to === null || allowed.includes(to)) continue;
      const debt = debts.find((exception) => exception.file === name && exception.import === target);
      if (debt) unused.delete(debt);
      else found.push(`${name}: may not import "${target}" (${from} may import: ${allowed.join(', ') || 'nothing'})`);
    }
  }
  for (const debt of unused) found.push(`${debt.file}: the exception for "${debt.import}" is not needed any more`);
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
