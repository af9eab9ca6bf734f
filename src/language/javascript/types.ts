/** Types that are written down: TypeScript annotations and JSDoc. Only names of Node's own classes count. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { MODULES, moduleNamed } from './api';
import type { Inference, Type } from './infer';
import { type Binding, field, named } from './names';

const IMPORTED = /^import\(\s*['"]([\w:]+)['"]\s*\)\.(\w+)$/;

/** The object that a written type stands for: `net.Socket | null`, `import('node:net').Server`, `Socket`; null when it is none of ours. */
export function typeText(inference: Inference, text: string, at: Node): Type {
  const parts = text
    .replace(/[()]*$/, (end) => end)
    .split('|')
    .map((part) =>
      part
        .trim()
        .replace(/^[?!]/, '')
        .replace(/[?!=]$/, ''),
    )
    .filter((part) => part && part !== 'null' && part !== 'undefined');
  if (parts.length !== 1) return null;
  const name = parts[0]!.replace(/<.*>$/s, '');
  const imported = IMPORTED.exec(name);
  if (imported) {
    const module = moduleNamed(imported[1]!);
    const found = module ? MODULES[module].classes[imported[2]!] : undefined;
    return found ? { is: 'object', name: found, user: null, origin: null, server: null } : null;
  }
  const path = name.split('.');
  if (!path.every((part) => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(part)) || path.length > 2) return null;
  let type = inference.typeOfName(path[0]!, at);
  if (type === null && path.length === 1) return typedef(inference, path[0]!, at);
  if (path[1]) type = inference.property(type, path[1]);
  return type?.is === 'class' ? { is: 'object', name: type.name, user: null, origin: null, server: null } : null;
}

/** `@typedef {import('node:net').Socket} Socket`. */
function typedef(inference: Inference, name: string, at: Node): Type {
  const found = inference.names.typedefs().find((each) => each.name === name && each.text.trim() !== name);
  return found ? typeText(inference, found.text, at) : null;
}

/** `@type` over a declaration, `@param` over a function. */
export function jsdocTypeOf(inference: Inference, binding: Binding): Type {
  const comment = commentOver(binding.node);
  if (!comment) return null;
  if (binding.kind === 'variable') {
    const match = /@type\s*\{((?:[^{}]|\{[^}]*\})*)\}/.exec(comment);
    return match ? typeText(inference, match[1]!, binding.node) : null;
  }
  for (const match of comment.matchAll(/@param\s*\{([^}]*)\}\s*\[?([\w$]+)/g)) {
    if (match[2] === binding.name) return typeText(inference, match[1]!, binding.node);
  }
  return null;
}

/** The JSDoc block directly over the statement (or class member) that a node is in. */
function commentOver(node: Node): string | null {
  for (let at: Node | null = node; at; at = at.parent) {
    const before = at.previousSibling;
    if (before?.type === 'comment' && before.text.startsWith('/**')) return before.text;
    if (at.type.endsWith('_statement') || at.type === 'class_body' || at.type === 'statement_block' || at.type === 'arguments') {
      if (at.type !== 'export_statement') return null;
    }
    const parent: Node | null = at.parent;
    if (parent?.type === 'variable_declarator' && named(parent).length && field(parent, 'value')?.id !== at.id) return null;
  }
  return null;
}
