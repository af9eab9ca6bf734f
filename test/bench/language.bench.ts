/**
 * How long a learner waits for the language server, and what it takes, beside TypeScript's own server on the same files. As in VS Code, ours
 * finds its code compiled from the second start on. Both are processes
 * of their own, spoken to over stdio, in turns. Ours is asked for its lenses, with the text of those in view; TypeScript's for the symbols of the document, which need no
 * types, and hovers, which do. `node dist/test/bench/language.bench.js [ROUNDS]`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { root } from '../support/house';
import { LanguageProcess } from '../support/language-process';

const ROUNDS = Number(process.argv[2] ?? process.env.BENCH_ROUNDS ?? 7);
const HOVERS = 40;

/**
 * What is typed, letter by letter, each in functions of its own: also the moments in which the text is no program. Nothing closes brackets by
 * itself, as some editors do: until the last line of the block is there, the rest of the file stands in it.
 */
const TYPED = [
  { under: /^ {2}const client/, text: '\n  const more = net.connect(9000);' },
  { under: /^ {4}socket\.on/, text: '\n      socket.write(chunk);' },
  { under: /^ {2}client\.write/, text: "\n  if (items.length > 9) {\n    client.end('bye');\n  }" },
];
/** Each text is typed at so many places, spread over the file. */
const PLACES = 2;

const SERVERS = {
  ours: { command: process.execPath, args: [join(root, 'dist', 'server.js'), '--stdio'], about: 'codeLens' },
  TypeScript: { command: join(root, 'node_modules', '.bin', 'tsc'), args: ['--lsp', '--stdio'], about: 'documentSymbol' },
} as const;
type Server = keyof typeof SERVERS;

/** A whole program of about `lines` lines in functions of 18; every `every`-th has a server and a client, the others use ordinary emitters and streams. */
function program(lines: number, every: number): string {
  const out = ["import net from 'node:net';", "import { readFile } from 'node:fs/promises';"];
  for (let i = 0; out.length + 18 <= lines; i++) {
    const makes = i % every === 0 ? 'net' : 'other';
    out.push(
      `export function part${i}(input, options = {}) {`,
      '  const items = input.filter((item) => item.size > 10).map((item) => ({ ...item, label: [item.name, item.size].join() }));',
      `  const server${i} = ${makes}.createServer((socket) => {`,
      "    socket.on('data', (chunk) => {",
      '      if (chunk.length > 100) socket.write(chunk.subarray(0, 100));',
      '      else socket.end(chunk);',
      '    });',
      '  });',
      `  server${i}.listen(${8000 + i}, options.host, () => console.log('listening', server${i}.address()));`,
      `  const client = ${makes}.connect({ port: ${8000 + i}, host: '127.0.0.1' });`,
      "  client.write('hello');",
      '  for (const item of items) {',
      '    if (item.done) continue;',
      '    item.total = item.parts.reduce((sum, part) => sum + part.count * part.price, 0);',
      '  }',
      '  return items.sort((a, b) => a.total - b.total).slice(0, options.limit ?? 10);',
      '}',
      '',
    );
  }
  return out.join('\n');
}

/** TYPED at its places, from the end of the file to its start, so that lines that are still to come stand where they stood. */
function keystrokes(text: string): { line: number; character: number; letter: string }[] {
  const lines = text.split('\n');
  const places = TYPED.flatMap(({ under, text: typed }, which) => {
    const fitting = lines.flatMap((line, at) => (under.test(line) ? [at] : []));
    // Not where another text is typed.
    return Array.from({ length: PLACES }, (_, i) => ({
      at: fitting[Math.floor((fitting.length * (i * TYPED.length + which + 0.5)) / (PLACES * TYPED.length))]!,
      typed,
    }));
  }).sort((a, b) => b.at - a.at);
  return places.flatMap(({ at, typed }) => {
    let line = at;
    let character = lines[at]!.length;
    return [...typed].map((letter) => {
      const key = { line, character, letter };
      if (letter === '\n') line++;
      character = letter === '\n' ? 0 : character + 1;
      return key;
    });
  });
}

/** What one server took on one file, in ms; memory in bytes. */
interface Taken {
  start: number[];
  keys: number[];
  hovers: number[];
  memory: number[];
}

async function once(name: Server, folder: string, file: string, text: string, taken: Taken): Promise<void> {
  const { command, args, about } = SERVERS[name];
  const uri = pathToFileURL(join(folder, file)).href;
  const timed = async (into: number[], action: () => Promise<unknown>) => {
    const began = performance.now();
    await action();
    into.push(performance.now() - began);
  };
  let server!: LanguageProcess;
  await timed(taken.start, async () => {
    server = await LanguageProcess.start(command, args, folder, { NODE_COMPILE_CACHE: join(folder, 'compiled') });
    await server.open(uri, text);
    if ((await server.about(about, uri, 0)) === 0) throw new Error(`${name} says nothing about ${file}`);
  });
  const memory = server.memory();
  if (memory !== null) taken.memory.push(memory);
  for (const { line, character, letter } of keystrokes(text))
    await timed(taken.keys, async () => {
      await server.type(uri, line, character, letter);
      await server.about(about, uri, line);
    });
  for (let i = 0; i < HOVERS; i++)
    await timed(taken.hovers, async () => {
      // The word createServer of a function with sockets: there both have something to say.
      if (!(await server.hover(uri, 4, 26 + (i % 8)))) throw new Error(`${name} says nothing about createServer in ${file}`);
    });
  await server.stop();
}

const at = (sorted: number[], part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
const up = (values: number[]) => [...values].sort((a, b) => a - b);

function row(what: string, key: keyof Taken, all: { [name in Server]: Taken }, goal: string): void {
  const cells = (Object.keys(SERVERS) as Server[]).map((name) => {
    const sorted = up(all[name][key]);
    const shown = [at(sorted, 0), at(sorted, 0.5), at(sorted, 0.95), at(sorted, 1)];
    return (key === 'memory' ? shown.map((value) => (value / 1e6).toFixed(0)) : shown.map((value) => value.toFixed(1))).join(' / ');
  });
  const ratio = at(up(all.ours[key]), 0.5) / at(up(all.TypeScript[key]), 0.5);
  console.log(`${what.padEnd(40)} ${cells[0]!.padEnd(30)} ${cells[1]!.padEnd(32)} ${ratio.toFixed(2).padStart(6)}  ${goal}`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-bench-language-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    console.log(`${ROUNDS} rounds in turns; min / median / p95 / max; ratio of the medians, ours to TypeScript's`);
    console.log(`${''.padEnd(40)} ${'ours'.padEnd(30)} ${'TypeScript'.padEnd(32)}  ratio  goal`);
    for (const lines of [200, 5000])
      for (const every of [1, 20]) {
        const file = `part-${lines}-${every}.js`;
        const text = program(lines, every);
        writeFileSync(join(folder, file), text);
        const empty = (): Taken => ({ start: [], keys: [], hovers: [], memory: [] });
        const all = { ours: empty(), TypeScript: empty() };
        for (let round = 0; round < ROUNDS; round++)
          for (const name of Object.keys(SERVERS) as Server[]) await once(name, folder, file, text, all[name]);
        const where = `${lines} lines, sockets in ${every === 1 ? 'all' : `1 of ${every}`}`;
        row(`${where}: start to answer, ms`, 'start', all, lines === 200 ? '300' : '');
        row(`${where}: key to answer, ms`, 'keys', all, 'p95 15');
        row(`${where}: hover, ms`, 'hovers', all, 'p95 5');
        row(`${where}: memory, MB`, 'memory', all, '90');
      }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
