/** The rule table: which system calls a libuv handle operation stands for, by platform and version. */
import type { SyscallRules } from '../../contracts/syscall-rules';
import { LINUX } from './linux';
import { DARWIN, WIN32 } from './other-platforms';
import { rulesOf } from './rule-table';

export { errnoName, UV_EOF } from './errno';

export const syscallRules: SyscallRules = rulesOf({ linux: LINUX, darwin: DARWIN, win32: WIN32 });
