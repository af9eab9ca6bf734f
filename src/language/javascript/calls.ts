/** Finds the socket calls of a file: every place that names one of Node's socket functions and certainly means it. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { ApiId } from '../../knowledge/apis';
import type { SocketCall, Span } from '../analysis';
import { CALL_NAMES, CLASSES, EXPORT_NAMES, fromLineage, LISTENER_METHODS } from './api';
import { argumentsOf } from './arguments';
import { classMember } from './classes';
import type { Inference, Type } from './infer';
import { field, named, same } from './names';

/** A file that never names one of the modules has no socket calls: nothing of it is parsed. */
const GATE = /['"`](?:node:)?(?:net|dgram|https?|http2|tls)['"`]/;

export const mentionsSockets = (text: string): boolean => GATE.test(text);

export const span = (start: Node, end: Node = start): Span => ({
  start: { line: start.startPosition.row, character: start.startPosition.column },
  end: { line: end.endPosition.row, character: end.endPosition.column },
});

interface Hit {
  api: ApiId;
  name: Node;
  call: Node;
  /** Where V8 places the call. */
  site: Node;
  event: Node | null;
  origin: number | null;
  server: number | null;
}

/** A call with its nodes, which live as long as the tree does. */
export interface CallNode {
  call: SocketCall;
  /** The call expression; while it is being typed the member expression. */
  node: Node;
  name: Node;
}

/** The calls in source order. */
export function findCalls(inference: Inference): CallNode[] {
  const { root, text } = inference;
  const hits: Hit[] = [];
  const done = new Set<string>();
  const names = [...CALL_NAMES];
  const combined = new RegExp(`(?<![\\w$])(?:${names.join('|')})(?![\\w$])`, 'g');
  const look = (at: number, name: string): void => {
    const node = root.descendantForIndex(at, at + name.length - 1);
    if (!node || node.startIndex !== at || node.endIndex !== at + name.length) return;
    const alias = otherName(node);
    if (alias && alias !== name && !CALL_NAMES.has(alias) && !done.has(alias)) {
      done.add(alias);
      names.push(alias);
    }
    const hit = hitAt(inference, node);
    if (hit) hits.push(hit);
  };
  for (const match of text.matchAll(combined)) {
    if (EXPORT_NAMES.has(match[0]) || looksCalled(text, match.index, match[0].length)) look(match.index, match[0]);
  }
  // Other names that were met on the way (`import { connect as dial }`), and the names given to those.
  for (let i = CALL_NAMES.size; i < names.length; i++) for (const at of inference.names.words.offsets(names[i]!)) look(at, names[i]!);
  hits.sort((a, b) => a.name.startIndex - b.name.startIndex);
  const families = new Map<number, SocketCall['args']['family']>();
  return hits.map((hit) => {
    let args = argumentsOf(inference, hit.api, hit.call);
    if (hit.api === 'dgram.createSocket') families.set(hit.call.startIndex, args.family);
    else if (hit.origin !== null && families.has(hit.origin)) args = { ...args, family: families.get(hit.origin)! };
    const start = span(hit.site).start;
    const { api, origin, server } = hit;
    const call = { api, name: span(hit.name), event: hit.event ? span(hit.event) : null, site: start, origin, server, args };
    return { call, node: hit.call, name: hit.name };
  });
}

/** False for a word that cannot be the method of a call: a look at its neighbours costs much less than one at the tree. */
function looksCalled(text: string, at: number, length: number): boolean {
  let before = at - 1;
  while (before >= 0 && text.charCodeAt(before) <= 32) before--;
  let after = at + length;
  while (after < text.length && text.charCodeAt(after) <= 32) after++;
  // A slash may belong to a comment, `<` to type arguments, `?` to an optional call.
  return './'.includes(text[before] ?? ' ') && '(?</'.includes(text[after] ?? ' ');
}

/** The name that a mention gives to the same thing: `b` in `a as b`, `{ a: b }`, `b = x.a`. */
function otherName(node: Node): string | null {
  const parent = node.parent;
  if (parent?.type === 'import_specifier') return field(parent, 'alias')?.text ?? null;
  if (parent?.type === 'pair_pattern' && same(field(parent, 'key'), node)) {
    const value = field(parent, 'value');
    return value?.type === 'identifier' ? value.text : null;
  }
  const value = parent?.type === 'member_expression' ? parent : node;
  const holder = value.parent;
  if (holder?.type === 'variable_declarator' && same(field(holder, 'value'), value)) {
    const name = field(holder, 'name');
    return name?.type === 'identifier' ? name.text : null;
  }
  return null;
}

function hitAt(inference: Inference, node: Node): Hit | null {
  const parent = node.parent;
  if (!parent) return null;
  if (node.type === 'identifier' || node.type === 'type_identifier') {
    if (parent.type === 'call_expression' && same(field(parent, 'function'), node)) return plainCall(inference, node, parent, node);
    if (parent.type === 'new_expression' && same(field(parent, 'constructor'), node)) return plainCall(inference, node, parent, parent);
    return null;
  }
  if (node.type !== 'property_identifier' || parent.type !== 'member_expression' || !same(field(parent, 'property'), node)) return null;
  const call = parent.parent;
  if (call?.type === 'new_expression' && same(field(call, 'constructor'), parent)) return plainCall(inference, node, call, call, parent);
  const called = call?.type === 'call_expression' && same(field(call, 'function'), parent);
  // While the brackets are still being typed there is no call in the tree, but the text says that one is meant.
  const begun = call?.type === 'ERROR' && /^\s*\(/.test(inference.text.slice(node.endIndex, node.endIndex + 20));
  if (!called && !begun) return null;
  const object = inference.typeOf(field(parent, 'object'));
  if (object?.is === 'object') return method(inference, object, node, called ? call : parent);
  return plainCall(inference, node, called ? call : parent, node, parent);
}

/** A call of a module's function, or the construction of one of its classes. */
function plainCall(inference: Inference, name: Node, call: Node, site: Node, callee: Node = name): Hit | null {
  const type = inference.typeOf(callee);
  const constructed = call.type === 'new_expression';
  let api: ApiId | null = null;
  if (type?.is === 'function' && !constructed) api = type.entry.api;
  if (type?.is === 'class' && constructed) api = CLASSES[type.name].construct;
  return api ? { api, name, call, site, event: null, origin: call.startIndex, server: null } : null;
}

function method(inference: Inference, object: NonNullable<Type> & { is: 'object' }, name: Node, call: Node): Hit | null {
  const method = name.text;
  if (!object.name || (object.user && classMember(inference, object.user, method) !== undefined)) return null;
  if (LISTENER_METHODS.has(method)) {
    const event = named(field(call, 'arguments') ?? call)[0];
    if (event?.type !== 'string') return null;
    const key = event.text.slice(1, -1);
    const entry = fromLineage(object.name, ({ events }) => (Object.hasOwn(events, key) ? events[key] : undefined));
    return entry?.api ? { api: entry.api, name, call, site: name, event, origin: object.origin, server: object.server } : null;
  }
  const entry = fromLineage(object.name, ({ methods }) => (Object.hasOwn(methods, method) ? methods[method] : undefined));
  return entry?.api ? { api: entry.api, name, call, site: name, event: null, origin: object.origin, server: object.server } : null;
}
