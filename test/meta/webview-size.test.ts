import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { root } from '../support/house';

/** What the timeline's script may weigh, minified, in kB of 1000 bytes. */
const MOST = 450;

describe('weight of the timeline', () => {
  it(`its script is at most ${MOST} kB, minified`, async function () {
    this.timeout(60_000);
    const { unindent } = await import(pathToFileURL(join(root, 'scripts/unindent.mjs')).href);
    const { outputFiles } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [join(root, 'webview/timeline/main.ts')],
      outdir: join(root, 'dist'),
      bundle: true,
      minify: true,
      write: false,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      legalComments: 'none',
      loader: { '.md': 'text', '.svg': 'text' },
      define: { 'process.env.SOCKETSCOPE_BUILD': '"production"' },
      logLevel: 'silent',
      plugins: [unindent],
    });
    const script = outputFiles.find(({ path }) => path.endsWith('.js'))!;
    const weight = script.contents.length / 1000;
    console.log(`      ${weight.toFixed(0)} kB`);
    assert.ok(weight > 100 && weight <= MOST, `${weight} kB`);
  });
});
