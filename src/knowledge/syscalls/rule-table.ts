/** How a platform's table of rules is written down, and how it is read. */
import type { ProbeOp, ProbeOperation } from '../../contracts/probe-stream';
import type { DerivedCall, RuleContext, SyscallRules } from '../../contracts/syscall-rules';
import type { JsonObject } from '../../contracts/trace';
import { errnoName } from './errno';

/** What the functions of a row look at. */
export interface Facts {
  op: ProbeOperation;
  context: RuleContext;
  args: JsonObject;
  /** errno name of a result below 0, else null. */
  error: string | null;
}

/** One system call that an operation stands for. */
export interface Row {
  call: string;
  /** The libuv versions that make it, as `major.minor`: from the first one on, and before the second one. Absent: every version. */
  uv?: { from?: string; before?: string };
  /** When the call is made at all; absent: always. */
  when?: (facts: Facts) => boolean;
  args?: (facts: Facts) => JsonObject;
  /** What it returned. Absent: the operation's own result (0 or -1 with its errno). */
  result?: (facts: Facts) => number | null;
  /** Absent: the operation's errno. */
  error?: (facts: Facts) => string | null;
  bytes?: (facts: Facts) => number | null;
  /** The descriptor it was made on. Absent: the operation's. */
  fd?: (facts: Facts) => number | null;
  /** Where this comes from: libuv file and function, and how it was checked. */
  source: string;
}

/** Rows of one operation, in the order in which the kernel sees the calls. */
export type RuleTable = Partial<Record<ProbeOp, readonly Row[]>>;

/** Makes the calls of one operation from its rows. */
export function applyTable(table: RuleTable, operation: ProbeOperation, context: RuleContext): DerivedCall[] {
  const rows = table[operation.op];
  if (rows === undefined) return [];
  const error = operation.result < 0 ? errnoName(operation.result, context.platform) : null;
  const facts: Facts = { op: operation, context, args: operation.args ?? {}, error };
  const calls: DerivedCall[] = [];
  for (const row of rows) {
    if (!hasVersion(row, context.uv) || (row.when !== undefined && !row.when(facts))) continue;
    const failed = row.error !== undefined ? row.error(facts) : row.result === undefined ? error : null;
    calls.push({
      call: row.call,
      args: row.args?.(facts) ?? {},
      result: failed !== null ? -1 : row.result !== undefined ? row.result(facts) : Math.max(0, operation.result),
      error: failed,
      bytes: row.bytes?.(facts) ?? null,
      fd: row.fd !== undefined ? row.fd(facts) : operation.fd >= 0 ? operation.fd : null,
      provenance: 'derived',
    });
  }
  return calls;
}

/** The rules of several platforms; on one that has no table nothing is derived. */
export function rulesOf(tables: Record<string, RuleTable>): SyscallRules {
  return (operation, context) => {
    const table = tables[context.platform];
    return table === undefined ? [] : applyTable(table, operation, context);
  };
}

/** Whether a libuv of this version makes the call of a row. */
function hasVersion({ uv }: Row, version: readonly number[]): boolean {
  if (uv === undefined) return true;
  const numbers = (text: string) => text.split('.').map(Number);
  return (
    (uv.from === undefined || atLeast(version, ...numbers(uv.from))) &&
    (uv.before === undefined || !atLeast(version, ...numbers(uv.before)))
  );
}

/** True when version `have` is at least `want` (both as numbers, most significant first). */
export function atLeast(have: readonly number[], ...want: number[]): boolean {
  for (let i = 0; i < want.length; i++) {
    const difference = (have[i] ?? 0) - want[i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
