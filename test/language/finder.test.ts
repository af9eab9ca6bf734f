import assert from 'node:assert/strict';
import type { AnalysedDocument } from '../../src/language/analysis';
import { JavaScriptSupport } from '../../src/language/javascript';
import { HITS, UNFINISHED } from './corpus-hits';
import { SILENT } from './corpus-silent';
import { GRAMMARS, placeAt, unmark } from './support';

const support = new JavaScriptSupport(GRAMMARS);

async function withDocument<T>(text: string, language: string, use: (document: AnalysedDocument) => T): Promise<T> {
  const document = (await support.prepare(language))(text);
  try {
    return use(document);
  } finally {
    document.dispose();
  }
}

describe('finder of socket calls', () => {
  it('has a corpus worth the name', () => {
    assert.ok(HITS.length >= 60, `${HITS.length} hits`);
    assert.ok(SILENT.length >= 60, `${SILENT.length} silent`);
  });
  for (const { name, code, expect, language } of [...HITS, ...UNFINISHED]) {
    it(`finds: ${name}`, async () => {
      const { text, at } = unmark(code);
      const calls = await withDocument(text, language ?? 'javascript', (document) => document.calls());
      assert.deepEqual(
        calls.map((call) => call.api),
        expect,
      );
      assert.deepEqual(
        calls.map((call) => call.name.start),
        at.map((offset) => placeAt(text, offset)),
      );
    });
  }
  for (const { name, code, language } of SILENT) {
    it(`stays quiet: ${name}`, async () => {
      const calls = await withDocument(code, language ?? 'javascript', (document) => document.calls());
      assert.deepEqual(
        calls.map((call) => call.api),
        [],
      );
    });
  }
});
