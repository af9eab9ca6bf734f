import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';

/** A style may be written in TypeScript: `server.ts` stands for `server.mjs`. null when there is neither. */
export function entryIn(folder: string, entry: string): string | null {
  const stem = entry.slice(0, -extname(entry).length);
  for (const name of [entry, ...['.mjs', '.js', '.cjs', '.ts', '.mts', '.cts'].map((ending) => stem + ending)])
    if (existsSync(join(folder, name))) return name;
  return null;
}
