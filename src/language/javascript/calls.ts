/** Finds the socket calls of a unit: every place that names one of Node's socket functions and certainly means it. */
import type { Node } from '@vscode/tree-sitter-wasm';
import type { ApiId } from '../../knowledge/apis';
import type { CallArguments, SocketCall, Span } from '../analysis';
import { CLASSES, fromLineage, LISTENER_METHODS } from './api';
import { argumentsOf } from './arguments';
import { classMember } from './classes';
import type { Inference, Type } from './infer';
import { field, named, same } from './names';
import type { Spot, Unit } from './unit';

/** A file that never names one of the modules has no socket calls: nothing of it is parsed. */
const GATE = /['"`](?:node:)?(?:net|dgram|https?|http2|tls)['"`]/;

export const mentionsSockets = (text: string): boolean => GATE.test(text);

export const span = (start: Node, end: Node = start): Span => ({
  start: { line: start.startPosition.row, character: start.startPosition.column },
  end: { line: end.endPosition.row, character: end.endPosition.column },
});

interface Hit {
  api: ApiId;
  name: Node;
  call: Node;
  /** Where V8 places the call. */
  site: Node;
  event: Node | null;
  origin: Spot | null;
  server: Spot | null;
}

/** A call with its nodes, placed in its unit. */
export interface UnitCall extends Omit<SocketCall, 'origin' | 'server'> {
  origin: Spot | null;
  server: Spot | null;
  nodes: { call: Node; name: Node };
}

/** A call with its nodes, which live as long as the tree does. */
export interface CallNode {
  call: SocketCall;
  /** The call expression; while it is being typed the member expression. */
  node: Node;
  name: Node;
}

/** The calls of the unit that the inference is for, in source order. `aliases`: other names under which the program knows the functions. */
export function findCalls(inference: Inference, aliases: Iterable<string>): UnitCall[] {
  const { unit } = inference;
  const hits: Hit[] = [];
  for (const { node } of [...unit.mentions(), ...[...aliases].flatMap((alias) => unit.mentionsOf(alias))]) {
    const hit = hitAt(inference, node);
    if (hit) hits.push(hit);
  }
  return hits
    .sort((a, b) => a.name.startIndex - b.name.startIndex)
    .map((hit) => ({
      api: hit.api,
      name: span(hit.name),
      event: hit.event ? span(hit.event) : null,
      site: span(hit.site).start,
      origin: hit.origin,
      server: hit.server,
      args: argumentsOf(inference, hit.api, hit.call),
      nodes: { call: hit.call, name: hit.name },
    }));
}

/** The other names that units of a program give to Node's functions (`import { connect as dial }`), and the names given to those. */
export function aliasesIn(units: readonly Unit[]): Set<string> {
  const found = new Set<string>();
  for (const unit of units) for (const alias of unit.aliases(null)) found.add(alias);
  // What is added on the way is visited too.
  for (const name of found) for (const unit of units) for (const alias of unit.aliases(name)) found.add(alias);
  return found;
}

/** Places calls of units in the whole text; they have to be given in source order. */
export class Placing {
  /** By offset of the createSocket call. */
  private readonly families = new Map<number, CallArguments['family']>();

  /** `before`: the same call as it was placed last; its places are taken over unless the unit has `moved`, to another line or column. */
  place({ api, name, event, site, origin, server, args }: UnitCall, unit: Unit, before?: SocketCall, moved = true): SocketCall {
    const from = offset(origin);
    const to = offset(server);
    let known = args;
    if (from !== null && api === 'dgram.createSocket') this.families.set(from, args.family);
    else if (from !== null && this.families.has(from)) known = { ...args, family: this.families.get(from)! };
    if (!before || moved)
      return {
        api,
        name: unit.span(name),
        event: event && unit.span(event),
        site: unit.place(site),
        origin: from,
        server: to,
        args: known,
      };
    if (before.origin === from && before.server === to && before.args === known) return before;
    return { api, name: before.name, event: before.event, site: before.site, origin: from, server: to, args: known };
  }
}

/** The nodes of a call in the tree of a whole program. */
export function nodesOf(root: Node, call: SocketCall): CallNode[] {
  const { start, end } = call.name;
  const name = root.descendantForPosition(
    { row: start.line, column: start.character },
    { row: end.line, column: Math.max(end.character - 1, 0) },
  );
  const member = name?.type === 'property_identifier' ? name.parent : name;
  const node = member?.parent;
  if (!name || (node?.type !== 'call_expression' && node?.type !== 'new_expression')) return [];
  return [{ call, node, name }];
}

const offset = (spot: Spot | null): number | null => (spot ? spot.unit.from + spot.at : null);

function hitAt(inference: Inference, node: Node): Hit | null {
  const parent = node.parent;
  if (!parent) return null;
  if (node.type === 'identifier' || node.type === 'type_identifier') {
    if (parent.type === 'call_expression' && same(field(parent, 'function'), node)) return plainCall(inference, node, parent, node);
    if (parent.type === 'new_expression' && same(field(parent, 'constructor'), node)) return plainCall(inference, node, parent, parent);
    return null;
  }
  if (node.type !== 'property_identifier' || parent.type !== 'member_expression' || !same(field(parent, 'property'), node)) return null;
  const call = parent.parent;
  if (call?.type === 'new_expression' && same(field(call, 'constructor'), parent)) return plainCall(inference, node, call, call, parent);
  const called = call?.type === 'call_expression' && same(field(call, 'function'), parent);
  // While the brackets are still being typed there is no call in the tree, but the text says that one is meant.
  const begun = call?.type === 'ERROR' && /^\s*\(/.test(inference.text.slice(node.endIndex, node.endIndex + 20));
  if (!called && !begun) return null;
  const object = inference.typeOf(field(parent, 'object'));
  if (object?.is === 'object') return method(inference, object, node, called ? call : parent);
  return plainCall(inference, node, called ? call : parent, node, parent);
}

/** A call of a module's function, or the construction of one of its classes. */
function plainCall(inference: Inference, name: Node, call: Node, site: Node, callee: Node = name): Hit | null {
  const type = inference.typeOf(callee);
  const constructed = call.type === 'new_expression';
  let api: ApiId | null = null;
  if (type?.is === 'function' && !constructed) api = type.entry.api;
  if (type?.is === 'class' && constructed) api = CLASSES[type.name].construct;
  return api ? { api, name, call, site, event: null, origin: inference.spot(call), server: null } : null;
}

function method(inference: Inference, object: NonNullable<Type> & { is: 'object' }, name: Node, call: Node): Hit | null {
  const method = name.text;
  if (!object.name || (object.user && classMember(inference, object.user, method) !== undefined)) return null;
  if (LISTENER_METHODS.has(method)) {
    const event = named(field(call, 'arguments') ?? call)[0];
    if (event?.type !== 'string') return null;
    const key = event.text.slice(1, -1);
    const entry = fromLineage(object.name, ({ events }) => (Object.hasOwn(events, key) ? events[key] : undefined));
    return entry?.api ? { api: entry.api, name, call, site: name, event, origin: object.origin, server: object.server } : null;
  }
  const entry = fromLineage(object.name, ({ methods }) => (Object.hasOwn(methods, method) ? methods[method] : undefined));
  return entry?.api ? { api: entry.api, name, call, site: name, event: null, origin: object.origin, server: object.server } : null;
}
