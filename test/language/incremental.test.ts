import assert from 'node:assert/strict';
import type { AnalysedDocument, Place } from '../../src/language/analysis';
import { JavaScriptSupport } from '../../src/language/javascript';
import { HITS } from './corpus-hits';
import { GRAMMARS, placeAt, unmark } from './support';

const support = new JavaScriptSupport(GRAMMARS);

/** Pieces that a typist, a paste or a broken tool may put in. */
const PIECES = [
  '',
  ';',
  '\n',
  '\r\n',
  '(',
  ')',
  '{',
  '}',
  "'",
  '`',
  '/*',
  '*/',
  '😀',
  'net',
  'const ',
  '.listen(1)',
  'socket => ',
  'server',
  '// x\n',
  '"net"',
  '=',
];

/** A text with the error recovery that gave an empty name. */
const HANGS =
  "import net from 'node:net';\nnet\n;  .createServer()\n}  .on('connection', (s) => s.end())\n  .listen(1);\n{}\nconst net = requir*/e('net');\nnet.createServer();\n{}\nimport net from 'node:net';\nfunction make() { return net.createServer(); }\nmake().listen(1);\n{\"net\"}\nimportconst  net from 'node:net'*/;\nconst s = x ? net.connect(1) : net.connect(2);\ns.write('a');\n{}\nimport net from 'node:net';\nclass A { s = net.createServer(); }\nconst a = new A();\na.s.listen(1);\n{}\nimport net from 'net';\nconst A = (const ) => <div onClick={() => net.connect(1)} />;";

function edit(document: AnalysedDocument, text: string, from: number, to: number, piece: string): string {
  const next = text.slice(0, from) + piece + text.slice(to);
  const start: Place = placeAt(text, from);
  const oldEnd: Place = placeAt(text, to);
  const newEnd: Place = placeAt(next, from + piece.length);
  document.edit({ startIndex: from, oldEndIndex: to, newEndIndex: from + piece.length, start, oldEnd, newEnd }, next);
  return next;
}

describe('analysis that follows edits', () => {
  it('is the same as a fresh one after each of 10,000 random edits', async function () {
    this.timeout(170_000);
    const create = await support.prepare('javascript');
    let seed = 20251120;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 200; round++) {
      let text = Array.from({ length: 6 }, () => unmark(HITS[random(HITS.length)]!.code).text).join('\n{}\n');
      const document = create(text);
      for (let step = 0; step < 50; step++) {
        const from = random(text.length + 1);
        const to = Math.min(text.length, from + (random(3) === 0 ? random(12) : 0));
        const before = text;
        const piece = PIECES[random(PIECES.length)]!;
        text = edit(document, text, from, to, piece);
        const fresh = create(text);
        assert.deepEqual(
          document.calls(),
          fresh.calls(),
          `round ${round}, step ${step}: ${JSON.stringify(piece)} at ${from} of\n${before}`,
        );
        fresh.dispose();
        // Most edits are taken back, so that the text stays a program.
        if (random(3) > 0) text = edit(document, text, from, from + piece.length, before.slice(from, to));
      }
      document.dispose();
    }
  });

  it('finds each call of the corpus again after it was typed letter by letter', async () => {
    const create = await support.prepare('javascript');
    const { text: whole } = unmark(HITS.find(({ name }) => name === 'nested listeners')!.code);
    const document = create('');
    let text = '';
    for (const letter of whole) {
      text = edit(document, text, text.length, text.length, letter);
      document.calls();
    }
    assert.deepEqual(
      document.calls().map(({ api }) => api),
      ['net.createServer', 'socket.on(data)', 'socket.write'],
    );
    document.dispose();
  });

  it('ends on names that the parser puts in where one is missing', async () => {
    // Found by the random edits: such a name is empty, and searching for it never ended.
    const text = HANGS;
    const document = (await support.prepare('javascript'))(text);
    assert.ok(Array.isArray(document.calls()));
    document.dispose();
  });

  it('does nothing for a file without sockets', async () => {
    assert.equal(support.mayHaveCalls("import fs from 'node:fs';\nserver.listen(1);"), false);
    assert.equal(support.mayHaveCalls("import net from 'node:net';"), true);
    assert.equal(support.mayHaveCalls(`'net'${' '.repeat(3_000_000)}`), false);
  });
});
