import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version in the package.json of `folder`; `unknown` when there is none. */
export function version(folder: string): string {
  try {
    return String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string }).version ?? 'unknown');
  } catch {
    return 'unknown';
  }
}
