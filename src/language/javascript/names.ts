/** What a mention of a name is: a declaration with its scope, an assignment, or another use. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { Unit } from './unit';

export interface Binding {
  name: string;
  kind: 'variable' | 'parameter' | 'import' | 'function' | 'class' | 'opaque';
  /** Where it is declared. */
  unit: Unit;
  /** It is a name of the whole program; else one of a function or block, which ends with it. */
  global: boolean;
  /** The part of the unit's text in which the name has this meaning, when it is not global. */
  from: number;
  to: number;
  /** Where it is declared: the declarator, the function (of a parameter), the import statement, the class... */
  node: Node;
  identifier: Node;
  /** Property names between the value and the name (`const { a: { b } } = x` gives b the path a, b). */
  path: string[];
  /** First value; null when there is none. */
  value: Node | null;
  /** TypeScript annotation, only where the name stands for the whole value. */
  annotation: Node | null;
  /** Of a parameter. */
  index: number;
}

/** `name = right`, possibly through a pattern. */
export interface Write {
  right: Node | null;
  path: string[];
  at: number;
}

/** All mentions of a name in one text. */
export interface Occurrences {
  bindings: Binding[];
  writes: Write[];
  reads: Node[];
}

const FUNCTIONS = new Set([
  'function_declaration',
  'function_expression',
  'arrow_function',
  'method_definition',
  'generator_function_declaration',
  'generator_function',
]);
const BLOCKS = new Set([
  'program',
  'statement_block',
  'for_statement',
  'for_in_statement',
  'switch_body',
  'catch_clause',
  'class_static_block',
]);
/** Types of nodes that may mention a variable. */
export const IDENTIFIERS = new Set([
  'identifier',
  'shorthand_property_identifier_pattern',
  'shorthand_property_identifier',
  'type_identifier',
]);

export const isFunction = (node: Node): boolean => FUNCTIONS.has(node.type);
/** Of one tree: the same node. */
export const same = (a: Node | null | undefined, b: Node | null | undefined): boolean => !!a && !!b && a.id === b.id;
/** The child in a field of the grammar. By number: by name the library searches its list of fields each time. */
export function field(node: Node, name: string): Node | null {
  const { language } = node.tree;
  let ids = FIELD_IDS.get(language);
  if (!ids) {
    ids = new Map();
    FIELD_IDS.set(language, ids);
  }
  let id = ids.get(name);
  if (id === undefined) {
    id = language.fieldIdForName(name) ?? 0;
    ids.set(name, id);
  }
  return id === 0 ? null : node.childForFieldId(id);
}
const FIELD_IDS = new WeakMap<object, Map<string, number>>();

/** The nearest function around a node, not the node itself. */
export function enclosingFunction(node: Node): Node | null {
  for (let at = node.parent; at; at = at.parent) if (isFunction(at)) return at;
  return null;
}

/** Sorts a mention of a name into what it is; `unit` is the text that the node stands in. */
export function classify(node: Node, name: string, found: Occurrences, unit: Unit): void {
  const path: string[] = node.type === 'shorthand_property_identifier_pattern' ? [name] : [];
  const bind = (kind: Binding['kind'], scope: Node, at: Node, value: Node | null, annotation: Node | null = null, index = 0) =>
    found.bindings.push({
      name,
      kind,
      unit,
      global: scope.parent === null,
      from: scope.startIndex,
      to: scope.endIndex,
      node: at,
      identifier: node,
      path,
      value,
      annotation: path.length ? null : annotation,
      index,
    });
  let current = node;
  for (let parent = node.parent; parent; current = parent, parent = parent.parent) {
    switch (parent.type) {
      case 'pair_pattern':
        if (!same(field(parent, 'value'), current)) return void found.reads.push(node);
        path.unshift(propertyName(field(parent, 'key')) ?? '?');
        continue;
      case 'array_pattern':
        path.unshift(`[${parent.namedChildren.findIndex((child) => same(child, current))}]`);
        continue;
      case 'object_pattern':
        continue;
      case 'rest_pattern':
        path.unshift('...');
        continue;
      case 'assignment_pattern':
      case 'object_assignment_pattern':
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        // A default makes the value one of two, and which one is not written here.
        path.push('?');
        continue;
      case 'variable_declarator': {
        if (!same(field(parent, 'name'), current)) return void found.reads.push(node);
        const hoisted = parent.parent?.type === 'variable_declaration';
        return void bind('variable', scopeOf(parent, hoisted), parent, field(parent, 'value'), field(parent, 'type'));
      }
      case 'required_parameter':
      case 'optional_parameter': {
        const callable = parent.parent?.parent;
        if (!callable || !same(field(parent, 'pattern'), current)) return void found.reads.push(node);
        const index = named(parent.parent!).findIndex((child) => same(child, parent));
        if (field(parent, 'value') && !field(parent, 'type')) path.push('?');
        return void bind('parameter', callable, callable, null, field(parent, 'type'), index);
      }
      case 'formal_parameters':
        return void bind(
          'parameter',
          parent.parent!,
          parent.parent!,
          null,
          null,
          named(parent).findIndex((child) => same(child, current)),
        );
      case 'arrow_function':
        if (same(field(parent, 'parameter'), current)) return void bind('parameter', parent, parent, null);
        return void found.reads.push(node);
      case 'catch_clause':
        if (same(field(parent, 'parameter'), current)) return void bind('opaque', parent, parent, null);
        return void found.reads.push(node);
      case 'for_in_statement':
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        if (field(parent, 'kind')) return void bind('opaque', parent, parent, null);
        return void found.writes.push({ right: null, path, at: node.startIndex });
      case 'assignment_expression':
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        return void found.writes.push({ right: field(parent, 'right'), path, at: node.startIndex });
      case 'augmented_assignment_expression': {
        if (!same(field(parent, 'left'), current)) return void found.reads.push(node);
        const keeps = /^(\?\?|\|\|)=$/.test(field(parent, 'operator')?.text ?? '');
        return void found.writes.push({ right: keeps ? field(parent, 'right') : null, path, at: node.startIndex });
      }
      case 'update_expression':
        return void found.writes.push({ right: null, path, at: node.startIndex });
      case 'import_specifier': {
        const alias = field(parent, 'alias');
        if (alias && !same(alias, current)) return;
        path.unshift(field(parent, 'name')?.text ?? '?');
        continue;
      }
      case 'named_imports':
      case 'import_clause':
      case 'namespace_import':
        if (parent.type === 'import_clause' && path.length === 0 && current.type === 'identifier') path.unshift('default');
        continue;
      case 'import_require_clause':
      case 'import_statement': {
        const statement = parent.type === 'import_statement' ? parent : parent.parent!;
        return void bind('import', scopeOf(statement, false), parent, field(parent, 'source'));
      }
      case 'function_declaration':
      case 'generator_function_declaration':
      case 'function_signature':
        if (same(field(parent, 'name'), current)) bind('function', scopeOf(parent, false), parent, null);
        return;
      case 'function_expression':
      case 'generator_function':
        if (same(field(parent, 'name'), current)) bind('function', parent, parent, null);
        return;
      case 'class_declaration':
      case 'abstract_class_declaration':
        if (same(field(parent, 'name'), current)) return void bind('class', scopeOf(parent, false), parent, null);
        return void found.reads.push(node);
      case 'class':
        if (same(field(parent, 'name'), current)) return void bind('class', parent, parent, null);
        return void found.reads.push(node);
      case 'enum_declaration':
      case 'internal_module':
      case 'module':
        if (same(field(parent, 'name'), current)) return void bind('opaque', scopeOf(parent, false), parent, null);
        return void found.reads.push(node);
      default:
        return void found.reads.push(node);
    }
  }
}

/** Parameters without comments. */
export const named = (node: Node): Node[] => node.namedChildren.filter((child): child is Node => !!child && child.type !== 'comment');

/** `a` of `a:`, `'a':` and `["a"]:`; null when computed. */
export function propertyName(key: Node | null): string | null {
  if (!key) return null;
  if (key.type === 'property_identifier' || key.type === 'private_property_identifier' || key.type === 'identifier') return key.text;
  if (key.type === 'string') return key.text.slice(1, -1);
  return null;
}

function scopeOf(node: Node, hoisted: boolean): Node {
  let last = node;
  for (let at = node.parent; at; at = at.parent) {
    last = at;
    if (isFunction(at)) return at;
    if (!hoisted && BLOCKS.has(at.type)) return at;
    if (at.type === 'class_static_block') return at;
  }
  return last;
}
