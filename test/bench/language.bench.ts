/**
 * How long a learner waits for the language server, and what it takes, beside TypeScript's own server on the same files. Both are processes
 * of their own, spoken to over stdio, in turns. Ours is asked for its lenses; TypeScript's for the symbols of the document, which need no
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
const KEYS = 60;
const HOVERS = 40;

const SERVERS = {
  ours: { command: process.execPath, args: [join(root, 'dist', 'server.js'), '--stdio'], about: 'codeLens' },
  TypeScript: { command: join(root, 'node_modules', '.bin', 'tsc'), args: ['--lsp', '--stdio'], about: 'documentSymbol' },
} as const;
type Server = keyof typeof SERVERS;

/** A program of `lines` lines in functions of 18; every `every`-th has a server and a client, the others use ordinary emitters and streams. */
function program(lines: number, every: number): string {
  const out = ["import net from 'node:net';", "import { readFile } from 'node:fs/promises';"];
  for (let i = 0; out.length < lines; i++) {
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
  return out.slice(0, lines).join('\n');
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
  const lines = text.split('\n').length;
  const uri = pathToFileURL(join(folder, file)).href;
  const timed = async (into: number[], action: () => Promise<unknown>) => {
    const began = performance.now();
    await action();
    into.push(performance.now() - began);
  };
  let server!: LanguageProcess;
  await timed(taken.start, async () => {
    server = await LanguageProcess.start(command, args, folder);
    await server.open(uri, text);
    if ((await server.about(about, uri)) === 0) throw new Error(`${name} says nothing about ${file}`);
  });
  const memory = server.memory();
  if (memory !== null) taken.memory.push(memory);
  for (let key = 0; key < KEYS; key++)
    await timed(taken.keys, async () => {
      await server.type(uri, 10 + ((key * 37) % (lines - 20)), ' ');
      await server.about(about, uri);
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
