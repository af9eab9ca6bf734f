import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { API_IDS, APIS, CALL_CARDS, type Card, checkCards, ERRNO_CARDS, parseCard } from '../../src/knowledge';
import { DOCS } from './support';

function readCards(): Card[] {
  return readdirSync(DOCS)
    .filter((name) => name.endsWith('.md'))
    .map((name) => parseCard(name.slice(0, -3), readFileSync(join(DOCS, name), 'utf8')));
}

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

  it('state what the lessons had wrong', () => {
    const text = (id: string) => readCards().find((one) => one.id === id)!.body;
    assert.match(text('bind'), /makes no buffer/);
    assert.match(text('bind'), /0–1023 are system ports/);
    assert.match(text('accept'), /connects to nothing/);
    assert.match(text('accept'), /still in LISTEN/);
    assert.match(text('send'), /Success is not delivery/);
    assert.match(text('tcp-states'), /the \*next\* byte expected/);
    assert.match(text('time-wait'), /does not wait for the other side to finish sending/);
    assert.match(text('time-wait'), /closed \*\*first\*\*/);
    assert.match(text('backlog-and-accept-queue'), /Timeouts have not solved SYN floods/);
    assert.match(text('ephemeral-ports'), /`accept` gives no new port/);
    assert.match(text('three-way-handshake'), /The third segment has no SYN/);
    assert.match(text('three-way-handshake'), /Nobody asks for it again/);
    assert.match(text('socket-address'), /does not name a process/);
    assert.match(text('epoll'), /descriptor \*numbers\* must be below 1024/);
    assert.match(text('epoll'), /not asynchronous I\/O/);
    assert.match(text('zero-copy'), /nothing to do with files/);
    assert.match(text('server-patterns'), /not by load/);
    assert.match(text('datagrams'), /65,507/);
    assert.match(text('socket'), /Not `net.createServer\(\)`/);
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
      ['a list that is text', card((lines) => lines.with(6, 'related: all')), /"related" must be a list/],
    ];
    for (const [name, text, message] of bad) it(name, () => assert.throws(() => parseCard('x', text), message));

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
