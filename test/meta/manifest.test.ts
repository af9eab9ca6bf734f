import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS, CONTEXT_KEYS, INTERNAL_COMMANDS, SETTINGS, TRACE_EXTENSION, VIEWS } from '../../src/contracts/ids';
import { root, script } from '../support/house';

const texts: { [key: string]: string } = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));
const written = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** Every string of a tree, with the place where it stands. */
function strings(value: unknown, place = ''): [place: string, text: string][] {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => strings(child, `${place}/${key}`));
}

/** What people read in the editor: by the name of the property, and the texts of enums. */
const VISIBLE =
  /\/(title|description|markdownDescription|contents|altText|displayName|name|contextualTitle|(markdownE|e)numDescriptions\/\d+)$/;

/** As the editor sees it: `%key%` replaced by the text of package.nls.json. */
const manifest = JSON.parse(JSON.stringify(written), (_, value) =>
  typeof value === 'string' ? value.replace(/^%([^%]+)%$/, (whole, key: string) => texts[key] ?? whole) : value,
);
const contributed = manifest.contributes;

describe('package.json', () => {
  it('has the commands, settings and views of contracts/ids, and no others', () => {
    const commands = contributed.commands.map((item: { command: string }) => item.command);
    assert.deepEqual([...commands].sort(), Object.values(COMMANDS).sort());
    for (const id of Object.values(INTERNAL_COMMANDS)) assert.ok(!commands.includes(id), `${id} is not for the palette`);
    assert.deepEqual(Object.keys(contributed.configuration.properties).sort(), Object.values(SETTINGS).sort());
    assert.deepEqual(
      contributed.customEditors.map((item: { viewType: string }) => item.viewType),
      [VIEWS.traceEditor],
    );
    assert.equal(contributed.customEditors[0].selector[0].filenamePattern, `*${TRACE_EXTENSION}`);
    assert.ok(manifest.activationEvents.includes(`onWebviewPanel:${VIEWS.timelinePanel}`));
  });

  it('describes every setting and gives it a default and a scope', () => {
    for (const [name, setting] of Object.entries<Record<string, unknown>>(contributed.configuration.properties)) {
      assert.ok(name.startsWith('socketscope.'), name);
      assert.ok(String(setting.markdownDescription ?? setting.description ?? '').length > 20, `${name} has no description`);
      assert.ok('default' in setting && 'scope' in setting, `${name} has no default or scope`);
    }
  });

  it('has every visible text in package.nls.json, and no key too many or too few', () => {
    const { capabilities, contributes } = written;
    const visible = strings({ description: written.description, capabilities, contributes }).filter(([place]) => VISIBLE.test(place));
    assert.ok(visible.length > 80, String(visible.length));
    // The name of the extension is the same in every language.
    for (const [place, text] of visible) assert.match(text, /^(%[\w.-]+%|Socketscope)$/, place);
    const used = strings(written).flatMap(([, text]) => /^%([^%]+)%$/.exec(text)?.[1] ?? []);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(texts).sort());
  });

  it('has every message of the extension in l10n/bundle.l10n.json (else: node scripts/l10n.mjs)', async () => {
    const { BUNDLE, bundleText } = await script<{ BUNDLE: string; bundleText(): string }>('l10n.mjs');
    assert.equal(readFileSync(BUNDLE, 'utf8'), bundleText());
    const all = Object.keys(JSON.parse(bundleText()));
    for (const message of ['Start Exercise', 'Show me step {0}', 'about {0} minute', 'about {0} minutes', "I don't know"])
      assert.ok(all.includes(message), message);
  });

  it('uses no context key and no command in menus that nobody owns', () => {
    const known = new Set<string>([...Object.values(CONTEXT_KEYS), ...Object.values(SETTINGS).map((name) => `config.${name}`)]);
    const commands = new Set<string>(Object.values(COMMANDS));
    const items = [...Object.values<{ command: string; when?: string }[]>(contributed.menus).flat(), ...contributed.keybindings];
    for (const item of items) assert.ok(commands.has(item.command), `${item.command} in a menu or key`);
    const conditions = [...items.map((item) => item.when), ...contributed.commands.map((item: { enablement?: string }) => item.enablement)];
    for (const condition of conditions)
      for (const [key] of String(condition ?? '').matchAll(/(?:config\.)?socketscope\.[\w.]+/g)) {
        const view = [...Object.values(VIEWS)].some((id) => id === key);
        assert.ok(known.has(key) || view, `${key} in "${condition}"`);
      }
  });

  it('names files that exist', () => {
    assert.ok(existsSync(join(root, manifest.icon)));
    const scripts = Object.values<string>(manifest.scripts).flatMap((line) =>
      [...line.matchAll(/\bnode (\S+\.mjs)/g)].map((match) => match[1]!),
    );
    assert.ok(scripts.length > 5);
    for (const path of scripts) assert.ok(existsSync(join(root, path)), path);
  });

  it('has a reason in CONTRIBUTING.md for every dependency', () => {
    const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8').split('## Dependencies')[1]!;
    const reasons = [...text.matchAll(/^\| `([^`]+)` *\| ([^|]{15,}) \|$/gm)].map((match) => match[1]!);
    assert.deepEqual(reasons.sort(), Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).sort());
  });
});

describe('the package', () => {
  it('is refused when a needed file is missing or a foreign one is inside', async () => {
    const { packageProblems } = await script<{ packageProblems(files: string[]): string[] }>('package.mjs');
    const whole = [
      ...['package.json', 'package.nls.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'media/icon.png'],
      ...['dist/extension.js', 'dist/probe.cjs', 'dist/server.js', 'dist/cli.js', 'dist/webview/timeline.js', 'dist/webview/offline.js'],
      ...['dist/exercise-exam.js', 'dist/exercise-peer.js'],
      ...['dist/webview/timeline.css', 'dist/webview/codicon.css', 'dist/webview/codicon.ttf'],
      ...['dist/webview/exercises.js', 'dist/webview/exercises.css'],
      ...['dist/webview/reference.js', 'dist/webview/reference.css', 'dist/grammars/tree-sitter-python.wasm'],
      ...['dist/grammars/tree-sitter.wasm', 'dist/grammars/tree-sitter-javascript.wasm'],
      ...['media/samples/echo/server.mjs', 'media/samples/echo/client.mjs', 'media/docs/socket.md', 'media/snippets/sockets.json'],
    ];
    assert.deepEqual(packageProblems(whole), []);
    assert.deepEqual(packageProblems(whole.filter((file) => file !== 'dist/probe.cjs')), ['dist/probe.cjs is missing from the package']);
    for (const foreign of ['src/extension.ts', 'node_modules/x/index.js', 'dist/test/unit/x.test.js', 'dist/extension.js.map', '.env'])
      assert.deepEqual(packageProblems([...whole, foreign]), [`${foreign} does not belong into the package`]);
  });
});
