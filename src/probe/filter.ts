import { sep } from 'node:path';
import type { Quiet } from '../contracts/probe-stream';

/** What a process is, as far as that shows before its program runs. */
export interface ProcessLooks {
  /** `process.argv`, and Node's own options (`process.execArgv`). */
  argv: readonly string[];
  execArgv: readonly string[];
  env: NodeJS.ProcessEnv;
}

/** Where the program comes from when it is no file. */
export type Source = 'eval' | 'stdin';

/** Package managers. What they start is the learner's, they are not. */
const MANAGERS = ['npm', 'npx', 'pnpm', 'pnpx', 'yarn', 'yarnpkg', 'corepack', 'cnpm', 'lerna', 'nx', 'turbo'];
/** Commands that start other programs, watch them, or build and check code. Their own sockets are nobody's lesson. */
const TOOLS = [
  ...['tsx', 'esno', 'nodemon', 'node-dev', 'ts-node-dev', 'tsnd', 'concurrently', 'cross-env', 'dotenv', 'dotenv-cli', 'env-cmd'],
  ...['npm-run-all', 'npm-run-all2', 'run-s', 'run-p', 'wait-on', 'start-server-and-test', 'husky', 'lint-staged', 'pm2', 'forever'],
  ...['vite', 'webpack', 'webpack-cli', 'webpack-dev-server', 'rollup', 'parcel', 'esbuild', 'swc', 'tsup'],
  ...['ng', 'vue-cli-service', 'react-scripts', 'tsc', 'typescript', 'eslint', 'prettier', 'biome', 'rimraf'],
];
/** Of these packages the named files run the learner's program in their own process. */
const HOSTS = /\/node_modules\/pm2\/lib\/ProcessContainer(Fork)?(Bun)?\.js$/;
/** VS Code's own processes: its server, extension hosts and their helpers, and what its debugger starts. */
const VSCODE =
  /\/(bootstrap-fork|bootstrap-node|server-main|server-cli|extensionHostProcess|ptyHostMain|watcherMain|cliProcessMain)(\.[cm]?js)?$|\/ms-vscode\.js-debug(-[^/]*)?\/|\/js-debug\/.*watchdog/;
/** Language servers say how their editor talks to them, and whose they are. */
const LANGUAGE_SERVER = /^--(node-ipc|clientProcessId=\d+)$/;

/** -e, -p and their like: then argv[1] is no script. `-` and no script at all read the program from standard input. */
export function sourceOf({ argv, execArgv }: ProcessLooks): Source | undefined {
  if (execArgv.some((option) => /^(-e|-p|-pe|--eval|--print)(=|$)/.test(option))) return 'eval';
  return argv[1] === undefined || argv[1] === '-' ? 'stdin' : undefined;
}

/**
 * Whether a process is somebody else's than the learner's: 'none' when not even its existence is worth telling (VS Code's own), what it
 * is when the trace names it and shows nothing else of it, null when it is to be traced. `ignore`: the user's names and globs.
 */
export function quietProcess(looks: ProcessLooks, ignore: readonly string[] = []): Quiet | 'none' | null {
  const { argv, execArgv, env } = looks;
  // Node's watcher and test runner start the program once more, without these options and with these variables.
  if (execArgv.some((option) => /^--watch(-path)?(=|$)/.test(option)) && env.WATCH_REPORT_DEPENDENCIES === undefined)
    return { by: 'tool', name: 'node --watch' };
  const isolated = !execArgv.some((option) => /^--(experimental-)?test-isolation=none$/.test(option));
  if (execArgv.includes('--test') && isolated && env.NODE_TEST_CONTEXT === undefined) return { by: 'tool', name: 'node --test' };
  if (sourceOf(looks) !== undefined) return null;
  const path = argv[1]!.split(sep).join('/');
  if (VSCODE.test(path)) return 'none';
  const named = ignore.find((pattern) => matches(pattern, path));
  if (named !== undefined) return { by: 'name', name: named };
  if (HOSTS.test(path)) return null;
  const tool = toolOf(path);
  if (tool !== null) return { by: 'tool', name: tool };
  return argv.slice(2).some((argument) => LANGUAGE_SERVER.test(argument)) ? { by: 'tool', name: 'language server' } : null;
}

/** The tool that a script belongs to: by the package that it lies in, by its link in a folder of commands, by how installers name it. */
function toolOf(path: string): string | null {
  const bin = /\/node_modules\/\.bin\/([^/]+?)(\.[cm]?js)?$/.exec(path)?.[1];
  const inside = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  for (const name of [bin, inside]) if (name !== undefined && (MANAGERS.includes(name) || TOOLS.includes(name))) return name;
  if (inside === '@angular/cli' || inside === '@biomejs/biome' || inside === '@vue/cli-service') return inside;
  if (/\/(tsserver|typescript-language-server)(\.[cm]?js)?$/.test(path)) return 'language server';
  // /usr/bin/npm, npm-cli.js, .yarn/releases/yarn-4.1.0.cjs, .cache/node/corepack/v1/pnpm/9.1.0/bin/pnpm.cjs
  const file = path.slice(path.lastIndexOf('/') + 1);
  const manager = /^(npm|npx)-cli\.[cm]?js$/.exec(file)?.[1] ?? /\/\.yarn\/releases\/(yarn)-[^/]+$/.exec(path)?.[1];
  if (manager !== undefined) return manager;
  if (MANAGERS.includes(file)) return file;
  return /\/(?:corepack|yarn|pnpm)\/.*\/(npm|npx|pnpm|pnpx|yarn|yarnpkg)\.[cm]?js$/.exec(path)?.[1] ?? null;
}

/** A name (of a file, with or without ending, of a command or of a package) or a glob with `*`, `**` and `?`, against the end of a path. */
export function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split(sep).join('/').replace(/^\.\//, '');
  if (wanted === '') return false;
  const glob = wanted
    .split(/(\*\*\/?|\*|\?)/)
    .map((part) =>
      part === '**/'
        ? '(?:.*/)?'
        : part === '**'
          ? '.*'
          : part === '*'
            ? '[^/]*'
            : part === '?'
              ? '[^/]'
              : part.replace(/[\\^$.|+()[\]{}]/g, '\\$&'),
    )
    .join('');
  if (new RegExp(`(^|/)${glob.replace(/^\//, '')}(\\.[cm]?[jt]s)?$`).test(path)) return true;
  // The name of a package stands for every script in it.
  return !wanted.includes('*') && path.includes(`/node_modules/${wanted}/`);
}

/** The user's list, from the environment; none when it is no list. */
export function ignoreList(text: string | undefined): string[] {
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}
