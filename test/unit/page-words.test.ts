import assert from 'node:assert/strict';
import { translator } from '../../webview/kit/l10n';

describe('words of a page', () => {
  it('are English without a table, and with one that cannot be read', () => {
    for (const table of [undefined, '{}', 'null', '[1', '"x"']) {
      assert.equal(translator(table)('Hint {0}', 2), 'Hint 2', String(table));
      assert.equal(translator(table)('Check'), 'Check', String(table));
    }
  });

  it('come from the table, with its own order of values; what it lacks stays English', () => {
    const t = translator('{"Question {0} of {1}":"{1} Fragen, dies ist {0}","Hint {0}":7}');
    assert.equal(t('Question {0} of {1}', 1, 3), '3 Fragen, dies ist 1');
    assert.equal(t('Hint {0}', 2), 'Hint 2');
    assert.equal(t('Show me step {0}'), 'Show me step {0}');
  });

  it('of exercises are translated when the page is made', async () => {
    const lang = {
      body: { dataset: { l10n: '{"about {0} minutes":"etwa {0} Minuten","passed":"geschafft"}' } },
      documentElement: { lang: 'de' },
    };
    Object.assign(globalThis, { document: lang });
    try {
      const { words } = await import('../../webview/exercises/words');
      assert.equal(words.minutes(25), 'etwa 25 Minuten');
      assert.equal(words.minutes(1), 'about 1 minute');
      assert.equal(words.state.passed, 'geschafft');
      assert.equal(words.again('2026-12-01T00:00:00Z'), 'This comes back on 1. Dezember.');
    } finally {
      Reflect.deleteProperty(globalThis, 'document');
    }
  });
});
