import type { Address } from '../contracts/trace';
import { Interner } from './intern';

/** An IP address in the form by which both ends agree: an IPv4 address mapped into IPv6 (RFC 4291 section 2.5.5.2) as IPv4. */
export function plainIp(address: string): string {
  const lower = address.toLowerCase();
  return lower.startsWith('::ffff:') && lower.includes('.') ? lower.slice(7) : lower;
}

/** `::` and `0.0.0.0`: any address of this machine. */
export function isWildcard(address: string): boolean {
  return address === '::' || address === '0.0.0.0';
}

/** Addresses that never leave this machine (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3), and Unix-domain paths. */
export function isLoopback(address: Address): boolean {
  if ('path' in address) return true;
  const ip = plainIp(address.address);
  return ip === '::1' || ip.startsWith('127.');
}

/** `127.0.0.1:8080`, `[::1]:8080` or the path. */
export function formatAddress(address: Address): string {
  if ('path' in address) return address.path;
  return address.address.includes(':') ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
}

/** Equal for names of the same end. */
export function addressKey(address: Address): string {
  return 'path' in address ? `unix ${address.path}` : `${plainIp(address.address)} ${address.port}`;
}

/** Whether `name` can be the end that is bound to `bound` (which may be a wildcard). */
export function covers(bound: Address, name: Address): boolean {
  if ('path' in bound || 'path' in name) return 'path' in bound && 'path' in name && bound.path === name.path && bound.path !== '';
  if (bound.port !== name.port || bound.port === 0) return false;
  const a = plainIp(bound.address);
  const b = plainIp(name.address);
  return a === b || isWildcard(a) || isWildcard(b);
}

/** Addresses, and the pairs (local, remote) that events carry, each kept once. */
export class EndsTable {
  readonly addresses: Address[] = [];
  readonly locals: (Address | null)[] = [];
  readonly remotes: (Address | null)[] = [];
  private readonly addressIds = new Interner();
  private readonly pairIds = new Interner();

  address(address: Address): number {
    const id = this.addressIds.id('path' in address ? `"${address.path}` : `${address.port} ${address.address}`);
    if (id === this.addresses.length)
      this.addresses.push('path' in address ? { path: address.path } : { address: address.address, port: address.port });
    return id;
  }

  /** The pair's id + 1; 0 when both are null. */
  pair(local: Address | null, remote: Address | null): number {
    if (local === null && remote === null) return 0;
    const id = this.pairIds.id(`${local ? this.address(local) : ''},${remote ? this.address(remote) : ''}`);
    if (id === this.locals.length) {
      this.locals.push(local && this.addresses[this.address(local)]!);
      this.remotes.push(remote && this.addresses[this.address(remote)]!);
    }
    return id + 1;
  }
}
