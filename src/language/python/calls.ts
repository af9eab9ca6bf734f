/** Finds the socket calls of a Python file: every place that names one and certainly means it. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { ForeignCall } from '../analysis';
import { CONSTRUCTOR, FUNCTIONS, METHODS, methodEntry } from './api';
import { pythonErrors } from './errors';
import { Inference, isMethod, type Transport } from './infer';
import { pythonLens } from './lens-text';
import { field, same } from './names';

/** A file that does not import the module has none: it is not parsed. */
const GATE = /^[ \t]*(?:import\b[^\n]*\bsocket\b|from[ \t]+socket[ \t]+import\b)/m;

export const importsSocket = (text: string): boolean => GATE.test(text);

const EXPORTS = ['socket', ...Object.keys(FUNCTIONS)];

/** In source order. `root` and `text` belong together. */
export function findPythonCalls(root: Node, text: string): ForeignCall[] {
  const inference = new Inference(root, text);
  const found: { at: number; call: ForeignCall }[] = [];
  const names = new Set([...EXPORTS, ...Object.keys(METHODS)]);
  // `from socket import create_server as serve`, `make = socket.socket`.
  for (const [, alias] of text.matchAll(/\b(?:socket|create_\w+|socketpair|getaddrinfo)[ \t]+as[ \t]+(\w+)/g)) names.add(alias!);
  for (const [, alias] of text.matchAll(/^[ \t]*(\w+)[ \t]*=[ \t]*[\w.]*(?:socket|create_\w+|socketpair)[ \t]*(?:#.*)?$/gm))
    names.add(alias!);
  for (const match of text.matchAll(new RegExp(`\\b(?:${[...names].join('|')})\\b(?=\\s*\\()`, 'g'))) {
    const node = root.descendantForIndex(match.index, match.index + match[0].length - 1);
    if (node?.type !== 'identifier' || node.text !== match[0]) continue;
    const call = callAt(inference, node);
    if (call) found.push({ at: node.startIndex, call });
  }
  return found.sort((a, b) => a.at - b.at).map(({ call }) => call);
}

function callAt(inference: Inference, node: Node): ForeignCall | null {
  const attribute = node.parent?.type === 'attribute' && same(field(node.parent, 'attribute'), node) ? node.parent : null;
  const callee = attribute ?? node;
  const parent = callee.parent;
  const called = parent?.type === 'call' && same(field(parent, 'function'), callee);
  // While the brackets are being typed there is no call in the tree; the text says that one is meant.
  if (!called && parent?.type !== 'ERROR') return null;
  const object = attribute ? inference.typeOf(field(attribute, 'object')) : null;
  const list = called ? field(parent, 'arguments') : null;
  if (object?.is === 'socket')
    return isMethod(node.text)
      ? found(node, methodEntry(node.text, object.transport === 'datagram'), node.text, list, object.transport)
      : null;
  const type = inference.typeOf(callee);
  if (type?.is === 'class') {
    const made = called ? inference.typeOf(parent) : null;
    return found(node, CONSTRUCTOR, 'socket', list, made?.is === 'socket' ? made.transport : 'unknown');
  }
  return type?.is === 'function' ? found(node, FUNCTIONS[type.name].entry, type.name, list, 'stream') : null;
}

const found = (node: Node, entry: ForeignCall['entry'], name: string, list: Node | null, transport: Transport): ForeignCall => ({
  name: {
    start: { line: node.startPosition.row, character: node.startPosition.column },
    end: { line: node.endPosition.row, character: node.endPosition.column },
  },
  entry,
  errors: pythonErrors(entry),
  lens: pythonLens(name, list, transport),
});
