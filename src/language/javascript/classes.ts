/** Members of classes and objects of the file: fields, `this.x = ...`, constructor parameters that are fields. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { declaredAs, type Inference, type Type } from './infer';
import { field, named, same } from './names';

/** What a class extends. */
export function superClass(inference: Inference, node: Node): Type {
  const heritage = node.namedChildren.find((child) => child?.type === 'class_heritage');
  if (!heritage) return null;
  const clause = heritage.namedChildren.find((child) => child?.type === 'extends_clause');
  const value = clause ? field(clause, 'value') : heritage.namedChildren[0];
  return inference.typeOf(value ?? null);
}

/** The member's type, null when it is not certain, undefined when the class does not have it. */
export function classMember(inference: Inference, node: Node, name: string): Type | undefined {
  const body = field(node, 'body');
  if (!body) return undefined;
  const values: Type[] = [];
  let found = false;
  let written: Type = null;
  for (const member of named(body)) {
    if (member.type === 'method_definition') {
      if (field(member, 'name')?.text === name) return null;
      if (field(member, 'name')?.text === 'constructor') {
        const parameter = parameterProperty(member, name);
        if (parameter) {
          const type = field(parameter, 'type');
          return type ? inference.namedType(type.text.replace(/^:\s*/, ''), parameter) : null;
        }
      }
    }
    if (member.type !== 'field_definition' && member.type !== 'public_field_definition') continue;
    if ((field(member, 'property') ?? field(member, 'name'))?.text !== name) continue;
    found = true;
    const type = field(member, 'type');
    const declared = type ? inference.namedType(type.text.replace(/^:\s*/, ''), member) : null;
    const comment = member.previousSibling?.type === 'comment' ? /@type\s*\{([^}]*)\}/.exec(member.previousSibling.text)?.[1] : undefined;
    const documented = comment ? inference.namedType(comment, member) : null;
    written = declared ?? documented;
    if (field(member, 'value')) values.push(inference.typeOf(field(member, 'value')));
  }
  for (const write of inference.names.unitOf(body).propertyWrites(name)) {
    if (write.target.startIndex < body.startIndex || write.target.startIndex >= body.endIndex) continue;
    const object = field(write.target, 'object');
    if (object?.type !== 'this' || !same(enclosingClass(write.target), node)) continue;
    found = true;
    values.push(inference.typeOf(write.right));
  }
  return found ? declaredAs(written, values) : undefined;
}

/** Values given to `object.name` where `object` is the same variable. */
export function memberWrites(inference: Inference, object: Node, name: string): Type[] {
  const binding = inference.binding(object);
  if (!binding) return [null];
  const types: Type[] = [];
  const { names } = inference;
  for (const write of binding.global ? names.propertyWrites(name) : binding.unit.propertyWrites(name)) {
    const target = field(write.target, 'object');
    if (target?.type === 'identifier' && inference.binding(target) === binding) types.push(inference.typeOf(write.right));
  }
  return types;
}

function parameterProperty(method: Node, name: string): Node | null {
  for (const parameter of named(field(method, 'parameters') ?? method)) {
    if (parameter.type !== 'required_parameter' && parameter.type !== 'optional_parameter') continue;
    if (!parameter.namedChildren.some((child) => child?.type === 'accessibility_modifier' || child?.type === 'readonly')) continue;
    if (field(parameter, 'pattern')?.text === name) return parameter;
  }
  return null;
}

/** The class whose `this` it is at a node; null inside a plain function. */
function enclosingClass(node: Node): Node | null {
  for (let at = node.parent; at; at = at.parent) {
    if (at.type === 'class_body') return at.parent;
    if (at.type === 'function_declaration' || at.type === 'function_expression') return null;
  }
  return null;
}
