/** What the peer's process and the one that runs the check say to each other. */
import type { PeerEntry } from '../../contracts/exercise-checks';
import type { ProgramStep } from '../../runner/progress-scout';

/** How a program is started. */
export interface StartOrder {
  args: string[];
  env: { [name: string]: string };
  file: string | null;
}

export type ToPeer =
  | { type: 'go'; checks: string; scenario: string; seed: number; limit: number }
  | { type: 'steps'; steps: ProgramStep[] }
  | { type: 'output'; text: string }
  | { type: 'started'; id: number; pid: number; cwd: string; problem: string | null }
  | { type: 'exited'; code: number | null; signal: string | null }
  /** The time of the run is used up. */
  | { type: 'over' }
  /** The run is over: everything that the peer still has is let go. */
  | { type: 'leave' };

export type FromPeer =
  | { type: 'start'; id: number; order: StartOrder }
  | { type: 'signal'; name: string }
  | { type: 'type'; text: string }
  | { type: 'done'; log: PeerLog };

/** A connection of the peer, so that its other end can be found in a trace. */
export interface PeerEnd {
  id: string;
  localPort: number;
  remotePort: number;
  /** For a Unix-domain socket: its path, and the how-manieth connection to it this is (from 0). */
  path: string;
  index: number;
  /** The first bytes it received. */
  received: Uint8Array;
  /** Bytes that the peer has written on it. */
  written: number;
  /** Whether the peer has ended, reset or closed it, or it is no more: then it is the program's turn to close its end. */
  left: boolean;
}

export interface PeerLog {
  entries: PeerEntry[];
  stopped: string | null;
  /** Whether it gave up waiting for something because of another clock than the fair one. */
  hurried: boolean;
  ends: PeerEnd[];
  kept: { [name: string]: unknown };
}
