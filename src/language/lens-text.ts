/** What a socket call leads to, in one line, from the source alone. */
import type { LensKind } from '../contracts/lsp';
import { type ChainFacts, connectChain, DEFAULT_BACKLOG, datagramBindChain, listenChain, reach, type System } from '../knowledge';
import type { CallArguments, SocketCall } from './analysis';

const NO_SOCKET_YET = 'no socket yet: socket() happens at listen()';
const CREATE_SOCKET = 'no socket yet: socket() happens at bind(), connect() or the first send()';

/** Calls that get a lens, and nothing else does. */
export function lensText(call: SocketCall, system: System): string | null {
  switch (call.api) {
    case 'net.createServer':
    case 'http.createServer':
    case 'https.createServer':
    case 'http2.createServer':
    case 'tls.createServer':
      return NO_SOCKET_YET;
    case 'server.listen':
    case 'net.connect':
    case 'net.createConnection':
    case 'socket.connect':
    case 'tls.connect':
    case 'dgram.bind':
      return madeText(call, system);
    case 'dgram.createSocket':
      return CREATE_SOCKET;
    case 'server.on(connection)':
      return 'a finished connection was taken off the accept queue: accept';
    case 'socket.on(data)':
      return 'any number of bytes per call: up to 65,536, cut anywhere';
    case 'socket.write':
      return 'bytes are copied to the kernel; false: wait for drain';
    case 'socket.end':
      return system === 'windows' ? 'FIN after the queued bytes: shutdown(SD_SEND)' : 'FIN after the queued bytes: shutdown(SHUT_WR)';
    case 'socket.destroy':
      return 'close: FIN, or RST when received bytes are unread';
    case 'socket.resetAndDestroy':
      return 'RST at once: SO_LINGER {1, 0} → close';
    case 'socket.setTimeout':
      return 'an idle notice only: does not close; your writes restart it';
    case 'socket.setKeepAlive':
      return "kernel probes: they prove the peer's kernel, not its program";
    case 'socket.setNoDelay':
      return 'Nagle off for this sender: TCP_NODELAY';
    case 'dgram.send':
      return 'one send is one datagram, and it may be lost: sendmsg';
    case 'server.close':
      return 'stops accepting; waits for the connections that are open';
    default:
      return null;
  }
}

/** Texts by the arguments that they were made from, which a call keeps for as long as its statement stays: asked for at each key. */
const made = new WeakMap<CallArguments, { api: SocketCall['api']; system: System; text: string | null }>();

function madeText({ api, args }: SocketCall, system: System): string | null {
  const known = made.get(args);
  if (known?.api === api && known.system === system) return known.text;
  const text = textOf(api, args, system);
  made.set(args, { api, system, text });
  return text;
}

/** What depends on the arguments. */
function textOf(api: SocketCall['api'], args: CallArguments, system: System): string | null {
  if (api === 'server.listen') {
    if (args.existing) return 'listen, on a socket that exists already';
    return join(listenChain(chainFacts(args, true), system), listenAddress(args));
  }
  if (api === 'dgram.bind') return join(datagramBindChain(chainFacts(args, true), system), bindAddress(args));
  if (args.existing) return api === 'tls.connect' ? 'the TLS handshake, on a socket that exists already' : null;
  const chain = connectChain(chainFacts(args, false), system);
  return join(api === 'tls.connect' ? `${chain}, then the TLS handshake` : chain, connectAddress(args));
}

/** The group by which the lens of a call can be turned off; null: it has none. */
export function lensKind(call: SocketCall): LensKind | null {
  switch (call.api) {
    case 'server.listen':
      return 'listen';
    case 'net.connect':
    case 'net.createConnection':
    case 'socket.connect':
    case 'tls.connect':
      return 'connect';
    case 'socket.on(data)':
      return 'data';
    case 'socket.write':
      return 'write';
    case 'socket.end':
    case 'socket.destroy':
    case 'socket.resetAndDestroy':
      return 'end';
    case 'socket.setTimeout':
      return 'setTimeout';
    case 'socket.setKeepAlive':
      return 'setKeepAlive';
    case 'socket.setNoDelay':
      return 'setNoDelay';
    case 'dgram.createSocket':
    case 'dgram.bind':
    case 'dgram.send':
      return 'datagram';
    case 'server.close':
      return 'close';
    default:
      return call.api.endsWith('.createServer') || call.api === 'server.on(connection)' ? 'createServer' : null;
  }
}

const join = (chain: string, address: string | null): string => (address ? `${chain} · ${address}` : chain);

/** Servers first: what "Run and trace" belongs to. */
export function startsServer(call: SocketCall): boolean {
  return call.api.endsWith('.createServer') || call.api === 'dgram.createSocket';
}

export function startsClient(call: SocketCall): boolean {
  return call.api === 'net.connect' || call.api === 'net.createConnection' || call.api === 'socket.connect' || call.api === 'tls.connect';
}

function chainFacts(args: CallArguments, binds: boolean): ChainFacts {
  const path = args.path.is !== 'absent';
  const port = args.port.is !== 'absent';
  let lookup: ChainFacts['lookup'] = 'no';
  if (args.host.is === 'literal') lookup = isIp(args.host.value) ? 'no' : 'yes';
  else if (args.host.is === 'dynamic') lookup = 'maybe';
  // connect without a host goes to localhost, a name like any other; listen and bind without one take the wildcard.
  else if (!binds) lookup = 'yes';
  return {
    transport: path ? (port ? 'unknown' : 'unix') : 'tcp',
    lookup,
    backlog: args.backlog.is === 'literal' ? args.backlog.value || DEFAULT_BACKLOG : args.backlog.is === 'absent' ? DEFAULT_BACKLOG : null,
    reusePort: args.reusePort,
    bindsFirst: args.bindsFirst,
  };
}

function listenAddress(args: CallArguments): string | null {
  if (args.path.is === 'literal') return args.path.value;
  if (args.path.is === 'dynamic') return null;
  const host = args.host.is === 'absent' ? '::' : args.host.is === 'literal' ? args.host.value : null;
  return endpoint(args, host);
}

function bindAddress(args: CallArguments): string | null {
  const any = args.family === 'udp4' ? '0.0.0.0' : args.family === 'udp6' ? '::' : null;
  const host = args.host.is === 'absent' ? any : args.host.is === 'literal' ? args.host.value : null;
  return endpoint(args, host);
}

function endpoint(args: CallArguments, host: string | null): string | null {
  const port = args.port.is === 'literal' ? args.port.value : args.port.is === 'absent' ? 0 : null;
  const where = host === null ? null : withReach(host, args.ipv6Only);
  if (port === 0) return where ? `a port that the system chooses, on ${where}` : 'a port that the system chooses';
  if (port === null) return where ? `on ${where}` : null;
  return where ? `port ${port} on ${where}` : `port ${port}`;
}

function withReach(host: string, ipv6Only: boolean): string {
  const who = reach(host, ipv6Only);
  return who ? `${host} (${who})` : host;
}

function connectAddress(args: CallArguments): string | null {
  if (args.path.is === 'literal') return `to ${args.path.value}`;
  if (args.path.is === 'dynamic' || args.host.is === 'dynamic') return null;
  const host = args.host.is === 'literal' ? args.host.value : 'localhost';
  if (args.port.is !== 'literal') return args.host.is === 'literal' ? `to ${host}` : null;
  return `to ${host.includes(':') ? `[${host}]` : host}:${args.port.value}`;
}

/** IPv4 or IPv6 in numbers; anything else is a name. */
function isIp(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) || host.includes(':');
}
