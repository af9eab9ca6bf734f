/**
 * The text form of a list of faults, shared by the command line, VS Code and exercises:
 *
 *   LIST      = ITEM ("," ITEM)*
 *   ITEM      = "seed=" N | FAULT ["=" AMOUNT] ("@" CONDITION)*
 *   AMOUNT    = N | N ".." N, with a unit where it helps: 20ms, 1.5s, 64k (1024 bytes), 1000/s, 20%
 *   CONDITION = PROGRAM.mjs | "program:" NAME | ":" PORT | "client" | "server" | "send" | "receive" | N "%" | N "x"
 *
 * or the same as JSON: {"seed": 7, "faults": [{"fault": "split-read", "amount": [1, 3], "program": "client.mjs", "times": 2}]}.
 */
import {
  DEFAULT_SEED,
  FAULT_KINDS,
  FAULT_NAMES,
  type FaultKind,
  type FaultName,
  type FaultRule,
  type FaultSpec,
} from '../contracts/faults';
import { UserError } from './program';

/**
 * Reads a list of faults. `''` (or only spaces) is no fault: null. Throws UserError with one sentence that begins with `where`
 * (`--faults`, the name of a setting).
 */
export function parseFaults(text: string, where = '--faults'): FaultSpec | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const fail = (sentence: string): never => {
    throw new UserError(`${where}: ${sentence}`);
  };
  const spec = /^[[{]/.test(trimmed) ? fromJson(trimmed, fail) : fromText(trimmed, fail);
  if (spec.rules.length === 0) fail('names no fault, only a seed; add one, such as split-read');
  return spec;
}

type Fail = (sentence: string) => never;

function fromText(text: string, fail: Fail): FaultSpec {
  const spec: FaultSpec = { seed: DEFAULT_SEED, rules: [] };
  for (const item of text.split(',').map((part) => part.trim())) {
    if (item === '') fail('has an empty place between two commas; take one comma out');
    const [head = '', ...conditions] = item.split('@').map((part) => part.trim());
    const at = head.indexOf('=');
    const name = (at < 0 ? head : head.slice(0, at)).trim();
    const amount = at < 0 ? null : head.slice(at + 1).trim();
    if (name === 'seed') {
      if (amount === null || !/^\d+$/.test(amount) || Number(amount) > 0xffffffff || conditions.length > 0)
        fail(`${item} is no seed; write a whole number from 0 to 4294967295, such as seed=7`);
      spec.seed = Number(amount);
      continue;
    }
    const rule = ruleOf(name, fail);
    if (amount !== null) setAmount(rule, amount, item, fail);
    for (const condition of conditions) setCondition(rule, condition, item, fail);
    finish(rule, item, fail);
    spec.rules.push(rule);
  }
  return spec;
}

function ruleOf(name: string, fail: Fail): FaultRule {
  if (!(name in FAULT_KINDS)) {
    const near = FAULT_NAMES.map((known) => ({ known, far: distance(name, known) })).sort((a, b) => a.far - b.far)[0]!;
    const found = near.far <= 3 ? near.known : FAULT_NAMES.find((known) => name.length > 2 && known.split('-').includes(name));
    fail(`there is no fault "${name}"; ${found ? `did you mean ${found}?` : `there are ${FAULT_NAMES.join(', ')}`}`);
  }
  const fault = name as FaultName;
  const { unit, usual } = FAULT_KINDS[fault];
  const [low, high] = unit === '%' ? [0, 0] : usual;
  return {
    fault,
    low,
    high,
    chance: unit === '%' ? usual[0] / 100 : 1,
    times: null,
    program: null,
    port: null,
    side: null,
    direction: 'receive',
  };
}

const EXAMPLES: Record<FaultKind['unit'], string> = {
  bytes: 'bytes, such as 3 or 1..8',
  ms: 'a time, such as 50ms or 10..200ms',
  'bytes/s': 'bytes a second, such as 1000/s or 64k/s',
  '%': 'a percentage, such as 20%',
  none: '',
};

function setAmount(rule: FaultRule, text: string, item: string, fail: Fail): void {
  const kind: FaultKind = FAULT_KINDS[rule.fault];
  const wanted = (): never => fail(`${item}: after = come ${EXAMPLES[kind.unit]}`);
  if (kind.unit === 'none') fail(`${item}: ${rule.fault} takes no number; leave out =${text}`);
  const match = /^([\d.]+?)\s*([a-zA-Z/%]*)(?:\s*\.\.\s*([\d.]+)\s*([a-zA-Z/%]*))?$/.exec(text);
  if (match === null) {
    wanted();
    return;
  }
  const [, first = '', firstUnit = '', second, secondUnit = ''] = match;
  if (kind.unit === '%') {
    if (second !== undefined || firstUnit !== '%') wanted();
    rule.chance = percent(first, item, fail);
    return;
  }
  // `10..50ms`: the unit after the second number is that of both.
  const low = inUnit(first, firstUnit === '' ? secondUnit : firstUnit, kind);
  const high = second === undefined ? low : inUnit(second, secondUnit === '' ? firstUnit : secondUnit, kind);
  if (low === null || high === null) {
    wanted();
    return;
  }
  range(rule, kind, low, high, item, fail);
}

function range(rule: FaultRule, kind: FaultKind, low: number, high: number, item: string, fail: Fail): void {
  if (low > high) fail(`${item}: ${low} is more than ${high}; write the smaller number first`);
  if (low < kind.from || high > kind.to) fail(`${item}: the number must be from ${kind.from} to ${kind.to} ${kind.unit}`);
  rule.low = low;
  rule.high = high;
}

/** A number in the fault's own unit; null when the unit is another's. */
function inUnit(number: string, unit: string, { unit: own }: FaultKind): number | null {
  const value = Number(number);
  if (!Number.isFinite(value) || number === '' || number.endsWith('.')) return null;
  const scales: Record<string, number> =
    own === 'ms'
      ? { '': 1, ms: 1, s: 1000 }
      : own === 'bytes/s'
        ? { '': 1, '/s': 1, 'k/s': 1024, k: 1024, 'm/s': 1024 ** 2 }
        : { '': 1, b: 1, k: 1024, m: 1024 ** 2 };
  const scale = scales[unit.toLowerCase()];
  const result = scale === undefined ? Number.NaN : value * scale;
  return Number.isInteger(result) ? result : null;
}

function percent(number: string, item: string, fail: Fail): number {
  const value = Number(number);
  if (!(value >= 0 && value <= 100)) fail(`${item}: a percentage is from 0% to 100%`);
  return value / 100;
}

function setCondition(rule: FaultRule, text: string, item: string, fail: Fail): void {
  const port = /^(?:port)?:(\d+)$/.exec(text);
  const times = /^(\d+)x$/.exec(text);
  const share = /^([\d.]+)%$/.exec(text);
  const program = /^program:(.+)$/.exec(text)?.[1] ?? (/\.[cm]?[jt]s$/.test(text) ? text : undefined);
  if (port !== null) setPort(rule, Number(port[1]), item, fail);
  else if (times !== null) setTimes(rule, Number(times[1]), item, fail);
  else if (share !== null) rule.chance = percent(share[1]!, item, fail);
  else if (text === 'client' || text === 'server') rule.side = text;
  else if (text === 'send' || text === 'receive') rule.direction = text;
  else if (program !== undefined) rule.program = program;
  else
    fail(
      `${item}: "@${text}" is no condition; write @client.mjs (or @program:NAME), @:8080, @client, @server, @send, @receive, @20% or @2x`,
    );
}

function setPort(rule: FaultRule, port: number, item: string, fail: Fail): void {
  if (!Number.isInteger(port) || port < 1 || port > 65535) fail(`${item}: a port is from 1 to 65535`);
  rule.port = port;
}

function setTimes(rule: FaultRule, times: number, item: string, fail: Fail): void {
  if (!Number.isInteger(times) || times < 1) fail(`${item}: the number of times is at least 1, such as @2x`);
  rule.times = times;
}

/** What must be said, and conditions that can never hold. */
function finish(rule: FaultRule, item: string, fail: Fail): void {
  const { fault } = rule;
  const udp = fault.startsWith('udp-');
  if (fault === 'reset-after' && rule.low === 0) fail(`${item}: say after how many bytes, such as reset-after=1000`);
  if (!udp && rule.direction === 'send') fail(`${item}: @send is for datagrams (udp-...) only; take it out`);
  if (udp && rule.side !== null) fail(`${item}: a datagram socket is neither client nor server; take @${rule.side} out`);
  if (fault.endsWith('-connect') && rule.side === 'server') fail(`${item}: only clients connect; take @server out`);
}

function fromJson(text: string, fail: Fail): FaultSpec {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail(`begins like JSON but is none (${(error as Error).message})`);
  }
  const whole = (Array.isArray(value) ? { faults: value } : value) as { seed?: unknown; faults?: unknown };
  unknownKeys(whole, ['seed', 'faults'], fail);
  const { seed = DEFAULT_SEED, faults } = whole;
  if (!isWhole(seed) || seed < 0 || seed > 0xffffffff) fail('"seed" must be a whole number from 0 to 4294967295');
  if (!Array.isArray(faults)) fail('"faults" must be a list, such as [{"fault": "split-read"}]');
  return { seed: seed as number, rules: (faults as unknown[]).map((each) => jsonRule(each, fail)) };
}

function jsonRule(value: unknown, fail: Fail): FaultRule {
  const item = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(`${item} is no fault; write {"fault": "split-read"}`);
  const { fault, amount, chance, times, program, port, side, direction } = value as Record<string, unknown>;
  unknownKeys(value, ['fault', 'amount', 'chance', 'times', 'program', 'port', 'side', 'direction'], fail);
  const rule = ruleOf(String(fault), fail);
  const kind: FaultKind = FAULT_KINDS[rule.fault];
  if (amount !== undefined) {
    const [low, high] = (Array.isArray(amount) ? amount : [amount, amount]) as unknown[];
    if (!isWhole(low) || !isWhole(high) || kind.unit === 'none') fail(`${item}: "amount" must be a whole number, or two as [from, to]`);
    if (kind.unit === '%') rule.chance = percent(String(low), item, fail);
    else range(rule, kind, low as number, high as number, item, fail);
  }
  if (chance !== undefined) {
    if (typeof chance !== 'number' || !(chance >= 0 && chance <= 1)) fail(`${item}: "chance" must be from 0 to 1`);
    rule.chance = chance as number;
  }
  if (times !== undefined) setTimes(rule, isWhole(times) ? times : 0, item, fail);
  if (port !== undefined) setPort(rule, isWhole(port) ? port : 0, item, fail);
  if (program !== undefined) {
    if (typeof program !== 'string' || program === '') fail(`${item}: "program" must be the name of a file`);
    rule.program = program as string;
  }
  if (side !== undefined) {
    if (side !== 'client' && side !== 'server') fail(`${item}: "side" must be "client" or "server"`);
    rule.side = side as 'client' | 'server';
  }
  if (direction !== undefined) {
    if (direction !== 'send' && direction !== 'receive') fail(`${item}: "direction" must be "send" or "receive"`);
    rule.direction = direction as 'send' | 'receive';
  }
  finish(rule, item, fail);
  return rule;
}

function unknownKeys(value: object, known: readonly string[], fail: Fail): void {
  if (value === null || typeof value !== 'object') fail('must be {"seed": 1, "faults": [...]}');
  const odd = Object.keys(value).find((key) => !known.includes(key));
  if (odd !== undefined) fail(`"${odd}" is not known here; there are ${known.join(', ')}`);
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

/** The shortest text that reads back as the same list; the seed comes first. */
export function formatFaults(spec: FaultSpec): string {
  return [`seed=${spec.seed}`, ...spec.rules.map(formatRule)].join(',');
}

/** One fault as in a list: `split-read=1..3@client.mjs`. */
export function formatRule(rule: FaultRule): string {
  const kind: FaultKind = FAULT_KINDS[rule.fault];
  const unit = kind.unit === 'ms' ? 'ms' : kind.unit === 'bytes/s' ? '/s' : '';
  const amount = rule.low === rule.high ? `${rule.low}${unit}` : `${rule.low}..${rule.high}${unit}`;
  const share = `${Number((rule.chance * 100).toFixed(4))}%`;
  const parts = [
    kind.unit === 'none' ? rule.fault : `${rule.fault}=${kind.unit === '%' ? share : amount}`,
    ...(kind.unit !== '%' && rule.chance < 1 ? [share] : []),
    ...(rule.times === null ? [] : [`${rule.times}x`]),
    ...(rule.program === null ? [] : [/\.[cm]?[jt]s$/.test(rule.program) ? rule.program : `program:${rule.program}`]),
    ...(rule.port === null ? [] : [`:${rule.port}`]),
    ...(rule.side === null ? [] : [rule.side]),
    ...(rule.direction === 'send' ? ['send'] : []),
  ];
  return parts.join('@');
}

/** Edits from one word to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
