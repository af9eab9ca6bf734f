// The parts of `npm test`, in their order. A test file belongs to the part that owns its folder; test/meta holds the two together.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTypes } from '../types.mjs';
import { root } from './paths.mjs';
import { environment, run } from './processes.mjs';

const minutes = 60_000;

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {object} Part
 * @property {string} name
 * @property {string} about what it checks, for the list of parts
 * @property {string[]} [folders] folders below test/ whose `*.test.ts` it runs with mocha
 * @property {string} [entry] for tests that something else loads: the script that runs them; it writes its counts as the reporter does
 * @property {number} [timeout] ms, after which its processes are stopped and it has failed
 * @property {('chromium'|'vscode')[]} [needs] what the machine has to have; else it is skipped, and in CI failed
 * @property {() => boolean} [applies] false: there is nothing of this kind in the project (yet)
 * @property {() => Promise<Counts>} [check] for parts that are no mocha tests
 */

/** One check that passes when a program ends with 0. */
const program =
  (command, ...args) =>
  async () => {
    const { code } = await run(command, args, { timeout: 2 * minutes });
    return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  };

/** @type {Part[]} */
export const PARTS = [
  { name: 'types', about: 'TypeScript, strict, each zone by itself', check: checkTypes },
  { name: 'lint', about: 'Biome: format, lint, file length', check: program('biome', 'check', '--error-on-warnings', '.') },
  { name: 'imports', about: 'who may import whom', check: program('node', 'scripts/check-imports.mjs') },
  { name: 'unit', about: 'pure parts in plain Node, and the project about itself', folders: ['unit', 'meta'], timeout: 5 * minutes },
  { name: 'probe', about: 'traced programs against the system: strace, deaths, Node versions', folders: ['probe'], timeout: 8 * minutes },
  { name: 'language', about: 'the language server over LSP', folders: ['language'], timeout: 3 * minutes },
  {
    name: 'exercises',
    about: 'every exercise with its solutions and its wrong answers',
    folders: ['exercises'],
    timeout: 5 * minutes,
    applies: () => existsSync(join(root, 'media/exercises')) && readdirSync(join(root, 'media/exercises')).length > 0,
  },
  { name: 'webview', about: 'the timeline in a browser', folders: ['webview'], timeout: 5 * minutes, needs: ['chromium'] },
  {
    name: 'host',
    about: 'the extension inside a real VS Code',
    folders: ['host'],
    entry: 'dist/test/host/run.entry.js',
    timeout: 8 * minutes,
    needs: ['chromium', 'vscode'],
  },
  {
    name: 'e2e',
    about: 'the packaged extension used as a user does',
    folders: ['e2e'],
    timeout: 6 * minutes,
    needs: ['chromium', 'vscode'],
  },
];

/** The sources of a part's tests, relative to the clone: `test/unit/x.test.ts`. */
export function testFiles(part) {
  return (part.folders ?? [])
    .map((folder) => `test/${folder}`)
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true })
        .map(String)
        .filter((name) => name.endsWith('.test.ts') && !name.split(/[\\/]/).includes('fixtures'))
        .sort()
        .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
    );
}

/**
 * Runs one part.
 * @param {Part} part
 * @param {string[]} mochaArguments such as `--grep`, `word`
 * @returns {Promise<Counts & { problem?: string }>} `problem` says what went wrong beside the tests themselves
 */
export async function runPart(part, mochaArguments = []) {
  if (part.check) return part.check();
  const files = testFiles(part).map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);
  const failed = (problem) => ({ passed: 0, failed: 1, skipped: 0, problem });
  if (files.length === 0) return failed(`there is no test in test/${part.folders.join(' or test/')}`);
  const scratch = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  const result = join(scratch, 'result.json');
  try {
    const reporter = join(root, 'scripts', 'lib', 'mocha-reporter.cjs');
    const [command, args] = part.entry
      ? ['node', [part.entry, ...mochaArguments]]
      : ['mocha', ['--forbid-only', '--reporter', reporter, ...mochaArguments, ...files]];
    const env = environment({ SOCKETSCOPE_RESULT: result, SOCKETSCOPE_REPORTER: reporter });
    const { code, timedOut, error } = await run(command, args, { env, timeout: part.timeout });
    const counts = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : null;
    if (timedOut) {
      const why = counts ? 'its tests ended but something of them kept running' : 'it did not end';
      return { ...(counts ?? failed()), failed: (counts?.failed ?? 0) + 1, problem: `${why} within ${part.timeout / minutes} minutes` };
    }
    if (!counts) return failed(error?.message ?? `it ended with ${code} before it could count`);
    if (code !== 0 && counts.failed === 0) return { ...counts, failed: 1, problem: `it ended with ${code} although no test failed` };
    if (counts.passed + counts.failed + counts.skipped === 0) return failed('it ran no test');
    return counts;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
