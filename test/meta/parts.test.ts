import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, script } from '../support/house';

interface Parts {
  PARTS: { name: string; folders?: string[] }[];
  testFiles(part: { folders?: string[] }): string[];
}

const sources = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true })
    .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path) && !path.includes('/fixtures/'));

describe('parts of npm test', () => {
  it('run every test file exactly once', async () => {
    const { PARTS, testFiles } = await script<Parts>('lib/parts.mjs');
    const run = PARTS.flatMap(testFiles).sort();
    const written = sources('test').filter((path) => path.endsWith('.test.ts'));
    assert.deepEqual(run, written.sort());
  });

  it('overlook no file with tests under another name or in another place', () => {
    const suspicious = ['test', 'src', 'webview', 'scripts'].flatMap(sources).filter((path) => {
      if (path.startsWith('test/') && path.endsWith('.test.ts')) return false;
      if (/[._-](test|spec)\.[cm]?[jt]sx?$/.test(path)) return true;
      return /^\s*(describe|it)(\.only|\.skip)?\(\s*['"`]/m.test(readFileSync(join(root, path), 'utf8'));
    });
    assert.deepEqual(suspicious, []);
  });
});
