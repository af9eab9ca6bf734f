/** Node's socket options and the setsockopt calls they become. */
import type { JsonValue } from '../../contracts/trace';
import { isUdp, number } from './facts';
import { isIpText } from './ip-text';
import type { Facts, Row } from './rule-table';

type Platform = 'linux' | 'darwin' | 'win32';

const named = (facts: Facts, name: string) => facts.context.hasDescriptor && facts.args.name === name;
const asNumber = (value: JsonValue | undefined) => (value === true ? 1 : value === false ? 0 : number(value));
const six = (facts: Facts) => facts.context.protocol === 'udp6' || facts.context.protocol === 'tcp6';

/** The numbers that libuv lets through to the kernel (unix/udp.c uv_udp_set_ttl, uv__setsockopt_maybe_char; win/udp.c VALIDATE_TTL). */
const RANGES: Record<string, [number, number]> = { ttl: [1, 255], multicastTTL: [0, 255] };
/** Arguments that have to be addresses (unix/udp.c uv_udp_set_membership, uv_udp_set_source_membership, uv_udp_set_multicast_interface). */
const ADDRESSES = ['value', 'interface', 'source'];
const TAKES_ADDRESSES = /Membership$|^multicastInterface$/;

/** Whether libuv answered EINVAL by itself, without a system call: a number out of range, a text that is no address. */
function refusedUnasked({ args, error }: Facts): boolean {
  if (error !== 'EINVAL') return false;
  const range = RANGES[String(args.name)];
  if (range !== undefined && typeof args.value === 'number') return args.value < range[0] || args.value > range[1];
  if (!TAKES_ADDRESSES.test(String(args.name))) return false;
  return ADDRESSES.some((key) => typeof args[key] === 'string' && args[key] !== '' && !isIpText(args[key]));
}

/** A row for an option that is one setsockopt whose result libuv hands on. */
function one(name: string, level: (facts: Facts) => string, option: (facts: Facts) => string, source: string): Row {
  return {
    call: 'setsockopt',
    when: (facts) => named(facts, name) && !refusedUnasked(facts),
    args: (facts) => ({ level: level(facts), option: option(facts), value: facts.args.value === undefined ? 1 : simple(facts.args.value) }),
    source,
  };
}
const simple = (value: JsonValue): JsonValue => (typeof value === 'boolean' ? Number(value) : value);

const ip = (facts: Facts) => (six(facts) ? 'IPPROTO_IPV6' : 'IPPROTO_IP');

/** Keep-alive is several calls: on, idle time, interval, number of probes. */
function keepAlive(platform: Platform): Row[] {
  const source = platform === 'win32' ? 'win/tcp.c uv__tcp_keepalive' : 'unix/tcp.c uv__tcp_keepalive';
  const on = (facts: Facts) => named(facts, 'keepAlive') && asNumber(facts.args.value) === 1;
  const delayed = (facts: Facts) => on(facts) && number(facts.args.delay) > 0;
  const idleTime = (facts: Facts) => number(facts.args.delay);
  const interval = (facts: Facts) => number(facts.args.interval, 1) || 1;
  const probes = (facts: Facts) => number(facts.args.count, 10) || 10;
  // What Linux takes at most (include/net/tcp.h MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL, MAX_TCP_KEEPCNT); libuv stops at the first error.
  const fits = (facts: Facts, value: (facts: Facts) => number, most: number) =>
    platform !== 'linux' || facts.error !== 'EINVAL' || value(facts) <= most;
  const idleFits = (facts: Facts) => fits(facts, idleTime, 32_767);
  const intervalFits = (facts: Facts) => idleFits(facts) && fits(facts, interval, 32_767);
  const row = (
    option: string,
    value: (facts: Facts) => number,
    before: (facts: Facts) => boolean,
    ok: (facts: Facts) => boolean,
    uv?: Row['uv'],
  ): Row => ({
    call: 'setsockopt',
    uv,
    when: (facts) => delayed(facts) && before(facts),
    args: (facts) => ({ level: 'IPPROTO_TCP', option, value: value(facts) }),
    result: (facts) => (ok(facts) ? 0 : -1),
    error: (facts) => (ok(facts) ? null : 'EINVAL'),
    source,
  });
  // macOS has another name for it, and before 1.48 libuv set nothing more there.
  const idle = platform === 'linux' ? 'TCP_KEEPIDLE' : 'TCP_KEEPALIVE';
  const more: Row['uv'] = platform === 'darwin' ? { from: '1.48' } : undefined;
  const rows: Row[] = [
    {
      call: 'setsockopt',
      when: (facts) => named(facts, 'keepAlive'),
      args: (facts) => ({ level: 'SOL_SOCKET', option: 'SO_KEEPALIVE', value: asNumber(facts.args.value) }),
      result: () => 0,
      error: () => null,
      source,
    },
    {
      // A delay of 0 is refused by libuv itself from 1.49 on; before, by the kernel. Node ignores both.
      call: 'setsockopt',
      uv: { before: '1.49' },
      when: (facts) => on(facts) && number(facts.args.delay) === 0,
      args: () => ({ level: 'IPPROTO_TCP', option: idle, value: 0 }),
      result: () => 0,
      error: () => 'EINVAL',
      source,
    },
    row(idle, idleTime, () => true, idleFits),
  ];
  if (platform === 'win32') return rows;
  // Node 24.19 and 26.4 hand on an interval and a count (libuv 1.52, uv_tcp_keepalive_ex); without them it is 1 s and 10.
  return [
    ...rows,
    row('TCP_KEEPINTVL', interval, idleFits, intervalFits, more),
    row('TCP_KEEPCNT', probes, intervalFits, (facts) => fits(facts, probes, 127), more),
  ];
}

const membership = (name: string, v4: string, v6: string): Row =>
  one(name, ip, (facts) => (six(facts) ? v6 : v4), 'unix/udp.c uv_udp_set_membership');

/** Rows of the operation `option`; `args.name` is Node's name of it. */
export function optionRows(platform: Platform): Row[] {
  const rows: Row[] = [
    one(
      'noDelay',
      () => 'IPPROTO_TCP',
      () => 'TCP_NODELAY',
      'unix/tcp.c uv__tcp_nodelay',
    ),
    ...keepAlive(platform),
    one('typeOfService', ip, (facts) => (six(facts) ? 'IPV6_TCLASS' : 'IP_TOS'), 'Node src/tcp_wrap.cc SetTypeOfService'),
    one(
      'broadcast',
      () => 'SOL_SOCKET',
      () => 'SO_BROADCAST',
      'unix/udp.c uv_udp_set_broadcast',
    ),
    one('ttl', ip, (facts) => (six(facts) ? 'IPV6_UNICAST_HOPS' : 'IP_TTL'), 'unix/udp.c uv_udp_set_ttl'),
    one('multicastTTL', ip, (facts) => (six(facts) ? 'IPV6_MULTICAST_HOPS' : 'IP_MULTICAST_TTL'), 'unix/udp.c uv_udp_set_multicast_ttl'),
    one('multicastLoopback', ip, (facts) => (six(facts) ? 'IPV6_MULTICAST_LOOP' : 'IP_MULTICAST_LOOP'), 'unix/udp.c'),
    one('multicastInterface', ip, (facts) => (six(facts) ? 'IPV6_MULTICAST_IF' : 'IP_MULTICAST_IF'), 'unix/udp.c'),
    membership('addMembership', 'IP_ADD_MEMBERSHIP', 'IPV6_ADD_MEMBERSHIP'),
    membership('dropMembership', 'IP_DROP_MEMBERSHIP', 'IPV6_DROP_MEMBERSHIP'),
    one(
      'addSourceSpecificMembership',
      () => 'IPPROTO_IP',
      () => 'IP_ADD_SOURCE_MEMBERSHIP',
      'unix/udp.c',
    ),
    one(
      'dropSourceSpecificMembership',
      () => 'IPPROTO_IP',
      () => 'IP_DROP_SOURCE_MEMBERSHIP',
      'unix/udp.c',
    ),
    one(
      'recvBufferSize',
      () => 'SOL_SOCKET',
      () => 'SO_RCVBUF',
      'unix/core.c uv__socket_sockopt',
    ),
    one(
      'sendBufferSize',
      () => 'SOL_SOCKET',
      () => 'SO_SNDBUF',
      'unix/core.c uv__socket_sockopt',
    ),
    {
      call: 'getsockopt',
      when: (facts) => isUdp(facts) && (named(facts, 'getRecvBufferSize') || named(facts, 'getSendBufferSize')),
      args: (facts) => ({
        level: 'SOL_SOCKET',
        option: facts.args.name === 'getRecvBufferSize' ? 'SO_RCVBUF' : 'SO_SNDBUF',
        value: simple(facts.args.value ?? 0),
      }),
      result: (facts) => (facts.error === null ? 0 : -1),
      error: (facts) => facts.error,
      source: 'unix/core.c uv__socket_sockopt',
    },
  ];
  return platform === 'win32' ? rows.map((row) => ({ ...row, source: row.source.replaceAll('unix/', 'win/') })) : rows;
}
