/**
 * What an expression of a Python program certainly is, as far as sockets are concerned; null when it is not known, or when two
 * possibilities disagree: a guess would be shown as a fact.
 */
import type { Node } from '@vscode/tree-sitter-wasm';
import { FUNCTIONS, METHODS, type SocketFunction } from './api';
import { type Binding, field, isFunction, Names, named, same, scopeOf } from './names';
import { callSites } from './parameters';

export type Transport = 'stream' | 'datagram' | 'unknown';

export type Type =
  | { is: 'module' }
  /** `socket.socket`. */
  | { is: 'class' }
  | { is: 'function'; name: SocketFunction }
  | { is: 'socket'; transport: Transport }
  | { is: 'tuple'; of: Type[] }
  | { is: 'own-function'; node: Node }
  | { is: 'own-class'; node: Node }
  | { is: 'instance'; of: Node }
  | { is: 'nothing' }
  | null;

/** Expressions in each other; no program that people read is as deep. */
const DEEPEST = 100;

export function unify(types: readonly Type[]): Type {
  let result: Type = null;
  for (const type of types) {
    if (type?.is === 'nothing') continue;
    if (type === null) return null;
    if (result === null) result = type;
    else {
      const both: Type = merge(result, type);
      if (both === null) return null;
      result = both;
    }
  }
  return result;
}

function merge(a: NonNullable<Type>, b: NonNullable<Type>): Type {
  if (a.is === 'socket' && b.is === 'socket') return a.transport === b.transport ? a : { is: 'socket', transport: 'unknown' };
  if (a.is === 'function' && b.is === 'function') return a.name === b.name ? a : null;
  if (a.is === 'tuple' && b.is === 'tuple') return a.of.length === b.of.length ? a : null;
  if (a.is === 'instance' && b.is === 'instance') return same(a.of, b.of) ? a : null;
  if ('node' in a && 'node' in b) return same(a.node, b.node) ? a : null;
  return a.is === b.is && (a.is === 'module' || a.is === 'class') ? a : null;
}

const SOCKET: Type = { is: 'socket', transport: 'unknown' };
const STREAM: Type = { is: 'socket', transport: 'stream' };

export class Inference {
  readonly names: Names;
  private readonly known = new Map<number, Type>();
  private readonly busy = new Set<number>();
  private depth = 0;
  /** `from socket import *` stands in the file. */
  private readonly star: boolean;

  constructor(root: Node, text: string) {
    this.names = new Names(root, text);
    this.star = /^[ \t]*from[ \t]+socket[ \t]+import[ \t]*\*/m.test(text);
  }

  typeOf(node: Node | null): Type {
    if (!node) return null;
    return this.once(node.id, () => this.compute(node));
  }

  /** The value of a key, computed once; null while it depends on itself. */
  private once(key: number, compute: () => Type): Type {
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.busy.has(key) || this.depth > DEEPEST) return null;
    this.busy.add(key);
    this.depth++;
    const type = compute();
    this.depth--;
    this.busy.delete(key);
    this.known.set(key, type);
    return type;
  }

  private compute(node: Node): Type {
    switch (node.type) {
      case 'identifier':
        return this.ofName(node.text, node);
      case 'none':
        return { is: 'nothing' };
      case 'parenthesized_expression':
        return this.typeOf(named(node)[0] ?? null);
      case 'named_expression':
        return this.typeOf(field(node, 'value'));
      case 'tuple':
      case 'expression_list':
        return { is: 'tuple', of: named(node).map((child) => this.typeOf(child)) };
      case 'conditional_expression': {
        const [yes, , no] = named(node);
        return unify([this.typeOf(yes ?? null), this.typeOf(no ?? null)]);
      }
      case 'boolean_operator':
        return field(node, 'operator')?.text === 'or' ? unify([this.typeOf(field(node, 'left')), this.typeOf(field(node, 'right'))]) : null;
      case 'attribute':
        return this.attribute(this.typeOf(field(node, 'object')), field(node, 'attribute')?.text ?? '');
      case 'subscript': {
        const value = this.typeOf(field(node, 'value'));
        const index = field(node, 'subscript');
        return value?.is === 'tuple' && index?.type === 'integer' ? (value.of[Number(index.text)] ?? null) : null;
      }
      case 'call':
        return this.call(node);
      default:
        return null;
    }
  }

  ofName(name: string, from: Node): Type {
    const bindings = this.names.lookup(name, from);
    if (bindings.length === 0) return this.star ? exported(name) : null;
    return unify(bindings.map((binding) => this.ofBinding(binding)));
  }

  private ofBinding(binding: Binding): Type {
    // Below the ids of nodes, which are addresses.
    return this.once(-binding.identifier.id - 1, () => this.computeBinding(binding));
  }

  private computeBinding(binding: Binding): Type {
    if (binding.annotation) {
      const written = this.written(binding.annotation, binding.identifier);
      if (written) {
        const value = binding.kind === 'value' ? this.typeOf(binding.node) : null;
        return written.is === 'socket' && value?.is === 'socket' ? value : written;
      }
    }
    switch (binding.kind) {
      case 'import':
        return imported(binding);
      case 'function':
        return { is: 'own-function', node: binding.node };
      case 'class':
        return { is: 'own-class', node: binding.node };
      case 'value':
        return this.follow(this.typeOf(binding.node), binding.path);
      case 'parameter':
        return this.parameter(binding);
      default:
        return null;
    }
  }

  private follow(type: Type, path: readonly number[]): Type {
    let at = type;
    for (const index of path) at = at?.is === 'tuple' ? (at.of[index] ?? null) : null;
    return at;
  }

  attribute(object: Type, name: string): Type {
    if (object?.is === 'module') return exported(name);
    return object?.is === 'instance' ? this.member(object.of, name) : null;
  }

  /** `self.name`: what the class body and its methods give it. */
  private member(owner: Node, name: string): Type {
    const values: Type[] = this.names.inClass(name, owner).map((binding) => this.ofBinding(binding));
    for (const node of this.names.attributes(name)) {
      const attribute = node.parent!;
      const object = field(attribute, 'object');
      if (object?.type !== 'identifier' || !same(selfClass(this.names.lookup(object.text, object)), owner)) continue;
      const path: number[] = [];
      let current = attribute;
      let at = current.parent;
      while (at && /^(pattern_list|tuple_pattern|list_pattern)$/.test(at.type)) {
        path.unshift(named(at).findIndex((child) => same(child, current)));
        current = at;
        at = at.parent;
      }
      if (at?.type === 'assignment' && same(field(at, 'left'), current)) {
        const type = field(at, 'type');
        const right = field(at, 'right');
        const written = type ? this.written(type, node) : null;
        const value = right ? this.follow(this.typeOf(right), path) : null;
        values.push(written?.is === 'socket' && value?.is !== 'socket' ? written : value);
      } else if (path.length || at?.type === 'as_pattern_target' || (at?.type === 'for_statement' && same(field(at, 'left'), current))) {
        values.push(null);
      }
    }
    return unify(values);
  }

  private call(node: Node): Type {
    const callee = field(node, 'function');
    if (!callee) return null;
    if (callee.type === 'attribute') {
      const object = this.typeOf(field(callee, 'object'));
      const method = field(callee, 'attribute')?.text ?? '';
      if (object?.is === 'socket') {
        if (method === 'accept') return { is: 'tuple', of: [STREAM, null] };
        return method === 'dup' || method === '__enter__' ? object : null;
      }
    }
    const type = this.typeOf(callee);
    if (type?.is === 'class') return { is: 'socket', transport: this.transport(node) };
    if (type?.is === 'function') {
      if (type.name === 'socketpair') return { is: 'tuple', of: [STREAM, STREAM] };
      return FUNCTIONS[type.name].makes ? STREAM : null;
    }
    if (type?.is === 'own-class') return { is: 'instance', of: type.node };
    return type?.is === 'own-function' ? this.returned(type.node) : null;
  }

  /** The type argument of `socket.socket(family, type)`. */
  private transport(call: Node): Transport {
    const given = named(field(call, 'arguments') ?? call);
    if (given.some((argument) => /splat/.test(argument.type))) return 'unknown';
    const keyword = given.find((argument) => argument.type === 'keyword_argument' && field(argument, 'name')?.text === 'type');
    const positional = given.filter((argument) => argument.type !== 'keyword_argument')[1];
    const value = keyword ? field(keyword, 'value') : positional;
    if (!value) return given.some((argument) => field(argument, 'name')?.text === 'fileno') ? 'unknown' : 'stream';
    if (/(^|\.)SOCK_DGRAM$/.test(value.text)) return 'datagram';
    return /(^|\.)SOCK_STREAM$/.test(value.text) ? 'stream' : 'unknown';
  }

  private returned(definition: Node): Type {
    // A coroutine or a generator is called, not its value.
    if (definition.children[0]?.type === 'async' || definition.descendantsOfType('yield').some((node) => same(around(node!), definition)))
      return null;
    const written = field(definition, 'return_type');
    const type = written ? this.written(written, definition) : null;
    if (type) return type;
    const values = definition.descendantsOfType('return_statement').filter((node) => same(around(node!), definition));
    return values.length ? unify(values.map((node) => this.typeOf(named(node!)[0] ?? null))) : null;
  }

  /** An annotation: `socket.socket`, `Optional[socket]`, `"socket.socket | None"`. */
  private written(annotation: Node, from: Node): Type {
    let text = annotation.text.trim().replace(/^(['"])(.*)\1$/, '$2');
    text = text.replace(/^(?:typing\.)?Optional\[(.*)\]$/, '$1').replace(/^None\s*\|\s*|\s*\|\s*None$/g, '');
    const [first, ...rest] = text.split('.');
    if (!first || !/^[\w.]+$/.test(text)) return null;
    // An annotation stands outside the scope of what it annotates.
    let type = this.ofName(first, isFunction(from) ? from : (annotation.parent ?? from));
    for (const name of rest) type = this.attribute(type, name);
    if (type?.is === 'class') return SOCKET;
    return type?.is === 'own-class' ? { is: 'instance', of: type.node } : null;
  }

  /** A parameter without annotation: what every use of its function gives it. */
  private parameter(binding: Binding): Type {
    const owner = selfClass([binding]);
    if (owner) return { is: 'instance', of: owner };
    const values = callSites(this, binding);
    return values ? unify(values) : null;
  }
}

/** The class whose method's first parameter a name is. */
export function selfClass(bindings: readonly Binding[]): Node | null {
  const [binding] = bindings;
  if (bindings.length !== 1 || binding?.kind !== 'parameter' || binding.node.type !== 'function_definition') return null;
  if (!same(named(field(binding.node, 'parameters')!)[0], binding.identifier)) return null;
  const scope = scopeOf(binding.node);
  if (scope.type !== 'class_definition') return null;
  const decorated = binding.node.parent?.type === 'decorated_definition' ? binding.node.parent.text : '';
  return /^\s*@(static|class)method\b/m.test(decorated.split('def ')[0]!) ? null : scope;
}

/** The function that a statement belongs to. */
function around(node: Node): Node {
  let scope = scopeOf(node);
  while (!isFunction(scope) && scope.parent) scope = scopeOf(scope);
  return scope;
}

function exported(name: string): Type {
  if (name === 'socket' || name === 'SocketType') return name === 'socket' ? { is: 'class' } : null;
  return Object.hasOwn(FUNCTIONS, name) ? { is: 'function', name: name as SocketFunction } : null;
}

function imported({ node }: Binding): Type {
  let statement = node.parent;
  if (statement?.type === 'aliased_import') statement = statement.parent;
  if (statement?.type === 'import_statement') return node.text === 'socket' ? { is: 'module' } : null;
  if (statement?.type !== 'import_from_statement' || field(statement, 'module_name')?.text !== 'socket') return null;
  return exported(node.text);
}

/** Names of methods, of a socket that is known. */
export const isMethod = (name: string): boolean => Object.hasOwn(METHODS, name);
