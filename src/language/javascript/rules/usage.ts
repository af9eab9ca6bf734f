/** Where an object goes: the methods called on it, and whether it leaves what can be followed. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { CLASSES, LISTENER_METHODS } from '../api';
import type { Inference } from '../infer';
import { type Binding, enclosingFunction, field, isFunction, named, same } from '../names';

export interface MethodUse {
  method: string;
  /** The whole call. */
  call: Node;
  /** The object it is called on. */
  receiver: Node;
  args: Node[];
}

export interface Usage {
  methods: MethodUse[];
  /** Calls of others that were given the object: its argument number. */
  passed: { callee: string; call: Node; index: number }[];
  /** Names it has. */
  bindings: Set<Binding>;
  /** It went where it cannot be followed: then nothing may be concluded from what is not seen. */
  escaped: boolean;
  /** It was put into a collection. */
  stored: boolean;
}

/** Functions of Node that only use what they are given, and add their own 'error' listener. */
const HANDLES_ERRORS = /^(?:stream\.|\w+\.)?(?:pipeline|finished|once|on|compose)$/;
const WATCHES = /(?:^|\.)(?:pipeline|finished|addAbortSignal)$/;
const SELF = new Set(
  [
    ...Object.values(CLASSES).flatMap(({ methods }) => Object.keys(methods).filter((name) => methods[name]?.self)),
    ...LISTENER_METHODS,
  ].concat('setMaxListeners', 'off', 'removeListener', 'removeAllListeners'),
);
/** Parents in which a value is only looked at. */
const HARMLESS = new Set([
  'binary_expression',
  'unary_expression',
  'if_statement',
  'expression_statement',
  'template_substitution',
  'while_statement',
  'for_in_statement',
  'sequence_expression',
  'switch_statement',
]);

export class Follower {
  private readonly seen = new Set<number>();
  readonly usage: Usage = { methods: [], passed: [], bindings: new Set(), escaped: false, stored: false };

  constructor(private readonly inference: Inference) {}

  value(node: Node): void {
    if (this.seen.has(node.id)) return;
    this.seen.add(node.id);
    const parent = node.parent;
    if (!parent) return;
    switch (parent.type) {
      case 'member_expression':
        if (same(field(parent, 'object'), node)) this.member(parent, node);
        return;
      case 'subscript_expression':
        this.escape();
        return;
      case 'variable_declarator':
        if (!same(field(parent, 'value'), node)) return;
        this.name(field(parent, 'name'));
        return;
      case 'assignment_expression':
        if (!same(field(parent, 'right'), node)) return;
        this.name(field(parent, 'left'));
        this.value(parent);
        return;
      case 'await_expression':
      case 'parenthesized_expression':
      case 'as_expression':
      case 'satisfies_expression':
      case 'non_null_expression':
        this.value(parent);
        return;
      case 'field_definition':
      case 'public_field_definition':
        this.memberName(field(parent, 'property') ?? field(parent, 'name'), parent);
        return;
      case 'arguments':
        this.argument(node, parent);
        return;
      case 'arrow_function':
      case 'return_statement':
        if (!returnsToNobody(node)) this.usage.escaped = true;
        return;
      default:
        if (!HARMLESS.has(parent.type)) this.usage.escaped = true;
    }
  }

  private escape(): void {
    this.usage.escaped = true;
  }

  private store(): void {
    this.usage.stored = true;
  }

  binding(binding: Binding): void {
    const { usage } = this;
    if (usage.bindings.has(binding)) return;
    usage.bindings.add(binding);
    if (binding.path.length) usage.escaped = true;
    for (const read of this.inference.names.reads(binding)) this.value(read);
  }

  private name(node: Node | null): void {
    if (node?.type === 'member_expression' && field(node, 'object')?.type === 'this') {
      this.memberName(field(node, 'property'), node);
      return;
    }
    const binding = node?.type === 'identifier' ? (this.inference.binding(node) ?? null) : null;
    if (binding) this.binding(binding);
    else this.usage.escaped = true;
  }

  /** `this.name`, everywhere in the class; another object's property of that name may be the same one. */
  private memberName(name: Node | null, inside: Node): void {
    let body: Node | null = inside;
    while (body && body.type !== 'class_body') body = body.parent;
    if (!name || !body) {
      this.escape();
      return;
    }
    for (const at of this.inference.unit.words.offsets(name.text)) {
      const mention = this.inference.root.descendantForIndex(at, at + name.text.length - 1);
      const holder = mention?.parent;
      if (!mention || holder?.type !== 'member_expression' || !same(field(holder, 'property'), mention)) continue;
      if (field(holder, 'object')?.type !== 'this' || at < body.startIndex || at >= body.endIndex) this.usage.escaped = true;
      else if (!same(field(holder.parent ?? holder, 'left'), holder)) this.value(holder);
    }
  }

  private member(member: Node, receiver: Node): void {
    const method = field(member, 'property')?.text ?? '';
    const call = member.parent;
    if (call?.type !== 'call_expression' || !same(field(call, 'function'), member)) {
      // A method that is handed on (`setTimeout(s.end)`) may be called by anybody; a property that is read says nothing.
      if (call?.type === 'arguments') this.usage.escaped = true;
      return;
    }
    this.usage.methods.push({ method, call, receiver, args: named(field(call, 'arguments') ?? call) });
    if (SELF.has(method)) this.value(call);
    else if (method === 'bind' || method === 'call' || method === 'apply') this.usage.escaped = true;
  }

  private argument(node: Node, list: Node): void {
    const call = list.parent;
    const callee = call ? (field(call, 'function') ?? field(call, 'constructor')) : null;
    if (!call || !callee) {
      this.escape();
      return;
    }
    const index = named(list).findIndex((each) => same(each, node));
    const text = callee.text;
    this.usage.passed.push({ callee: text, call, index });
    if (WATCHES.test(text) || HANDLES_ERRORS.test(text)) return;
    if (/^console\.\w+$/.test(text) || /\.(?:pipe|unpipe|has|delete|includes|indexOf)$/.test(text)) return;
    // Kept in a Set or list of connections: others may write to it or destroy it there, but nobody adds its listeners so.
    if (/\.(?:add|push|set)$/.test(text)) {
      this.store();
      return;
    }
    const own = ownFunction(this.inference, callee);
    const parameter = own ? parameterBinding(this.inference, own, index) : null;
    if (parameter) this.binding(parameter);
    else this.usage.escaped = true;
  }
}

/** Callees that do not look at what their function argument returns. */
const NO_RETURN =
  /(?:^|\.)(?:on|once|addListener|prependListener|createServer|connect|createConnection|listen|setTimeout|setInterval|setImmediate|forEach|nextTick)$/;

/** Whether what a function returns here is lost: `(s) => s.end()` as a listener. */
function returnsToNobody(node: Node): boolean {
  const fn = enclosingFunction(node);
  const list = fn?.parent;
  const callee = list?.type === 'arguments' && list.parent ? field(list.parent, 'function') : null;
  return !!callee && NO_RETURN.test(callee.type === 'member_expression' ? `.${field(callee, 'property')?.text}` : callee.text);
}

/** The function of this file that an expression is or names. */
export function ownFunction(inference: Inference, node: Node | null | undefined): Node | null {
  if (!node) return null;
  if (isFunction(node)) return node;
  if (node.type !== 'identifier') return null;
  const binding = inference.binding(node);
  if (!binding || inference.names.writes(binding).length) return null;
  if (binding.kind === 'function') return binding.node;
  return binding.value && binding.kind === 'variable' && isFunction(binding.value) ? binding.value : null;
}

/** What the parameter number `index` of a function declares; null when it is a pattern or not there. */
export function parameterBinding(inference: Inference, fn: Node, index: number): Binding | null {
  const single = field(fn, 'parameter');
  const parameter = single ? (index === 0 ? single : null) : (named(field(fn, 'parameters') ?? fn)[index] ?? null);
  const name = parameter && parameter.type !== 'identifier' ? field(parameter, 'pattern') : parameter;
  if (name?.type !== 'identifier' || !field(fn, 'parameters') === !single) return null;
  return inference.names.lookup(name.text, name).find((binding) => same(binding.identifier, name)) ?? null;
}

/** True when `inner` is in `outer` (or is it). */
export const inside = (inner: Node, outer: Node): boolean => inner.startIndex >= outer.startIndex && inner.endIndex <= outer.endIndex;

/** Functions around a node, innermost first, up to (not with) `end`. */
export function functionsUpTo(node: Node, end: Node): Node[] {
  const found: Node[] = [];
  for (let at = enclosingFunction(node); at && !same(at, end); at = enclosingFunction(at)) found.push(at);
  return found;
}
