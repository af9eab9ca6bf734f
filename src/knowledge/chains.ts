/** The system calls that a line leads to, short enough for one line over the code. */
import type { System } from './apis';

/** What is known of an endpoint before the program runs. */
export interface ChainFacts {
  /** `unknown`: the first argument may be a port or a path. */
  transport: 'tcp' | 'unix' | 'unknown';
  /** A name needs getaddrinfo first; `maybe` when the host is only known at run time. */
  lookup: 'yes' | 'maybe' | 'no';
  /** null: known only at run time. */
  backlog: number | null;
  reusePort: boolean;
  bindsFirst: boolean;
}

/** Node passes 511 when no backlog, or 0, is given. */
export const DEFAULT_BACKLOG = 511;

const ARROW = ' → ';

function lookup(facts: ChainFacts): string[] {
  if (facts.transport === 'unix' || facts.lookup === 'no') return [];
  return [facts.lookup === 'yes' ? 'getaddrinfo' : 'getaddrinfo?'];
}

export function listenChain(facts: ChainFacts, system: System): string {
  if (system === 'windows' && facts.transport === 'unix') return ['CreateNamedPipe', 'ConnectNamedPipe'].join(ARROW);
  const listen = `listen(${facts.backlog ?? 'backlog'})`;
  if (facts.transport !== 'tcp')
    return [...lookup(facts), facts.transport === 'unix' ? 'socket(AF_UNIX)' : 'socket', 'bind', listen].join(ARROW);
  if (system === 'windows') return [...lookup(facts), 'WSASocket', 'bind', listen, 'AcceptEx'].join(ARROW);
  const options = facts.reusePort && system === 'linux' ? ['SO_REUSEADDR', 'SO_REUSEPORT'] : ['SO_REUSEADDR'];
  return [...lookup(facts), 'socket', ...options, 'bind', listen].join(ARROW);
}

export function connectChain(facts: ChainFacts, system: System): string {
  if (facts.transport === 'unix') return system === 'windows' ? 'CreateFile' : ['socket(AF_UNIX)', 'connect'].join(ARROW);
  if (facts.transport === 'unknown') return [...lookup(facts), 'socket', 'connect'].join(ARROW);
  if (system === 'windows') return [...lookup(facts), 'WSASocket', 'bind', 'ConnectEx'].join(ARROW);
  const bind = facts.bindsFirst ? ['SO_REUSEADDR', 'bind'] : [];
  return [...lookup(facts), 'socket', ...bind, 'connect (does not block)', 'SO_ERROR'].join(ARROW);
}

export function datagramBindChain(facts: ChainFacts, system: System): string {
  return [...lookup(facts), system === 'windows' ? 'WSASocket' : 'socket(SOCK_DGRAM)', 'bind'].join(ARROW);
}

/** What an address means for who can reach it. null: nothing to add. */
export function reach(host: string, ipv6Only: boolean): string | null {
  if (host === '::') return ipv6Only ? 'every IPv6 address' : 'every address, IPv4 too';
  if (host === '0.0.0.0') return 'every IPv4 address';
  if (host === 'localhost' || host === '::1' || /^127\./.test(host)) return 'this machine only';
  return null;
}
