// `node scripts/l10n.mjs`: writes l10n/bundle.l10n.json, every message of the extension and of the page of exercises, for translators. A test says when it is old.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root } from './lib/paths.mjs';
import { main, say } from './lib/say.mjs';

const FOLDERS = ['src/vscode', 'webview/exercises'];
export const BUNDLE = join(root, 'l10n', 'bundle.l10n.json');

const TEXT = /(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/;
/** `t('...'`, `vscode.l10n.t("..."`, and the two forms of `plural(count, '...', '...')`. */
const CALLS = new RegExp(`\\b(?:t\\(\\s*|plural\\(\\s*\\w+,\\s*(?:${TEXT.source},\\s*)?)(?=(${TEXT.source}))`, 'g');
const FIRST_OF_PLURAL = new RegExp(`\\bplural\\(\\s*\\w+,\\s*(${TEXT.source})`, 'g');

/** A string literal of JavaScript without templates, as its text. */
const textOf = (literal) => literal.slice(1, -1).replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));

/** All messages, sorted. */
export function messages() {
  const found = new Set();
  for (const folder of FOLDERS)
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || extname(entry.name) !== '.ts') continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      for (const pattern of [CALLS, FIRST_OF_PLURAL]) for (const [, literal] of text.matchAll(pattern)) found.add(textOf(literal));
    }
  return [...found].sort();
}

/** What the file must hold: each message is its own translation. */
export const bundleText = () => `${JSON.stringify(Object.fromEntries(messages().map((message) => [message, message])), null, 2)}\n`;

if (process.argv[1] === import.meta.filename)
  await main(async () => {
    writeFileSync(BUNDLE, bundleText());
    say(`wrote ${messages().length} messages to l10n/bundle.l10n.json`);
  });
