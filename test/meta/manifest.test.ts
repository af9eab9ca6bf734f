import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS, CONTEXT_KEYS, INTERNAL_COMMANDS, SETTINGS, TRACE_EXTENSION, VIEWS } from '../../src/contracts/ids';
import { root, script } from '../support/house';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
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
      ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'media/icon.png'],
      ...['dist/extension.js', 'dist/probe.cjs', 'dist/server.js', 'dist/cli.js', 'dist/webview/timeline.js', 'dist/webview/offline.js'],
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
