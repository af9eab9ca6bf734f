// `npm run verify:exercises [-- ID... --repeat N --jobs N --node PATH]`: builds, then holds every exercise against itself and prints the
// confusion matrices. The same as `socketscope exercises verify`, on the project's own Node.
import { join } from 'node:path';
import { buildIfNeeded } from './build-if-needed.mjs';
import { root } from './lib/paths.mjs';
import { environment, run, stopAllOnSignals } from './lib/processes.mjs';
import { main } from './lib/say.mjs';
import { setUp } from './setup.mjs';

await main(async () => {
  stopAllOnSignals();
  await setUp();
  await buildIfNeeded({ tests: false });
  const { code } = await run('node', [join(root, 'dist', 'cli.js'), 'exercises', 'verify', ...process.argv.slice(2)], {
    env: environment(),
  });
  return code;
});
