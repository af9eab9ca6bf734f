import assert from 'node:assert/strict';
import { ignoreList, matches, quietProcess, sourceOf } from '../../src/probe/filter';

const looks = (script: string | undefined, more: { args?: string[]; execArgv?: string[]; env?: NodeJS.ProcessEnv } = {}) => ({
  argv: ['/usr/bin/node', ...(script === undefined ? [] : [script]), ...(more.args ?? [])],
  execArgv: more.execArgv ?? [],
  env: more.env ?? {},
});
const toolOf = (script: string): string | null => {
  const quiet = quietProcess(looks(script));
  return quiet === null || quiet === 'none' ? quiet : quiet.name;
};

describe('which processes are the learner’s', () => {
  it('package managers, however they are installed, are not', () => {
    for (const [script, name] of [
      ['/usr/bin/npm', 'npm'],
      ['/usr/lib/node_modules/npm/bin/npm-cli.js', 'npm'],
      ['/opt/npm-cli.js', 'npm'],
      ['/home/me/.nvm/versions/node/v24.0.0/bin/npx', 'npx'],
      ['/p/node_modules/.bin/pnpm', 'pnpm'],
      ['/usr/lib/node_modules/corepack/dist/yarn.js', 'corepack'],
      ['/home/me/.cache/node/corepack/v1/pnpm/9.1.0/bin/pnpm.cjs', 'pnpm'],
      ['/p/.yarn/releases/yarn-4.1.0.cjs', 'yarn'],
      ['/usr/share/yarn/bin/yarn.js', 'yarn'],
    ] as const)
      assert.equal(toolOf(script), name, script);
  });

  it('what starts, watches, builds and checks programs is not', () => {
    for (const [script, name] of [
      ['/p/node_modules/.bin/tsx', 'tsx'],
      ['/p/node_modules/tsx/dist/cli.mjs', 'tsx'],
      ['/p/node_modules/nodemon/bin/nodemon.js', 'nodemon'],
      ['/p/node_modules/.bin/vite', 'vite'],
      ['/p/node_modules/webpack-cli/bin/cli.js', 'webpack-cli'],
      ['/p/node_modules/esbuild/bin/esbuild', 'esbuild'],
      ['/p/node_modules/@biomejs/biome/bin/biome', '@biomejs/biome'],
      ['/p/node_modules/typescript/lib/tsserver.js', 'typescript'],
      ['/p/node_modules/pm2/bin/pm2', 'pm2'],
    ] as const)
      assert.equal(toolOf(script), name, script);
    assert.deepEqual(quietProcess(looks('/x/html-server.js', { args: ['--node-ipc', '--clientProcessId=7'] })), {
      by: 'tool',
      name: 'language server',
    });
  });

  it('Node’s own watcher and test runner are not; what they start is', () => {
    const name = (quiet: ReturnType<typeof quietProcess>) => (quiet !== null && quiet !== 'none' ? quiet.name : quiet);
    assert.equal(name(quietProcess(looks('/p/a.mjs', { execArgv: ['--watch'] }))), 'node --watch');
    assert.equal(name(quietProcess(looks('/p/a.mjs', { execArgv: ['--watch-path=src'] }))), 'node --watch');
    assert.equal(quietProcess(looks('/p/a.mjs', { env: { WATCH_REPORT_DEPENDENCIES: '1' } })), null);
    assert.equal(name(quietProcess(looks('/p/a.test.mjs', { execArgv: ['--test'] }))), 'node --test');
    assert.equal(quietProcess(looks('/p/a.test.mjs', { execArgv: ['--test', '--test-isolation=none'] })), null);
    assert.equal(quietProcess(looks('/p/a.test.mjs', { execArgv: ['--test'], env: { NODE_TEST_CONTEXT: 'child-v8' } })), null);
  });

  it('VS Code’s own processes are not even named', () => {
    for (const script of [
      '/usr/share/code/resources/app/out/bootstrap-fork.js',
      '/usr/share/code/resources/app/out/vs/workbench/api/node/extensionHostProcess.js',
      '/root/.vscode-server/bin/abc/out/server-main.js',
      '/usr/share/code/resources/app/extensions/ms-vscode.js-debug/src/watchdog.js',
    ])
      assert.equal(quietProcess(looks(script)), 'none', script);
  });

  it('programs that only look like tools are', () => {
    for (const script of [
      '/p/server.mjs',
      '/p/npm.js',
      '/p/yarn.js',
      '/p/vite.mjs',
      '/p/node_modules-notes/npm.mjs',
      '/p/node_modules/.bin/my-server',
      '/p/node_modules/.bin/ts-node',
      '/p/node_modules/vitest/dist/workers/forks.js',
      '/p/node_modules/pm2/lib/ProcessContainerFork.js',
      '/p/node_modules/next/dist/bin/next',
    ])
      assert.equal(quietProcess(looks(script)), null, script);
    // The first argument of -e is no script.
    assert.equal(quietProcess(looks('/usr/bin/npm', { execArgv: ['-e', 'x'] })), null);
    assert.equal(quietProcess(looks(undefined)), null);
  });

  it('where a program comes from', () => {
    assert.equal(sourceOf(looks('a', { execArgv: ['--eval', 'x'] })), 'eval');
    assert.equal(sourceOf(looks('a', { execArgv: ['-p', 'x'] })), 'eval');
    assert.equal(sourceOf(looks(undefined)), 'stdin');
    assert.equal(sourceOf(looks('-')), 'stdin');
    assert.equal(sourceOf(looks('/p/a.mjs', { execArgv: ['--require', 'x'] })), undefined);
  });

  it('names and globs of the user', () => {
    const ignored = (pattern: string, path: string) => assert.ok(matches(pattern, path), `${pattern} ${path}`);
    const kept = (pattern: string, path: string) => assert.ok(!matches(pattern, path), `${pattern} ${path}`);
    ignored('helper.mjs', '/p/helper.mjs');
    ignored('helper', '/p/helper.mjs');
    ignored('helper', '/p/helper.cts');
    ignored('tools/*.js', '/p/tools/a.js');
    ignored('**/tools/**', '/p/x/tools/y/a.js');
    ignored('/p/*/a.js', '/p/x/a.js');
    ignored('my-tool', '/p/node_modules/my-tool/cli.js');
    ignored('a?c.js', '/p/abc.js');
    ignored('./local.js', '/p/local.js');
    kept('helper', '/p/my-helper.mjs');
    kept('help', '/p/helper.mjs');
    kept('tools/*.js', '/p/tools/x/a.js');
    kept('a.c', '/p/abc');
    kept('', '/p/a.js');
    kept('(', '/p/a.js');
    assert.deepEqual(quietProcess(looks('/p/helper.mjs'), ['helper*']), { by: 'name', name: 'helper*' });
    assert.deepEqual(ignoreList('["a", 1, "b"]'), ['a', 'b']);
    for (const text of [undefined, '', 'a,b', '{"a":1}']) assert.deepEqual(ignoreList(text), []);
  });
});
