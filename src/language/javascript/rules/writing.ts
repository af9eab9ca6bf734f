/** Sending: what write() says, and what holds up the loop. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { literal } from '../arguments';
import { type Binding, enclosingFunction, field, named, same } from '../names';
import { chunkHandlers } from './chunks';
import { bodyOf, type Entity, type Program, type Report } from './program';
import { inside, type MethodUse, ownFunction } from './usage';

const property = (call: Node): Node => field(field(call, 'function') ?? call, 'property') ?? call;

/** A loop that goes round so often that its bytes are no trifle. */
const MANY = 1000;

const LOOPS = new Set(['for_statement', 'while_statement', 'do_statement']);

/** write() in a loop that never looks at the result. */
export function* ignoredBackpressure(program: Program): Iterable<Report | null> {
  for (const entity of program.streams()) {
    yield null;
    // Who listens for 'drain' knows of it.
    if (entity.methods.some(({ args }) => args[0]?.type === 'string' && args[0].text.slice(1, -1) === 'drain')) continue;
    if (entity.passed.some(({ callee }) => /(?:^|\.)(?:once|pipeline)$/.test(callee))) continue;
    for (const { method, call, receiver } of entity.methods) {
      if (method !== 'write' || call.parent?.type !== 'expression_statement') continue;
      const loop = loopAround(call);
      if (loop && goesRoundOften(program, loop) && !declaredIn(program, receiver, loop))
        yield { rule: 'ignored-backpressure', at: property(call), call: program.callOf(call) };
    }
  }
  // One socket's chunks written to another as they come.
  const written = new Map<Binding, { target: Entity; use: MethodUse }[]>();
  for (const target of program.streams()) {
    yield null;
    for (const use of target.methods) {
      const what = use.method === 'write' && use.args[0]?.type === 'identifier' ? program.inference.binding(use.args[0]) : null;
      if (!what || use.call.parent?.type !== 'expression_statement') continue;
      const others = written.get(what);
      if (others) others.push({ target, use });
      else written.set(what, [{ target, use }]);
    }
  }
  for (const { entity, chunk, body } of chunkHandlers(program)) {
    yield null;
    if (entity.methods.some(({ method }) => method === 'pause')) continue;
    const told = new Set<Entity>([entity]);
    for (const { target, use } of written.get(chunk) ?? []) {
      if (told.has(target) || !inside(use.call, body) || program.listeners(target, 'drain').length) continue;
      told.add(target);
      yield { rule: 'ignored-backpressure', at: property(use.call), call: program.callOf(use.call) };
    }
  }
}

/** The nearest loop of the same function. */
function loopAround(node: Node): Node | null {
  const fn = enclosingFunction(node);
  for (let at = node.parent; at && !same(at, fn); at = at.parent) if (LOOPS.has(at.type)) return at;
  return null;
}

function goesRoundOften(program: Program, loop: Node): boolean {
  const body = field(loop, 'body') ?? loop;
  // Who waits, leaves or asks in the loop is not pouring blindly.
  if (/\b(?:await|yield|break|return|writableNeedDrain|writableLength)\b/.test(body.text)) return false;
  const condition = field(loop, 'condition');
  if (!condition || condition.text === ';') return true;
  if (loop.type !== 'for_statement') return /^\(\s*(?:true|1)\s*\)$/.test(condition.text);
  const compared = condition.descendantsOfType('binary_expression')[0];
  const bound = compared ? field(compared, 'right') : null;
  const value = bound ? evaluate(program, bound) : null;
  return value !== null && value >= MANY;
}

/** A number that the source says: a literal, a constant, or a product of them. */
function evaluate(program: Program, node: Node): number | null {
  if (node.type === 'binary_expression' || node.type === 'parenthesized_expression') {
    const parts = node.type === 'binary_expression' ? [field(node, 'left')!, field(node, 'right')!] : named(node);
    const values = parts.map((part) => evaluate(program, part));
    if (values.some((value) => value === null)) return null;
    if (values.length === 1) return values[0]!;
    const operator = field(node, 'operator')?.text;
    if (operator === '*') return values[0]! * values[1]!;
    if (operator === '**') return values[0]! ** values[1]!;
    return operator === '/' ? values[0]! / values[1]! : null;
  }
  const value = literal(program.inference, node);
  return value.is === 'literal' && typeof value.value === 'number' ? value.value : null;
}

function declaredIn(program: Program, receiver: Node, loop: Node): boolean {
  const binding = receiver.type === 'identifier' ? program.inference.binding(receiver) : null;
  return !!binding && inside(binding.identifier, loop);
}

const DELIVERED = /\b(?:delivered|received|arrived|got it|processed|acknowledged|has (?:it|them)|was read|saved)\b/i;

/** A callback of write, end or send that takes it for an answer. */
export function* writeIsDelivery(program: Program): Iterable<Report> {
  for (const { call, node, name } of program.calls) {
    const datagram = call.api === 'dgram.send';
    if (!datagram && call.api !== 'socket.write' && call.api !== 'socket.end') continue;
    const callback = ownFunction(program.inference, named(field(node, 'arguments') ?? node).at(-1));
    if (!callback) continue;
    const said = bodyOf(callback)
      .descendantsOfType(['string', 'template_string'])
      .some((text) => text && DELIVERED.test(text.text) && !/\bnot\b|n't/i.test(text.text));
    if (said) yield { rule: datagram ? 'datagram-is-delivery' : 'write-is-delivery', at: name, call };
  }
}

const BLOCKS =
  /^(?:(?:crypto|child_process|cp|zlib)\.)?(?:pbkdf2Sync|scryptSync|execSync|execFileSync|spawnSync|gzipSync|deflateSync|brotliCompressSync)$|^Atomics\.wait$/;

/** Work that takes long, synchronously, in a listener of a socket. */
export function* blockingCall(program: Program): Iterable<Report> {
  const handlers: Node[] = [];
  for (const entity of program.entities) {
    if (entity.kind === 'accepted') for (const binding of entity.bindings) handlers.push(binding.node);
    for (const { fn, event } of program.listeners(entity)) if (fn && /^(?:data|message|connection|end)$/.test(event)) handlers.push(fn);
  }
  const told = new Set<number>();
  for (const fn of handlers) {
    for (const call of fn.descendantsOfType('call_expression')) {
      const callee = call ? field(call, 'function') : null;
      if (!call || !callee || told.has(call.id) || !BLOCKS.test(callee.text)) continue;
      told.add(call.id);
      yield { rule: 'blocking-call', at: callee };
    }
  }
}
