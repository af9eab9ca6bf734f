/** What the language tests share. */
import { join } from 'node:path';
import { root } from '../support/house';

/** The folder of the grammars: as built, or as installed when nothing is built. */
export const GRAMMARS = join(root, 'node_modules', '@vscode', 'tree-sitter-wasm', 'wasm');
export const DOCS = join(root, 'media', 'docs');

/** Code without its `‸` markers, and where they were. */
export function unmark(code: string): { text: string; at: number[] } {
  const parts = code.split('‸');
  const at: number[] = [];
  let offset = 0;
  for (const part of parts.slice(0, -1)) {
    offset += part.length;
    at.push(offset);
  }
  return { text: parts.join(''), at };
}

/** 0-based place of an offset. */
export function placeAt(text: string, offset: number): { line: number; character: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before[before.length - 1]!.length };
}
