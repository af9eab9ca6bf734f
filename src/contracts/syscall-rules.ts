/** The shape of the rule table that turns handle operations into the system calls they stand for (data in knowledge/). */

import type { ProbeOperation } from './probe-stream';
import type { JsonObject, Protocol } from './trace';

/** One derived system call. */
export interface DerivedCall {
  call: string;
  args: JsonObject;
  /** The call's own return value: descriptor, bytes, 0 or -1. null when the call was made but what it returned cannot be known. */
  result: number | null;
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
  /** errno name of a failed bind that libuv keeps to itself until listen or connect; null or absent: none. */
  delayedError?: string | null;
  /** Options set before there was a descriptor, in order: libuv sets them as soon as it has made one. */
  pendingOptions?: readonly JsonObject[];
  /** Path of the Unix-domain socket that this handle bound: libuv removes it at close. */
  boundPath?: string | null;
  /** Arguments of the connect whose completion this is. */
  connecting?: JsonObject | null;
  /** Of the asynchronous write that is done now: what libuv had to write later. */
  rest?: number;
  /** This end has called shutdown, so a hang-up (POLLHUP) is possible. */
  writeEnded?: boolean;
  /** The read before this one took less than the buffer held; `sameWake`: in the same wake-up of the event loop (null: not known). */
  partialRead?: { sameWake: boolean | null } | null;
}

/** Returns the calls in the order the kernel saw them; an empty list when the operation makes none. */
export type SyscallRules = (operation: ProbeOperation, context: RuleContext) => DerivedCall[];
