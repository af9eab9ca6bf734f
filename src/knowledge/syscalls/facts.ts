/** Small readings of an operation that the rule tables share. */
import type { JsonObject, JsonValue } from '../../contracts/trace';
import type { Facts, Row } from './rule-table';

export const isUdp = ({ context }: Facts) => context.protocol === 'udp' || context.protocol === 'udp6';
export const isUnix = ({ context }: Facts) => context.protocol === 'unix';
export const isTcp = ({ context }: Facts) => context.protocol === 'tcp' || context.protocol === 'tcp6';

const text = (value: JsonValue | undefined) => (typeof value === 'string' ? value : '');
export const number = (value: JsonValue | undefined, otherwise = 0) => (typeof value === 'number' ? value : otherwise);

/** AF_INET, AF_INET6 or AF_UNIX: by the address of the call where it has one, else by the handle. */
export function domain(facts: Facts): string {
  if (isUnix(facts)) return 'AF_UNIX';
  const address = text(facts.args.address);
  const six = address === '' ? facts.context.protocol.endsWith('6') : address.includes(':');
  return six ? 'AF_INET6' : 'AF_INET';
}

/** The address argument of bind, connect, sendmsg: `{address, port}` or `{path}`. */
export function target(args: JsonObject): JsonObject {
  if (typeof args.path === 'string') return { path: args.path };
  return typeof args.address === 'string' ? { address: args.address, port: number(args.port) } : {};
}

/** socket() itself fails only for want of descriptors or memory; every other error of bind and connect is theirs (socket(2), bind(2)). */
const SOCKET_ERRORS = ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAFNOSUPPORT', 'EPROTONOSUPPORT'];
export const socketFailed = (facts: Facts) =>
  !facts.context.hasDescriptor && facts.op.fd < 0 && facts.error !== null && SOCKET_ERRORS.includes(facts.error);

/**
 * Refused by libuv before any system call: an address of the other family (uv_ip4_addr, uv_ip6_addr in uv-common.c) or a path that does
 * not fit (uv_pipe_bind2, uv_pipe_connect2 in unix/pipe.c). When the kernel says EINVAL, TCP and UDP handles have a descriptor by then.
 */
export const refusedByLibuv = (facts: Facts) =>
  !facts.context.hasDescriptor && facts.op.fd < 0 && (facts.error === 'EINVAL' || facts.error === 'ENAMETOOLONG');

export const makesSocket = (facts: Facts) => !facts.context.hasDescriptor && !refusedByLibuv(facts);
export const madeSocket = (facts: Facts) => makesSocket(facts) && !socketFailed(facts);

/** Whether an option waits for the descriptor: what it is set to, else null. */
export function pending(facts: Facts, name: string): JsonObject | null {
  return facts.context.pendingOptions?.findLast((option) => option.name === name) ?? null;
}

/** A setsockopt that libuv always succeeds with, or whose failure it ignores. */
export function setsockopt(level: string, name: string, value: JsonValue, when: (facts: Facts) => boolean, source: string): Row {
  return { call: 'setsockopt', when, args: () => ({ level, option: name, value }), result: () => 0, source };
}

/** Queued before this write: then libuv does not even try, it only adds to its queue (uv_try_write in unix/stream.c). */
export function waitsBehindOthers({ op, args }: Facts): boolean {
  return args.async === true && op.queue >= 0 && op.queue > op.bytes - number(args.written);
}
