/** Where errors of sockets arrive, and where nobody waits for them. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { enclosingFunction, field, named, same } from '../names';
import { bodyOf, type Entity, type Program, type Report } from './program';
import { inside } from './usage';

const property = (call: Node): Node => field(field(call, 'function') ?? call, 'property') ?? field(call, 'function') ?? call;

/** A stream socket that the file has in its hands from birth to end, without an 'error' listener. */
export function withoutErrorListener(program: Program, entity: Entity): boolean {
  if (entity.escaped || program.handlesErrors(entity) || program.isIterated(entity)) return false;
  // `await once(socket, ...)` throws the error, as long as it waits.
  if (entity.passed.some(({ callee }) => /(?:^|\.)once$/.test(callee)) && entity.kind === 'client') return false;
  return true;
}

export function* noErrorListener(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    if (!withoutErrorListener(program, entity)) continue;
    if (entity.kind === 'client') {
      // `new Socket()` that is never connected opens nothing.
      if (entity.created.call.api === 'net.Socket' && !entity.methods.some(({ method }) => method === 'connect')) continue;
      yield { rule: 'no-error-listener', at: entity.created.name, call: entity.created.call };
    } else {
      // A server whose sockets are not touched at all is a listener of ports, not yet a server.
      if (!entity.methods.length && !entity.passed.length) continue;
      const on = program.listeners(entity.server!, 'connection', 'secureConnection')[0];
      yield { rule: 'no-error-listener', at: on ? on.use.args[0]! : entity.created.name, call: entity.created.call };
    }
  }
}

/** `try { listen } catch`, where no 'error' listener is. */
export function* tryAroundAsync(program: Program): Iterable<Report> {
  for (const { call, node, name } of program.calls) {
    if (!/^(?:server\.listen|net\.connect|net\.createConnection|socket\.connect|socket\.write)$/.test(call.api)) continue;
    const fn = enclosingFunction(node);
    let block = node.parent;
    while (block && !(block.type === 'try_statement' && field(block, 'handler') && inside(node, field(block, 'body')!)))
      block = block.parent;
    if (!block || !same(enclosingFunction(block) ?? program.inference.root, fn ?? program.inference.root)) continue;
    // Where something is awaited the try is there for that.
    if (field(block, 'body')!.descendantsOfType('await_expression').length) continue;
    const entity = program.entityOf(receiverOf(node)) ?? program.entities.find(({ created }) => same(created.node, node)) ?? null;
    if (!entity || entity.escaped || program.handlesErrors(entity)) continue;
    yield { rule: 'try-around-async', at: name, call };
  }
}

const receiverOf = (call: Node): Node | null => {
  const callee = field(call, 'function');
  return callee ? field(callee, 'object') : null;
};

/** process.on('uncaughtException') that goes on, in a program with sockets. */
export function* uncaughtException(program: Program): Iterable<Report> {
  if (program.entities.length === 0) return;
  for (const at of program.inference.unit.words.offsets('uncaughtException')) {
    const word = program.inference.root.descendantForIndex(at);
    const string = word?.type === 'string' ? word : word?.parent;
    const call = string?.parent?.parent;
    if (string?.type !== 'string' || call?.type !== 'call_expression' || field(call, 'function')?.text !== 'process.on') continue;
    const fn = named(field(call, 'arguments')!)[1];
    // A last word before the end is what the event is for.
    if (!fn || !/function|=>/.test(fn.text) || /\bexit\b|\babort\b|\bkill\b|exitCode|\bthrow\b/.test(fn.text)) continue;
    yield { rule: 'uncaught-exception', at: string };
  }
}

/** `a.pipe(b)` where one of the two is a socket of ours and a side has nobody for its errors. */
export function* pipeWithoutErrors(program: Program): Iterable<Report> {
  for (const at of program.inference.unit.words.offsets('pipe')) {
    const name = program.inference.root.descendantForIndex(at, at + 3);
    const member = name?.parent;
    const call = member?.parent;
    if (!name || member?.type !== 'member_expression' || call?.type !== 'call_expression' || !same(field(call, 'function'), member))
      continue;
    const from = field(member, 'object')!;
    const to = named(field(call, 'arguments') ?? call)[0];
    if (!to || from.text === to.text) continue;
    const ends = [program.entityOf(from) ?? made(program, from), program.entityOf(to) ?? made(program, to)];
    const lost = ends.some((end) => end && end.kind !== 'datagram' && !end.escaped && !program.handlesErrors(end));
    const file =
      /\bcreateReadStream\s*\(/.test(from.text) && from.type === 'call_expression' && !/\.(?:on|once)\s*\(\s*['"]error/.test(from.text);
    if (!lost && !(file && ends[1] && !ends[1].escaped)) continue;
    const socket = ends.find((end) => end && end.kind !== 'datagram');
    yield { rule: 'pipe-without-errors', at: name, call: socket?.created.call };
  }
}

const made = (program: Program, node: Node): Entity | null => program.entities.find(({ created }) => same(created.node, node)) ?? null;

/** An 'error' listener that prints the message only, of a client that goes to a name. */
export function* aggregateError(program: Program): Iterable<Report> {
  for (const entity of program.entities) {
    if (entity.kind !== 'client') continue;
    const target = entity.created.call.api === 'net.Socket' ? entity.methods.find(({ method }) => method === 'connect') : null;
    const { host, path, existing, port } = target
      ? (program.callOf(target.call)?.args ?? entity.created.call.args)
      : entity.created.call.args;
    if (path.is !== 'absent' || existing || port.is === 'absent') continue;
    if (host.is === 'dynamic' || (host.is === 'literal' && /^[\d.]+$|:/.test(host.value))) continue;
    for (const { fn, use } of program.listeners(entity, 'error')) {
      if (!fn) continue;
      const body = bodyOf(fn).text;
      if (/\.message\b/.test(body) && !/\.(?:errors|code|stack|cause)\b/.test(body))
        yield { rule: 'aggregate-error', at: property(use.call) };
    }
  }
}
