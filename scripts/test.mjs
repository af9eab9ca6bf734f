// `npm test`: sets up, builds and runs every part, or the named ones (`npm test -- unit probe`); the last line counts.
// Runs on the machine's own Node before anything is installed; everything that it starts runs on the project's.
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { buildIfNeeded } from './build-if-needed.mjs';
import { CHROMIUM_MISSING, chromiumPath } from './chromium.mjs';
import { resultsFolder } from './lib/paths.mjs';
import { stopAllOnSignals } from './lib/processes.mjs';
import { bold, green, main, Problem, red, say, since, yellow } from './lib/say.mjs';
import { setUp } from './setup.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

const inCI = /^(1|true)$/i.test(process.env.CI ?? '');

const USAGE = `npm test [-- PART... [--grep WORDS] [--verbose]]`;

function options(parts) {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { grep: { type: 'string' }, verbose: { type: 'boolean' }, list: { type: 'boolean' } },
    });
    const unknown = positionals.find((name) => !parts.some((part) => part.name === name));
    if (unknown) throw new Error(`There is no part "${unknown}"; there are ${parts.map((part) => part.name).join(', ')}`);
    return { ...values, names: positionals };
  } catch (error) {
    throw new Problem(`${error.message}. Usage: ${USAGE}`);
  }
}

/** Why a part cannot run on this machine, as a sentence that says what to do; null when it can. */
async function lacking(part) {
  const needs = (await part.needs?.()) ?? [];
  if (needs.includes('chromium') && !chromiumPath()) return CHROMIUM_MISSING;
  if (needs.includes('vscode')) {
    const { ensureCodeServer } = await import('./vscode/code-server.mjs');
    try {
      await ensureCodeServer({ log: (line) => say(line) });
    } catch (error) {
      return error.message;
    }
  }
  return null;
}

function line(name, { passed, failed, skipped }, began) {
  const colour = failed ? red : skipped ? yellow : green;
  const counts = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
  console.log(`${colour(name.padEnd(10))} ${counts} (${since(began)})`);
}

async function testAll() {
  stopAllOnSignals();
  const { failureLines, PARTS, runPart } = await import('./lib/parts.mjs');
  const { names, grep, verbose, list } = options(PARTS);
  if (list) {
    for (const part of PARTS) console.log(`${part.name.padEnd(10)} ${part.about}`);
    return 0;
  }
  await setUp();
  const parts = PARTS.filter((part) => (names.length ? names.includes(part.name) : (part.applies?.() ?? true)));
  await ensureSystemPackages(parts.map((part) => part.name));
  await buildIfNeeded({ tests: true });
  mkdirSync(resultsFolder, { recursive: true });
  if (verbose) process.env.SOCKETSCOPE_VERBOSE = '1';
  const total = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  const start = Date.now();
  for (const part of parts) {
    console.log(`${bold(part.name.padEnd(10))} ${part.about}`);
    const began = Date.now();
    const reason = await lacking(part);
    let counts;
    if (reason) counts = { passed: 0, failed: inCI ? 1 : 0, skipped: inCI ? 0 : 1, problem: reason };
    else counts = await runPart(part, grep);
    if (counts.problem) console.log(`    ${counts.failed ? 'FAILED ' : 'skipped'}  ${counts.problem}`);
    line(part.name, counts, began);
    failures.push(...failureLines(part.name, counts));
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  console.log('');
  for (const failure of failures) console.log(red(failure));
  console.log(`in ${since(start)}`);
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
  return total.failed || total.passed === 0 ? 1 : 0;
}

await main(testAll);
