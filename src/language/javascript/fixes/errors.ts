/** Fixes about errors: listeners for them, and pipeline(), which has one. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { field, named, same } from '../names';
import { bodyOf } from '../rules/program';
import { inside, ownFunction, parameterBinding } from '../rules/usage';
import type { Fixer } from '.';
import { argumentsOfCall, type Style, statementOf } from './style';

const callOf = (name: Node): Node => (name.parent?.type === 'member_expression' ? name.parent.parent! : name.parent!);

/** `(error) => console.error(error.code)`, or with `function`. */
function printer(style: Style, indent: string): string {
  return style.arrows ? '(error) => console.error(error.code)' : style.fn('error', [`console.error(error.code)${style.semi}`], indent);
}

export const addErrorListener: Fixer = (program, { at, call }, style) => {
  const title = "Add an 'error' listener";
  const entity = program.entities.find(({ created, kind }) => created.call === call && kind !== 'server');
  const server = entity?.kind === 'accepted' ? entity.server! : null;
  if (entity && server) {
    // First thing in the connection listener.
    const given = [
      ...argumentsOfCall(server.created.node),
      ...program.listeners(server, 'connection', 'secureConnection').map(({ use }) => use.args[1]!),
    ];
    const fn = given
      .map((node) => ownFunction(program.inference, node))
      .find((each) => each && entity.bindings.has(parameterBinding(program.inference, each, 0)!));
    if (!fn) return null;
    const name = parameterBinding(program.inference, fn, 0)!.name;
    return intoFunction(
      fn,
      style,
      (indent) => `${name}.on(${style.string('error')}, ${printer(style, indent)})${style.semi}`,
      title,
      program.text,
    );
  }
  if (!entity) return null;
  return afterCreation(entity.created.node, at, style, title, program.text, (indent) => printer(style, indent));
};

/** A statement at the start of a function; an arrow with an expression gets a body. */
export function intoFunction(fn: Node, style: Style, statement: (indent: string) => string, title: string, text: string) {
  const body = bodyOf(fn);
  const indent = style.indentAt(fn.startIndex);
  const inner = indent + style.unit;
  if (body.type !== 'statement_block') {
    const whole = `{${style.eol}${inner}${statement(inner)}${style.eol}${inner}return ${body.text}${style.semi}${style.eol}${indent}}`;
    return { title, edits: [{ from: body.startIndex, to: body.endIndex, text: whole }] };
  }
  const first = named(body)[0];
  if (first && text.slice(body.startIndex, first.startIndex).includes('\n')) {
    const at = style.lineStart(first.startIndex);
    const deep = style.indentAt(first.startIndex);
    return { title, edits: [{ from: at, to: at, text: `${deep}${statement(deep)}${style.eol}` }] };
  }
  // All on one line.
  const at = body.startIndex + 1;
  return { title, edits: [{ from: at, to: at, text: ` ${statement(indent)}${style.semi ? '' : ';'}` }] };
}

/** `.on('error', ...)` for what an expression creates: after its statement when it has a name, in the chain otherwise. */
function afterCreation(created: Node, _at: Node, style: Style, title: string, text: string, listener: (indent: string) => string) {
  let value = created;
  while (value.parent?.type === 'await_expression' || value.parent?.type === 'parenthesized_expression') value = value.parent;
  const holder = value.parent;
  const name =
    holder?.type === 'variable_declarator' && field(holder, 'name')?.type === 'identifier'
      ? field(holder, 'name')
      : holder?.type === 'assignment_expression'
        ? field(holder, 'left')
        : null;
  if (name && same(field(holder!, holder!.type === 'variable_declarator' ? 'value' : 'right'), value)) {
    const statement = statementOf(created);
    const indent = style.indentAt(statement.startIndex);
    const line = `${name.text}.on(${style.string('error')}, ${listener(indent)})${style.semi}`;
    if (/^(?:lexical|variable)_declaration$|^expression_statement$/.test(statement.type))
      return { title, edits: [{ from: statement.endIndex, to: statement.endIndex, text: `${style.eol}${indent}${line}` }] };
  }
  const indent = style.indentAt(created.startIndex);
  void text;
  return { title, edits: [{ from: created.endIndex, to: created.endIndex, text: `.on(${style.string('error')}, ${listener(indent)})` }] };
}

/** A server that says what to do when its port is taken. */
export const explainPortInUse: Fixer = (program, { at }, style) => {
  const call = callOf(at);
  const listen = program.calls.find(({ node }) => same(node, call));
  const server = program.entities.find(({ kind, created }) => kind === 'server' && created.call.origin === listen?.call.origin);
  if (listen?.call.api !== 'server.listen' || !server || server.escaped || program.handlesErrors(server)) return null;
  const object = field(field(call, 'function')!, 'object')!;
  const indent = style.indentAt(statementOf(call).startIndex);
  const [quote, semi] = [style.string, style.semi];
  const fn = style.fn(
    'error',
    [
      `if (error.code !== ${quote.call(style, 'EADDRINUSE')}) throw error${semi}`,
      `console.error(${'`'}Port \${error.port ?? error.address} is in use. Stop the other program or choose another port.${'`'})${semi}`,
      `process.exitCode = 1${semi}`,
    ],
    indent,
  );
  const title = 'Say what to do when the port is in use (EADDRINUSE)';
  if (object.type === 'identifier') {
    const statement = statementOf(call);
    const at = style.lineStart(statement.startIndex);
    return { title, edits: [{ from: at, to: at, text: `${indent}${object.text}.on(${style.string('error')}, ${fn})${semi}${style.eol}` }] };
  }
  return { title, edits: [{ from: object.endIndex, to: object.endIndex, text: `.on(${style.string('error')}, ${fn})` }] };
};

/** `pipeline(a, b, done)` for `a.pipe(b)`, and for `a.on('data', (d) => b.write(d))`. */
export const usePipeline: Fixer = (program, { at, rule }, style) => {
  let call = callOf(at);
  let from: string;
  let to: string;
  if (rule === 'pipe-without-errors') {
    from = field(field(call, 'function')!, 'object')!.text;
    to = argumentsOfCall(call)[0]!.text;
    if (argumentsOfCall(call).length !== 1) return null;
  } else {
    // The write is all that the listener does.
    const entity = program.streams().find((each) => program.listeners(each, 'data').some(({ fn }) => fn && inside(call, fn)));
    const listener = entity && program.listeners(entity, 'data').find(({ fn }) => fn && inside(call, fn));
    const body = listener?.fn ? bodyOf(listener.fn) : null;
    if (!listener || !body || (body.type === 'statement_block' ? named(body).length !== 1 : !same(body, call))) return null;
    to = field(field(call, 'function')!, 'object')!.text;
    from = listener.use.receiver.text;
    call = listener.use.call;
  }
  const statement = call.parent;
  if (statement?.type !== 'expression_statement') return null;
  const { name, edits } = style.imported('stream', 'pipeline');
  const indent = style.indentAt(statement.startIndex);
  const done = style.fn('error', [`if (error) console.error(error.code)${style.semi}`], indent);
  return {
    title: 'Use pipeline(), which ends both on an error',
    edits: [...edits, { from: statement.startIndex, to: statement.endIndex, text: `${name}(${from}, ${to}, ${done})${style.semi}` }],
  };
};

/** Every error of an AggregateError instead of its empty message. */
export const errorsOfAll: Fixer = (program, { at }) => {
  const fn = ownFunction(program.inference, argumentsOfCall(callOf(at))[1]);
  const binding = fn ? parameterBinding(program.inference, fn, 0) : null;
  if (!fn || !binding) return null;
  const edits = program.inference.names.reads(binding).flatMap((read) => {
    const member = read.parent;
    if (member?.type !== 'member_expression' || field(member, 'property')?.text !== 'message') return [];
    const each = binding.name === 'each' ? 'one' : 'each';
    const quote = program.text.includes('"') && !program.text.includes("'") ? '"' : "'";
    const text = `(${binding.name}.errors ?? [${binding.name}]).map((${each}) => ${each}.message).join(${quote}, ${quote})`;
    return [{ from: member.startIndex, to: member.endIndex, text }];
  });
  return edits.length ? { title: 'Show the error of each address (err.errors)', edits } : null;
};
