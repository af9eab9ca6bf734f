/** Fixes about when things end, wait and whose they are. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { enclosingFunction, field, named, same } from '../names';
import { bodyOf } from '../rules/program';
import { inside, ownFunction, parameterBinding } from '../rules/usage';
import type { Fixer } from '.';
import { intoFunction } from './errors';
import { argumentsOfCall, statementOf } from './style';

const callOf = (name: Node): Node => (name.parent?.type === 'member_expression' ? name.parent.parent! : name.parent!);

export const cleanUpOnClose: Fixer = (_program, { at }) => ({
  title: "Clean up on 'close', which always comes",
  edits: [{ from: at.startIndex + 1, to: at.endIndex - 1, text: 'close' }],
});

export const allowHalfOpen: Fixer = (program, { at }) => {
  const entity = program.streams().find(({ methods }) => methods.some(({ call }) => inside(at, call)));
  const server = entity?.created.node;
  const list = server ? field(server, 'arguments') : null;
  if (!server || !list) return null;
  const title = 'Keep this side open until it has answered (allowHalfOpen)';
  const [first] = named(list);
  if (first?.type === 'object') {
    const at = first.startIndex + 1;
    return { title, edits: [{ from: at, to: at, text: named(first).length ? ' allowHalfOpen: true,' : ' allowHalfOpen: true ' }] };
  }
  // Anything else that stands first must be the listener.
  if (first && !ownFunction(program.inference, first)) return null;
  const from = list.startIndex + 1;
  return { title, edits: [{ from, to: from, text: first ? '{ allowHalfOpen: true }, ' : '{ allowHalfOpen: true }' }] };
};

export const destroyOnTimeout: Fixer = (program, { at }, style) => {
  const call = callOf(at);
  const entity = program.streams().find(({ methods }) => methods.some((use) => same(use.call, call)));
  const receiver = field(field(call, 'function')!, 'object')!.text;
  const args = argumentsOfCall(call);
  const title = 'Destroy the socket when time is up';
  const socket = /^[\w$.#]+$/.test(receiver) ? receiver : null;
  const heard = entity ? program.listeners(entity, 'timeout')[0]?.fn : null;
  const fn = args[1] ? ownFunction(program.inference, args[1]) : heard;
  if (!socket) return null;
  if (!fn) {
    const destroy = style.arrows
      ? `() => ${socket}.destroy()`
      : style.fn('', [`${socket}.destroy()${style.semi}`], style.indentAt(call.startIndex));
    return args[0] ? { title, edits: [{ from: args[0].endIndex, to: args[0].endIndex, text: `, ${destroy}` }] } : null;
  }
  const body = bodyOf(fn);
  const indent = style.indentAt(fn.startIndex);
  if (body.type !== 'statement_block') {
    const inner = indent + style.unit;
    const text = `{${style.eol}${inner}${body.text}${style.semi}${style.eol}${inner}${socket}.destroy()${style.semi}${style.eol}${indent}}`;
    return { title, edits: [{ from: body.startIndex, to: body.endIndex, text }] };
  }
  const last = named(body).at(-1);
  if (!last) return { title, edits: [{ from: body.startIndex, to: body.endIndex, text: `{ ${socket}.destroy()${style.semi} }` }] };
  const many = program.text.slice(last.endIndex, body.endIndex).includes('\n');
  const text = many
    ? `${style.eol}${style.indentAt(last.startIndex)}${socket}.destroy()${style.semi}`
    : `${style.semi && !last.text.endsWith(';') ? ';' : ''} ${socket}.destroy()${style.semi}`;
  return { title, edits: [{ from: last.endIndex, to: last.endIndex, text }] };
};

/** `if (!s.write(x)) await once(s, 'drain')` in a loop. */
export const waitForDrain: Fixer = (program, { at }, style) => {
  const call = callOf(at);
  const statement = call.parent!;
  let loop: Node | null = call;
  while (loop && !/^(?:for|while|do)_statement$/.test(loop.type)) loop = loop.parent;
  const fn = enclosingFunction(call);
  if (!loop || (fn && !inside(loop, fn))) return null;
  const asynchronous = fn
    ? fn.children.some((child) => child?.type === 'async')
    : style.esm && /^\s*(?:import|export)\b/m.test(program.text);
  // A constructor, a method or a generator cannot simply be made to wait.
  if (!asynchronous && !(fn && /^(?:arrow_function|function_expression|function_declaration)$/.test(fn.type))) return null;
  const { name, edits } = style.imported('events', 'once');
  const receiver = field(field(call, 'function')!, 'object')!.text;
  const waits = `if (!${call.text}) await ${name}(${receiver}, ${style.string('drain')})${style.semi}`;
  return {
    title: "Wait for 'drain' when write() returns false",
    edits: [
      ...edits,
      ...(asynchronous ? [] : [{ from: fn!.startIndex, to: fn!.startIndex, text: 'async ' }]),
      { from: statement.startIndex, to: statement.endIndex, text: waits },
    ],
  };
};

/** The declaration moves from the top of the file into the connection listener, when nothing else uses it. */
export const statePerConnection: Fixer = (program, { at, call }, style) => {
  const variable = program.moduleVariable(at);
  const entity = program.entities.find(({ created, kind }) => kind === 'accepted' && created.call === call);
  if (!variable || !entity) return null;
  const declaration = statementOf(variable.node);
  if (declaration.parent?.type !== 'program' || named(declaration).length !== 1) return null;
  const listener = [...entity.bindings].map((binding) => binding.node).find((fn) => inside(at, fn));
  const outermost = listener && same(parameterBinding(program.inference, listener, 0)?.node, listener) ? listener : null;
  if (!outermost) return null;
  const { names } = program.inference;
  const used = [...names.reads(variable).map(({ startIndex }) => startIndex), ...names.writes(variable).map(({ at: offset }) => offset)];
  if (used.some((offset) => offset < outermost.startIndex || offset >= outermost.endIndex)) return null;
  const fix = intoFunction(outermost, style, () => declaration.text, 'Give each connection a variable of its own', program.text);
  const end = program.text.startsWith(style.eol, declaration.endIndex) ? declaration.endIndex + style.eol.length : declaration.endIndex;
  return { ...fix, edits: [{ from: declaration.startIndex, to: end, text: '' }, ...fix.edits] };
};
