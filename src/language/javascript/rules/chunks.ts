/** What is done with the bytes of one read. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { SocketCall } from '../../analysis';
import { type Binding, field, named, same } from '../names';
import { bodyOf, type Entity, type Program, type Report } from './program';
import { inside, parameterBinding } from './usage';

/** A place that is given chunk after chunk: a 'data' listener, or a loop over the socket. */
export interface ChunkHandler {
  entity: Entity;
  chunk: Binding;
  body: Node;
  /** Where a remark about the handler as a whole belongs. */
  at: Node;
  call: SocketCall | null;
}

export function* chunkHandlers(program: Program): Iterable<ChunkHandler> {
  for (const entity of program.streams()) {
    for (const { use, fn } of program.listeners(entity, 'data')) {
      const chunk = fn ? parameterBinding(program.inference, fn, 0) : null;
      if (fn && chunk) yield { entity, chunk, body: bodyOf(fn), at: use.args[0]!, call: program.callOf(use.call) };
    }
    for (const binding of entity.bindings) {
      for (const read of program.inference.names.reads(binding)) {
        const loop = read.parent;
        const left = loop?.type === 'for_in_statement' && same(field(loop, 'right'), read) ? field(loop, 'left') : null;
        const body = loop ? field(loop, 'body') : null;
        if (left?.type !== 'identifier' || !body) continue;
        const chunk = program.inference.names.lookup(left.text, left).find(({ identifier }) => same(identifier, left));
        if (chunk) yield { entity, chunk, body, at: left, call: null };
      }
    }
  }
}

/** The chunk as text: `chunk`, `chunk.toString()`, `String(chunk)`, also trimmed; the outermost such expression around a mention. */
function asWhole(mention: Node): { node: Node; text: boolean } {
  let node = mention;
  let text = false;
  for (;;) {
    const parent = node.parent;
    if (parent?.type === 'member_expression' && same(field(parent, 'object'), node)) {
      const method = field(parent, 'property')?.text ?? '';
      const call = parent.parent;
      if (call?.type !== 'call_expression' || !same(field(call, 'function'), parent)) break;
      if (!/^(?:toString|trim|trimEnd|toLowerCase|toUpperCase)$/.test(method)) break;
      node = call;
      text = true;
    } else if (parent?.type === 'arguments' && field(parent.parent!, 'function')?.text === 'String') {
      node = parent.parent!;
      text = true;
    } else if (parent?.type === 'parenthesized_expression' || parent?.type === 'non_null_expression' || parent?.type === 'as_expression')
      node = parent;
    else break;
  }
  return { node, text };
}

/** Mentions of a chunk in its handler, also under the name of `const text = chunk.toString()`. */
function wholes(program: Program, chunk: Binding, body: Node): { node: Node; text: boolean }[] {
  const { names } = program.inference;
  const found: { node: Node; text: boolean }[] = [];
  for (const mention of names.reads(chunk)) {
    if (!inside(mention, body)) continue;
    const whole = asWhole(mention);
    found.push(whole);
    const holder = whole.node.parent;
    const name = holder?.type === 'variable_declarator' && same(field(holder, 'value'), whole.node) ? field(holder, 'name') : null;
    const binding = name?.type === 'identifier' ? program.inference.binding(name) : null;
    if (!binding || names.writes(binding).length) continue;
    for (const read of names.reads(binding)) found.push({ ...asWhole(read), text: true });
  }
  return found;
}

/** One chunk is read as one message: parsed, or compared with a whole word. */
export function* chunkAsMessage(program: Program): Iterable<Report | null> {
  for (const { chunk, body, at, call } of chunkHandlers(program)) {
    yield null;
    if (program.inference.names.writes(chunk).length) continue;
    const taken = wholes(program, chunk, body).some(({ node }) => {
      const parent = node.parent;
      if (parent?.type === 'arguments') return field(parent.parent!, 'function')?.text === 'JSON.parse';
      if (parent?.type === 'binary_expression') {
        const operator = field(parent, 'operator')?.text ?? '';
        const other = same(field(parent, 'left'), node) ? field(parent, 'right') : field(parent, 'left');
        return /^[!=]==?$/.test(operator) && other?.type === 'string' && other.text.length > 3;
      }
      return parent?.type === 'parenthesized_expression' ? parent.parent?.type === 'switch_statement' : parent?.type === 'switch_statement';
    });
    if (taken) yield { rule: 'chunk-as-message', at, call };
  }
}

/** setNoDelay on a socket whose chunks are read as messages. */
export function* noDelayAsFraming(program: Program): Iterable<Report> {
  const setters = new Map(
    program.streams().flatMap((entity) => {
      const use = entity.methods.find(({ method, args }) => method === 'setNoDelay' && args[0]?.type !== 'false');
      return use ? [[entity, use] as const] : [];
    }),
  );
  if (setters.size === 0) return;
  const messages = new Set([...chunkAsMessage(program)].map((report) => report?.at.id));
  for (const handler of chunkHandlers(program)) {
    const use = setters.get(handler.entity);
    if (!use || !messages.has(handler.at.id)) continue;
    setters.delete(handler.entity);
    yield { rule: 'no-delay-as-framing', at: field(field(use.call, 'function')!, 'property')!, call: program.callOf(use.call) };
  }
}

export interface Gathering {
  /** The variable that grows. */
  into: Node;
  /** The assignment or call that makes it grow. */
  node: Node;
  how: 'text' | 'concat' | 'push';
}

/** Where a handler adds its chunk to what came before. */
export function gatherings(program: Program, { chunk, body }: ChunkHandler): Gathering[] {
  const found: Gathering[] = [];
  for (const mention of program.inference.names.reads(chunk)) {
    if (!inside(mention, body)) continue;
    const { node } = asWhole(mention);
    const parent = node.parent;
    const left = parent ? field(parent, 'left') : null;
    if (
      parent?.type === 'augmented_assignment_expression' &&
      field(parent, 'operator')?.text === '+=' &&
      same(field(parent, 'right'), node)
    )
      found.push({ into: left!, node: parent, how: 'text' });
    else if (parent?.type === 'binary_expression' && field(parent, 'operator')?.text === '+') {
      const assignment = parent.parent;
      const target = assignment?.type === 'assignment_expression' ? field(assignment, 'left') : null;
      if (target && left?.text === target.text) found.push({ into: target, node: assignment!, how: 'text' });
    } else if (parent?.type === 'array' || parent?.type === 'arguments') {
      const call = parent.type === 'array' ? parent.parent?.parent : parent.parent;
      const callee = call ? field(call, 'function') : null;
      if (callee?.text === 'Buffer.concat') {
        const assignment = call!.parent;
        const target = assignment?.type === 'assignment_expression' ? field(assignment, 'left') : null;
        if (target) found.push({ into: target, node: assignment!, how: 'concat' });
      } else if (callee?.type === 'member_expression' && field(callee, 'property')?.text === 'push' && parent.type === 'arguments') {
        const into = field(callee, 'object')!;
        const binding = into.type === 'identifier' ? program.inference.binding(into) : null;
        if (binding?.value?.type === 'array') found.push({ into, node: call!, how: 'push' });
      }
    }
  }
  return found;
}

/** Bytes are turned into text chunk by chunk. */
export function* chunkToText(program: Program): Iterable<Report | null> {
  for (const handler of chunkHandlers(program)) {
    yield null;
    const { entity, chunk, body, call } = handler;
    if (entity.escaped || entity.methods.some(({ method }) => method === 'setEncoding' || method === 'setDefaultEncoding')) continue;
    if (/encoding/.test(entity.created.node.text.slice(0, 400))) continue;
    const grown = gatherings(program, handler).find(({ how, into }) => how === 'text' && !isArrayOrBuffer(program, into));
    if (grown) {
      yield { rule: 'chunk-to-text', at: grown.node, call };
      continue;
    }
    // Sent back as text: what is no UTF-8 does not come back as it was.
    for (const mention of program.inference.names.reads(chunk)) {
      if (!inside(mention, body)) continue;
      const { node, text } = asWhole(mention);
      const list = node.parent;
      const written = list?.type === 'arguments' ? field(list.parent!, 'function') : null;
      const plain = /\.toString\(\)$/.test(node.text) || /^String\(/.test(node.text);
      if (
        text &&
        plain &&
        written?.type === 'member_expression' &&
        field(written, 'property')?.text === 'write' &&
        named(list!).length === 1
      )
        yield { rule: 'chunk-to-text', at: node, call };
    }
  }
}

function isArrayOrBuffer(program: Program, into: Node): boolean {
  const binding = into.type === 'identifier' ? program.inference.binding(into) : null;
  return binding?.value ? !/^(?:string|template_string)$/.test(binding.value.type) : into.type !== 'identifier';
}

/** What a client sends is kept without a limit: nothing in the file compares its size with anything. */
export function* noLimit(program: Program): Iterable<Report> {
  for (const handler of chunkHandlers(program)) {
    if (handler.entity.kind !== 'accepted') continue;
    const grown = gatherings(program, handler)[0];
    if (!grown) continue;
    const name = grown.into.text.replace(/[^\w$]/g, '\\$&');
    const measured = new RegExp(
      `${name}\\??\\.(?:length|byteLength)\\s*[<>]|[<>]=?\\s*${name}\\.(?:length|byteLength)|byteLength\\(${name}\\)`,
    );
    // A counter beside it, a limit by name, or a reader that was given the socket: somebody thought of it.
    if (measured.test(program.text) || /\b(?:max|limit|total|size)\w*\b\s*[<>]|[<>]=?\s*\w*(?:max|limit)/i.test(program.text)) continue;
    yield { rule: 'no-limit', at: grown.node, call: handler.call };
  }
}
