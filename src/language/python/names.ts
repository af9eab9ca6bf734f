/** Which binding a Python name means. A name is looked for in the text, and each hit is placed in the tree once. */
import type { Node } from '@vscode/tree-sitter-wasm';

export interface Binding {
  kind: 'value' | 'parameter' | 'import' | 'function' | 'class' | 'opaque';
  /** Module, function, lambda, class or comprehension in whose body the name has this meaning. */
  scope: Node;
  /** The value, the function of a parameter, the definition; of an import the dotted name that is imported. */
  node: Node;
  identifier: Node;
  /** Indexes into the value: `a, (b, c) = x` gives c the path 1, 1. A negative one is not known. */
  path: number[];
  /** `a: T`, of a parameter or variable. */
  annotation: Node | null;
}

interface Occurrences {
  bindings: Binding[];
  reads: Node[];
}

const COMPREHENSIONS = new Set(['list_comprehension', 'set_comprehension', 'dictionary_comprehension', 'generator_expression']);
const FUNCTIONS = new Set(['function_definition', 'lambda']);

export const isFunction = (node: Node): boolean => FUNCTIONS.has(node.type);
export const same = (a: Node | null | undefined, b: Node | null | undefined): boolean => !!a && !!b && a.id === b.id;
export const field = (node: Node, name: string): Node | null => node.childForFieldName(name);
/** Children that mean something. */
export const named = (node: Node): Node[] => node.namedChildren.filter((child): child is Node => !!child && child.type !== 'comment');

/** The scope in which a name at `node` is looked up. Defaults, annotations, decorators and base classes belong to the scope outside. */
export function scopeOf(node: Node): Node {
  let child = node;
  for (let at = node.parent; at; child = at, at = at.parent) {
    if (at.type === 'module' || COMPREHENSIONS.has(at.type)) return at;
    if ((isFunction(at) || at.type === 'class_definition') && same(field(at, 'body'), child)) return at;
  }
  return child;
}

/** Binds in the function or module around, not in a comprehension. */
function holder(node: Node): Node {
  let scope = scopeOf(node);
  while (COMPREHENSIONS.has(scope.type)) scope = scopeOf(scope);
  return scope;
}

export class Names {
  private readonly seen = new Map<string, Occurrences>();

  constructor(
    readonly root: Node,
    readonly text: string,
  ) {}

  /** What a name means where it stands; empty when nothing in the file says. */
  lookup(name: string, from: Node): Binding[] {
    const { bindings } = this.of(name);
    if (bindings.length === 0) return [];
    let first = true;
    for (let scope = scopeOf(from); ; scope = scopeOf(scope)) {
      // The names of a class body are not seen by its methods.
      if (first || scope.type !== 'class_definition') {
        const here = bindings.filter((binding) => same(binding.scope, scope));
        if (here.length) return here;
      }
      first = false;
      if (!scope.parent) return [];
    }
  }

  /** Other uses of what `binding` binds. */
  reads(name: string, binding: Binding): Node[] {
    return this.of(name).reads.filter((node) => this.lookup(name, node).some((found) => same(found.identifier, binding.identifier)));
  }

  /** Identifiers of that name that are attributes: `x.name`. */
  attributes(name: string): Node[] {
    return this.occurrences(name).filter((node) => node.parent?.type === 'attribute' && same(field(node.parent, 'attribute'), node));
  }

  /** What is bound in a class body. */
  inClass(name: string, body: Node): Binding[] {
    return this.of(name).bindings.filter((binding) => same(binding.scope, body));
  }

  private occurrences(name: string): Node[] {
    const found: Node[] = [];
    for (let at = this.text.indexOf(name); at >= 0; at = this.text.indexOf(name, at + name.length)) {
      const node = this.root.descendantForIndex(at, at + name.length - 1);
      if (node?.type === 'identifier' && node.startIndex === at && node.endIndex === at + name.length) found.push(node);
    }
    return found;
  }

  private of(name: string): Occurrences {
    let found = this.seen.get(name);
    if (found) return found;
    found = { bindings: [], reads: [] };
    this.seen.set(name, found);
    const outer: { scope: Node; to: 'global' | 'nonlocal' }[] = [];
    for (const node of this.occurrences(name)) {
      const statement = node.parent?.type;
      if (statement === 'global_statement') outer.push({ scope: scopeOf(node), to: 'global' });
      else if (statement === 'nonlocal_statement') outer.push({ scope: scopeOf(node), to: 'nonlocal' });
      else classify(node, found);
    }
    for (const { scope, to } of outer) {
      let target = to === 'global' ? this.root : scopeOf(scope);
      while (to === 'nonlocal' && target.parent && !found.bindings.some((binding) => same(binding.scope, target))) target = scopeOf(target);
      for (const binding of found.bindings) if (same(binding.scope, scope)) binding.scope = target;
    }
    return found;
  }
}

function classify(node: Node, found: Occurrences): void {
  const path: number[] = [];
  const bind = (kind: Binding['kind'], scope: Node, at: Node, annotation: Node | null = null): void => {
    found.bindings.push({ kind, scope, node: at, identifier: node, path, annotation });
  };
  let current = node;
  for (let parent = node.parent; parent; current = parent, parent = parent.parent) {
    switch (parent.type) {
      case 'attribute':
        if (same(field(parent, 'object'), current) && current === node) found.reads.push(node);
        return;
      case 'keyword_argument':
        if (!same(field(parent, 'name'), current)) found.reads.push(node);
        return;
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
      case 'tuple':
        path.unshift(named(parent).findIndex((child) => same(child, current)));
        continue;
      case 'list_splat_pattern':
        path.unshift(-1);
        continue;
      case 'as_pattern_target':
        continue;
      case 'as_pattern': {
        if (current.type !== 'as_pattern_target') return void found.reads.push(node);
        const value = named(parent)[0];
        if (parent.parent?.type === 'with_item' && value) return void bind('value', holder(parent), value);
        return void bind('opaque', holder(parent), parent);
      }
      case 'assignment': {
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        const value = field(parent, 'right');
        const annotation = path.length ? null : field(parent, 'type');
        // `a: T` alone declares, it gives no value.
        return void bind(value ? 'value' : annotation ? 'value' : 'opaque', holder(parent), value ?? parent, annotation);
      }
      case 'augmented_assignment':
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        return void bind('opaque', holder(parent), parent);
      case 'named_expression': {
        if (!same(field(parent, 'name'), current)) return void found.reads.push(node);
        const value = field(parent, 'value');
        return void bind(value ? 'value' : 'opaque', holder(parent), value ?? parent);
      }
      case 'for_statement':
      case 'for_in_clause':
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        return void bind('opaque', parent.type === 'for_statement' ? holder(parent) : scopeOf(parent), parent);
      case 'parameters':
      case 'lambda_parameters':
        return void bind(path.length || current !== node ? 'opaque' : 'parameter', parent.parent!, parent.parent!);
      case 'typed_parameter':
      case 'default_parameter':
      case 'typed_default_parameter': {
        const name = field(parent, 'name') ?? named(parent)[0];
        if (!same(name, node)) return void found.reads.push(node);
        const callable = parent.parent!.parent!;
        return void bind('parameter', callable, callable, field(parent, 'type'));
      }
      case 'function_definition':
      case 'class_definition':
        if (!same(field(parent, 'name'), node)) return void found.reads.push(node);
        return void bind(parent.type === 'class_definition' ? 'class' : 'function', holder(parent), parent);
      case 'dotted_name': {
        const statement = parent.parent;
        if (statement?.type === 'case_pattern') return void bind('opaque', holder(parent), parent);
        if (!same(named(parent)[0], node)) return;
        if (statement?.type === 'import_statement') return void bind('import', holder(parent), parent);
        if (statement?.type === 'import_from_statement' && !same(field(statement, 'module_name'), parent))
          return void bind('import', holder(parent), parent);
        return;
      }
      case 'aliased_import':
        return void bind('import', holder(parent), field(parent, 'name') ?? parent);
      default:
        return void found.reads.push(node);
    }
  }
}
