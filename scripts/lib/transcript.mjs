// The transcript in the README is the real output of the command above it.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { environment, run } from './processes.mjs';
import { Problem } from './say.mjs';

/** What `npm start` and the README run. */
export const SAMPLE_COMMAND = ['run', 'media/samples/echo/server.mjs', '--then', 'media/samples/echo/client.mjs', '--print'];

/** A port that nobody listens on: 8080, which the sample takes by itself, or another one when that is in use. */
function freePort(wanted = 8080) {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', (error) => (wanted ? done(freePort(0)) : fail(error)));
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/**
 * Runs the sample traced, as `npx socketscope` does in the clone.
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<string>} what it printed, when `stdio` pipes it
 */
export async function runSample(stdio) {
  const env = environment({ PORT: String(await freePort()) });
  const { code, output } = await run('node', [join('dist', 'cli.js'), ...SAMPLE_COMMAND], { env, stdio, timeout: 60_000 });
  if (code !== 0) throw new Problem(`The sample ended with ${code}: please report it with the lines above.\n${output}`);
  return output;
}

const BLOCK = /(<!-- transcript -->\n\n?```\n)[\s\S]*?(```\n\n?<!-- \/transcript -->)/;

/** The transcript that stands in the README. */
export const transcriptInReadme = () => BLOCK.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[0].split('```\n')[1] ?? null;

/** Takes the transcript anew. */
export async function retakeTranscript() {
  const path = join(root, 'README.md');
  const output = await runSample(['ignore', 'pipe', 'inherit']);
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace(BLOCK, (_all, before, after) => `${before}${output.trim()}\n${after}`),
  );
}
