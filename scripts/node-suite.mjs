// `npm run neutrality -- DIR [options]`: runs Node's own tests (of a checkout of Node's sources at DIR) plain and with the probe, and
// compares. Every test that passes plain must pass with the probe. The tests themselves are Node's and not part of this repository.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './lib/paths.mjs';
import { main, Problem, say } from './lib/say.mjs';
import { nodePath } from './nodes.mjs';

const AREAS = ['net', 'dgram', 'http', 'https', 'child-process', 'cluster', 'tls', 'http2'];
const USAGE = `usage: npm run neutrality -- DIR [--node 20] [--areas ${AREAS.join(',')}] [--match TEXT] [--jobs 2] [--probe FILE] [--out FILE]`;
const TIMEOUT = 90_000;
const AGAIN = 3;

/** How a test is run: without anything, with the probe, or with a preloaded file that does nothing (for the reason of a difference). */
const MODES = { plain: null, probe: 'probe', empty: 'empty' };

/** Tests of an area, as paths below DIR/test: `parallel/test-net-connect-nodelay.js`. */
function testsOf(tests, area) {
  const found = [];
  for (const folder of ['parallel', 'sequential']) {
    if (!existsSync(join(tests, folder))) continue;
    for (const name of readdirSync(join(tests, folder)).sort()) {
      if (name.startsWith(`test-${area}-`) && /\.m?js$/.test(name)) found.push(`${folder}/${name}`);
    }
  }
  return found;
}

/** The major version that the sources in `dir` are of (NODE_MAJOR_VERSION in src/node_version.h); NaN when that is not there. */
function versionOf(dir) {
  const header = join(dir, 'src', 'node_version.h');
  return existsSync(header) ? Number(/NODE_MAJOR_VERSION (\d+)/.exec(readFileSync(header, 'utf8'))?.[1]) : Number.NaN;
}

/** What the test asks for in its `// Flags:` and `// Env:` comments (tools/test.py and test/testpy in Node's sources). */
function wishes(file) {
  const source = readFileSync(file, 'utf8');
  const words = (pattern) => [...source.matchAll(pattern)].flatMap(([, text]) => text.trim().split(/\s+/));
  return {
    flags: words(/\/\/\s+Flags:(.*)/g),
    env: Object.fromEntries(words(/\/\/\s+Env:(.*)/g).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])),
  };
}

/** Runs one test once: { result: 'pass' | 'skip' | 'fail', why, output, recorded }. */
async function once(suite, test, mode, thread) {
  const file = join(suite.tests, test);
  const { flags, env: wanted } = wishes(file);
  const folder = mkdtempSync(join(tmpdir(), 'socketscope-suite-'));
  const env = { ...process.env, ...wanted, NODE_TEST_DIR: folder, TEST_THREAD_ID: String(thread) };
  for (const name of Object.keys(env)) if (/^(npm_|SOCKETSCOPE_)|^(NODE_OPTIONS|NODE_PATH|INIT_CWD)$/i.test(name)) delete env[name];
  // Other versions have other globals than the tests know of.
  if (suite.otherVersion) env.NODE_TEST_KNOWN_GLOBALS = '0';
  const run = join(folder, 'run');
  if (mode !== MODES.plain) env.NODE_OPTIONS = `--require ${mode === MODES.probe ? suite.probe : suite.empty}`;
  if (mode === MODES.probe) {
    env.SOCKETSCOPE_RUN = mkdtempSync(run);
    env.SOCKETSCOPE_PAYLOAD = '256';
  }
  try {
    const outcome = await new Promise((done) => {
      let output = '';
      const child = spawn(suite.node, [...flags, file], { cwd: suite.dir, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      // The test's children, too.
      const stop = () => {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // Gone already.
        }
      };
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        stop();
      }, TIMEOUT);
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk) => {
          if (output.length < 200_000) output += chunk;
        });
      }
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        stop();
        setImmediate(() => done({ code, signal, late, output }));
      });
    });
    const { code, signal, late, output } = outcome;
    const skipped = code === 0 && /^1\.\.0 # Skipped/m.test(output);
    const why = late ? `no end within ${TIMEOUT / 1000} s` : signal !== null ? signal : `exit code ${code}`;
    const recorded = mode === MODES.probe && readdirSync(env.SOCKETSCOPE_RUN).length > 0;
    return { result: skipped ? 'skip' : code === 0 ? 'pass' : 'fail', why, output, recorded };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Plain and traced; a difference is tried again AGAIN times each way. */
async function compare(suite, test, thread) {
  const plain = await once(suite, test, MODES.plain, thread);
  if (plain.result === 'skip') return { test, kind: 'skipped' };
  const traced = await once(suite, test, MODES.probe, thread);
  if (plain.result === traced.result) return { test, kind: plain.result === 'pass' ? 'both pass' : 'both fail', recorded: traced.recorded };
  const count = { plain: Number(plain.result === 'pass'), traced: Number(traced.result === 'pass'), empty: 0 };
  let failure = traced;
  for (let i = 0; i < AGAIN; i++) {
    count.plain += Number((await once(suite, test, MODES.plain, thread)).result === 'pass');
    const again = await once(suite, test, MODES.probe, thread);
    count.traced += Number(again.result === 'pass');
    if (again.result !== 'pass') failure = again;
    count.empty += Number((await once(suite, test, MODES.empty, thread)).result === 'pass');
  }
  const kind =
    count.traced === 0 && count.plain === AGAIN + 1
      ? count.empty === 0
        ? 'any preload'
        : 'differs'
      : count.plain > count.traced
        ? 'flaky, worse'
        : 'flaky';
  return { test, kind, count, why: failure.why, output: failure.output, recorded: failure.recorded };
}

async function area(suite, name, jobs, match) {
  const results = [];
  const all = testsOf(suite.tests, name).filter((test) => test.includes(match));
  const run = async (queue, thread) => {
    for (let test = queue.shift(); test !== undefined; test = queue.shift()) {
      const result = await compare(suite, test, thread);
      results.push(result);
      if (result.why !== undefined) {
        const { plain, traced, empty } = result.count;
        say(
          `${result.kind}: ${test} (passes: plain ${plain}/${AGAIN + 1}, traced ${traced}/${AGAIN + 1}, empty preload ${empty}/${AGAIN}; ${result.why})`,
        );
      }
    }
  };
  const parallel = all.filter((test) => test.startsWith('parallel/'));
  await Promise.all(Array.from({ length: jobs }, (_, index) => run(parallel, index + 1)));
  // Those below sequential/ share one fixed port.
  await run(
    all.filter((test) => !test.startsWith('parallel/')),
    0,
  );
  return results;
}

async function neutrality() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      node: { type: 'string', default: '20' },
      areas: { type: 'string', default: AREAS.join(',') },
      match: { type: 'string', default: '' },
      jobs: { type: 'string', default: '2' },
      probe: { type: 'string', default: join(root, 'dist', 'probe.cjs') },
      out: { type: 'string' },
    },
  });
  const dir = positionals[0] === undefined ? undefined : resolve(positionals[0]);
  if (dir === undefined || !existsSync(join(dir, 'test', 'common'))) {
    throw new Problem(
      `${dir === undefined ? 'No folder was named' : `${dir} has no test/common`}: name a checkout of Node's sources.\n${USAGE}`,
    );
  }
  const node = await nodePath(Number(values.node));
  if (node === null) throw new Problem(`Node ${values.node} is not available.`);
  if (!existsSync(values.probe)) throw new Problem(`${values.probe} is not there; run npm run build first.`);
  const temporary = mkdtempSync(join(tmpdir(), 'socketscope-empty-'));
  const empty = join(temporary, 'empty.cjs');
  writeFileSync(empty, '');
  const suite = {
    dir,
    tests: join(dir, 'test'),
    node,
    probe: resolve(values.probe),
    empty,
    otherVersion: versionOf(dir) !== Number(values.node),
  };
  const everything = {};
  const rows = [];
  try {
    for (const name of values.areas.split(',')) {
      const results = await area(suite, name, Number(values.jobs), values.match);
      everything[name] = results;
      const count = (...kinds) => results.filter(({ kind }) => kinds.includes(kind)).length;
      rows.push({
        area: name,
        tests: results.length,
        skipped: count('skipped'),
        'plain fails too': count('both fail'),
        'plain pass': results.length - count('skipped', 'both fail'),
        'probe pass': count('both pass', 'flaky'),
        recorded: results.filter(({ recorded }) => recorded).length,
        differ: count('differs'),
        'any preload': count('any preload'),
        'flaky, worse': count('flaky, worse'),
      });
      console.table(rows);
      if (values.out) writeFileSync(values.out, JSON.stringify(everything, null, 1));
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  const differing = Object.values(everything)
    .flat()
    .filter(({ kind }) => kind === 'differs');
  for (const { test, output } of differing) {
    say(`\n${basename(test)} with the probe:\n${output.trim().split('\n').slice(0, 25).join('\n')}`);
  }
  if (differing.length > 0) throw new Problem(`${differing.length} tests that pass plain fail with the probe.`);
}

await main(neutrality);
