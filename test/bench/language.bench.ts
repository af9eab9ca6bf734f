/** How long a learner waits for lenses: first answer, after a key, hover. Prints one line each: min, median, p95, max in ms. */
import { performance } from 'node:perf_hooks';
import { TestClient } from '../language/lsp-client';

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

function report(name: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!.toFixed(1);
  console.log(`${name.padEnd(72)} min ${at(0)}  median ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)} ms`);
}

async function measure(lines: number, every: number): Promise<void> {
  const name = `${lines} lines, sockets in ${every === 1 ? 'every function' : `1 of ${every} functions`}`;
  const text = program(lines, every);
  const first: number[] = [];
  const keys: number[] = [];
  const hovers: number[] = [];
  for (let round = 0; round < 5; round++) {
    const client = await TestClient.start();
    const uri = 'file:///bench.js';
    let began = performance.now();
    await client.open(uri, text);
    const lenses = await client.lenses(uri);
    first.push(performance.now() - began);
    if (lenses.length < lines / 20 / every) throw new Error(`only ${lenses.length} lenses`);
    for (let key = 0; key < 60; key++) {
      const line = 10 + ((key * 37) % (lines - 20));
      began = performance.now();
      await client.change(uri, { range: { start: { line, character: 0 }, end: { line, character: 0 } }, text: ' ' });
      await client.lenses(uri);
      keys.push(performance.now() - began);
    }
    for (let i = 0; i < 40; i++) {
      began = performance.now();
      await client.hover(uri, 4 + 18 * i, 24);
      hovers.push(performance.now() - began);
    }
    await client.stop();
  }
  report(`${name}: open to first lenses`, first);
  report(`${name}: key to lenses`, keys);
  report(`${name}: hover`, hovers);
}

async function main(): Promise<void> {
  for (const lines of [200, 2000, 5000]) for (const every of [1, 20]) await measure(lines, every);
  console.log(`memory of the process: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
