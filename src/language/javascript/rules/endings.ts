/** How conversations end: end(), 'end', 'close', timers. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { literal } from '../arguments';
import { enclosingFunction, field, named, same } from '../names';
import { bodyOf, type Program, type Report } from './program';
import { functionsUpTo, inside } from './usage';

const property = (call: Node): Node => field(field(call, 'function') ?? call, 'property') ?? call;

/** A socket that answers when the peer has ended, later than in the 'end' event itself. */
export function* answerAfterEnd(program: Program): Iterable<Report> {
  if (/allowHalfOpen/.test(program.text)) return;
  for (const entity of program.streams()) {
    if (entity.kind !== 'accepted') continue;
    // The options may be in a variable, or come from outside.
    const options = entity.created.node.text.slice(0, 600);
    if (/createServer\s*\(\s*[\w$.]+\s*,/.test(options)) continue;
    for (const { fn } of program.listeners(entity, 'end')) {
      if (!fn) continue;
      for (const { method, call, args } of entity.methods) {
        if (!/^(?:write|end)$/.test(method) || !args.length || !inside(call, bodyOf(fn))) continue;
        const later = functionsUpTo(call, fn).length > 0 || afterAwait(call, fn);
        if (later && !isFunctionNode(args[0]!)) yield { rule: 'answer-after-end', at: property(call), call: program.callOf(call) };
      }
    }
  }
}

const isFunctionNode = (node: Node): boolean => /function/.test(node.type);

function afterAwait(call: Node, fn: Node): boolean {
  return bodyOf(fn)
    .descendantsOfType('await_expression')
    .some((wait) => wait && wait.startIndex < call.startIndex && same(enclosingFunction(wait), fn));
}

/** `socket.end(); socket.write()` one after the other in one block. */
export function* writeAfterEnd(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    for (const ended of entity.methods) {
      if (ended.method !== 'end' || ended.call.parent?.type !== 'expression_statement') continue;
      const statement = ended.call.parent;
      let next = statement.nextNamedSibling;
      while (next?.type === 'comment') next = next.nextNamedSibling;
      const call = next?.type === 'expression_statement' ? named(next)[0] : null;
      const write = entity.methods.find((use) => call && same(use.call, call));
      if (write?.method === 'write' && write.receiver.text === ended.receiver.text)
        yield { rule: 'write-after-end', at: property(write.call), call: program.callOf(write.call) };
    }
  }
}

const CLEANS = /\.delete\(|\bclear(?:Interval|Timeout)\(|\.splice\(|\.filter\(|=\s*null\b|\bdelete\s|--/;

/** Cleanup on 'end' of a socket that nobody listens to the 'close' of. */
export function* cleanupOnEnd(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    if (
      entity.escaped ||
      program.listeners(entity, 'close').length ||
      entity.passed.some(({ callee }) => /(?:pipeline|finished)$/.test(callee))
    )
      continue;
    for (const { fn, use } of program.listeners(entity, 'end')) {
      if (fn && CLEANS.test(bodyOf(fn).text)) yield { rule: 'cleanup-on-end', at: use.args[0]!, call: program.callOf(use.call) };
    }
  }
}

/** What a program may do when time is up. */
const ACTS = /\b(?:destroy\w*|end|resetAndDestroy|abort\w*|reject|throw|close\w*|kill|exit|fail\w*|emit)\b/;

/** setTimeout whose event nobody acts on. */
export function* timeoutLeavesOpen(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    if (entity.escaped || entity.passed.some(({ callee }) => /(?:^|\.)once$/.test(callee))) continue;
    const heard = program.listeners(entity, 'timeout');
    for (const { method, call, args } of entity.methods) {
      if (method !== 'setTimeout' || args[0]?.text === '0') continue;
      const handlers = [...heard.map(({ fn, use }) => fn ?? use.args[1]!), ...(args[1] ? [args[1]] : [])];
      // A handler from elsewhere may do anything.
      if (handlers.some((node) => !isFunctionNode(node))) continue;
      if (handlers.every((node) => !ACTS.test(bodyOf(node).text)))
        yield { rule: 'timeout-leaves-open', at: property(call), call: program.callOf(call) };
    }
  }
}

/** `setInterval(() => s.write(...), 1000)` beside `s.setTimeout(5000)`. */
export function* ownWritesRestartTimer(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    const idle = entity.methods.find(({ method, args }) => method === 'setTimeout' && args[0]);
    const wait = idle ? literal(program.inference, idle.args[0]!) : null;
    if (wait?.is !== 'literal' || typeof wait.value !== 'number' || wait.value === 0) continue;
    for (const { method, call } of entity.methods) {
      if (method !== 'write') continue;
      const fn = enclosingFunction(call);
      const timer = fn?.parent?.type === 'arguments' ? fn.parent.parent : null;
      if (!timer || field(timer, 'function')?.text !== 'setInterval') continue;
      const every = named(fn!.parent!)[1];
      const period = every ? literal(program.inference, every) : null;
      if (period?.is === 'literal' && typeof period.value === 'number' && period.value < wait.value)
        yield { rule: 'own-writes-restart-timer', at: property(idle!.call), call: program.callOf(idle!.call) };
    }
  }
}

/** setKeepAlive(true) whose comment says that it is to find dead peers. */
export function* keepAliveAsHealthCheck(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    for (const { method, call, args } of entity.methods) {
      if (method !== 'setKeepAlive' || (args[0] && args[0].text !== 'true')) continue;
      const line = call.startPosition.row;
      const lines = program.text.split('\n').slice(Math.max(0, line - 1), line + 1);
      const comment = lines.map((text) => /\/\/(.*)$/.exec(text)?.[1] ?? '').join(' ');
      if (
        /\b(?:dead|hung|hangs?|frozen|crash\w*|health|heart\s?beat|still (?:alive|running|there))\b/i.test(comment) &&
        !/kernel/i.test(comment)
      )
        yield { rule: 'keep-alive-as-health-check', at: property(call), call: program.callOf(call) };
    }
  }
}

/** HTTP/1.1 by hand, without `Connection: close`, whose answer is looked at on 'end'. */
export function* endAsMessageEnd(program: Program): Iterable<Report> {
  for (const entity of program.streams()) {
    if (entity.kind !== 'client' || program.listeners(entity, 'data').length === 0) continue;
    const request = entity.methods.find(({ method, args }) => /^(?:write|end)$/.test(method) && args[0] && /HTTP\/1\.1/.test(args[0].text));
    if (request?.method !== 'write' || /connection:\s*close/i.test(program.text) || /content-length|chunked/i.test(program.text)) continue;
    const end = program.listeners(entity, 'end')[0];
    if (end) yield { rule: 'end-as-message-end', at: end.use.args[0]!, call: program.callOf(end.use.call) };
  }
}
