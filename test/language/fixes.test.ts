import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RuleId } from '../../src/knowledge/rules';
import type { CodeFix, Found } from '../../src/language/analysis';
import { JavaScriptSupport } from '../../src/language/javascript';
import { RULE_CASES } from './rules-corpus';
import { GRAMMARS, unmark } from './support';

const support = new JavaScriptSupport(GRAMMARS);

async function look<T>(text: string, use: (found: Found) => T): Promise<T> {
  const document = (await support.prepare('javascript'))(text);
  try {
    return use(document.look());
  } finally {
    document.dispose();
  }
}

function apply(text: string, { edits }: CodeFix): string {
  return [...edits]
    .sort((a, b) => b.from - a.from)
    .reduce((now, { from, to, text: piece }) => now.slice(0, from) + piece + now.slice(to), text);
}

/** The text after the fix whose title matches; fails when it is not offered. */
async function fixed(text: string, title: RegExp): Promise<string> {
  const fixes = await look(text, ({ insight }) => insight!.fixes(0, text.length));
  const fix = fixes.find((each) => title.test(each.title));
  assert.ok(fix, `${title} in ${fixes.map((each) => each.title).join(' | ')}\n${text}`);
  return apply(text, fix);
}

/** Rules of which a fix is promised for every place of the corpus, and those of which for some. */
const ALWAYS: readonly RuleId[] = ['cleanup-on-end', 'timeout-leaves-open', 'chunk-to-text', 'answer-after-end', 'aggregate-error'];
const SOMETIMES: readonly RuleId[] = [
  'no-error-listener',
  'chunk-as-message',
  'ignored-backpressure',
  'pipe-without-errors',
  'no-limit',
  'shared-state',
  'try-around-async',
];

describe('fixes', function () {
  this.timeout(30_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-fixes-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const rule of [...ALWAYS, ...SOMETIMES]) {
    it(`settle ${rule}, and what they make parses`, async () => {
      let offered = 0;
      const made: string[] = [];
      for (const code of RULE_CASES[rule]!.hits) {
        const { text } = unmark(code);
        const fixes = (await look(text, ({ insight }) => insight!.fixes(0, text.length))).filter((fix) => fix.rule === rule);
        if (fixes.length) offered++;
        else assert.ok(!ALWAYS.includes(rule), text);
        for (const fix of fixes) {
          const result = apply(text, fix);
          const before = await look(text, ({ insight }) => insight!.remarks()!.filter((remark) => remark.rule === rule).length);
          const after = await look(result, ({ insight }) => insight!.remarks());
          assert.ok(after, `${fix.title}: no program\n${result}`);
          assert.ok(after.filter((remark) => remark.rule === rule).length < before, `${fix.title}: still said\n${result}`);
          made.push(result);
        }
      }
      assert.ok(offered > 0);
      for (const [index, text] of made.entries()) {
        const file = join(folder, `${rule}-${index}.mjs`);
        writeFileSync(file, text);
        const { status, stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
        assert.equal(status, 0, `${stderr}\n${text}`);
      }
    });
  }

  it('keep the style of the file: ESM, arrows, single quotes, semicolons', async () => {
    const text =
      "import net from 'node:net';\n\nconst server = net.createServer((socket) => {\n  socket.write('hi');\n});\nserver.listen(1);\n";
    assert.equal(
      await fixed(text, /Add an 'error' listener/),
      text.replace("  socket.write('hi');", "  socket.on('error', (error) => console.error(error.code));\n  socket.write('hi');"),
    );
    assert.match(
      await fixed(text, /EADDRINUSE/),
      /^server\.on\('error', \(error\) => \{\n {2}if \(error\.code !== 'EADDRINUSE'\) throw error;\n/m,
    );
  });

  it('keep the style of the file: CommonJS, functions, double quotes, no semicolons, tabs, CRLF', async () => {
    const text =
      'const net = require("net")\r\n\r\nconst server = net.createServer(function (socket) {\r\n\tsocket.on("error", function (e) { console.log(e) })\r\n\tsocket.on("data", function (d) {\r\n\t\tconsole.log(JSON.parse(d))\r\n\t})\r\n})\r\nserver.listen(1)\r\n';
    const result = await fixed(text, /by newline/);
    assert.ok(!/[^\r]\n/.test(result.replace(/\r\n/g, '\r\n')), 'one kind of line end');
    assert.match(
      result,
      /\r\n\tlet rest = ""\r\n\tsocket\.setEncoding\("utf8"\)\r\n\tsocket\.on\("data", function \(text\) \{\r\n\t\trest \+= text\r\n/,
    );
    assert.doesNotMatch(result, /;|'/);
    assert.match(
      await fixed(text.replace('console.log(JSON.parse(d))', ''), /EADDRINUSE/),
      /server\.on\("error", function \(error\) \{\r\n\tif \(/,
    );
  });

  it('import what they need once, in the way of the file', async () => {
    const esm =
      "import net from 'node:net';\nimport { once } from 'node:events';\nconst s = net.connect(1, '127.0.0.1');\ns.on('error', f);\nfor (let i = 0; i < 5000; i++) s.write(x);\n";
    assert.equal((await fixed(esm, /drain/)).match(/node:events/g)!.length, 1);
    const cjs =
      "const net = require('net');\nconst fs = require('fs');\nnet.createServer((s) => {\n  s.on('error', f);\n  fs.createReadStream('x').pipe(s);\n}).listen(1);\n";
    const piped = await fixed(cjs, /pipeline/);
    assert.match(piped, /^const net = require\('net'\);\nconst \{ pipeline \} = require\('stream'\);\n/);
    assert.match(
      piped,
      / {2}pipeline\(fs\.createReadStream\('x'\), s, \(error\) => \{\n {4}if \(error\) console\.error\(error\.code\);\n {2}\}\);\n/,
    );
  });

  /** Runs a server that prints its port, and talks to it. */
  async function talk(text: string, use: (port: number) => Promise<void>): Promise<void> {
    const file = join(folder, `run-${Math.abs(text.length)}.mjs`);
    writeFileSync(file, text);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr!.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    try {
      const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
      await use(Number(line));
      assert.equal(child.exitCode, null, `the server is alive; ${errors}`);
    } finally {
      child.kill();
    }
  }

  /** Sends the pieces, each after the answer of the server to the one before was seen or nothing is to be waited for; gives what came until the end. */
  async function converse(port: number, pieces: readonly (string | Buffer)[]): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.setNoDelay(true);
    await once(socket, 'connect');
    for (const piece of pieces) await new Promise<void>((done) => socket.write(piece, () => done()));
    socket.end();
    await once(socket, 'close');
    return answer;
  }

  const PORT = "server.listen(0, '127.0.0.1', () => console.log(server.address().port));\n";
  const JSON_SERVER = `import net from 'node:net';\nconst server = net.createServer((socket) => {\n  socket.on('error', () => {});\n  socket.on('data', (d) => {\n    const { n } = JSON.parse(d);\n    socket.write(String(n + 1) + ' ');\n  });\n});\n${PORT}`;

  it('framed by newline: several in one chunk, one in several', async () => {
    await talk(await fixed(JSON_SERVER, /by newline/), async (port) => {
      assert.equal(await converse(port, ['{"n":1}\n{"n":2}\n{"n"', ':3}', '\n']), '2 3 4 ');
    });
  });

  it('framed by length: several in one chunk, a header in pieces', async () => {
    await talk(await fixed(JSON_SERVER, /length before/), async (port) => {
      const frame = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
      const all = Buffer.concat([frame('{"n":1}'), frame('{"n":22}'), frame('{"n":3}')]);
      assert.equal(await converse(port, [all.subarray(0, 20), all.subarray(20, 25), all.subarray(25)]), '2 23 4 ');
    });
  });

  it('a server with an error listener survives a reset', async () => {
    const text = `import net from 'node:net';\nconst server = net.createServer((socket) => {\n  socket.write('hi');\n});\n${PORT}`;
    await talk(await fixed(text, /Add an 'error' listener/), async (port) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'data');
      socket.resetAndDestroy();
      assert.equal(await converse(port, []), 'hi');
    });
  });

  it('allowHalfOpen: the late answer arrives', async () => {
    const text = `import net from 'node:net';\nconst server = net.createServer((socket) => {\n  socket.on('error', () => {});\n  socket.resume();\n  socket.on('end', () => setTimeout(() => socket.end('late'), 20));\n});\n${PORT}`;
    await talk(await fixed(text, /allowHalfOpen/), async (port) => assert.equal(await converse(port, ['x']), 'late'));
  });

  it('destroy on timeout: the silent client is closed', async () => {
    const text = `import net from 'node:net';\nconst server = net.createServer((socket) => {\n  socket.on('error', () => {});\n  socket.resume();\n  socket.setTimeout(20, () => console.log('idle'));\n});\n${PORT}`;
    await talk(await fixed(text, /time is up/), async (port) => {
      const socket = connect(port, '127.0.0.1').resume();
      await once(socket, 'close');
    });
  });

  it('state of its own for each connection', async () => {
    const text = `import net from 'node:net';\nlet text = '';\nconst server = net.createServer({ allowHalfOpen: true }, (socket) => {\n  socket.on('error', () => {});\n  socket.setEncoding('utf8');\n  socket.on('data', (d) => {\n    text += d;\n    if (text.length > 99) socket.destroy();\n  });\n  socket.on('end', () => socket.end(text));\n});\n${PORT}`;
    await talk(await fixed(text, /of its own/), async (port) => {
      assert.deepEqual(await Promise.all([converse(port, ['a', 'b']), converse(port, ['c'])]), ['ab', 'c']);
    });
  });

  it('pipeline: the file arrives, and one that is not there ends the connection and not the server', async () => {
    writeFileSync(join(folder, 'there.txt'), 'all of it');
    const text = `import fs from 'node:fs';\nimport net from 'node:net';\nlet name = ${JSON.stringify(join(folder, 'missing.txt'))};\nconst server = net.createServer((socket) => {\n  socket.on('error', () => {});\n  fs.createReadStream(name).pipe(socket);\n  name = ${JSON.stringify(join(folder, 'there.txt'))};\n});\n${PORT}`;
    await talk(await fixed(text, /pipeline/), async (port) => {
      const first = connect(port, '127.0.0.1').on('error', () => {});
      await once(first.resume(), 'close');
      // This side stays open until the file is here.
      let answer = '';
      const second = connect(port, '127.0.0.1').on('data', (d) => {
        answer += d;
      });
      await once(second, 'close');
      assert.equal(answer, 'all of it');
    });
  });

  for (const way of [/StringDecoder/, /setEncoding/]) {
    it(`a character in two chunks is one character: ${way.source}`, async () => {
      const text = `import net from 'node:net';\nconst server = net.createServer({ allowHalfOpen: true }, (socket) => {\n  socket.on('error', () => {});\n  let text = '';\n  socket.on('data', (d) => {\n    text += d.toString();\n    if (text.length > 99) socket.destroy();\n    socket.write('.');\n  });\n  socket.on('end', () => socket.end(text));\n});\n${PORT}`;
      await talk(await fixed(text, way), async (port) => {
        const socket = connect(port, '127.0.0.1');
        let answer = '';
        socket.on('data', (d) => {
          answer += d;
        });
        // The second half only when the server has said that it has read the first.
        socket.write(Buffer.from('né').subarray(0, 2));
        await once(socket, 'data');
        socket.write(Buffer.from('é').subarray(1));
        await once(socket, 'data');
        socket.end();
        await once(socket, 'close');
        assert.equal(answer.replace(/[.]/g, ''), 'né');
      });
    });
  }

  it('the errors of an AggregateError: each address is named', async () => {
    const text =
      "import net from 'node:net';\nconst all = [{ address: '127.0.0.2', family: 4 }, { address: '127.0.0.3', family: 4 }];\nconst socket = net.connect({ host: 'two.example', port: 1, lookup: (_name, _options, done) => done(null, all) });\nsocket.on('error', (error) => console.log(error.message));\n";
    const file = join(folder, 'aggregate.mjs');
    writeFileSync(file, await fixed(text, /err\.errors/));
    const { stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    assert.equal(stdout.trim(), 'connect ECONNREFUSED 127.0.0.2:1, connect ECONNREFUSED 127.0.0.3:1');
  });

  it("cleanup on 'close': a connection that was reset is forgotten, too", async () => {
    const text = `import net from 'node:net';\nconst all = new Set();\nconst server = net.createServer((socket) => {\n  all.add(socket);\n  socket.on('error', () => {});\n  socket.on('end', () => all.delete(socket));\n  socket.write(String(all.size));\n  socket.resume();\n});\n${PORT}`;
    await talk(await fixed(text, /'close'/), async (port) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'data');
      socket.resetAndDestroy();
      // The server may accept the next one before it learns of the reset.
      const until = Date.now() + 5000;
      let open = '';
      do open = await converse(port, []);
      while (open !== '1' && Date.now() < until);
      assert.equal(open, '1');
    });
  });

  it("waiting for 'drain' sends everything, and a port in use is explained", async () => {
    const sender = `import net from 'node:net';\nconst server = net.createServer((socket) => {\n  socket.on('error', () => {});\n  const send = () => {\n    for (let i = 0; i < 2000; i++) socket.write('x'.repeat(1000));\n    socket.end();\n  };\n  send();\n});\n${PORT}`;
    await talk(await fixed(sender, /drain/), async (port) => {
      assert.equal((await converse(port, [])).length, 2_000_000);
      const second = join(folder, 'second.mjs');
      writeFileSync(
        second,
        await fixed(
          `import net from 'node:net';\nconst server = net.createServer((s) => s.end('x'));\nserver.listen(${port}, '127.0.0.1');\n`,
          /EADDRINUSE/,
        ),
      );
      const { status, stderr } = spawnSync(process.execPath, [second], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.equal(stderr.trim(), `Port ${port} is in use. Stop the other program or choose another port.`);
    });
  });
});
