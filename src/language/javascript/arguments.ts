/** What the arguments of a call say before it runs: literals, and constants that hold literals. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { type Argument, type CallArguments, NO_ARGUMENTS } from '../analysis';
import type { Inference } from './infer';
import { field, named, propertyName } from './names';

const ABSENT = { is: 'absent' } as const;
const DYNAMIC = { is: 'dynamic' } as const;

type Literal = Argument<string | number | boolean>;

/** The arguments of listen, connect, bind and createSocket; nothing for other calls. */
export function argumentsOf(inference: Inference, api: string, call: Node): CallArguments {
  const list = field(call, 'arguments');
  const given = list?.type === 'arguments' ? named(list) : [];
  switch (api) {
    case 'server.listen':
      return endpoint(inference, given, true);
    case 'net.connect':
    case 'net.createConnection':
    case 'socket.connect':
    case 'tls.connect':
      return endpoint(inference, given, false);
    case 'dgram.bind':
    case 'dgram.connect':
      return datagram(inference, given);
    case 'dgram.send':
      return sent(inference, given);
    case 'dgram.createSocket':
      return { ...NO_ARGUMENTS, family: family(inference, given[0]) };
    default:
      return NO_ARGUMENTS;
  }
}

/** `(port, host, backlog)`, `(path)` or `({ port, host, path, ... })`. */
function endpoint(inference: Inference, given: Node[], listens: boolean): CallArguments {
  const args: CallArguments = { ...NO_ARGUMENTS };
  const first = given[0];
  if (given.some((node) => node.type === 'spread_element'))
    return { ...args, port: DYNAMIC, host: DYNAMIC, path: DYNAMIC, backlog: DYNAMIC };
  if (!first || inference.isOwnFunction(first)) return args;
  const options = objectOf(inference, first);
  if (options) return fromOptions(inference, options, listens);
  if (inference.typeOf(first)?.is === 'object') return { ...args, existing: true };
  const value = literal(inference, first);
  if (value.is === 'literal') {
    if (typeof value.value === 'string' && !/^\d+$/.test(value.value)) return { ...args, path: { is: 'literal', value: value.value } };
    args.port = typeof value.value === 'boolean' ? DYNAMIC : { is: 'literal', value: Number(value.value) };
  } else if (value.is === 'dynamic') {
    const kind = kindOf(inference, first);
    args.port = DYNAMIC;
    if (kind !== 'number') args.path = DYNAMIC;
    // It may be an object with a backlog in it.
    if (kind === 'anything' && listens) args.backlog = DYNAMIC;
  }
  for (const node of given.slice(1)) {
    if (inference.isOwnFunction(node)) break;
    const next = literal(inference, node);
    if (next.is === 'literal' && typeof next.value === 'string') args.host = { is: 'literal', value: next.value };
    else if (next.is === 'literal' && typeof next.value === 'number') args.backlog = { is: 'literal', value: next.value };
    else if (next.is === 'dynamic') {
      // A host, a backlog or a callback: not to be told apart here.
      args.host = args.host.is === 'absent' ? DYNAMIC : args.host;
      if (listens) args.backlog = DYNAMIC;
    }
  }
  // Only a path or an object can stand first when the first argument is not a number: with a host after it, it is a port.
  if (args.host.is === 'literal' && args.path.is === 'dynamic') {
    args.path = ABSENT;
    if (args.backlog.is === 'dynamic' && given.length < 3) args.backlog = ABSENT;
  }
  return args;
}

function fromOptions(inference: Inference, options: Node, listens: boolean): CallArguments {
  const all = properties(options);
  if (!all) return { ...NO_ARGUMENTS, port: DYNAMIC, host: DYNAMIC, path: DYNAMIC, backlog: DYNAMIC };
  const read = (name: string) => (all.has(name) ? literal(inference, all.get(name)!) : ABSENT);
  const port = read('port');
  return {
    port: port.is === 'literal' && typeof port.value === 'string' ? asNumber(port.value) : as(port, 'number'),
    host: as(read('host'), 'string'),
    path: as(read('path'), 'string'),
    backlog: listens ? as(read('backlog'), 'number') : ABSENT,
    existing: listens ? all.has('fd') || all.has('_handle') : all.has('socket') || all.has('fd'),
    bindsFirst: !listens && (all.has('localAddress') || all.has('localPort')),
    reusePort: isTrue(read('reusePort')),
    ipv6Only: isTrue(read('ipv6Only')),
    family: null,
  };
}

/** `(message, port, address)`; with offset and length in between nothing is said. */
function sent(inference: Inference, given: Node[]): CallArguments {
  const [port, host] = given.slice(1, 3).map((node) => (inference.isOwnFunction(node) ? ABSENT : literal(inference, node)));
  if (port?.is !== 'literal' || typeof port.value !== 'number' || (host?.is === 'literal' && typeof host.value !== 'string'))
    return NO_ARGUMENTS;
  return { ...NO_ARGUMENTS, port: { is: 'literal', value: port.value }, host: host ? as(host, 'string') : ABSENT };
}

function datagram(inference: Inference, given: Node[]): CallArguments {
  const first = given[0];
  if (!first || inference.isOwnFunction(first)) return NO_ARGUMENTS;
  const options = objectOf(inference, first);
  if (options) {
    const all = properties(options);
    const read = (name: string) => (!all ? DYNAMIC : all.has(name) ? literal(inference, all.get(name)!) : ABSENT);
    return { ...NO_ARGUMENTS, port: as(read('port'), 'number'), host: as(read('address'), 'string') };
  }
  const second = given[1] && !inference.isOwnFunction(given[1]) ? as(literal(inference, given[1]), 'string') : ABSENT;
  return { ...NO_ARGUMENTS, port: as(literal(inference, first), 'number'), host: second };
}

function family(inference: Inference, node: Node | undefined): CallArguments['family'] {
  if (!node) return null;
  const options = objectOf(inference, node);
  const type = options ? properties(options)?.get('type') : node;
  const value = type ? literal(inference, type) : ABSENT;
  return value.is === 'literal' && (value.value === 'udp4' || value.value === 'udp6') ? value.value : null;
}

/** The object literal that a node is or a constant holds. */
function objectOf(inference: Inference, node: Node): Node | null {
  const type = inference.typeOf(node);
  return type?.is === 'literal-object' ? type.node : null;
}

/** Values by name; null when a spread could add any. */
function properties(object: Node): Map<string, Node> | null {
  const found = new Map<string, Node>();
  for (const child of named(object)) {
    if (child.type === 'spread_element') return null;
    if (child.type === 'shorthand_property_identifier') found.set(child.text, child);
    const name = child.type === 'pair' ? propertyName(field(child, 'key')) : null;
    const value = field(child, 'value');
    if (name && value) found.set(name, value);
  }
  return found;
}

/** A literal, or a name that is given one once and never changed. */
export function literal(inference: Inference, node: Node): Literal {
  switch (node.type) {
    case 'number':
      return asNumber(node.text.replaceAll('_', ''));
    case 'true':
    case 'false':
      return { is: 'literal', value: node.type === 'true' };
    case 'null':
    case 'undefined':
      return ABSENT;
    case 'string':
      // Escapes other than of backslash and quotes do not occur in hosts and paths.
      return /\\[^\\'"]/.test(node.text.replaceAll('\\\\', ''))
        ? DYNAMIC
        : { is: 'literal', value: node.text.slice(1, -1).replace(/\\([\\'"])/g, '$1') };
    case 'template_string':
      return node.text.includes('\\') || node.text.includes('${') ? DYNAMIC : { is: 'literal', value: node.text.slice(1, -1) };
    case 'as_expression':
    case 'satisfies_expression':
    case 'parenthesized_expression': {
      const inner = named(node)[0];
      return inner ? literal(inference, inner) : DYNAMIC;
    }
    case 'identifier':
    case 'shorthand_property_identifier': {
      if (node.text === 'undefined') return ABSENT;
      const binding = inference.binding(node);
      if (binding?.kind !== 'variable' || binding.path.length || !binding.value || binding.value.type === 'identifier') return DYNAMIC;
      return inference.names.writes(binding).length ? DYNAMIC : literal(inference, binding.value);
    }
    default:
      return DYNAMIC;
  }
}

/** What a value that is only known at run time can be: `Number(x)` is a number, `process.env.PORT || 8080` a number or a string. */
function kindOf(inference: Inference, node: Node): 'number' | 'scalar' | 'anything' {
  switch (node.type) {
    case 'number':
      return 'number';
    case 'string':
    case 'template_string':
      return 'scalar';
    case 'unary_expression':
      return field(node, 'operator')?.text === '+' ? 'number' : 'anything';
    case 'parenthesized_expression':
      return named(node)[0] ? kindOf(inference, named(node)[0]!) : 'anything';
    case 'call_expression': {
      const callee = field(node, 'function')?.text ?? '';
      if (/^(Number|parseInt|Number\.parseInt)$/.test(callee)) return 'number';
      return callee === 'String' ? 'scalar' : 'anything';
    }
    case 'member_expression':
      return field(node, 'object')?.text === 'process.env' ? 'scalar' : 'anything';
    case 'subscript_expression':
      return /^process\.(argv|env)$/.test(field(node, 'object')?.text ?? '') ? 'scalar' : 'anything';
    case 'binary_expression': {
      if (!/^(\?\?|\|\|)$/.test(field(node, 'operator')?.text ?? '')) return 'anything';
      const kinds = [kindOf(inference, field(node, 'left')!), kindOf(inference, field(node, 'right')!)];
      if (kinds.includes('anything')) return 'anything';
      return kinds.includes('scalar') ? 'scalar' : 'number';
    }
    case 'identifier': {
      const binding = inference.binding(node);
      if (binding?.kind !== 'variable' || binding.path.length || !binding.value || binding.value.type === 'identifier') return 'anything';
      return inference.names.writes(binding).length ? 'anything' : kindOf(inference, binding.value);
    }
    default:
      return 'anything';
  }
}

function asNumber(text: string): Argument<number> {
  const value = Number(text);
  return Number.isFinite(value) ? { is: 'literal', value } : DYNAMIC;
}

function as(value: Literal, type: 'number'): Argument<number>;
function as(value: Literal, type: 'string'): Argument<string>;
function as(value: Literal, type: 'number' | 'string'): Argument<number> | Argument<string> {
  if (value.is !== 'literal') return value;
  return typeof value.value === type ? (value as Argument<number>) : DYNAMIC;
}

const isTrue = (value: Literal): boolean => value.is === 'literal' && value.value === true;
