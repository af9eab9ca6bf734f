/**
 * The rule table: which system calls a libuv handle operation stands for, by platform and version.
 * To add a call: a row in linux.ts with its source, a case in test/unit/rules.test.ts, and a program in test/probe/strace-programs
 * that makes it, so that the row is compared with what strace sees.
 */
import type { SyscallRules } from '../../contracts/syscall-rules';
import { LINUX } from './linux';
import { DARWIN, WIN32 } from './other-platforms';
import { rulesOf } from './rule-table';

export { errnoName, UV_EOF } from './errno';

export const syscallRules: SyscallRules = rulesOf({ linux: LINUX, darwin: DARWIN, win32: WIN32 });
