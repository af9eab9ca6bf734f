import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderNames } from '../../src/runner/folder-names';

describe('the names in a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'socketscope-names-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** As if nothing had happened in the folder for so long (ms). */
  const quietFor = (ms: number) => {
    const then = new Date(Date.now() - ms);
    utimesSync(folder, then, then);
    return statSync(folder).mtimeMs + ms;
  };

  it('are read again only when one has come', () => {
    const names = new FolderNames(folder);
    assert.equal(names.changed(), true);
    const now = quietFor(1000);
    assert.deepEqual(names.read(now), []);
    assert.equal(names.changed(now + 5), false);
    writeFileSync(join(folder, 'a'), '');
    assert.equal(names.changed(now + 6), true);
    assert.deepEqual(names.read(), ['a']);
  });

  it('are read again while a second change could carry the time of the first, when asked to, and after a while', () => {
    const names = new FolderNames(folder);
    const now = quietFor(10);
    names.read(now);
    assert.equal(names.changed(now + 1), true);
    const later = quietFor(1000);
    names.read(later);
    assert.equal(names.changed(later + 1), false);
    assert.equal(names.changed(later + 101), true);
    names.forget();
    assert.equal(names.changed(later + 1), true);
  });

  it('of a folder that is gone are an error', () => {
    const names = new FolderNames(folder);
    names.read();
    rmSync(folder, { recursive: true });
    assert.throws(() => names.changed(), { code: 'ENOENT' });
    assert.throws(() => names.read(), { code: 'ENOENT' });
  });
});
