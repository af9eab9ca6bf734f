import type { Protocol, Provenance, SocketStateName } from '../../contracts/trace';
import type { KernelEnding } from './answers';
import type { StateChange } from './changes';

/** What is remembered of a socket to work out its state (RFC 9293 calls it the transmission control block). */
export interface Block {
  readonly index: number;
  readonly id: string;
  readonly pid: number;
  readonly tcp: boolean;
  state: SocketStateName;
  orState: SocketStateName | null;
  /** The two ends know of each other. */
  met: boolean;
  /** Its FIN was sent, and when (ns). */
  finSent: boolean;
  finTime: number;
  /** The other end's FIN has reached its kernel. */
  finReceived: boolean;
  /** The program (or the kernel, at its exit) closed it. */
  closed: boolean;
  /** It sent a reset. */
  reset: boolean;
  /** The program saw end of file. */
  sawEnd: boolean;
  /** SO_LINGER {1, 0} is set: close resets. */
  linger: boolean;
  /** Bytes that the kernel took from it and gave to it, and that wait in libuv. */
  sent: number;
  received: number;
  queued: number;
  /** All sockets of the trace that are this one connection or listener (a process hands its descriptor to another), oldest first. */
  copies: Block[] | null;
  /** It connected: its SYN counts among the bytes that the kernel says were acknowledged. */
  active: boolean;
  /** What the kernel said of how this end ended, and of the other one, which need not be in the trace. */
  ending: KernelEnding | null;
  otherEnding: KernelEnding | null;
  /** Both FINs were on the way at the same time: the kernel saw both ends in TIME_WAIT. */
  crossing: boolean;
}

/** A block before anything happened to its socket. */
export function newBlock(index: number, id: string, pid: number, protocol: Protocol): Block {
  const tcp = protocol === 'tcp' || protocol === 'tcp6';
  return {
    index,
    id,
    pid,
    tcp,
    state: tcp ? 'CLOSED' : 'UNBOUND',
    orState: null,
    met: false,
    finSent: false,
    finTime: 0,
    finReceived: false,
    closed: false,
    reset: false,
    sawEnd: false,
    linger: false,
    sent: 0,
    received: 0,
    queued: 0,
    copies: null,
    active: false,
    ending: null,
    otherEnding: null,
    crossing: false,
  };
}

/** Collects the changes that one event brings. */
export class Changes {
  readonly list: StateChange[] = [];

  /** Moves `block` to `to`; nothing when it is there already and nothing new is known. */
  move(block: Block, to: SocketStateName, provenance: Provenance, orState: SocketStateName | null = null): void {
    if (block.state === to && block.orState === orState) return;
    this.list.push({ socket: block.id, from: block.state, to, orState, provenance });
    block.state = to;
    block.orState = orState;
  }

  /** Says that the state which `block` was just moved to may as well be another one. */
  doubt(block: Block, orState: SocketStateName): void {
    const last = this.list.findLast((change) => change.socket === block.id);
    if (last === undefined || last.to !== block.state) return;
    last.orState = orState;
    block.orState = orState;
  }
}
