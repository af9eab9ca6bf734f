import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MISCONCEPTIONS } from '../../src/knowledge/misconceptions';
import { RULE_IDS, RULES, type RuleId } from '../../src/knowledge/rules';
import type { Remark } from '../../src/language/analysis';
import { JavaScriptSupport } from '../../src/language/javascript';
import { root } from '../support/house';
import { RULE_CASES } from './rules-corpus';
import { DOCS, GRAMMARS, placeAt, unmark } from './support';

const support = new JavaScriptSupport(GRAMMARS);
const CORRECT = join(root, 'test', 'fixtures', 'correct-programs');

async function remarks(text: string, language = 'javascript'): Promise<readonly Remark[] | null> {
  const document = (await support.prepare(language))(text);
  try {
    return document.look().insight?.remarks() ?? (document.look().insight ? null : []);
  } finally {
    document.dispose();
  }
}

describe('rules: correct programs', () => {
  const programs = readdirSync(CORRECT);
  it('are a corpus worth the name', () => assert.ok(programs.length >= 40, `${programs.length} programs`));
  for (const name of programs) {
    it(`no remark: ${name.replace(/\.txt$/, '')}`, async () => {
      const found = await remarks(readFileSync(join(CORRECT, name), 'utf8'), /\.ts\.txt$/.test(name) ? 'typescript' : 'javascript');
      assert.deepEqual(
        found?.map(({ rule, span }) => `${span.start.line + 1}: ${rule}`),
        [],
      );
    });
  }
});

/** Rules that have evidence only. */
const FROM_RUNS: readonly RuleId[] = ['address-in-use', 'refused', 'several-addresses', 'close-waits', 'lost-datagrams'];

describe('rules', () => {
  for (const id of RULE_IDS.filter((rule) => !FROM_RUNS.includes(rule))) {
    const cases = RULE_CASES[id]!;
    for (const [index, code] of cases.hits.entries()) {
      it(`${id} speaks: ${index + 1}`, async () => {
        const { text, at } = unmark(code);
        const found = (await remarks(text))!.filter(({ rule }) => rule === id);
        assert.deepEqual(
          found.map(({ span }) => span.start),
          at.map((offset) => placeAt(text, offset)),
          text,
        );
      });
    }
    for (const [index, code] of cases.silent.entries()) {
      it(`${id} is silent: ${index + 1}`, async () => {
        const found = (await remarks(code))!.filter(({ rule }) => rule === id);
        assert.deepEqual(found, [], code);
      });
    }
  }

  it('each has a card, an exercise and words that claim nothing', () => {
    for (const id of RULE_IDS) {
      const { card, text, misconception } = RULES[id];
      assert.ok(existsSync(join(DOCS, `${card}.md`)), `${id}: card ${card}`);
      assert.match(MISCONCEPTIONS[misconception].exercise, /^[A-Z]\d\d$/);
      assert.doesNotMatch(text, /\bwrong|mistake|\bbug\b/i, id);
      assert.ok(text.endsWith('.'), id);
    }
  });

  it('cover every misconception that can be seen', () => {
    const covered = new Set<string>(RULE_IDS.map((id) => RULES[id].misconception));
    const seen = Object.entries(MISCONCEPTIONS).filter(([, { seen }]) => seen);
    assert.deepEqual(
      seen.map(([id]) => id).filter((id) => !covered.has(id)),
      [],
    );
    assert.equal(Object.keys(MISCONCEPTIONS).length, 30);
  });

  it('say nothing while the text is no program', async () => {
    assert.equal(await remarks("import net from 'node:net';\nnet.createServer((s) => { s.write('x'); }).listen(1"), null);
    assert.deepEqual(await remarks("import fs from 'node:fs';\nfs.("), []);
  });

  it('leave out lines that a comment excludes', async () => {
    const line = "net.createServer((s) => { s.write('hi'); }).listen(1, '127.0.0.1', 9999);";
    const program = (comment: string) => `import net from 'node:net';\n${comment}\n${line}`;
    const rules = async (comment: string) => (await remarks(program(comment)))!.map(({ rule }) => rule);
    assert.deepEqual(await rules(''), ['no-error-listener', 'huge-backlog']);
    assert.deepEqual(await rules('// socketscope-ignore-next-line'), []);
    assert.deepEqual(await rules('/* socketscope-ignore-next-line */'), []);
    assert.deepEqual(await rules('// socketscope-ignore-next-line huge-backlog'), ['no-error-listener']);
    assert.deepEqual(await rules('// socketscope-ignore-next-line M12, M04'), []);
    assert.deepEqual(await rules('// socketscope-ignore-file no-error-listener'), ['huge-backlog']);
    assert.deepEqual(await rules('// socketscope-ignore-next-line no-limit'), ['no-error-listener', 'huge-backlog']);
  });
});
