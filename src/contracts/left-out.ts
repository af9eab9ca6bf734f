/** What a run that reaches its size leaves out, counted socket by socket: the same in the probe and in the collector. */
import { LASTING_OPS, type ProbeOp } from './probe-stream';

/** What was left out of one socket since it was last said: the args of a LEFT_OUT record. */
export type LeftOut = { reads: number; bytesRead: number; writes: number; bytesWritten: number; others: number };

const READS: ReadonlySet<ProbeOp> = new Set<ProbeOp>(['read', 'recv']);
const WRITES: ReadonlySet<ProbeOp> = new Set<ProbeOp>(['write', 'send']);
const ENDS: ReadonlySet<ProbeOp> = new Set<ProbeOp>(['shutdown', 'close', 'reset']);

/** Whether this operation is kept when calls are thinned: sockets come, go and end by it, or it failed. */
export const lasts = (op: ProbeOp, result: number): boolean => LASTING_OPS.has(op) || result < 0;

/** Whether it is said before this operation what was left out: it may follow from that. */
export const endsSomething = (op: ProbeOp, result: number): boolean => ENDS.has(op) || result < 0;

export class LeftOutBook {
  private readonly handles = new Map<number, LeftOut>();

  /** Notes that an operation on a handle was left out. `bytes` below 0: it moved none. */
  add(handle: number, op: ProbeOp, bytes: number): void {
    let left = this.handles.get(handle);
    if (left === undefined) {
      left = { reads: 0, bytesRead: 0, writes: 0, bytesWritten: 0, others: 0 };
      this.handles.set(handle, left);
    }
    if (READS.has(op)) {
      left.reads++;
      left.bytesRead += Math.max(0, bytes);
    } else if (WRITES.has(op)) {
      left.writes++;
      left.bytesWritten += Math.max(0, bytes);
    } else left.others++;
  }

  /** What is to be said of a handle now, once; null when nothing is. */
  take(handle: number): LeftOut | null {
    const left = this.handles.get(handle);
    if (left === undefined) return null;
    this.handles.delete(handle);
    return left;
  }
}
