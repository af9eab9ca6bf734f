// What npm cannot bring: a browser, letters for the screenshots, strace. Root on Debian gets them; everybody else is told the command.
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromiumPath } from './chromium.mjs';
import { run } from './lib/processes.mjs';
import { main, say, since } from './lib/say.mjs';

const onPath = (name) => (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, name)));

/** Debian names; `or` where that one does not exist; `parts` are the parts of `npm test` that use it. */
const PACKAGES = [
  {
    name: 'chromium-headless-shell',
    or: 'chromium',
    parts: ['webview', 'host', 'e2e'],
    has: () => chromiumPath() !== null,
    why: 'the browser of the tests',
  },
  {
    name: 'fonts-dejavu-core',
    parts: ['webview', 'host', 'e2e'],
    has: () => hasPictureFont(),
    why: 'letters in the screenshots',
  },
  { name: 'strace', parts: ['probe'], has: () => onPath('strace'), why: 'the kernel to compare traces with' },
];

/** Whether the letters of the stored screenshots are installed. */
export function hasPictureFont() {
  const folders = ['/usr/share/fonts', '/usr/local/share/fonts', join(homedir(), '.local/share/fonts'), join(homedir(), '.fonts')];
  return folders.some(
    (folder) => existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('DejaVuSans.ttf')),
  );
}

/** The packages that are not there, for these parts. */
export function missingPackages(parts) {
  return process.platform === 'linux' ? PACKAGES.filter((item) => item.parts.some((part) => parts.includes(part)) && !item.has()) : [];
}

const installing = (names) => `apt-get install -y --no-install-recommends ${names.join(' ')}`;

/**
 * Installs what is missing where that is possible (root, with apt-get), else says the command. Never throws: a part that cannot
 * run without it says so itself.
 * @param {string[]} parts names of parts of `npm test`, or `start`
 */
export async function ensureSystemPackages(parts) {
  const missing = missingPackages(parts);
  if (missing.length === 0) return;
  let command = installing(missing.map((item) => item.name));
  const apt = onPath('apt-get');
  if (!apt || process.getuid() !== 0) {
    for (const { name, why } of missing) say(`missing: ${name} (${why})`);
    if (apt) say(`to install them: sudo ${command}`);
    return;
  }
  const began = Date.now();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 'pipe', 'pipe'] };
  await run('apt-get', ['update', '-qq'], options);
  const names = [];
  for (const { name, or } of missing) {
    const known = !or || (await run('apt-cache', ['show', name], options)).code === 0;
    names.push(known ? name : or);
  }
  say(`installing with apt-get: ${names.join(', ')} ...`);
  command = installing(names);
  const { code, output } = await run(command.split(' ')[0], [...command.split(' ').slice(1), '-qq'], options);
  if (code === 0) say(`installed (${since(began)})`);
  else {
    console.error(output.split('\n').slice(-12).join('\n'));
    say(`apt-get failed; to try by hand: ${command}`);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(() => ensureSystemPackages(PACKAGES.flatMap((item) => item.parts)));
}
