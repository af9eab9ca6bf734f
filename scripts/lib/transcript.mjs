// The transcript in the README is the real output of the command above it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';
import { root } from './paths.mjs';
import { environment, run } from './processes.mjs';
import { Problem } from './say.mjs';

/** What `npm start` and the README run. */
export const SAMPLE_COMMAND = ['run', 'media/samples/echo/server.mjs', '--then', 'media/samples/echo/client.mjs', '--print'];

/**
 * Runs the sample traced, as `npx socketscope` does in the clone.
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<string>} what it printed, when `stdio` pipes it
 */
export async function runSample(stdio) {
  // 8080 is the sample's own, and often in use.
  const env = environment({ PORT: String(await freePort(8080)) });
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
