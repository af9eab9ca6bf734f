import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Mocha from 'mocha';

/** What a test run leaves behind for the script that started the window. */
interface HostResults {
  passed: number;
  failed: number;
  skipped: number;
  /** False while tests run: a window that dies in between leaves an incomplete result. */
  complete: boolean;
  failures: { title: string; message: string }[];
}

/** A window prints much of its own: the launcher looks for this mark (scripts/vscode/launcher.mjs). */
const say = (line: string) => console.log(`[test] ${line}`);

/** One finished line per test; VS Code relays console arguments unformatted, so mocha's own reporters come out as `%s`. */
class Lines extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('suite', (suite) => suite.title && say(`${'  '.repeat(suite.titlePath().length)}${suite.title}`));
    runner.on('pass', (test) => say(`${'  '.repeat(test.titlePath().length)}ok ${test.title} (${test.duration ?? 0} ms)`));
    runner.on('pending', (test) => say(`${'  '.repeat(test.titlePath().length)}skipped ${test.title}`));
    runner.on('fail', (test, error: Error) => say(`${'  '.repeat(test.titlePath().length)}FAILED ${test.title}\n${error.stack ?? error}`));
  }
}

/**
 * The entry that VS Code calls (`extensionTestsPath`), under @vscode/test-electron and in the launcher alike. Runs every
 * `*.test.js` beside this file, or in the folder in it that SOCKETSCOPE_HOST_FOLDER names. Rejects when a test failed, which makes VS Code
 * exit with 1.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', reporter: Lines, timeout: 60_000, grep: process.env.SOCKETSCOPE_HOST_GREP || undefined });
  const folder = join(__dirname, process.env.SOCKETSCOPE_HOST_FOLDER ?? '');
  for (const name of readdirSync(folder).sort()) if (name.endsWith('.test.js')) mocha.addFile(join(folder, name));
  const results: HostResults = { passed: 0, failed: 0, skipped: 0, complete: false, failures: [] };
  const save = () => {
    const path = process.env.SOCKETSCOPE_HOST_RESULTS;
    if (!path) return;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(results, null, 1));
  };
  save();
  await new Promise<void>((done) => {
    const runner = mocha.run(() => done());
    runner.on('pass', () => {
      results.passed++;
      save();
    });
    runner.on('pending', () => {
      results.skipped++;
    });
    runner.on('fail', (test, error) => {
      results.failed++;
      results.failures.push({ title: test.fullTitle(), message: error.stack ?? String(error) });
      save();
    });
  });
  results.complete = true;
  save();
  say(`${results.passed} passed, ${results.failed} failed`);
  if (results.failed > 0) throw new Error(`${results.failed} host tests failed`);
}
