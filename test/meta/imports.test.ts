import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, script } from '../support/house';

interface CheckImports {
  TABLE: Record<string, string[]>;
  violations(list: { file: string; text: string }[], debts?: { file: string; import: string }[]): string[];
}

describe('import table', () => {
  let house: CheckImports;
  let importsOf: (source: string) => string[];
  before(async () => {
    house = await script<CheckImports>('check-imports.mjs');
    ({ importsOf } = await script<{ importsOf(source: string): string[] }>('lib/import-scanner.mjs'));
  });
  const check = (name: string, text: string) => house.violations([{ file: join(root, name), text }], []);

  it('finds every form of a forbidden import', () => {
    for (const text of [
      "import * as vscode from 'vscode';",
      "import type { Uri } from 'vscode';",
      "import 'vscode';",
      "export * from 'vscode';",
      "export type { Uri } from 'vscode';",
      "const vscode = await import('vscode');",
      "let uri: import('vscode').Uri;",
      "import vscode = require('vscode');",
      'import {\n  a, // with a comment\n  b as c,\n} from "vscode";',
      "const glob = '**/*.ts'; import('vscode'); const other = '*/';",
      "const pattern = /['\"/*]/; import 'vscode';",
    ]) {
      assert.deepEqual(
        check('src/trace/x.ts', text).map((line) => line.split(' (')[0]),
        ['src/trace/x.ts: may not import "vscode"'],
        text,
      );
    }
  });

  it('refuses Node in the core, upward and sideways imports, and folders without a row', () => {
    assert.equal(check('src/trace/x.ts', "import { join } from 'node:path';").length, 1);
    assert.equal(check('src/trace/x.ts', "import { join } from 'path';").length, 1);
    assert.equal(check('src/runner/x.ts', "import { rules } from '../knowledge/syscalls';").length, 1);
    assert.equal(check('src/trace/deep/x.ts', "import { run } from '../../runner/run';").length, 1);
    assert.equal(check('webview/timeline/x.ts', "import { run } from '../../src/runner/run';").length, 1);
    assert.equal(check('src/probe/x.ts', "import { a } from '../../package.json';").length, 1);
    assert.match(check('src/common/x.ts', '')[0]!, /no row in the import table for "common"/);
  });

  it('allows what the table lists and everything in the own folder', () => {
    assert.deepEqual(check('src/trace/x.ts', "import type { Site } from '../contracts/trace';\nimport { y } from './deep/y';"), []);
    assert.deepEqual(check('src/extension.ts', "import { register } from './vscode/run/register';"), []);
    assert.deepEqual(check('webview/timeline/x.ts', "import { button } from '../kit/controls';"), []);
  });

  it('takes nothing for an import that is none', () => {
    const text = [
      "// import 'a';",
      "/* import 'b'; */",
      'const s = "import \'c\'";',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a program
      'const t = `import "d" ${"import \'e\'"} from "f"`;',
      'array.from("g"); object.import("h"); const from = "i";',
      "export const j = 'k';",
      'const k = 4 / 2; const l = "from";',
      'console.log(import.meta.url, "m");',
    ].join('\n');
    assert.deepEqual(importsOf(text), []);
  });

  it('reports an exception that nothing needs any more', () => {
    const debt = { file: 'src/trace/x.ts', import: 'vscode' };
    assert.deepEqual(house.violations([{ file: join(root, debt.file), text: "import 'vscode';" }], [debt]), []);
    assert.match(house.violations([{ file: join(root, debt.file), text: '' }], [debt])[0]!, /not needed any more/);
  });

  it('is the table of src/README.md', () => {
    const rows = readFileSync(join(root, 'src', 'README.md'), 'utf8')
      .split('\n')
      .map((line) => /^\| `([^`]+)` *\|[^|]+\| ([^|]+?) *\|$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [match[1], match[2] === 'nothing' ? [] : match[2]!.split(', ')]);
    assert.deepEqual(Object.fromEntries(rows), house.TABLE);
  });
});
