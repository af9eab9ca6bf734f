import { basename, extname } from 'node:path';
import type { FaultName, FaultRule, FaultSpec } from '../../contracts/faults';

/**
 * Chance by counting instead of by drawing: what happens at the n-th byte, read or datagram of a socket follows from the seed, the
 * socket and n alone. No order of events and no clock can change it.
 */
const mix = (hash: number, value: number): number => {
  let h = Math.imul(hash ^ value, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** FNV-1a, 32 bits. */
function hashText(text: string, start: number): number {
  let hash = (0x811c9dc5 ^ start) >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** From 0 up to, not including, 1. */
const roll = (key: number, n: number, use: number): number =>
  mix(mix(mix(key, n >>> 0), Math.floor(n / 2 ** 32) + 1), 0x9e3779b9 ^ use) / 2 ** 32;

/** A fault of this process's list, with how often it may still happen. */
interface LiveRule extends FaultRule {
  index: number;
  left: number;
}

/** A fault on one socket. */
export class SocketFault {
  readonly name: FaultName;

  constructor(
    readonly rule: LiveRule,
    private readonly key: number,
  ) {
    this.name = rule.fault;
  }

  /** Whether it happens at `n`; counts it when it does. */
  hits(n: number): boolean {
    if (this.rule.left <= 0 || (this.rule.chance < 1 && roll(this.key, n, 1) >= this.rule.chance)) return false;
    this.rule.left--;
    return true;
  }

  /** The number that it takes at `n`, in the fault's unit. */
  pick(n: number): number {
    const { low, high } = this.rule;
    return low + Math.floor(roll(this.key, n, 2) * (high - low + 1));
  }
}

export type Side = 'client' | 'server' | 'datagram';

/** The faults that are asked for in this process. */
export class FaultPlan {
  private readonly rules: LiveRule[];
  private readonly births = { client: 0, server: 0, datagram: 0 };
  private readonly program: string;

  constructor(
    readonly spec: FaultSpec,
    script: string | undefined,
    private readonly thread: number,
  ) {
    this.program = script === undefined ? '' : basename(script);
    this.rules = spec.rules
      .map((rule, index) => ({ ...rule, index, left: rule.times ?? Number.POSITIVE_INFINITY }))
      .filter((rule) => rule.program === null || isNamed(script, rule.program));
  }

  /** The faults that this process may see. */
  get names(): ReadonlySet<FaultName> {
    return new Set(this.rules.map((rule) => rule.fault));
  }

  /** Which rules of the list they are, by their place in it. */
  get places(): number[] {
    return this.rules.map(({ index }) => index);
  }

  /** The faults of a new socket. Sockets are told apart by program, side and how many of that side were born before, never by pid or time. */
  socket(side: Side): SocketFaults {
    const birth = this.births[side]++;
    const key = hashText(`${this.program} ${this.thread} ${side} ${birth}`, this.spec.seed);
    const here = this.rules.filter((rule) => rule.side === null || rule.side === side);
    return new SocketFaults(here.map((rule) => new SocketFault(rule, mix(key, rule.index + 1))));
  }
}

/** The faults of one socket; its ports may become known later. */
export class SocketFaults {
  constructor(private readonly all: readonly SocketFault[]) {}

  /** The faults of this name at a socket with these ports, in the order of the list. */
  named(name: FaultName, ports: readonly number[]): SocketFault[] {
    return this.all.filter((fault) => fault.name === name && (fault.rule.port === null || ports.includes(fault.rule.port)));
  }
}

/** `client.mjs` and `client` name /home/a/client.mjs, and so does `a/client.mjs`. */
function isNamed(script: string | undefined, name: string): boolean {
  if (script === undefined) return false;
  const path = script.replaceAll('\\', '/');
  const wanted = name.replaceAll('\\', '/').replace(/^\.\//, '');
  return [path, path.slice(0, path.length - extname(path).length)].some((each) => each === wanted || each.endsWith(`/${wanted}`));
}
