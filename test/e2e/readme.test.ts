import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '../support/free-port';
import { root, script } from '../support/house';

describe('README', () => {
  const text = readFileSync(join(root, 'README.md'), 'utf8');

  it('has pictures that exist and are no placeholders', () => {
    const pictures = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map((match) => match[1]!);
    assert.ok(pictures.length > 0);
    for (const path of pictures) assert.ok(existsSync(join(root, path)) && statSync(join(root, path)).size > 20_000, path);
  });

  it('has links to files that exist', () => {
    for (const [, path] of text.matchAll(/[^!]\[[^\]]+\]\((?!https?:)([^)#]+)\)/g)) assert.ok(existsSync(join(root, path!)), path);
  });

  it('shows the real output of its command', async () => {
    const { transcriptInReadme } = await script<{ transcriptInReadme(): string | null }>('lib/transcript.mjs');
    const shown = transcriptInReadme() ?? '';
    const command = /^npx socketscope (run .*--print)$/m.exec(text)![1]!.split(' ');
    const env = {
      ...process.env,
      PORT: String(await freePort()),
      PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
    };
    // The command that setup linked, found on the PATH as npx finds it.
    const real = spawnSync('socketscope', command, { cwd: root, env, encoding: 'utf8', timeout: 30_000 });
    assert.equal(real.status, 0, real.stderr);
    // Numbers differ from run to run, and so does how the bytes are cut into reads; what is called and said does not.
    const calls = (output: string) => [...new Set([...output.matchAll(/\b([a-z]\w+)\(\d*[,)]/g)].map((match) => match[1]))].sort();
    const titles = (output: string) => output.split('\n').find((line) => /^\s*step\s/.test(line));
    assert.deepEqual(calls(shown), calls(real.stdout));
    assert.equal(titles(shown)?.trim().split(/\s+/).join(' '), titles(real.stdout)?.trim().split(/\s+/).join(' '));
    assert.ok(titles(shown), 'the column titles');
    for (const call of ['socket', 'bind', 'listen', 'connect', 'accept', 'shutdown', 'close'])
      assert.match(shown, new RegExp(`\\b${call}`));
  });
});
