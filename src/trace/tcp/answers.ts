import type { Address } from '../../contracts/trace';

/** How a connection ended at one end, as far as the kernel has said so. */
export interface KernelEnding {
  /** This end was seen in TIME_WAIT; false: it is gone and was not; null: nobody has looked. */
  timeWait: boolean | null;
  /** Bytes that its program had not read when the kernel destroyed it (an unread FIN counts as one). */
  unread: number | null;
  /** Bytes that it had received by then, the other end's FIN counted as one. */
  received: number | null;
  /** Of an end that connected: whether its SYN was answered. */
  connected: boolean | null;
  /** Bytes that the other end had acknowledged by then, and those that it had not (a FIN counts as one). */
  acknowledged: number | null;
  unacknowledged: number | null;
  /** Whether its FIN was acknowledged: false when it sent none, or a reset came first. */
  finAcknowledged: boolean | null;
}

/**
 * What the kernel has said about times after the event that is being taken in: records are brought into order a moment after they were
 * made, so that its answer is there already. Decides what the calls leave open: whose FIN was first, FIN or reset.
 */
export interface KernelAnswers {
  /** `active`: this end connected. `t`: the event's, ns since the trace began. */
  ending(local: Address, remote: Address, active: boolean, t: number): KernelEnding | null;
  /** Of an end that connects to `remote` and whose own name is not known. */
  endingTo(remote: Address, t: number): KernelEnding | null;
}
