// `npm run bench [-- NAME...]`: runs test/bench/*.bench.ts one after the other; each prints its own figures. No part of the tests:
// figures depend on the machine, so nothing here passes or fails except a benchmark that crashes.
import { createWriteStream, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.mjs';
import { resultsFolder, root } from './lib/paths.mjs';
import { environment, run, stopAllOnSignals } from './lib/processes.mjs';
import { bold, main, Problem, say, since } from './lib/say.mjs';
import { setUp } from './setup.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const ENDING = '.bench.js';

async function bench() {
  stopAllOnSignals();
  await setUp();
  await ensureSystemPackages(['probe', 'webview']);
  await buildIfNeeded({ tests: true });
  const folder = join(root, 'dist', 'test', 'bench');
  const sources = existsSync(join(root, 'test', 'bench')) ? readdirSync(join(root, 'test', 'bench')) : [];
  const all = sources.filter((name) => name.endsWith('.bench.ts')).map((name) => name.replace(/\.bench\.ts$/, ''));
  const wanted = process.argv.slice(2);
  const unknown = wanted.find((name) => !all.some((each) => each.includes(name)));
  if (unknown) throw new Problem(`There is no benchmark "${unknown}"; there are ${all.join(', ')}.`);
  const chosen = all.filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part))).sort();
  mkdirSync(resultsFolder, { recursive: true });
  const report = createWriteStream(join(resultsFolder, 'bench.txt'));
  const print = (text) => {
    process.stdout.write(text);
    report.write(text);
  };
  print(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, ${process.platform}\n`,
  );
  const crashed = [];
  for (const name of chosen) {
    const began = Date.now();
    print(`\n${bold(name)}\n`);
    const { code } = await run('node', ['--expose-gc', join(folder, name + ENDING)], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
      onOutput: print,
    });
    print(`(${since(began)})\n`);
    if (code !== 0) crashed.push(name);
  }
  await new Promise((done) => report.end(done));
  say(`kept in test-results/bench.txt`);
  if (crashed.length) throw new Problem(`These benchmarks ended with an error: ${crashed.join(', ')}.`);
}

await main(bench);
