import assert from 'node:assert/strict';
import type { Parser } from '@vscode/tree-sitter-wasm';
import type { SocketCall } from '../../src/language/analysis';
import { Grammars } from '../../src/language/grammars';
import { aliasesIn, findCalls, mentionsSockets, Placing } from '../../src/language/javascript/calls';
import { IncrementalFinder } from '../../src/language/javascript/incremental';
import { Inference } from '../../src/language/javascript/infer';
import { Names } from '../../src/language/javascript/program-names';
import { Unit } from '../../src/language/javascript/unit';
import { TreeDocument } from '../../src/language/tree-document';
import { GRAMMARS, placeAt } from './support';

const IMPORT = "import net, { connect as dial } from 'node:net';";

/** Statements that know each other: types, writes, uses, aliases, classes, typedefs. */
const STATEMENTS = [
  IMPORT,
  "import net from 'node:net';",
  "import * as net from 'net';",
  "const net = require('net');",
  "const { createServer } = require('net');",
  "import dgram from 'node:dgram';",
  "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  'const server = net.createServer((socket) => {\n  handle(socket);\n});',
  'let server = net.createServer(handle);',
  'var server = null;',
  'server = net.createServer();',
  'server = other();',
  'server.listen(8080);',
  'server.listen(options);',
  "const options = { port: 8080, host: '::1' };",
  'options.port = 9000;',
  'options = null;',
  "server.on('connection', (s) => s.write('hi'));",
  "function handle(socket) {\n  socket.on('data', (chunk) => socket.write(chunk));\n}",
  "function handle(socket, more) {\n  more.end('bye');\n  return socket;\n}",
  'const handle = (socket) => socket.end();',
  'handle(net.connect(1));',
  'handle(4);',
  'const back = handle(net.connect(2));\nback.destroy();',
  'function make() {\n  return net.createServer();\n}',
  'const made = make();\nmade.listen(1);',
  'async function later() {\n  const net = null;\n  net.connect(1);\n}',
  'dial(8080).end();',
  'const call = dial;\ncall(1).write("x");',
  'const { connect: dial } = net;',
  'class Base extends net.Server {\n  go() {\n    this.listen(1);\n  }\n}',
  'class Own extends Base {\n  stop() {\n    this.close();\n  }\n}',
  'const own = new Own();\nown.listen(3);\nown.close();',
  'class Holder {\n  constructor(s) {\n    this.s = s;\n    this.c = net.connect(1);\n  }\n  send() {\n    this.c.write("a");\n    this.s.write("b");\n  }\n}',
  'const holder = new Holder(net.connect(4));\nholder.c.end();',
  'const state = {};\nstate.socket = net.connect(5);',
  'state.socket.write("x");',
  'state.socket = 7;',
  'if (options) {\n  var server = net.createServer();\n}',
  '/** @typedef {import("node:net").Socket} Sock */',
  '/** @typedef {import("node:net").Server} Sock */',
  '/** @param {Sock} s */\nfunction typed(s) {\n  s.write("x");\n}',
  '/** @type {net.Server | null} */\nlet kept = null;\nkept.listen(5);',
  "const udp = dgram.createSocket('udp4');",
  "udp.bind(5000);\nudp.send('x', 1);",
  'const a = b;',
  'const b = a;\nb.write("x");',
  'function ping(s) {\n  pong(s);\n}',
  'function pong(s) {\n  ping(s);\n  s.write("x");\n}',
  'ping(net.connect(1));',
  'export const one = 1;',
  'for (const s of [1]) {\n  net.connect(s);\n}',
  'console.log(server)',
  '(server).close()',
  '[1].forEach(() => net.connect(1))',
  '// a remark',
  `\`text \${net.connect(1)}\`;`,
];

/** Pieces that join and split statements, or leave them broken. */
const PIECES = [
  '',
  '',
  ' ',
  '\n',
  ';',
  '{',
  '}',
  '(',
  ')',
  '`',
  "'",
  '/*',
  '*/',
  '// ',
  'x',
  '.end()',
  'net',
  'server',
  'socket',
  'else ',
  '=> ',
  'await ',
];

const NAMES = ['net', 'server', 'socket', 'handle', 'dial', 'own', 'state', 'options', 'make', 's', 'Sock', 'udp', 'a', 'b'];

function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return Math.floor(state / 8) % below;
  };
}

describe('analysis by units', function () {
  this.timeout(170_000);
  let create: () => Parser;
  let reader: Parser;

  before(async () => {
    create = await new Grammars(GRAMMARS).parser('javascript');
    reader = create();
  });

  class Edited {
    readonly finder = new IncrementalFinder(create());
    readonly document: TreeDocument;

    /** `largestFresh` 0: as in a long file. */
    constructor(
      public text: string,
      largestFresh = 0,
    ) {
      this.document = new TreeDocument(create(), text, mentionsSockets, this.finder, largestFresh);
    }

    edit(from: number, to: number, piece: string): void {
      const before = this.text;
      this.text = before.slice(0, from) + piece + before.slice(to);
      const newEndIndex = from + piece.length;
      const [start, oldEnd, newEnd] = [placeAt(before, from), placeAt(before, to), placeAt(this.text, newEndIndex)];
      this.document.edit({ startIndex: from, oldEndIndex: to, newEndIndex, start, oldEnd, newEnd }, this.text);
    }

    replace(what: string, by: string): void {
      const at = this.text.indexOf(what);
      assert.ok(at >= 0, what);
      this.edit(at, at + what.length, by);
    }

    /** Edits only what is different. */
    become(text: string): void {
      const before = this.text;
      let first = 0;
      while (first < before.length && before[first] === text[first]) first++;
      let last = 0;
      while (last < Math.min(before.length, text.length) - first && before.at(-1 - last) === text.at(-1 - last)) last++;
      this.edit(first, before.length - last, text.slice(first, text.length - last));
    }

    /** How many units are looked through for the next answer. */
    evaluated(): number {
      const before = this.finder.evaluations;
      this.document.calls();
      return this.finder.evaluations - before;
    }
  }

  function fresh(text: string): readonly SocketCall[] {
    const document = new Edited(text).document;
    const calls = document.calls();
    document.dispose();
    return calls;
  }

  /** The whole text as one unit: nothing is put together. */
  function asOne(text: string): SocketCall[] {
    const tree = reader.parse(text)!;
    const unit = new Unit(text, () => tree);
    const names = new Names([unit]);
    names.parsed(unit, tree);
    const placing = new Placing();
    const calls = findCalls(new Inference(names, unit), aliasesIn([unit])).map((call) => placing.place(call, unit));
    unit.dispose();
    return calls;
  }

  const isProgram = (text: string): boolean => {
    const tree = reader.parse(text)!;
    const { hasError } = tree.rootNode;
    tree.delete();
    return !hasError;
  };

  it('is the same as a fresh one after each of 10,000 random edits of statements that depend on each other', () => {
    const random = randomFrom(20261130);
    const pick = <T>(all: readonly T[]): T => all[random(all.length)]!;
    let programs = 0;
    let calls = 0;
    for (let round = 0; round < 200; round++) {
      const edited = new Edited([IMPORT, ...Array.from({ length: 9 }, () => pick(STATEMENTS))].join('\n'));
      let good = edited.text;
      for (let step = 0; step < 50; step++) {
        const before = edited.text;
        // Several cursors at times.
        for (let cursors = random(4) === 0 ? 3 : 1; cursors > 0; cursors--) {
          const { text } = edited;
          const lines = text.split('\n');
          const line = random(lines.length);
          const start = lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0);
          const kind = random(6);
          if (kind === 0) edited.edit(start, start, `${pick(STATEMENTS)}\n`);
          else if (kind === 1) edited.edit(start, Math.min(text.length, start + lines[line]!.length + 1), '');
          else if (kind === 2) {
            const words = [...text.matchAll(/\b[A-Za-z]+\b/g)].filter(([word]) => NAMES.includes(word));
            const word = words.length ? pick(words) : null;
            if (word) edited.edit(word.index, word.index + word[0].length, pick(NAMES));
          } else {
            const from = random(text.length + 1);
            edited.edit(from, Math.min(text.length, from + (random(3) === 0 ? random(12) : 0)), pick(PIECES));
          }
        }
        const says = `round ${round}, step ${step}:\n${before}\n---\n${edited.text}`;
        const now = fresh(edited.text);
        const whole = isProgram(edited.text);
        if (mentionsSockets(edited.text) && whole) {
          programs++;
          calls += now.length;
          assert.deepEqual(edited.document.calls(), now, says);
          if (random(3) === 0) assert.deepEqual(now, asOne(edited.text), says);
        } else if (random(2) === 0) assert.deepEqual(edited.document.settle().calls, now, says);
        else edited.document.calls();
        // A text that is broken stays so for some edits, and is mended then.
        if (whole) good = edited.text;
        else if (random(3) === 0) edited.become(good);
      }
      assert.deepEqual(edited.document.settle().calls, fresh(edited.text));
      edited.document.dispose();
    }
    assert.ok(programs > 1500 && calls > programs, `${programs} programs with ${calls} calls`);
  });

  const PROGRAM = [
    "import net from 'node:net';",
    'function one(socket) {\n  socket.write("a");\n}',
    'function two() {\n  const server = net.createServer();\n  server.listen(1);\n}',
    'function three() {\n  return net.connect(1);\n}',
    'one(net.connect(2));',
    'const four = three();\nfour.end();',
  ].join('\n');

  it('looks through the statement that was changed, and through no other', () => {
    const edited = new Edited(PROGRAM);
    assert.equal(edited.evaluated(), 7);
    edited.replace('server.listen(1);', 'server.listen(12);\n  const more = net.connect(3);');
    assert.equal(edited.evaluated(), 1);
    edited.replace("import net from 'node:net';", "import net from 'node:net';\n// a remark\n");
    assert.equal(edited.evaluated(), 1, 'the statement under the remark');
    assert.deepEqual(edited.document.calls(), fresh(edited.text));
  });

  it('looks again through those that got other answers', () => {
    const edited = new Edited(PROGRAM);
    edited.document.calls();
    // The use of `one` is what its parameter is known from, and `one` is that statement's own business.
    edited.replace('one(net.connect(2));', 'one(7);');
    assert.equal(edited.evaluated(), 2);
    assert.deepEqual(edited.document.calls(), fresh(edited.text));
    // What `three` returns is what `four` is.
    edited.replace('return net.connect(1);', 'return 1;');
    assert.equal(edited.evaluated(), 2);
    assert.deepEqual(edited.document.calls(), fresh(edited.text));
    // A write somewhere else.
    edited.edit(edited.text.length, edited.text.length, '\nthree = null;');
    assert.ok(edited.evaluated() >= 2);
    assert.deepEqual(edited.document.calls(), fresh(edited.text));
    // The module itself.
    edited.replace('import net from', 'import other from');
    assert.ok(edited.evaluated() >= 2);
    assert.deepEqual(edited.document.calls(), fresh(edited.text));
  });

  it('keeps the rest of the file while a block is not closed yet, and while a string is open', () => {
    const edited = new Edited(PROGRAM.replace('one(net', 'var none = one(net').replace('four.end', 'if (four) four.end'));
    edited.document.calls();
    const all = edited.document.calls().length;
    let more = 0;
    let at = edited.text.indexOf('server.listen(1);');
    for (const letter of "if (x) {\n net.connect('a'") {
      edited.edit(at, at, letter);
      at++;
      more += edited.evaluated() > 1 ? 1 : 0;
      assert.ok(edited.document.calls().length >= all - 1, JSON.stringify(letter));
    }
    assert.ok(more <= 2, `${more} keys cost more than their own statement`);
    edited.edit(at, at, '); }');
    edited.document.calls();
    assert.deepEqual(edited.document.calls(), fresh(edited.text));
    assert.equal(edited.document.calls().length, all + 1);
  });

  it('claims nothing of lines at the left margin of a template or a comment that is open', () => {
    const text = "import net from 'node:net';\nconst a = `\nconst c = net.connect(1);\nfunction f( {\n";
    assert.deepEqual(fresh(text), asOne(text));
    const comment = "import net from 'node:net';\nfunction f( {\n/*\nconst c = net.connect(1);\n";
    assert.deepEqual(fresh(comment), asOne(comment));
    // Nothing is indented, so the next lines may well be the function's own, and `net` its parameter.
    const margin = "import net from 'node:net';\nfunction f(net) {\nconst c = net.connect(1);\nlet d = 1;\n";
    assert.deepEqual(fresh(margin), asOne(margin));
    assert.deepEqual(fresh(margin.replace('(net)', '(x)')).length, 1);
  });
});
