/** What stands at a place inside a socket call: an option, an address, a port; or an error code in a string. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { ERRNO_CARDS, MESSAGE_CARDS } from '../../knowledge';
import type { Place, SocketWord, Span } from '../analysis';
import type { PlacedCall } from './incremental';
import type { Inference } from './infer';
import { field, named, propertyName, same } from './names';

const ADDRESS_KEYS = new Set(['host', 'address', 'localAddress']);
const PORT_KEYS = new Set(['port', 'localPort']);
/** Calls whose address is one of this machine. */
const LOCAL = new Set(['server.listen', 'dgram.bind']);

/** null when nothing is certain to be said there. `inference`: of the unit that has the place. `calls`: those of the program. */
export function wordAt(inference: Inference, calls: readonly PlacedCall[], place: Place): SocketWord | null {
  if (calls.length === 0) return null;
  const { unit, root } = inference;
  const node = tokenAt(root, unit.inside(place));
  if (!node) return null;
  const at = unit.span(span(node));
  const code = node.type === 'string' ? node.text.slice(1, -1) : null;
  if (code !== null && (ERRNO_CARDS.has(code) || MESSAGE_CARDS.has(code))) return { kind: 'error', text: code, span: at, call: null };
  if (isErrnoConstant(node)) return { kind: 'error', text: node.text, span: at, call: null };
  // A call of another unit has it only when a variable holds its options.
  const held = node.parent?.type === 'pair' || node.parent?.type === 'object';
  const others = held ? calls.filter((each) => each.unit !== unit) : [];
  for (const each of [...calls.filter((each) => each.unit === unit), ...others]) {
    const { call } = each.found.nodes;
    const given = named(field(call, 'arguments') ?? call).filter((child) => child.parent?.type === 'arguments');
    const index = given.findIndex((child) => same(child, node));
    const found = index >= 0 ? positional(each, given, index) : inOptions(inference, each, given, node);
    if (found) return { ...found, span: at, call: each.call };
  }
  return null;
}

/** `os.constants.errno.EADDRINUSE` and what is left of it after destructuring: `errno.EADDRINUSE`. */
function isErrnoConstant(node: Node): boolean {
  const parent = node.parent;
  if (node.type !== 'property_identifier' || parent?.type !== 'member_expression' || !ERRNO_CARDS.has(node.text)) return false;
  const object = field(parent, 'object');
  return /(?:^|\.)errno$/.test(object?.text ?? '');
}

type Found = Pick<SocketWord, 'kind' | 'text'> & { local?: boolean };

/** An argument by its place: `listen(port, host, backlog)`, `send(message, port, address)`. */
function positional({ call }: PlacedCall, given: readonly Node[], index: number): Found | null {
  const node = given[index]!;
  const local = LOCAL.has(call.api);
  if (node.type === 'number') {
    const numbers = given.filter(({ type }) => type === 'number');
    switch (call.api) {
      case 'server.listen':
        return index === 0 ? port(node, local) : { kind: 'option', text: 'backlog' };
      case 'net.connect':
      case 'net.createConnection':
      case 'socket.connect':
      case 'tls.connect':
      case 'dgram.bind':
      case 'dgram.connect':
        return index === 0 ? port(node, local) : null;
      case 'dgram.send':
        // send(message, port) or send(message, offset, length, port).
        return (index === 1 && numbers.length === 1) || index === 3 ? port(node, false) : null;
      default:
        return null;
    }
  }
  if (node.type !== 'string') return null;
  const text = node.text.slice(1, -1);
  if (call.api === 'dgram.createSocket' && index === 0) return { kind: 'option', text: 'type' };
  if (
    index === 0 ||
    !/^(server\.listen|net\.connect|net\.createConnection|socket\.connect|tls\.connect|dgram\.(bind|connect|send))$/.test(call.api)
  )
    return null;
  return { kind: 'address', text, local };
}

/** A key or value of the object of options, written in the call or held by a constant. */
function inOptions(inference: Inference, { call }: PlacedCall, given: readonly Node[], node: Node): Found | null {
  const pair = node.parent;
  const object = pair?.type === 'pair' ? pair.parent : pair;
  if (object?.type !== 'object') return null;
  const handed = given.some((argument) => {
    if (same(argument, object)) return true;
    const type = argument.type === 'identifier' ? inference.typeOf(argument) : null;
    return type?.is === 'literal-object' && same(type.node, object);
  });
  if (!handed) return null;
  if (node.type === 'shorthand_property_identifier') return { kind: 'option', text: node.text };
  const key = pair?.type === 'pair' ? field(pair, 'key') : null;
  const name = propertyName(key);
  if (!name) return null;
  if (same(key, node)) return { kind: 'option', text: name };
  const local = LOCAL.has(call.api) || name.startsWith('local');
  if (node.type === 'number' && PORT_KEYS.has(name)) return port(node, local);
  if (node.type === 'string' && ADDRESS_KEYS.has(name)) return { kind: 'address', text: node.text.slice(1, -1), local };
  return { kind: 'option', text: name };
}

const port = (node: Node, local: boolean): Found => ({ kind: 'port', text: node.text.replaceAll('_', ''), local });

/** The string, number or name at a place; also when the place is just behind it. */
function tokenAt(root: Node, { line, character }: Place): Node | null {
  for (const column of [character, character - 1]) {
    if (column < 0) continue;
    let node = root.descendantForPosition({ row: line, column });
    if (node?.parent?.type === 'string') node = node.parent;
    if (node && /^(string|number|true|false|property_identifier|shorthand_property_identifier)$/.test(node.type)) return node;
  }
  return null;
}

const span = (node: Node): Span => ({
  start: { line: node.startPosition.row, character: node.startPosition.column },
  end: { line: node.endPosition.row, character: node.endPosition.column },
});
