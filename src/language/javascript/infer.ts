/**
 * What an expression certainly is: a module of Node's socket API, one of its functions or classes, an object of one of its
 * classes, or unknown (null). Where two possibilities disagree the answer is null: a guess would be shown as a fact.
 */
import type { Node } from '@vscode/tree-sitter-wasm';
import { CLASSES, type ClassName, type FunctionEntry, fromLineage, LISTENER_METHODS, MODULES, type ModuleName, moduleNamed } from './api';
import { Asked } from './asked';
import { classMember, memberWrites, superClass } from './classes';
import { type Binding, enclosingFunction, field, isFunction, named, propertyName, same } from './names';
import type { Names } from './program-names';
import { jsdocTypeOf, typeText } from './types';
import type { Spot, Unit } from './unit';

export type Type =
  | { is: 'module'; module: ModuleName }
  | { is: 'function'; entry: FunctionEntry }
  | { is: 'class'; name: ClassName }
  /**
   * `user`: a class of the file that extends `name` (or nothing of ours). `origin`: the creating expression. `server`: of a socket given
   * to a listener, the expression that created the emitter.
   */
  | { is: 'object'; name: ClassName | null; user: Node | null; origin: Spot | null; server: Spot | null }
  | { is: 'promise'; of: Type }
  | { is: 'own-function'; node: Node }
  | { is: 'own-class'; node: Node }
  | { is: 'literal-object'; node: Node }
  | { is: 'nullish' }
  | null;

/** The type of both, or null when they are not the same. */
export function unify(types: readonly Type[]): Type {
  let result: Type = null;
  let first = true;
  for (const type of types) {
    if (type?.is === 'nullish') continue;
    if (type === null) return null;
    if (first) {
      result = type;
      first = false;
    } else result = merge(result, type);
    if (result === null) return null;
  }
  return result;
}

/** The written type; with the creating expression when all values are known too and agree with it. */
export function declaredAs(written: Type, values: readonly Type[]): Type {
  const value = unify(values);
  if (!written) return value;
  return value && merge(written, value) ? value : written;
}

function merge(a: Type, b: Type): Type {
  if (!a || !b || a.is !== b.is) return null;
  if (a.is === 'object' && b.is === 'object') {
    if (a.name !== b.name || !(a.user === b.user || same(a.user, b.user))) return null;
    const origin = a.origin === b.origin ? a.origin : null;
    return { ...a, origin, server: a.server === b.server ? a.server : null };
  }
  if (a.is === 'module' && b.is === 'module') return a.module === b.module ? a : null;
  if (a.is === 'class' && b.is === 'class') return a.name === b.name ? a : null;
  if (a.is === 'function' && b.is === 'function') return a.entry === b.entry ? a : null;
  if ('node' in a && 'node' in b) return same(a.node, b.node) ? a : null;
  return null;
}

/** Expressions in each other's receivers, arguments and declarations; no program that people read is as deep. */
const DEEPEST = 200;

const objectOf = (
  name: ClassName | null | undefined,
  origin: Spot | null = null,
  user: Node | null = null,
  server: Spot | null = null,
): Type => (name || user ? { is: 'object', name: name ?? null, user, origin, server } : null);

/** A type that was worked out. Not `clean`: something that depends on itself was left out of it, and where depends on who asked first. */
interface Known {
  type: Type;
  clean: boolean;
  asked: Asked | null;
}

/** Types in a program, as seen from one of its units. What it asks of the others is noted in `names.asked`, when that is wanted. */
export class Inference {
  /** By id, which is unique among the trees that are in use. */
  private readonly known = new Map<number | Binding, Known>();
  /** What is being worked out, each with how many were before it. */
  private readonly busy = new Map<number | Binding, number>();
  /** The outermost thing that was asked for again while it was being worked out; -1: something outside of all. */
  private circle = Number.POSITIVE_INFINITY;
  private here: Unit;
  private depth = 0;

  constructor(
    readonly names: Names,
    readonly unit: Unit,
  ) {
    this.here = unit;
  }

  get root(): Node {
    return this.unit.root;
  }

  get text(): string {
    return this.unit.text;
  }

  typeOf(node: Node | null): Type {
    if (!node) return null;
    // A value that depends on itself says nothing.
    if (this.depth > DEEPEST && !this.known.has(node.id)) {
      this.circle = -1;
      return null;
    }
    this.depth++;
    const type = this.worked(node.id, this.names.unitOf(node), () => this.compute(node));
    this.depth--;
    return type;
  }

  private worked(key: number | Binding, unit: Unit, work: () => Type): Type {
    const { names, busy } = this;
    const known = this.known.get(key);
    if (known) {
      if (!known.clean) this.circle = -1;
      if (known.asked) names.asked?.include(known.asked);
      return known.type;
    }
    const since = busy.get(key);
    if (since !== undefined) {
      this.circle = Math.min(this.circle, since);
      return null;
    }
    // Of another unit: what others have found out about it holds for all, with what they asked.
    const { here, circle } = this;
    const asker = names.asked;
    const abroad = asker !== null && unit !== here;
    const shared = abroad ? unit.shared.get(key) : undefined;
    if (shared) {
      asker!.include(shared.asked);
      return shared.type;
    }
    if (abroad) {
      this.here = unit;
      names.asked = new Asked();
    }
    const asked = names.asked;
    const place = busy.size;
    this.circle = Number.POSITIVE_INFINITY;
    busy.set(key, place);
    const type = work();
    busy.delete(key);
    const clean = this.circle >= place;
    this.circle = Math.min(circle, clean ? Number.POSITIVE_INFINITY : this.circle);
    this.known.set(key, { type, clean, asked });
    if (abroad && asked) {
      asked.units.add(unit);
      asked.done();
      if (clean) unit.shared.set(key, { type, asked });
      names.asked = asker;
      asker.include(asked);
      this.here = here;
    }
    return type;
  }

  /** The one binding of an identifier; null when there is none or several. */
  binding(identifier: Node): Binding | null {
    const found = this.names.lookup(identifier.text, identifier);
    return found.length === 1 ? found[0]! : null;
  }

  /** Type of a name written in a type position or a JSDoc comment. */
  namedType(text: string, at: Node): Type {
    return typeText(this, text, at);
  }

  typeOfName(name: string, at: Node): Type {
    return unifyBindings(this.names.lookup(name, at).map((binding) => this.typeOfBinding(binding)));
  }

  /** `object.property`, whatever the object is. */
  property(object: Type, name: string): Type {
    if (!object) return null;
    if (object.is === 'module') {
      if (name === 'default') return object;
      const entry = MODULES[object.module];
      if (Object.hasOwn(entry.functions, name)) return { is: 'function', entry: entry.functions[name]! };
      return Object.hasOwn(entry.classes, name) ? { is: 'class', name: entry.classes[name]! } : null;
    }
    if (object.is === 'object') {
      if (object.user) {
        const own = classMember(this, object.user, name);
        if (own !== undefined) return own;
      }
      return object.name
        ? objectOf(
            fromLineage(object.name, (entry) =>
              entry.properties && Object.hasOwn(entry.properties, name) ? entry.properties[name] : undefined,
            ),
          )
        : null;
    }
    return null;
  }

  private typeOfBinding(binding: Binding): Type {
    return this.worked(binding, binding.unit, () => this.computeBinding(binding));
  }

  private computeBinding(binding: Binding): Type {
    if (binding.kind === 'opaque') return null;
    if (binding.kind === 'function') return this.names.writes(binding).length ? null : { is: 'own-function', node: binding.node };
    if (binding.kind === 'class') return { is: 'own-class', node: binding.node };
    if (binding.kind === 'import') {
      const module = binding.value ? moduleNamed(binding.value.text.slice(1, -1)) : null;
      return module ? this.follow({ is: 'module', module }, binding.path) : null;
    }
    const declared = binding.annotation ? this.namedType(binding.annotation.text.replace(/^:\s*/, ''), binding.node) : null;
    const written = declared ?? (binding.path.length ? null : jsdocTypeOf(this, binding));
    if (written && binding.kind === 'parameter') return written;
    const values: Type[] = this.names.writes(binding).map((write) => this.follow(this.typeOf(write.right), write.path));
    if (binding.kind === 'parameter') values.push(this.follow(this.parameter(binding.node, binding.index), binding.path));
    else if (binding.value) values.push(this.follow(this.typeOf(binding.value), binding.path));
    return declaredAs(written, values);
  }

  private follow(type: Type, path: readonly string[]): Type {
    let current = type;
    for (const name of path) {
      if (current?.is === 'literal-object') current = this.literalProperty(current.node, name);
      else current = this.property(current, name);
    }
    return current;
  }

  private compute(node: Node): Type {
    switch (node.type) {
      case 'identifier':
      case 'shorthand_property_identifier':
        if (node.text === 'undefined') return { is: 'nullish' };
        return this.typeOfName(node.text, node);
      case 'null':
      case 'undefined':
        return { is: 'nullish' };
      case 'this':
        return this.typeOfThis(node);
      case 'parenthesized_expression': {
        const cast = node.previousSibling?.type === 'comment' ? /@type\s*\{([^}]*)\}/.exec(node.previousSibling.text)?.[1] : undefined;
        return (cast ? this.namedType(cast, node) : null) ?? this.typeOf(named(node)[0] ?? null);
      }
      case 'as_expression':
      case 'satisfies_expression': {
        const [value, type] = named(node);
        return (type ? this.namedType(type.text, node) : null) ?? (type?.text === 'const' ? this.typeOf(value ?? null) : null);
      }
      case 'non_null_expression':
        return this.typeOf(named(node)[0] ?? null);
      case 'await_expression': {
        const inner = this.typeOf(named(node)[0] ?? null);
        return inner?.is === 'promise' ? inner.of : inner;
      }
      case 'assignment_expression':
        return this.typeOf(field(node, 'right'));
      case 'ternary_expression':
        return unify([this.typeOf(field(node, 'consequence')), this.typeOf(field(node, 'alternative'))]);
      case 'binary_expression': {
        const operator = field(node, 'operator')?.text;
        if (operator === '??' || operator === '||') return unify([this.typeOf(field(node, 'left')), this.typeOf(field(node, 'right'))]);
        return operator === '&&' ? this.typeOf(field(node, 'right')) : null;
      }
      case 'call_expression':
        return this.call(node);
      case 'new_expression':
        return this.construct(node);
      case 'member_expression':
        return this.member(node);
      case 'function_expression':
      case 'arrow_function':
        return { is: 'own-function', node };
      case 'class':
        return { is: 'own-class', node };
      case 'object':
        return { is: 'literal-object', node };
      default:
        return null;
    }
  }

  private member(node: Node): Type {
    const name = field(node, 'property')?.text;
    const object = field(node, 'object');
    if (!name || !object) return null;
    const type = this.typeOf(object);
    if (type?.is !== 'literal-object') return this.property(type, name);
    const writes = object.type === 'identifier' ? memberWrites(this, object, name) : [];
    return unify([...writes, this.literalProperty(type.node, name)]);
  }

  /** Nullish when the literal does not have it: an assignment elsewhere may say what it is. */
  private literalProperty(object: Node, name: string): Type {
    let found: Type = { is: 'nullish' };
    for (const child of named(object)) {
      if (child.type === 'spread_element') found = null;
      else if (child.type === 'shorthand_property_identifier' && child.text === name) found = this.typeOf(child);
      else if (child.type === 'pair' && propertyName(field(child, 'key')) === name) found = this.typeOf(field(child, 'value'));
      else if (child.type === 'method_definition' && field(child, 'name')?.text === name) found = null;
    }
    return found;
  }

  private call(node: Node): Type {
    const callee = field(node, 'function');
    if (!callee) return null;
    const first = named(field(node, 'arguments') ?? node)[0];
    const specifier = first?.type === 'string' ? moduleNamed(first.text.slice(1, -1)) : null;
    if (callee.type === 'import') return specifier ? { is: 'promise', of: { is: 'module', module: specifier } } : null;
    if (callee.type === 'identifier' && callee.text === 'require' && this.isRequire(callee)) {
      return specifier ? { is: 'module', module: specifier } : null;
    }
    if (callee.type === 'member_expression' && callee.text === 'process.getBuiltinModule') {
      return specifier ? { is: 'module', module: specifier } : null;
    }
    if (callee.type === 'member_expression') {
      const object = this.typeOf(field(callee, 'object'));
      const method = field(callee, 'property')?.text ?? '';
      if (object?.is === 'object' && object.name && !(object.user && classMember(this, object.user, method) !== undefined)) {
        if (LISTENER_METHODS.has(method)) return object;
        const entry = fromLineage(object.name, ({ methods }) => (Object.hasOwn(methods, method) ? methods[method] : undefined));
        return entry?.self ? object : null;
      }
    }
    const type = this.typeOf(callee);
    if (type?.is === 'function') return objectOf(type.entry.returns, this.spot(node));
    return type?.is === 'own-function' ? this.returned(type.node) : null;
  }

  private isRequire(callee: Node): boolean {
    const [binding] = this.names.lookup('require', callee);
    return !binding || /createRequire\s*\(/.test(binding.value?.text ?? '');
  }

  private construct(node: Node): Type {
    const type = this.typeOf(field(node, 'constructor'));
    if (type?.is === 'class') return objectOf(type.name, this.spot(node));
    if (type?.is !== 'own-class') return null;
    const base = superClass(this, type.node);
    return objectOf(base?.is === 'class' ? base.name : null, this.spot(node), type.node);
  }

  /** Stands for an expression, as its origin. */
  spot(node: Node): Spot {
    return this.names.unitOf(node).spot(node.startIndex);
  }

  /** What a function of the file returns, when every return agrees. */
  private returned(node: Node): Type {
    if (node.children.some((child) => child?.type === 'async' || child?.type === '*')) return null;
    const body = field(node, 'body');
    if (!body) return null;
    if (body.type !== 'statement_block') return this.typeOf(body);
    const values = body
      .descendantsOfType('return_statement')
      .filter((statement): statement is Node => !!statement && same(enclosingFunction(statement), node));
    return unify(values.map((statement) => this.typeOf(named(statement)[0] ?? null)));
  }

  private typeOfThis(node: Node): Type {
    for (let at = node.parent; at; at = at.parent) {
      if (at.type === 'class_body' && at.parent) {
        const base = superClass(this, at.parent);
        return objectOf(base?.is === 'class' ? base.name : null, null, at.parent);
      }
      if (at.type === 'method_definition' && at.parent?.type !== 'class_body') return null;
      if (at.type === 'function_expression' || at.type === 'generator_function') return this.emitterOf(at);
      if (at.type === 'function_declaration' || at.type === 'generator_function_declaration') return null;
    }
    return null;
  }

  /** `this` in a listener that is a plain function: the emitter. */
  private emitterOf(listener: Node): Type {
    const call = listener.parent?.type === 'arguments' ? listener.parent.parent : null;
    const callee = call ? field(call, 'function') : null;
    if (callee?.type !== 'member_expression' || !LISTENER_METHODS.has(field(callee, 'property')?.text ?? '')) return null;
    const object = this.typeOf(field(callee, 'object'));
    return object?.is === 'object' ? object : null;
  }

  /** What a function is given as its parameter number `index`, from where it is used. */
  private parameter(node: Node, index: number): Type {
    if (node.parent?.type === 'arguments') return this.callback(node, index);
    const holder = node.parent?.type === 'variable_declarator' && same(field(node.parent, 'value'), node) ? node.parent : node;
    if (holder === node && node.type !== 'function_declaration') return null;
    const name = field(holder, 'name');
    const binding = name ? this.binding(name) : null;
    if (!binding || binding.path.length || this.names.writes(binding).length) return null;
    const uses = this.names.reads(binding);
    return uses.length ? unify(uses.map((use) => this.use(use, index))) : null;
  }

  private use(identifier: Node, index: number): Type {
    const parent = identifier.parent;
    if (parent?.type === 'arguments') return this.callback(identifier, index);
    if (parent?.type === 'call_expression' && same(field(parent, 'function'), identifier)) {
      return this.typeOf(named(field(parent, 'arguments') ?? parent)[index] ?? null);
    }
    return null;
  }

  /** The parameter of a function that is an argument of a call we know. */
  private callback(argument: Node, index: number): Type {
    const call = argument.parent?.parent;
    const callee = call ? (field(call, 'function') ?? field(call, 'constructor')) : null;
    if (!call || !callee) return null;
    const given = named(argument.parent!);
    if (callee.type === 'member_expression') {
      const object = this.typeOf(field(callee, 'object'));
      const method = field(callee, 'property')?.text ?? '';
      if (object?.is === 'promise' && method === 'then' && same(given[0], argument)) return index === 0 ? object.of : null;
      if (object?.is === 'object' && object.name && LISTENER_METHODS.has(method) && same(given[1], argument)) {
        const event = given[0]?.type === 'string' ? given[0].text.slice(1, -1) : '';
        const gives = fromLineage(object.name, ({ events }) => (Object.hasOwn(events, event) ? events[event]?.gives : undefined));
        return objectOf(gives?.[index], null, null, object.origin);
      }
    }
    const type = this.typeOf(callee);
    const last = same(given[given.length - 1], argument);
    if (!last) return null;
    if (type?.is === 'function') return objectOf(type.entry.callback?.[index], null, null, this.spot(call));
    return type?.is === 'class' ? objectOf(CLASSES[type.name].callback?.[index], null, null, this.spot(call)) : null;
  }

  /** True when the node is a function of this file or a name of one. */
  isOwnFunction(node: Node): boolean {
    return isFunction(node) || this.typeOf(node)?.is === 'own-function';
  }
}

function unifyBindings(types: Type[]): Type {
  return types.length ? unify(types) : null;
}
