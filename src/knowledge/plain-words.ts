/** Numbers and names as people say them. */
import type { Address } from '../contracts/trace';

/** `850 ns`, `12.5 µs`, `3 ms`, `1.2 s`, `4 min 10 s`. */
export function durationWords(ns: number): string {
  if (ns >= 60e9) {
    const seconds = Math.round(ns / 1e9);
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  }
  const [value, unit] = ns < 1e3 ? [ns, 'ns'] : ns < 1e6 ? [ns / 1e3, 'µs'] : ns < 1e9 ? [ns / 1e6, 'ms'] : [ns / 1e9, 's'];
  const digits = value >= 100 || unit === 'ns' ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${unit}`;
}

/** `1 connection`, `3 connections`, `12,619,669 bytes`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `127.0.0.1:8080`, `[::1]:8080`, a path; `(unnamed)` for a Unix-domain socket without one. */
export function addressWords(address: Address | null): string {
  if (address === null) return 'an address that is not known';
  if ('path' in address) return address.path || '(unnamed)';
  return `${address.address.includes(':') ? `[${address.address}]` : address.address}:${address.port}`;
}

/** An address as netstat writes it; `*` for any. */
export function netstatAddress(address: Address | null, protocol = 'tcp'): string {
  if (!address) return '*:*';
  if ('path' in address) return address.path || '(unnamed)';
  const any = address.address === '0.0.0.0' || address.address === '::' || address.address === '';
  const host = any ? '*' : address.address.includes(':') ? `[${address.address}]` : address.address;
  return `${host}:${address.port === 0 && protocol !== 'unix' ? '*' : address.port}`;
}

/** A program without its folders. */
export const programWords = (program: string): string => program.split(/[\\/]/).at(-1) || program;
