// A VS Code as a user has it: the one from npm, with the packaged extension installed, a profile of its own and one folder open.
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCodeServer } from '../vscode/code-server.mjs';
import { isStamped, writeStamp } from './hash.mjs';
import { environment, run, start, stop } from './processes.mjs';
import { Problem, say } from './say.mjs';

/** What a newcomer should not have to click away; everything else stays as VS Code comes. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
};

/** The environment of the server: nothing of a VS Code around us, no marketplace to call. */
function serverEnvironment(extra) {
  const env = environment(extra);
  for (const name of Object.keys(env))
    if (/^(VSCODE_|ELECTRON_|npm_)/.test(name) || name === 'PORT' || name === 'PASSWORD') delete env[name];
  return env;
}

/**
 * Starts it and resolves when it answers.
 * @param {object} options
 * @param {string} options.vsix the packaged extension
 * @param {string} options.folder absolute path of the folder to open
 * @param {string} options.home folder for its profile and extensions; one that exists is used again
 * @param {number} [options.port] tried first; when it is taken, or by default, the system chooses one
 * @param {Record<string, unknown>} [options.settings] user settings over the defaults of this file, when there are none yet
 * @param {Record<string, string>} [options.env]
 * @param {boolean} [options.trusted] false: VS Code asks whether the folder is to be trusted
 * @returns {Promise<{ url: string, child: import('node:child_process').ChildProcess, stop: () => Promise<void> }>}
 */
export async function openUserVSCode({ vsix, folder, home, port = 0, settings = {}, env = {}, trusted = true }) {
  const { node, cli } = await ensureCodeServer({ log: say });
  const userData = join(home, 'user');
  const extensions = join(home, 'extensions');
  mkdirSync(join(userData, 'User'), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  const settingsFile = join(userData, 'User', 'settings.json');
  // What the person set since the first start stays.
  if (!existsSync(settingsFile)) writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, ...settings }, null, 2));
  const config = join(home, 'config.yaml');
  writeFileSync(config, 'auth: none\ncert: false\n');
  const common = [cli, '--config', config, '--user-data-dir', userData, '--extensions-dir', extensions];
  // Its sockets are in a folder of their own, which goes with it: a server that is killed leaves them behind. In the temporary folder,
  // because the path of a socket may have about 100 characters.
  const sockets = mkdtempSync(join(tmpdir(), 'ssc-'));
  const clean = () => rmSync(sockets, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', clean);
  const childEnv = serverEnvironment({ EXTENSIONS_GALLERY: '{}', XDG_RUNTIME_DIR: sockets, ...env });

  const stamp = join(home, 'installed.stamp');
  const { mtimeMs, size } = statSync(vsix);
  const identity = `${vsix} ${mtimeMs} ${size}`;
  if (!isStamped(stamp, identity)) {
    const options = { env: childEnv, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 };
    const installed = await run(node, [...common, '--force', '--install-extension', vsix], options);
    if (installed.code !== 0) throw new Problem(`VS Code could not install the extension:\n${installed.output.slice(-2000)}`);
    writeStamp(stamp, identity);
  }

  const args = [...common, '--auth', 'none', '--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  if (trusted) args.push('--disable-workspace-trust');
  // Of its own, so that it is not taken for the VS Code of somebody who uses code-server on this machine.
  const session = join(sockets, 'session.sock');
  args.push('--session-socket', session, '--ignore-last-opened');
  let server = await listen(node, args, port, childEnv);
  if (!server && port) server = await listen(node, args, 0, childEnv);
  if (!server) throw new Problem(`VS Code did not start; its log: ${join(home, 'server.log')}`);
  const { child, address } = server;
  const end = async () => {
    await stop(child);
    process.off('exit', clean);
    clean();
  };
  return { url: `${address}/?folder=${encodeURI(folder)}`, child, stop: end };

  /** Resolves with the address that the server reports; null when it ended before it listened. */
  function listen(program, list, wanted, childEnvironment) {
    const child = start(program, [...list, '--bind-addr', `127.0.0.1:${wanted}`], {
      env: childEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let log = '';
    return new Promise((done) => {
      const read = (text) => {
        log += text;
        const found = /HTTP server listening on (http:\/\/[\d.:]+)/.exec(log);
        if (found) done({ child, address: found[1] });
        // Kept for a person who wonders; a server that runs for days does not fill the disk.
        if (log.length < 1_000_000) writeFileSync(join(home, 'server.log'), log);
      };
      child.stdout.setEncoding('utf8').on('data', read);
      child.stderr.setEncoding('utf8').on('data', read);
      child.once('exit', () => done(null));
      child.once('error', () => done(null));
    });
  }
}
