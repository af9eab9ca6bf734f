/** State and listeners: whose they are, and how often they are added. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { LISTENER_METHODS } from '../api';
import { enclosingFunction, field, isFunction, named, same } from '../names';
import { chunkHandlers, gatherings } from './chunks';
import type { Program, Report } from './program';
import { functionsUpTo, inside, ownFunction } from './usage';

/** A variable at the top of the file that each connection overwrites or adds to. */
export function* sharedState(program: Program): Iterable<Report> {
  for (const entity of program.entities) {
    if (entity.kind !== 'accepted') continue;
    for (const binding of entity.bindings) {
      for (const read of program.inference.names.reads(binding)) {
        const assignment = read.parent;
        const target =
          assignment?.type === 'assignment_expression' && same(field(assignment, 'right'), read) ? field(assignment, 'left') : null;
        const variable = program.moduleVariable(target);
        // One client on purpose: the handler asks first whether there is one.
        if (variable && !asksFirst(variable.name, read)) yield { rule: 'shared-state', at: target!, call: entity.created.call };
      }
    }
  }
  for (const handler of chunkHandlers(program)) {
    if (handler.entity.kind !== 'accepted') continue;
    for (const { into } of gatherings(program, handler)) {
      const variable = program.moduleVariable(into);
      // What is emptied where a connection begins was meant for one connection at a time.
      if (variable) yield { rule: 'shared-state', at: into, call: handler.entity.created.call };
    }
  }
}

function asksFirst(name: string, at: Node): boolean {
  const fn = enclosingFunction(at);
  return !!fn && new RegExp(`\\bif\\s*\\([^)]*\\b${name.replace(/\$/g, '\\$')}\\b`).test(fn.text);
}

/** on() in a loop, or in the 'data' listener of the same socket. */
export function* listenerInLoop(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    for (const { use } of program.listeners(entity)) {
      if (use.method === 'once' || use.method === 'prependOnceListener') continue;
      const at = field(field(use.call, 'function')!, 'property')!;
      const loop = loopAround(use.call);
      const outside =
        loop && use.receiver.type === 'identifier' && !inside(program.inference.binding(use.receiver)?.identifier ?? loop, loop);
      const again = program
        .listeners(entity, 'data', 'drain')
        .some(({ fn, use: other }) => fn && other.method !== 'once' && inside(use.call, fn));
      if (outside || again) yield { rule: 'listener-in-loop', at, call: program.callOf(use.call) };
    }
  }
}

function loopAround(node: Node): Node | null {
  for (let at = node.parent; at && !isFunction(at); at = at.parent) {
    if (/^(?:for|for_in|while|do)_statement$/.test(at.type)) return at;
  }
  return null;
}

/** A function that connects a socket from outside of it and adds listeners, and is called again when that fails. */
export function* reconnectAddsListeners(program: Program): Iterable<Report> {
  for (const entity of program.entities) {
    if (entity.kind !== 'client') continue;
    for (const { method, call } of entity.methods) {
      if (method !== 'connect') continue;
      const fn = enclosingFunction(call);
      if (!fn || inside(entity.created.node, fn)) continue;
      const name = field(fn, 'name') ?? (fn.parent?.type === 'variable_declarator' ? field(fn.parent, 'name') : null);
      if (!name || !calledAgain(program, name, fn)) continue;
      const added = program
        .listeners(entity)
        .find(({ use }) => inside(use.call, fn) && same(enclosingFunction(use.call), fn) && use.method !== 'once');
      if (added)
        yield {
          rule: 'reconnect-adds-listeners',
          at: field(field(added.use.call, 'function')!, 'property')!,
          call: program.callOf(added.use.call),
        };
    }
  }
}

function calledAgain(program: Program, name: Node, fn: Node): boolean {
  const binding = program.inference.names.lookup(name.text, name)[0] ?? program.inference.binding(name);
  if (!binding) return false;
  return program.inference.names.reads(binding).some((read) => {
    const around = functionsUpTo(read, program.inference.root);
    const timer = read.parent?.type === 'arguments' ? field(read.parent.parent!, 'function') : null;
    if (timer && /^set(?:Timeout|Interval|Immediate)$/.test(timer.text)) return true;
    const listens =
      read.parent?.type === 'arguments' &&
      timer?.type === 'member_expression' &&
      LISTENER_METHODS.has(field(timer, 'property')?.text ?? '');
    return (
      listens ||
      (around.length > 0 &&
        (inside(read, fn) || around.some((each) => each.parent?.type === 'arguments')) &&
        read.parent?.type === 'call_expression')
    );
  });
}

/** A counter at the top of a file that is run by several workers. */
export function* statePerWorker(program: Program): Iterable<Report> {
  if (!/['"](?:node:)?cluster['"]/.test(program.text) || !/\bfork\s*\(/.test(program.text)) return;
  // Whoever sends it to the primary knows.
  if (/process\.send|\.on\(\s*['"]message['"]/.test(program.text)) return;
  const told = new Set<string>();
  for (const fn of handlersOf(program)) {
    for (const node of fn.descendantsOfType(['update_expression', 'augmented_assignment_expression'])) {
      const target = node ? (field(node, 'argument') ?? field(node, 'left')) : null;
      const variable = program.moduleVariable(target);
      if (!variable || told.has(variable.name)) continue;
      told.add(variable.name);
      yield { rule: 'state-per-worker', at: target! };
    }
  }
}

function handlersOf(program: Program): Node[] {
  const found: Node[] = [];
  for (const { call, node } of program.calls) {
    if (!call.api.endsWith('.createServer')) continue;
    for (const argument of named(field(node, 'arguments') ?? node)) {
      const fn = ownFunction(program.inference, argument);
      if (fn) found.push(fn);
    }
  }
  return found;
}
