// Checks the types of every zone: each folder of the house has its own tsconfig, so that no part sees what it may not use.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { green, main, red } from './lib/say.mjs';

/** The tsconfig files that tsconfig.json refers to, relative to the clone. */
export function projects() {
  return JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).references.map(({ path }) => path.replace(/^\.\//, ''));
}

/** @returns {Promise<{ passed: number, failed: number, skipped: number }>} */
export async function checkTypes() {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const project of projects()) {
    const { code } = await run('tsc', ['-p', project, '--noEmit', '--pretty', String(Boolean(process.stdout.isTTY))]);
    counts[code === 0 ? 'passed' : 'failed']++;
    console.log(`    ${code === 0 ? green('ok') : red('FAILED')}  ${project}`);
  }
  return counts;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(async () => ((await checkTypes()).failed ? 1 : 0));
}
