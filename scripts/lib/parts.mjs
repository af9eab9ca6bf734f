// The parts of `npm test`, in their order. A test file belongs to the part that owns its folder; test/meta holds the two together.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkTypes } from '../types.mjs';
import { root } from './paths.mjs';
import { environment, run } from './processes.mjs';

const minutes = 60_000;
const REPORTER = join(root, 'scripts', 'lib', 'mocha-reporter.cjs');

/**
 * @typedef {{ passed: number, failed: number, skipped: number, failures?: { title: string, message: string }[] }} Counts
 * @typedef {object} Part
 * @property {string} name
 * @property {string} about what it checks, for the list of parts
 * @property {string[]} [folders] folders below test/ whose `*.test.ts` it runs with mocha
 * @property {{ script: string, result: string }} [entry] for tests that mocha's command line cannot load: the script that runs them and
 *   the file in which it leaves their counts
 * @property {number} [timeout] ms, after which its processes are stopped and it has failed
 * @property {() => Promise<('chromium'|'vscode')[]>} [needs] what the machine has to have; else it is skipped, and in CI failed
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
  { name: 'probe', about: 'traced programs against the system: strace, deaths, Node versions', folders: ['probe'], timeout: 22 * minutes },
  { name: 'language', about: 'the language server over LSP', folders: ['language'], timeout: 5 * minutes },
  {
    name: 'exercises',
    about: 'every exercise with its solutions and its wrong answers',
    folders: ['exercises'],
    timeout: 25 * minutes,
    applies: () => existsSync(join(root, 'media/exercises')) && readdirSync(join(root, 'media/exercises')).length > 0,
  },
  { name: 'webview', about: 'the timeline in a browser', folders: ['webview'], timeout: 20 * minutes, needs: async () => ['chromium'] },
  {
    name: 'host',
    about: 'the extension inside a real VS Code',
    folders: ['host'],
    entry: { script: 'scripts/vscode/run-host-tests.mjs', result: 'test-results/host.json' },
    timeout: 20 * minutes,
    needs: async () => ((await import('../vscode/run-host-tests.mjs')).vscodeKind() === 'npm' ? ['chromium', 'vscode'] : []),
  },
  {
    name: 'e2e',
    about: 'the packaged extension used as a user does',
    folders: ['e2e'],
    timeout: 6 * minutes,
    needs: async () => ['chromium', 'vscode'],
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

/** @returns {Counts & { problem: string }} */
const failure = (problem) => ({ passed: 0, failed: 1, skipped: 0, problem });

/** What the tests left behind, judged together with how their process ended: no count can hide a crash or a hang. */
export function judge(counts, { code, timedOut, error }, timeout) {
  const { passed, failed, skipped, failures } = counts ?? {};
  const known = counts && { passed, failed, skipped, ...(failures?.length ? { failures } : {}) };
  if (timedOut) {
    const why = known ? 'its tests ended but something of them kept running' : 'it did not end';
    return { ...(known ?? failure()), failed: (known?.failed ?? 0) + 1, problem: `${why} within ${timeout / minutes} minutes` };
  }
  if (!known) return failure(error?.message ?? `it ended with ${code} before it could count`);
  if (counts.complete === false) return { ...known, failed: known.failed + 1, problem: 'it ended before all its tests did' };
  if (code !== 0 && known.failed === 0) return { ...known, failed: 1, problem: `it ended with ${code} although no test failed` };
  if (known.passed + known.failed + known.skipped === 0) return failure('it ran no test');
  return known;
}

/** What failed in a part, a line each, for the list at the end: a log that is cut in its middle still has it. */
export function failureLines(name, { failed, failures = [], problem }) {
  if (!failed) return [];
  const said = failures.map(({ title, message }) => `${title}: ${message.split('\n').slice(0, 3).join(' | ').slice(0, 400)}`);
  if (said.length < failed) said.push(problem ?? 'see above');
  return said.map((text) => `FAILED ${name}: ${text}`);
}

/**
 * Runs one part.
 * @param {Part} part
 * @param {string} [grep] only tests whose title holds these words
 * @returns {Promise<Counts & { problem?: string }>} `problem` says what went wrong beside the tests themselves
 */
export async function runPart(part, grep) {
  if (part.check) return part.check();
  const files = testFiles(part).map((file) => `dist/${file.replace(/\.ts$/, '.js')}`);
  if (files.length === 0) return failure(`there is no test in test/${part.folders.join(' or test/')}`);
  const scratch = mkdtempSync(join(tmpdir(), 'socketscope-test-'));
  const result = part.entry ? join(root, part.entry.result) : join(scratch, 'result.json');
  rmSync(result, { force: true });
  try {
    const ended = part.entry
      ? await run('node', [part.entry.script, ...(grep ? [`--grep=${grep}`] : [])], { timeout: part.timeout })
      : await run('mocha', ['--forbid-only', '--reporter', REPORTER, ...(grep ? ['--grep', grep] : []), ...files], {
          env: environment({ SOCKETSCOPE_RESULT: result }),
          timeout: part.timeout,
        });
    return judge(existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : null, ended, part.timeout);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
