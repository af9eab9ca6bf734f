/** The shape of the rule table that turns handle operations into the system calls they stand for (data in knowledge/). */

import type { ProbeOperation } from './probe-stream';
import type { JsonObject, Protocol } from './trace';

/** One derived system call. */
export interface DerivedCall {
  call: string;
  args: JsonObject;
  /** The call's own return value: descriptor, bytes, 0 or -1. */
  result: number;
  error: string | null;
  bytes: number | null;
  fd: number | null;
  /** `observed` only for a fact that needs no rule (end of file as libuv reported it). */
  provenance: 'derived' | 'observed';
}

/** What a rule may look at besides the operation. */
export interface RuleContext {
  platform: string;
  /** Versions as numbers, for comparisons. */
  node: number[];
  uv: number[];
  protocol: Protocol;
  /** False until libuv made the descriptor (it does so at bind or connect). */
  hasDescriptor: boolean;
}

/** Returns the calls in the order the kernel saw them; an empty list when the operation makes none. */
export type SyscallRules = (operation: ProbeOperation, context: RuleContext) => DerivedCall[];
