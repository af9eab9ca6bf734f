/** What a parameter is given: by calls of its function, and by those who are handed the function with its arguments. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { Inference, Type } from './infer';
import { type Binding, field, named, same, scopeOf } from './names';

/** Who calls the first argument with the ones that follow: `executor.submit(f, a)`. */
const PASSES_ON = /(^|\.)(submit|run_in_executor|call_soon|call_soon_threadsafe)$/;
/** Who calls the first argument with a tuple: `_thread.start_new_thread(f, (a,))`. */
const PASSES_TUPLE = /(^|\.)start_new_thread$/;
/** Who calls `target` with `args`. */
const STARTS = /(^|\.)(Thread|Process|Timer)$/;

/** The types given for a parameter; null when not every use of its function is understood. */
export function callSites(inference: Inference, { node: definition, identifier }: Binding): Type[] | null {
  if (definition.type !== 'function_definition') return null;
  const name = field(definition, 'name');
  if (!name) return null;
  const owner = scopeOf(definition);
  const method = owner.type === 'class_definition';
  const parameters = named(field(definition, 'parameters')!).map((node) => field(node, 'name') ?? named(node)[0] ?? node);
  const index = parameters.findIndex((node) => same(node, identifier)) - (method ? 1 : 0);
  if (index < 0) return null;
  const values: Type[] = [];
  const wrapper = identifier.parent;
  if (wrapper && /default_parameter/.test(wrapper.type)) values.push(inference.typeOf(field(wrapper, 'value')));
  for (const use of method ? methodUses(inference, name.text, owner) : functionUses(inference, name, definition)) {
    if (!use) return null;
    const given = argument(use, index, identifier.text);
    if (given === null) return null;
    if (given !== 'none') values.push(inference.typeOf(given));
  }
  return values.length ? values : null;
}

function functionUses(inference: Inference, name: Node, definition: Node): (Node | null)[] {
  const binding = inference.names.lookup(name.text, definition);
  return binding.length === 1 ? inference.names.reads(name.text, binding[0]!) : [null];
}

function methodUses(inference: Inference, name: string, owner: Node): (Node | null)[] {
  return inference.names.attributes(name).flatMap((node) => {
    const type = inference.typeOf(field(node.parent!, 'object'));
    if (type?.is === 'instance' && same(type.of, owner)) return [node.parent!];
    // Something else's, or not known: then it may be this one.
    return type ? [] : [null];
  });
}

/** The argument with which a mention of a function leads to its call; `none` when it is left out, null when it is not understood. */
function argument(use: Node, index: number, keyword: string): Node | 'none' | null {
  const parent = use.parent;
  if (parent?.type === 'call' && same(field(parent, 'function'), use)) return inList(named(field(parent, 'arguments')!), index, keyword);
  if (parent?.type === 'keyword_argument' && field(parent, 'name')?.text === 'target') {
    const list = parent.parent;
    if (!list || !STARTS.test(field(list.parent!, 'function')?.text ?? '')) return null;
    const passed = named(list).find((node) => node.type === 'keyword_argument' && field(node, 'name')?.text === 'args');
    if (named(list).some((node) => field(node, 'name')?.text === 'kwargs')) return null;
    return inTuple(passed ? field(passed, 'value') : null, index);
  }
  const callee = parent?.type === 'argument_list' ? (field(parent.parent!, 'function')?.text ?? '') : '';
  const given = parent ? named(parent) : [];
  const at = given.findIndex((node) => same(node, use));
  if (PASSES_ON.test(callee)) return inList(given.slice(at + 1), index, keyword);
  return PASSES_TUPLE.test(callee) && at === 0 ? inTuple(given[1] ?? null, index) : null;
}

function inList(given: readonly Node[], index: number, keyword: string): Node | 'none' | null {
  if (given.some((node) => /splat/.test(node.type))) return null;
  const byName = given.find((node) => node.type === 'keyword_argument' && field(node, 'name')?.text === keyword);
  if (byName) return field(byName, 'value');
  return given.filter((node) => node.type !== 'keyword_argument')[index] ?? 'none';
}

function inTuple(tuple: Node | null, index: number): Node | 'none' | null {
  if (!tuple) return 'none';
  return tuple.type === 'tuple' || tuple.type === 'list' ? inList(named(tuple), index, '') : null;
}
