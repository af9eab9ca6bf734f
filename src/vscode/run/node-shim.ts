import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundNode } from './node-finder';

/**
 * Writes a command `node` into `folder` that starts this runtime, and returns the folder, to be put first on the PATH of a terminal.
 * For machines without a `node` of their own, and for a Node that only a setting names.
 */
export function writeNodeShim(folder: string, node: Pick<FoundNode, 'path' | 'env'>, platform: NodeJS.Platform = process.platform): string {
  mkdirSync(folder, { recursive: true });
  const variables = Object.entries(node.env);
  if (platform === 'win32') {
    const lines = ['@echo off', ...variables.map(([name, value]) => `set "${name}=${value}"`), `"${node.path}" %*`];
    writeFileSync(join(folder, 'node.cmd'), `${lines.join('\r\n')}\r\n`);
    return folder;
  }
  const file = join(folder, 'node');
  const exports = variables.map(([name, value]) => `export ${name}=${quoted(value ?? '')}\n`).join('');
  writeFileSync(file, `#!/bin/sh\n${exports}exec ${quoted(node.path)} "$@"\n`);
  chmodSync(file, 0o755);
  return folder;
}

/** A word of the POSIX shell, whatever is in it. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
