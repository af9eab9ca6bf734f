import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  API_IDS,
  APIS,
  CALL_CARDS,
  type Card,
  checkCards,
  ERRNO_CARDS,
  errorCards,
  MESSAGE_CARDS,
  parseCard,
  searchCards,
} from '../../src/knowledge';
import { INVENTORY, NEVER } from './inventory';
import { DOCS } from './support';

function readCards(): Card[] {
  return readdirSync(DOCS)
    .filter((name) => name.endsWith('.md'))
    .map((name) => parseCard(name.slice(0, -3), readFileSync(join(DOCS, name), 'utf8')));
}

/** Those in files, and those of error codes. */
const allCards = (): Card[] => [...readCards(), ...errorCards(readCards())];

const HEAD = [
  '<!--',
  'id: x',
  'title: X',
  'kind: call',
  'sources:',
  '  - [a](https://a.example/)',
  'related:',
  'see-in-timeline: there',
  '-->',
];
const card = (change: (lines: string[]) => string[] = (lines) => lines, body = '# X'): string => [...change([...HEAD]), body].join('\n');

describe('cards', () => {
  it('are valid, linked and sourced', () => {
    assert.deepEqual(checkCards(readCards()), []);
  });

  it('exist for every call and for every API a hover explains', () => {
    const ids = new Set(readCards().map(({ id }) => id));
    for (const id of [...CALL_CARDS, ...API_IDS.map((api) => APIS[api].card)]) assert.ok(ids.has(id), id);
  });

  it('of calls show a prototype and say where the mapping was checked', () => {
    for (const { id, kind, body } of readCards()) {
      if (kind !== 'call') continue;
      assert.match(body, /```c\n\w.*\(/, id);
      assert.match(body, /Mapping checked on Linux/, id);
      assert.match(body, /## Errors/, id);
    }
  });

  it('explain every concept of the lessons, and name none that is not there', () => {
    assert.deepEqual(
      readCards()
        .flatMap(({ covers }) => covers)
        .filter((id) => !INVENTORY.some((concept) => concept.id === id)),
      [],
    );
    const covered = new Set(readCards().flatMap(({ covers }) => covers));
    assert.deepEqual(
      INVENTORY.map(({ id }) => id).filter((id) => !covered.has(id)),
      [],
    );
  });

  describe('put right what the lessons have wrong or leave out', () => {
    const cards = new Map(readCards().map((one) => [one.id, one]));
    for (const { id, verdict, must } of INVENTORY) {
      if (verdict === 'OK') continue;
      it(`${id} (${verdict})`, () => {
        assert.ok(must.length > 0, 'nothing is demanded');
        for (const { card: where, words } of must) {
          const found = cards.get(where)!;
          assert.ok(found.covers.includes(id), `${where} does not say that it covers ${id}`);
          assert.ok(found.body.includes(words), `${where}: ${words}`);
        }
      });
    }
  });

  it('never say what is wrong in the lessons or in advice that goes round', () => {
    for (const { id, body } of allCards()) for (const phrase of NEVER) assert.doesNotMatch(body, phrase, id);
  });

  it('read in about a minute or two, and use no dash as an ornament', () => {
    for (const { id, body } of readCards()) {
      const words = body
        .split('\n---\n')[0]!
        .replaceAll(/\]\([^)]*\)/g, ']')
        .split(/\s+/).length;
      assert.ok(words <= 480, `${id}: ${words} words`);
      assert.doesNotMatch(body, / [–—] /, id);
    }
  });

  it('are there for each error code, made from one table', () => {
    const cards = allCards();
    assert.deepEqual(checkCards(cards), []);
    for (const code of [...ERRNO_CARDS.keys(), ...MESSAGE_CARDS.keys()]) {
      const found = cards.find(({ id }) => id === code)!;
      assert.equal(found.kind, 'error');
      assert.match(found.body, /First question\*\*: .+\?/, code);
      assert.match(found.body, /\*\*What to do\*\*: /, code);
    }
  });

  it('are found by a message as it was printed', () => {
    const cards = allCards();
    const first = (text: string) => searchCards(cards, text)[0]?.id;
    assert.equal(first('Error: listen EADDRINUSE: address already in use :::3000'), 'EADDRINUSE');
    assert.equal(first('Error: socket hang up'), 'socket hang up');
    assert.equal(first('SyntaxError: Unexpected end of JSON input'), 'Unexpected end of JSON input');
    assert.equal(
      first('Unexpected non-whitespace character after JSON at position 7 (line 1 column 8)'),
      'Unexpected non-whitespace character after JSON',
    );
    assert.equal(
      first("AggregateError [ECONNREFUSED]: \n    at internalConnectMultiple (node:net:1122:18) { code: 'ECONNREFUSED'"),
      'AggregateError',
    );
    assert.equal(first('Error: EADDRINUSEFUL nonsense'), undefined);
  });

  it('name a step that the sample or a run can have', () => {
    const states = /^(LISTEN|SYN_SENT|ESTABLISHED|TIME_WAIT)$/;
    for (const { id, step } of readCards()) {
      if (!step) continue;
      if (step.field === 'state') assert.match(step.value, states, id);
      if (step.field === 'api') assert.ok((API_IDS as readonly string[]).includes(step.value), `${id}: ${step.value}`);
      if (step.field === 'call') assert.match(step.value, /^[a-z]+$/, id);
    }
  });

  it('every error that a hover names is explained', () => {
    for (const api of API_IDS) for (const code of APIS[api].errors) assert.ok(ERRNO_CARDS.has(code), `${api}: ${code}`);
  });

  describe('bad ones are named', () => {
    const bad: [string, string, RegExp][] = [
      ['no front matter', '# X', /card x: no front matter/],
      ['another id', card((lines) => lines.with(1, 'id: y')), /card x: its id says "y"/],
      ['unknown key', card((lines) => lines.with(2, 'titel: X')), /unknown key "titel"/],
      ['no title', card((lines) => lines.toSpliced(2, 1)), /"title" is missing/],
      ['a key twice', card((lines) => lines.toSpliced(2, 0, 'title: Y')), /"title" is there twice/],
      ['another kind', card((lines) => lines.with(3, 'kind: poem')), /kind must be call or concept/],
      ['a step of another kind', card((lines) => lines.toSpliced(3, 0, 'step: thing x')), /"step" must be call, api or state/],
      ['a list that is text', card((lines) => lines.with(6, 'related: all')), /"related" must be a list/],
    ];
    for (const [name, text, message] of bad) it(name, () => assert.throws(() => parseCard('x', text), message));

    it('links to hosts and pages that are no sources', () => {
      const problem = (address: string) =>
        checkCards([
          parseCard(
            'x',
            card((lines) => lines.with(5, `  - [a](${address})`)),
          ),
        ]).join();
      assert.match(problem('https://a.example/'), /"a.example" is not on the list of sources/);
      assert.match(problem('https://man7.org/linux/man-pages/man2/bind.3.html'), /does not look like a page of man7.org/);
      assert.match(problem('https://www.rfc-editor.org/rfc/rfc9293.txt'), /does not look like a page of/);
      assert.doesNotMatch(problem('https://www.rfc-editor.org/rfc/rfc9293#section-3.1'), /does not look|not on the list/);
    });

    it('no source, dead link, unknown relative, twice the same', () => {
      const one = parseCard(
        'x',
        card((lines) => lines.toSpliced(5, 1).with(5, 'related:').toSpliced(6, 0, '  - nowhere'), '# X\n[a](gone.md)'),
      );
      const problems = checkCards([one, one]).join('\n');
      for (const expected of [
        'used twice',
        'no source',
        'it must end with',
        'related card "nowhere" does not exist',
        'dead link "gone.md"',
      ]) {
        assert.ok(problems.includes(expected), `${expected} in\n${problems}`);
      }
    });
  });
});
