// Whether something that was made from files is still up to date: by what is in the files, not by their times.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './paths.mjs';

function walk(path, found) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return;
  if (stat.isFile()) found.push(path);
  if (stat.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name), found);
}

/** One hash over files and folders (paths in the clone): their names and contents. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    const files = [];
    walk(join(root, path), files);
    for (const file of files) {
      hash.update(`${file.slice(root.length)}\0`);
      hash.update(readFileSync(file));
      hash.update('\0');
    }
  }
  return hash.digest('hex');
}

/** True when `stamp` (a file) holds `hash`. */
export const isStamped = (stamp, hash) => existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;

export function writeStamp(stamp, hash) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}
