/**
 * The rule table: which system calls a libuv handle operation stands for, by platform and version.
 * A difference between versions of libuv is the `uv` field of a row. To add a call: a row in unix.ts with its source, a case in test/unit/rules.test.ts, and a program in test/probe/strace-programs
 * that makes it, so that the row is compared with what strace sees.
 */
import type { SyscallRules } from '../../contracts/syscall-rules';
import { DARWIN } from './darwin';
import { LINUX } from './linux';
import { type RuleTable, rulesOf } from './rule-table';
import { WIN32 } from './windows';

export { errnoName, UV_EOF } from './errno';

/** The rows of each platform, for those who check them. */
export const ruleTables: Readonly<Record<string, RuleTable>> = { linux: LINUX, darwin: DARWIN, win32: WIN32 };

export const syscallRules: SyscallRules = rulesOf(ruleTables);
