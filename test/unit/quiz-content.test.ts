import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXERCISE_VERSION, type QuizFile } from '../../src/contracts/exercises';
import { root } from '../support/house';

describe('quiz items', () => {
  const folder = join(root, 'media', 'quiz');
  const items = readdirSync(folder).flatMap((name) => {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as QuizFile;
    assert.equal(file.version, EXERCISE_VERSION, name);
    return file.items;
  });

  it('have ids of their own, one right answer, a word on each answer, and sources', () => {
    assert.equal(new Set(items.map(({ id }) => id)).size, items.length);
    for (const { id, concept, options, sources } of items) {
      assert.match(concept, /^[A-Z]+-\d+$/, id);
      assert.equal(options.filter(({ right }) => right).length, 1, id);
      assert.ok(options.length >= 3 && new Set(options.map((option) => option.text)).size === options.length, id);
      for (const { says, misconception } of options) {
        assert.ok(says.length > 10, id);
        // The page says "Right." or "Not so." before it.
        assert.doesNotMatch(says, /^(Yes|No|Right|Correct|Wrong)\b[,.:]/, id);
        assert.match(misconception ?? 'M01', /^M(0[1-9]|[12]\d|30)$/, id);
      }
      assert.ok(sources.length > 0 && sources.every(({ url }) => url.startsWith('https://')), id);
    }
  });

  it('ask the quiz of the lessons in its corrected form', () => {
    for (const id of [
      'socket-is',
      'api-endpoint',
      'what-names-a-connection',
      'max-connections',
      'netstat-established',
      'time-wait-means',
      'ack-number',
    ])
      assert.ok(
        items.some((item) => item.id === id),
        id,
      );
  });
});
