import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { PROBE_ENV } from '../../src/contracts/probe-stream';
import { Collector } from '../../src/runner/collector';
import { tracedEnvironment } from '../../src/runner/launch';
import { decodeWhole, type TraceStore } from '../../src/trace';
import { root } from '../support/house';
import { gather } from '../support/output';
import { knowledge, probe } from '../support/traced';

/** A server with one client, in CommonJS that is TypeScript, too. */
const ECHO = `
const net = require('node:net');
const server = net.createServer((socket) => socket.end('hi')).listen(0, '127.0.0.1', () => {
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('data', (data) => console.log(String(data))).on('close', () => server.close());
});
`;

interface Run {
  store: TraceStore;
  stdout: string;
  stderr: string;
  code: number | null;
}

describe('what belongs to a run', function () {
  this.timeout(60_000);
  if (process.platform === 'win32') return;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope tools ünï-'));
    writeFileSync(join(folder, 'echo.cjs'), ECHO);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  /** Runs a command in the folder, every Node of it traced and collected live. */
  const traced = async (command: readonly string[], env: NodeJS.ProcessEnv = {}, stdin = ''): Promise<Run> => {
    const runFolder = mkdtempSync(join(tmpdir(), 'socketscope-run-'));
    try {
      const out = join(runFolder, 'out.socktrace');
      const collector = new Collector({ runFolder, out, knowledge, cwd: folder, kernel: false });
      const timer = setInterval(() => collector.pump(), 20);
      const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
      const base = {
        ...process.env,
        PATH,
        NODE_OPTIONS: '',
        npm_config_cache: join(folder, 'cache'),
        npm_config_update_notifier: 'false',
        ...env,
      };
      const child = spawn(command[0]!, command.slice(1), {
        cwd: folder,
        stdio: 'pipe',
        env: tracedEnvironment({ runFolder, probe, env: base }),
      });
      const output = gather(child);
      child.stdin.end(stdin);
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('close', resolve);
      });
      clearInterval(timer);
      await collector.finish();
      return { store: decodeWhole(readFileSync(out)).store, code, ...output };
    } finally {
      rmSync(runFolder, { recursive: true, force: true });
    }
  };
  const loud = ({ store }: Run) => store.processes.filter(({ quiet }) => quiet === undefined);
  const quiet = ({ store }: Run) => store.processes.filter((process) => process.quiet !== undefined);
  /** One program with its listener, client and accepted socket, and nothing else. */
  const onlyTheEcho = (run: Run, program: string) => {
    assert.match(run.stdout, /^hi$/m, run.stderr);
    assert.deepEqual(
      loud(run).map((process) => process.program),
      [program],
    );
    assert.deepEqual(run.store.sockets.map(({ role }) => role).sort(), ['accepted', 'client', 'listener']);
    assert.ok(run.store.sockets.every(({ pid }) => pid === loud(run)[0]!.pid));
  };

  it('npm run: npm is one quiet row, the program is its child', async () => {
    file('package.json', '{"name":"p","version":"1.0.0","scripts":{"start":"node echo.cjs"}}');
    const run = await traced(['npm', 'run', 'start']);
    onlyTheEcho(run, 'echo.cjs');
    const [npm, ...others] = quiet(run);
    assert.equal(others.length, 0);
    assert.match(npm!.quiet!, /^npm is a tool and not your program/);
    assert.equal(loud(run)[0]!.ppid, npm!.pid);
    assert.deepEqual(npm!.exit, { code: 0, signal: null });
  });

  it('npx of a command of the project', async () => {
    file('package.json', '{"name":"p","version":"1.0.0"}');
    file('node_modules/hello/package.json', '{"name":"hello","version":"1.0.0","bin":"cli.js"}');
    file('node_modules/hello/cli.js', `#!/usr/bin/env node\n${ECHO}`, 0o755);
    mkdirSync(join(folder, 'node_modules', '.bin'));
    symlinkSync('../hello/cli.js', join(folder, 'node_modules', '.bin', 'hello'));
    const run = await traced(['npx', '--no-install', 'hello']);
    onlyTheEcho(run, 'node_modules/.bin/hello');
    assert.match(quiet(run)[0]!.quiet!, /^npx is a tool/);
  });

  it('tsx: its command line is quiet, and its connection inside the program is not shown', async () => {
    file('echo.ts', ECHO.replace("const net = require('node:net');", "import net from 'node:net';\nconst one: number = 1;"));
    const run = await traced([process.execPath, join(root, 'node_modules', 'tsx', 'dist', 'cli.mjs'), 'echo.ts']);
    onlyTheEcho(run, 'echo.ts');
    assert.match(quiet(run)[0]!.quiet!, /^tsx is a tool/);
    assert.equal(run.store.sockets.filter(({ protocol }) => protocol === 'unix').length, 0);
    assert.deepEqual(loud(run)[0]!.notices, []);
    // The lines are those of the TypeScript file.
    const connect = Array.from({ length: run.store.size }, (_, index) => run.store.event(index + 1)).find(
      ({ call }) => call === 'connect',
    )!;
    assert.equal(connect.site?.file, join(folder, 'echo.ts'));
    assert.equal(connect.site?.line, 5);
  });

  it('a debugger that is preloaded into the program: its connection to the editor is not shown', async () => {
    file(
      'extensions/ms-vscode.js-debug/src/bootloader.js',
      "const net = require('node:net'); const socket = net.connect(process.env.DEBUGGER); socket.on('error', () => {}); socket.unref();",
    );
    const path = join(folder, 'debugger.sock');
    const server = createServer((socket) => socket.resume()).listen(path);
    try {
      const run = await traced([process.execPath, 'echo.cjs'], {
        DEBUGGER: path,
        NODE_OPTIONS: `--require "${folder}/extensions/ms-vscode.js-debug/src/bootloader.js"`,
      });
      onlyTheEcho(run, 'echo.cjs');
    } finally {
      server.close();
    }
  });

  it('esbuild inside a program: its service is nobody’s socket and no process to wonder about', async () => {
    file(
      'build.mjs',
      `import esbuild from ${JSON.stringify(join(root, 'node_modules', 'esbuild', 'lib', 'main.js'))};
      const built = await esbuild.transform('let x: number = 1', { loader: 'ts' }); console.log(built.code.trim()); await esbuild.stop?.();`,
    );
    const run = await traced([process.execPath, 'build.mjs']);
    assert.equal(run.stdout, 'let x = 1;\n');
    assert.deepEqual(run.store.sockets, []);
    assert.deepEqual(loud(run)[0]!.notices, []);
  });

  it('programs that the user names are folded, what they start is not', async () => {
    file('outer.cjs', `${ECHO}\nrequire('node:child_process').fork(__dirname + '/echo.cjs');`);
    const run = await traced([process.execPath, 'outer.cjs'], { [PROBE_ENV.ignore]: '["outer"]' });
    // tracedEnvironment clears what a traced shell was started with.
    assert.equal(quiet(run).length, 0);
    const env = tracedEnvironment({ runFolder: '/x', probe, ignore: ['outer'], maxBytes: 5, payload: 'all', env: {} });
    assert.deepEqual([env[PROBE_ENV.ignore], env[PROBE_ENV.maxBytes], env[PROBE_ENV.payload]], ['["outer"]', '5', 'all']);
    const ignoring = await traced(['env', `${PROBE_ENV.ignore}=["outer"]`, process.execPath, 'outer.cjs']);
    assert.match(quiet(ignoring)[0]!.quiet!, /^"outer" is a program to ignore/);
    assert.deepEqual(
      loud(ignoring).map(({ program }) => program),
      ['echo.cjs'],
    );
    assert.equal(ignoring.store.sockets.length, 3);
  });

  it('NODE_OPTIONS of the user stay and work, with --require and --import, in folders with spaces', async () => {
    file('first one.cjs', "console.log('required');");
    file('second.mjs', "console.log('imported');");
    const options = `--require "${folder}/first one.cjs" --import "file://${encodeURI(folder)}/second.mjs" --no-warnings`;
    const run = await traced([process.execPath, 'echo.cjs'], { NODE_OPTIONS: options });
    assert.equal(run.stdout, 'required\nimported\nhi\n');
    onlyTheEcho(run, 'echo.cjs');
  });

  it('--loader, -e, standard input, another folder', async () => {
    file('loader.mjs', 'export async function resolve(specifier, context, next) { return next(specifier, context); }');
    onlyTheEcho(await traced([process.execPath, '--no-warnings', '--loader', './loader.mjs', 'echo.cjs']), 'echo.cjs');
    onlyTheEcho(await traced([process.execPath, '-e', ECHO, 'npm']), '[eval]');
    onlyTheEcho(await traced([process.execPath, '-'], {}, ECHO), '[stdin]');
    file('elsewhere/moving.cjs', `process.chdir('..'); ${ECHO}`);
    onlyTheEcho(await traced(['sh', '-c', `cd elsewhere && exec "${process.execPath}" moving.cjs`]), 'elsewhere/moving.cjs');
  });

  it('node --test: the runner is quiet, each file is recorded once', async () => {
    file('a.test.cjs', `require('node:test')('x', (t, done) => { ${ECHO.replace('server.close()', 'server.close(done)')} });`);
    const run = await traced([process.execPath, '--test', 'a.test.cjs']);
    assert.equal(run.code, 0, run.stdout);
    assert.match(quiet(run)[0]!.quiet!, /^node --test starts the test files/);
    assert.equal(loud(run).length, 1);
    assert.equal(run.store.sockets.length, 3);
  });

  it('says which started processes are not in the trace, and why', async () => {
    file(
      'starter.cjs',
      `const { spawnSync, execSync } = require('node:child_process');
      spawnSync('cat', ['/dev/null']);
      spawnSync(process.execPath, ['echo.cjs'], { env: { PATH: process.env.PATH }, stdio: 'inherit' });
      spawnSync(process.execPath, ['--version']);
      execSync('node echo.cjs', { stdio: 'inherit' });
      execSync('cat /dev/null; true');
      spawnSync('no-such-command-at-all');`,
    );
    const run = await traced([process.execPath, 'starter.cjs']);
    assert.equal(run.stdout, 'hi\nhi\n');
    const [starter, ...others] = loud(run);
    assert.deepEqual(
      others.map(({ program }) => program),
      ['echo.cjs'],
    );
    const notices = starter!.notices.map((text) => text.replace(/process \d+/g, 'process PID').replaceAll(process.execPath, 'node'));
    assert.deepEqual(notices, [
      'Not visible here: process PID (cat /dev/null) is not a Node program, so nothing of its sockets is in this trace.',
      'Not traced: process PID (node echo.cjs) was started without the probe, because its environment has no NODE_OPTIONS with it. Pass process.env on to trace it.',
      'Not visible here: what process PID (sh -c cat /dev/null; true) starts, where that is not a Node program. Node programs that it starts are traced.',
    ]);
  });
});
